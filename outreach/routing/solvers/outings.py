"""Order first, then nights: where to sleep on the way through all of a team's own cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outreach.routing.solvers.protocol import Limit
from outreach.routing.solvers.tours import TourProblem, find_tour

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from outreach.routing.problem import Problem, Team

TOUR_ITERATIONS = 5_000


def outings(
    problem: Problem, team: Team, choices: Sequence[Sequence[str]], *, seed: int
) -> Iterator[tuple[str, ...]]:
    """
    Propose where to sleep: on the tour of the fewest days through every case, begun on any day.

    Where a tour leaves days over, the team is at home, or stays at the last lodging if it must
    be away. Windows, breaks' times and repeated visits are left to those who try the proposals.

    Parameters
    ----------
    problem
        With the team's own cases only.
    choices
        By shift of the team: where it may sleep after it.
    """
    nights = _nights(problem, team, choices, seed)
    n = len(choices)
    for first in range(n - len(nights) if nights else 0):
        way = [team.base_id] * first + nights
        while len(way) < n:
            is_home = team.base_id in choices[len(way)]
            way.append(team.base_id if is_home else way[-1])
        if all(place in choice for place, choice in zip(way, choices, strict=True)):
            yield tuple(way)


def _nights(problem: Problem, team: Team, choices: Sequence[Sequence[str]], seed: int) -> list[str]:
    lodgings = sorted({place for choice in choices for place in choice} - {team.base_id})
    service_s: dict[str, int] = {}
    for requirement in problem.requirements:
        place = requirement.place_id
        service_s[place] = service_s.get(place, 0) + requirement.service_s
    names = [team.base_id, *lodgings, *service_s]
    rows = np.array([problem.matrix.row[name] for name in names])
    tour = find_tour(
        TourProblem(
            travel_s=problem.matrix.rounded_s[np.ix_(rows, rows)],
            service_s=np.array(list(service_s.values()), np.float64),
            most_day_s=min(
                shift.ends_s - shift.starts_s - sum(b.length_s for b in shift.breaks)
                for shift in team.shifts
            ),
        ),
        limit=Limit(iterations=TOUR_ITERATIONS),
        seed=seed,
    )
    return [names[day[-1]] for day in tour.days[:-1]]
