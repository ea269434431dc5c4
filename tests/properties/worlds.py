"""Problems that Hypothesis draws, with every rule that a plan must keep."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from outreach.model import TimeWindow
from outreach.routing.problem import (
    Circuit,
    CostParams,
    Lodging,
    Night,
    Order,
    Problem,
    Requirement,
    Team,
    Weights,
)
from outreach.units import HOUR_S
from tests.routing.problems import Rest, Road, need, problem, shift, worker

if TYPE_CHECKING:
    from collections.abc import Iterator

LUNCH = Rest(11.5, 12.5)
PRAYER = Rest(15.0, 15.25, 0.25, "prayer")
LODGINGS = (
    Lodging(id="hut", nights=tuple(range(28)), beds=4, cost_idr=0),
    Lodging(id="inn", nights=(0, 1, 2, 4, 7, 8, 9, 14, 21), beds=2, cost_idr=50_000),
)


@st.composite
def windows(draw: st.DrawFn) -> tuple[TimeWindow, ...]:
    """Draw no window, one, or a morning and an afternoon."""
    if draw(st.booleans()):
        return ()
    opens = draw(st.integers(6, 11))
    first = TimeWindow(opens_s=opens * HOUR_S, closes_s=draw(st.integers(opens, 12)) * HOUR_S)
    second = TimeWindow(opens_s=13 * HOUR_S, closes_s=draw(st.integers(13, 16)) * HOUR_S)
    return (first, second) if draw(st.booleans()) else (first,)


@st.composite
def requirements(
    draw: st.DrawFn,
    id_: str,
    horizon_days: int,
    *,
    has_circuit: bool = False,
    most_visits: int = 4,
) -> Requirement:
    """Draw one child's need."""
    days = st.lists(st.integers(0, horizon_days - 1), max_size=7, unique=True)
    return need(
        id_,
        days=tuple(draw(st.lists(days.map(sorted).map(tuple), min_size=1, max_size=most_visits))),
        min_gap_days=draw(st.integers(1, 3)),
        service_s=draw(st.integers(0, 5)) * HOUR_S // 2,
        deadline_day=draw(st.none() | st.integers(0, horizon_days - 1)),
        windows=draw(windows()),
        priority=draw(st.sampled_from((1.0, 2.0, 3.0))),
        n_workers=draw(st.sampled_from((1, 1, 1, 2))),
        skills=draw(st.sampled_from(((), (), ("sign",)))),
        known_worker_id=draw(st.sampled_from((None, "u", "w"))),
        circuit_id=draw(st.sampled_from((None, "sad"))) if has_circuit else None,
        overdue_days=draw(st.sampled_from((0, 0, 15, 60))),
    )


@st.composite
def pinned(draw: st.DrawFn, one: Requirement) -> Requirement:
    """Perhaps pin who goes and where in the order, and perhaps promise the visits."""
    is_promised = draw(st.sampled_from((False, False, True)))
    order = st.builds(Order, group=st.sampled_from(("g", "h")), rank=st.integers(1, 3))
    return replace(
        one,
        visits=tuple(replace(visit, is_pinned=is_promised) for visit in one.visits),
        worker_ids=draw(st.sampled_from(((), (), (), ("u",), ("w", "x")))),
        order=draw(st.none() | order),
    )


@st.composite
def free_nights(draw: st.DrawFn, team: Team) -> Team:
    """Let the team sleep away on some of the nights between two of its days, or have it pinned."""
    days = {s.day for s in team.shifts}
    nights = [
        Night(day=day, place_ids=draw(st.sampled_from(places)))
        for day in sorted(days)
        if day + 1 in days and (places := _places(day)) and draw(st.booleans())
    ]
    return replace(team, nights=tuple(nights[:4]))


def _places(day: int) -> tuple[tuple[str, ...], ...]:
    is_open = tuple(lodging.id for lodging in LODGINGS if day in lodging.nights)
    return ("base", *is_open), ("base", *is_open), is_open[:1]


@st.composite
def teams(draw: st.DrawFn, horizon_days: int, *, has_circuit: bool) -> tuple[Team, ...]:
    """Draw two workers, perhaps a team of both, and perhaps two trips of a circuit."""
    rests = draw(st.sampled_from(((), (LUNCH,), (LUNCH, PRAYER))))
    free = [d for d in range(horizon_days) if d % 7 < 5]
    alone = [
        worker("u", days=tuple(free), skills=frozenset({"sign"}), rests=rests),
        worker(
            "w", days=tuple(d for d in free if d % 7 != 1), ends_h=draw(st.sampled_from((12, 16)))
        ),
    ]
    if draw(st.booleans()):
        alone.append(
            worker(
                "u+w",
                worker_ids=("u", "w"),
                days=tuple(d for d in free if d % 7 != 1),
                skills=frozenset({"sign"}),
                ends_h=12,
                rests=rests,
                n_motorbikes=draw(st.sampled_from((1, 2))),
            )
        )
    found = [draw(free_nights(team)) if draw(st.booleans()) else team for team in alone]
    if has_circuit:
        found += _circuit(rests)
    return tuple(found)


def _circuit(rests: tuple[Rest, ...]) -> Iterator[Team]:
    for team_id, days in (("sad", (0, 1, 2)), ("sad-2", (4, 5))):
        yield Team(
            id=team_id,
            worker_ids=("x", "y"),
            base_id="base",
            shifts=tuple(shift(day, rests=rests) for day in days),
            circuit_id="sad",
            nights=tuple(Night(day=d, place_ids=("hut", "inn")) for d in days[:-1]),
            n_motorbikes=1,
        )


@st.composite
def problems(draw: st.DrawFn, *, has_pins: bool = False) -> Problem:
    """Draw one to four weeks along a road with up to ten children, perhaps with pins."""
    horizon_days = draw(st.sampled_from((7, 7, 7, 14, 28)))
    km = {f"c{i}": float(draw(st.integers(-60, 60))) for i in range(draw(st.integers(0, 10)))}
    has_circuit = draw(st.booleans())
    needs = [draw(requirements(c, horizon_days, has_circuit=has_circuit)) for c in km]
    if has_pins:
        needs = [draw(pinned(one)) for one in needs]
    rupiah = st.integers(0, 30).map(lambda n: n * 10_000)
    return problem(
        Road({"base": 0.0, "inn": 40.0, "hut": -30.0, **km}, kph=37.0, ferries_km=(15.0,)),
        tuple(needs),
        draw(teams(horizon_days, has_circuit=has_circuit)),
        lodgings=LODGINGS,
        circuits=(
            Circuit(id="sad", team_id="sad", days=(0, 1, 2), lodging_ids=("hut", "inn")),
            Circuit(id="sad", team_id="sad-2", days=(4, 5), lodging_ids=("hut", "inn")),
        )
        if has_circuit
        else (),
        costs=CostParams(ferry_idr=draw(st.sampled_from((0, 10_000)))),
        weights=Weights(
            idr_per_hour=draw(st.sampled_from((5_000, 50_000))),
            unfairness_s=draw(st.sampled_from((0, 3_600, 36_000))),
        ),
        budget_idr=draw(st.dictionaries(st.sampled_from(("u", "w", "x")), rupiah)),
        horizon_days=horizon_days,
    )
