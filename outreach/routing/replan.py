"""A plan and what happened since → the least changed new plan."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from outreach.errors import InfeasibleError, PlanningError
from outreach.routing.candidates import candidates, turned_back
from outreach.routing.cuts import cut_short, ways_home
from outreach.routing.events import Late
from outreach.routing.remaking import Maker
from outreach.routing.replay import Telling, events_of, standing
from outreach.routing.solvers.protocol import Limit
from outreach.routing.ways_out import Trapped, promised
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from outreach.lineage import Happening
    from outreach.model import Plan
    from outreach.routing.candidates import Candidate
    from outreach.routing.events import Event
    from outreach.routing.past import Key, Past
    from outreach.routing.problem import Problem, Requirement
    from outreach.routing.remaking import Made
    from outreach.routing.replan_diff import PlanDiff

logger = logging.getLogger(__name__)

AT_ONCE = Limit(time_s=0.5)
"""A first answer while the caller is still on the phone."""

AlternativeKind = Literal["other_worker", "other_day", "circuit_cut_short"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Alternative:
    """A plan of another kind than the first, with what it changes."""

    kind: AlternativeKind
    problem: Problem
    plan: Plan
    diff: PlanDiff


@dataclass(frozen=True, kw_only=True, eq=False)
class Replanned:
    """
    The least changed new plan, which tells in `revision` how it came about.

    Parameters
    ----------
    problem
        The plain one with all that happened, in which what has begun can only be as it was: what
        `replayed` makes of the plain one and the plan. A later change starts from the plain one.
    deadlines_s
        When urgent visits must have begun, by visit id.
    candidates
        Of each urgent case that is new, who could go, the nearest of those who may first.
    """

    problem: Problem
    plan: Plan
    diff: PlanDiff
    deadlines_s: Mapping[str, int]
    candidates: tuple[Candidate, ...]
    _maker: Maker
    _past: Past
    _first: Made

    @cached_property
    def alternatives(self) -> tuple[Alternative, ...]:
        """Plans of another kind; they are made when somebody asks for them."""
        return tuple(_alternatives(self._maker, self._past, self._first))


def replan(
    problem: Problem,
    plan: Plan,
    *,
    at_s: int,
    happened: Sequence[Happening] = (),
    events: Sequence[Event] = (),
    dormant: Iterable[Requirement] = (),
    limit: Limit = AT_ONCE,
    seed: int = 0,
) -> Replanned:
    """
    Change a plan as little as what happened allows, by insertion and repair.

    Made small are, in this order: pinned visits given up; deadlines missed; promises broken, by
    `repair.broken_promise`; then the planner's own score. Pins hold, and what has begun stays.

    Parameters
    ----------
    problem
        The plain one of the tables, of a plan that was changed before too. Where roads are
        closed or a season has begun, its matrix is another; it has the places of new cases.
    at_s
        Now, in seconds from the start of the horizon.
    happened
        What is told now; the plan that comes of it can be rebuilt by `replayed`.
    events
        The same for callers who keep no lineage.
    dormant
        Requirements of those who need no visit in these days, but may become urgent.
    limit
        How long others are moved to make room, for each of up to four plans.
    seed
        Kept in the plan; nothing is drawn by chance.

    Raises
    ------
    PlanningError
        When events name what the problem does not know, the plan does not fit it, or it was
        changed later than now.
    InfeasibleError
        When a team can sleep nowhere and cannot come home.
    """
    dormant = tuple(dormant)
    before = () if plan.revision is None else plan.revision.happened
    if plan.revision is not None and at_s < plan.revision.at_s:
        raise PlanningError("the plan was changed at a later moment than this one")
    telling = Telling(problem=problem, dormant=dormant, plan=plan, at_s=at_s)
    told = telling.complete(happened)
    new = (*events_of(problem, dormant, told), *events)
    maker = Maker(
        problem=problem,
        before=plan,
        at_s=at_s,
        events=(*events_of(problem, dormant, before), *new),
        n_new=len(new),
        told=told,
        limit=limit,
        seed=seed,
    )
    delays_s: dict[str, int] = {}
    for event in new:
        if isinstance(event, Late):
            delays_s[event.worker_id] = delays_s.get(event.worker_id, 0) + event.delay_s
    past, first = _made_after(maker, plan, delays_s)
    cases = [past.problem.visit[v][0] for v in sorted(maker.urgent - past.frozen)]
    could_go = tuple(c for case in cases for c in candidates(problem, past, plan, case))
    for case in cases:
        past, first = _turned_back(maker, past, first, case, delays_s)
    logger.info("replanned: %s", first.diff.figures)
    return Replanned(
        problem=first.problem,
        plan=first.plan,
        diff=first.diff,
        deadlines_s=maker.deadlines_s,
        candidates=could_go,
        _maker=maker,
        _past=past,
        _first=first,
    )


def _made_after(maker: Maker, plan: Plan, delays_s: Mapping[str, int]) -> tuple[Past, Made]:
    """
    Make the new plan that follows one by which the past is as it is.

    Who is cut off from everywhere has the way that was planned.
    """
    cut_off: set[Key] = set()
    kept: set[Key] = set()
    while True:
        past = standing(
            maker.problem,
            plan,
            maker.events,
            maker.at_s,
            delays_s=delays_s,
            cut_off=cut_off,
            kept=kept,
            long=cut_off,
        )
        try:
            return past, maker.make(past)
        except Trapped as trapped:
            team_id, today = trapped.key[0], maker.at_s // DAY_S
            ahead = [r for r in plan.day_routes if r.team_id == team_id and r.day >= today]
            ways = {(team_id, route.day) for route in ahead}
            nights = {(route.sleeps_at, route.day) for route in ahead}
            if ways <= cut_off and nights <= kept:
                raise InfeasibleError(
                    "%(team)s finds no bed after day %(day)d of the plan and cannot be home; name"
                    " a lodging that is open to them",
                    team=team_id,
                    day=trapped.key[1] + 1,
                ) from trapped
            # Beds are asked for once more only where no way out is left.
            kept |= nights if ways <= cut_off else set()
            cut_off |= ways


def _turned_back(
    maker: Maker, past: Past, first: Made, case: Requirement, delays_s: Mapping[str, int]
) -> tuple[Past, Made]:
    """Let somebody set out once more whose day is over, where an urgent case is met sooner so."""
    visit_id = case.visits[0].id
    begins_s = {s.visit_id: s.starts_s for r in first.plan.day_routes for s in r.stops}
    for arrives_s, longer in turned_back(past, maker.before, case):
        if arrives_s >= begins_s.get(visit_id, arrives_s + 1):
            continue
        try:
            other_past, other = _made_after(maker, longer, delays_s)
        except InfeasibleError:
            continue
        if other.rank < first.rank:
            past, first = other_past, other
    return past, first


def _alternatives(maker: Maker, past: Past, first: Made) -> Iterator[Alternative]:
    """
    Yield plans of another kind: somebody else, another day, a circuit that ends sooner.

    Those are left out by which what is urgent, or else what was displaced, is met as by another.
    """
    focus = _focus(maker, past, first)
    now = _placed(first, focus)
    seen = [now]
    for kind, trial in _trials(maker, past, first, focus):
        placed = _placed(trial, focus)
        both = [(now[v], placed[v]) for v in now.keys() & placed.keys()]
        is_other = {
            "other_worker": any(a[0] != b[0] for a, b in both),
            "other_day": any(a[1] != b[1] for a, b in both),
            "circuit_cut_short": True,
        }[kind]
        if is_other and placed not in seen:
            seen.append(placed)
            yield Alternative(kind=kind, problem=trial.problem, plan=trial.plan, diff=trial.diff)


def _focus(maker: Maker, past: Past, first: Made) -> frozenset[str]:
    """Give what is urgent now, else what was displaced."""
    slipped = {change.visit_id for change in first.diff.of("moved", "fell_out")}
    return (maker.urgent - past.frozen) or frozenset(slipped)


def _placed(made: Made, visit_ids: Collection[str]) -> dict[str, tuple[tuple[str, ...], int]]:
    """Give by whom, and on which day, visits are made."""
    keys = promised(made.plan)
    team = made.problem.team
    return {v: (team[keys[v][0]].worker_ids, keys[v][1]) for v in visit_ids if v in keys}


def _trials(
    maker: Maker, past: Past, first: Made, focus: frozenset[str]
) -> Iterator[tuple[AlternativeKind, Made]]:
    now = promised(first.plan)
    placed = {now[v] for v in focus if v in now}
    by = {w for team_id, _ in placed for w in past.problem.team[team_id].worker_ids}
    days = {day for _, day in placed}
    theirs: list[Key] = []
    others: list[Key] = []
    for team in past.problem.teams:
        book = theirs if by & set(team.worker_ids) else others
        book += [(team.id, shift.day) for shift in team.shifts]
    if placed:
        other = _made(maker, past, focus, theirs)
        if other is not None:
            yield "other_worker", other
        barred = [*others, *(key for key in theirs if key[1] in days)]
        later = _made(maker, past, focus, barred)
        if later is not None:
            yield "other_day", later
    if not focus:
        return
    shorter = (
        _made(maker, cut_short(past, maker.before, team_id, night), focus)
        for team_id, night in _trips(past, maker.before)
    )
    cut = [one for one in shorter if one is not None]
    if cut:
        yield "circuit_cut_short", min(cut, key=lambda one: one.rank)


def _made(
    maker: Maker, past: Past, focus: frozenset[str], barred: Iterable[Key] = ()
) -> Made | None:
    """Make a plan of another kind; None where it does not do what it is for."""
    try:
        found = maker.make(past, focus=focus, barred=barred)
    except Trapped:
        return None
    return found if maker.is_met(found, focus) else None


def _trips(past: Past, plan: Plan) -> Iterator[Key]:
    """Yield each trip that is under way, with the first evening on which it can be home."""
    seen: set[str] = set()
    for route in sorted(plan.day_routes, key=lambda r: (r.day, r.team_id)):
        is_away = route.stops[-1].kind == "lodging"
        if route.day < past.today or not is_away or route.team_id in seen:
            continue
        seen.add(route.team_id)
        evenings = [n for n in ways_home(past, plan, route.team_id, route.day) if n >= route.day]
        if evenings:
            yield route.team_id, evenings[-1]
