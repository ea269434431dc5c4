"""Teams that are formed because somebody needs them: several workers at once, several skills."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import combinations, islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from outreach.routing.problem import Requirement, Team
    from outreach.routing.teams import Formed

MOST_TEAMS = 30
"""Of one kind; more would not find better plans but make the search slower."""
_MOST_TRIED = 3_000
_PAIR = 2


@dataclass(slots=True, kw_only=True)
class _Want:
    """Visits that need as many workers with the same skills, and whom the children know."""

    n_workers: int
    skills: frozenset[str]
    days: set[int] = field(default_factory=set)
    known: Counter[str] = field(default_factory=Counter)


def teams_on_demand(formed: Formed, requirements: Iterable[Requirement]) -> tuple[Team, ...]:
    """
    Form teams for the visits that nobody alone and no fixed team can make.

    They travel on days that their workers have free, from one base, and have a seat for each.
    Those whom the children know come first; there are at most `MOST_TEAMS` of each kind. Who has
    no vehicle is put with each who has one.

    Returns
    -------
    teams
        With ids such as ``"tksk-1+tksk-2"``, sorted.
    """
    found: dict[tuple[str, ...], Team] = {}
    for want in _wants(formed, requirements):
        for size in range(max(_PAIR, want.n_workers), want.n_workers + len(want.skills) + 1):
            chosen = _choose(_candidates(formed, want, size), want)
            found |= {team.worker_ids: team for team in chosen}
            if chosen:
                break
    for worker_id, row in formed.roster.rows.items():
        if formed.roster.seats([worker_id]) is None:
            others = (w for w, r in formed.roster.rows.items() if r.base_id == row.base_id)
            pairs = (tuple(sorted((worker_id, w))) for w in others if w != worker_id)
            together = [team for pair in pairs for team in _team(formed, pair)]
            found |= {team.worker_ids: team for team in together[:MOST_TEAMS]}
    taken = {team.id for team in formed.teams}
    return tuple(sorted((t for t in found.values() if t.id not in taken), key=lambda t: t.id))


def _wants(formed: Formed, requirements: Iterable[Requirement]) -> list[_Want]:
    wants: dict[tuple[int, tuple[str, ...]], _Want] = {}
    circuit_ids = {spec.id for spec in formed.roster.arranged.circuits}
    teams = [t for t in formed.teams if t.circuit_id is None and t.id not in circuit_ids]
    for requirement in requirements:
        # A circuit brings its own team, and an appointment is one worker's.
        if requirement.circuit_id is not None or requirement.worker_ids:
            continue
        key = requirement.n_workers, requirement.skills
        able = [
            {s.day for s in t.shifts}
            for t in teams
            if len(t.worker_ids) >= requirement.n_workers
            and t.skills.issuperset(requirement.skills)
        ]
        open_days = set().union(*able)
        days = {d for v in requirement.visits if not open_days & set(v.days) for d in v.days}
        if not days:
            continue
        want = wants.setdefault(key, _Want(n_workers=key[0], skills=frozenset(key[1])))
        want.days.update(days)
        if requirement.known_worker_id is not None:
            want.known[requirement.known_worker_id] += 1
    return [want for _, want in sorted(wants.items())]


def _candidates(formed: Formed, want: _Want, size: int) -> Iterator[Team]:
    rows = formed.roster.rows
    for base_id in sorted({r.base_id for r in rows.values()}):
        here = [w for w, r in rows.items() if r.base_id == base_id]
        here.sort(key=lambda w: (-want.known[w], w))
        for ids in islice(combinations(here, size), _MOST_TRIED):
            if want.skills.issubset(skill for w in ids for skill in rows[w].skills):
                yield from _team(formed, ids)


def _team(formed: Formed, worker_ids: Sequence[str]) -> Iterator[Team]:
    """Give the team if there is one: with a seat for each, and hours that all share."""
    if formed.roster.seats(worker_ids) is None:
        return
    days = frozenset.intersection(*(formed.free_days[w] for w in worker_ids))
    if days:
        team = formed.roster.team("+".join(sorted(worker_ids)), worker_ids, days)
        if team.shifts:
            yield team


def _choose(candidates: Iterable[Team], want: _Want) -> list[Team]:
    """Choose the best teams, but first one for each worker, so that nobody is left out."""
    useful = [
        (-sum(want.known[w] for w in team.worker_ids), -len(days), team.worker_ids, team)
        for team in candidates
        if (days := want.days & {s.day for s in team.shifts})
    ]
    ranked = [team for *_, team in sorted(useful, key=lambda entry: entry[:3])]
    chosen: list[Team] = []
    met: set[str] = set()
    for team in ranked:
        if not met.issuperset(team.worker_ids):
            chosen.append(team)
            met.update(team.worker_ids)
    first = {team.id for team in chosen}
    return [*chosen, *(team for team in ranked if team.id not in first)][:MOST_TEAMS]
