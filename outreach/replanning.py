"""The telephone rings: from what is told to the least changed plan, kept with its lineage."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outreach.archive import PLAN_FILE, PLANS_FOLDER, load_plan, plans_between, save_plan
from outreach.calling import hear, local_moment, moment_of
from outreach.errors import ConfigError, OutreachError, PlanningError, SolverError
from outreach.ground import read_ground
from outreach.in_force import config_of, happened_to, prepare_week, problem_of
from outreach.layers.phoned import PHONED_FILE
from outreach.logbook import LOG_FILE, read_logbook
from outreach.output.replan_told import FIRST, Other, ReplanReport
from outreach.pipeline import draw_outputs, prepare_network
from outreach.progress import SILENT
from outreach.units import DAY_S

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from outreach.calling import Call, Heard
    from outreach.config import Config
    from outreach.ground import Ground
    from outreach.lineage import Figures, Happening
    from outreach.model import Plan
    from outreach.pipeline import Prepared
    from outreach.progress import Progress
    from outreach.routing.candidates import Candidate
    from outreach.routing.replan import Replanned
    from outreach.routing.road_network import RoadNetwork

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """
    What is to be done with the changed plan.

    Parameters
    ----------
    take
        The kind of the alternative that is taken; None: the least changed plan.
    improve_s
        How long to search for a better plan after the first one; 0: not at all. Where the
        settings count iterations, so many in place of that.
    with_maps
        Whether everything is drawn again.
    is_dry
        Whether nothing is written.
    """

    take: str | None = None
    improve_s: float = 0.0
    with_maps: bool = True
    is_dry: bool = False


def replan_week(
    config: Config,
    call: Call,
    wish: Wish | None = None,
    *,
    now: dt.datetime | None = None,
    progress: Progress = SILENT,
) -> ReplanReport:
    """
    Change the plan in force as little as what was told, and what the log says, allows.

    New cases are kept in urgent.csv first, so that none is lost whatever comes after; then
    plan.json is written with its lineage, and all that is drawn from it.

    Parameters
    ----------
    call
        What was told.
    wish
        What to do with the changed plan.
    now
        Timezone-aware; by default the clock.

    Raises
    ------
    ConfigError
        When there is no plan, nothing happened, or the moment cannot be.
    LayerError
        With all that is wrong with what was told; then nothing is written.
    PlanningError
        When a case can be reached by no road.
    """
    wish = wish or Wish()
    path = call.plan_path or config.out / PLAN_FILE
    plan = load_plan(config, call.plan_path)
    _refuse_other_week(config, call, plan, now)
    at_s = moment_of(call, plan, now=now)
    config = config.for_week(plan.starts_at.date(), plan.horizon_days)
    ground = read_ground(config)
    network = prepare_network(config, progress=progress)
    heard = hear(config, call, plan, ground, network, at_s=at_s)
    logged = _logged(config, plan, ground, heard.happened, at_s)
    told = (*heard.happened, *logged)
    if not told:
        raise ConfigError(
            "nothing was told, and the log says nothing else than the plan: tell what happened,"
            " such as --urgent or --late (outreach replan --help)"
        )
    ground = _with_new(config, ground, heard, is_dry=wish.is_dry)
    changed = _change(config, ground, network, plan, told, at_s=at_s, wish=wish)
    paths: tuple[Path, ...] = ()
    after, undrawn = changed.plan, None
    if not wish.is_dry:
        after, written = save_plan(config, after, revises=path)
        paths = (written,)
    if wish.with_maps and not wish.is_dry:
        try:
            paths += draw_outputs(config, progress=progress).paths
        except OutreachError as error:
            # The plan is in force: whom to phone must be told whatever becomes of the maps.
            undrawn = error.message
    return ReplanReport(
        project=config.folder,
        plan=after,
        first=changed.first,
        others=changed.others,
        taken=wish.take or FIRST,
        nearest=changed.nearest,
        n_logged=len(logged),
        phoned=tuple(who for cases in heard.new for who in cases.layer.rows["id"]),
        beyond=tuple(_beyond(after, told)),
        notices=tuple(notice for notice in after.notices if notice not in plan.notices),
        findings=heard.findings,
        gained_s=changed.gained_s,
        undrawn=undrawn,
        paths=paths,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Changed:
    """The plan that is taken, and what could be taken in its place."""

    plan: Plan
    first: Figures
    others: tuple[Other, ...]
    nearest: tuple[Candidate, ...]
    gained_s: int | None = None


def _change(
    config: Config,
    ground: Ground,
    network: RoadNetwork,
    plan: Plan,
    told: Sequence[Happening],
    *,
    at_s: int,
    wish: Wish,
) -> _Changed:
    from outreach.routing.audit import audit
    from outreach.routing.replan import AT_ONCE, replan
    from outreach.routing.solvers.protocol import Limit

    happened = (*happened_to(plan), *told)
    prepared = prepare_week(config, ground, network, plan, happened, at_s=at_s)
    _refuse_out_of_reach(prepared, told)
    plan = replace(
        plan,
        season=config_of(config, plan, happened).season,
        invalid=prepared.invalid,
        unsnapped=prepared.unsnapped,
        unreachable=prepared.unreachable,
    )
    replanned = replan(
        prepared.problem,
        plan,
        at_s=at_s,
        happened=told,
        dormant=prepared.dormant,
        limit=replace(AT_ONCE, iterations=config.plan.iterations),
        seed=config.plan.seed,
    )
    taken = _taken(replanned, wish.take)
    better = taken
    if wish.improve_s:
        from outreach.routing.improve import improve

        better = improve(
            prepared.problem,
            plan,
            taken,
            dormant=prepared.dormant,
            limit=Limit(time_s=wish.improve_s, iterations=config.plan.iterations),
            seed=config.plan.seed,
        )
    after = better.plan
    violations = audit(problem_of(prepared, after), after)
    if violations:
        raise SolverError(
            "the changed plan breaks %(n)d rules, first: %(where)s %(what)s; nothing was changed,"
            " please report this",
            n=len(violations),
            where=str(violations[0].where),
            what=str(violations[0].what),
        )
    figures: dict[str, Figures] = {
        FIRST: replanned.diff.figures,
        **{one.kind: one.diff.figures for one in replanned.alternatives},
        wish.take or FIRST: better.diff.figures,
    }
    return _Changed(
        plan=after,
        first=figures.pop(FIRST),
        others=tuple(Other(kind=kind, figures=one) for kind, one in figures.items()),
        nearest=replanned.candidates,
        gained_s=taken.diff.figures.score_s - better.diff.figures.score_s
        if wish.improve_s
        else None,
    )


def _taken(replanned: Replanned, kind: str | None) -> Replanned:
    """Give the least changed plan, or in its place one of another kind."""
    if kind is None:
        return replanned
    for one in replanned.alternatives:
        if one.kind == kind:
            return replace(replanned, problem=one.problem, plan=one.plan, diff=one.diff)
    kinds = ", ".join(one.kind for one in replanned.alternatives)
    if not kinds:
        raise ConfigError("there is no other plan to take here; leave --take out")
    raise ConfigError(
        "there is no plan of the kind %(kind)s here; take one of: %(kinds)s", kind=kind, kinds=kinds
    )


def _refuse_out_of_reach(prepared: Prepared, told: Sequence[Happening]) -> None:
    """Tell of urgent cases to whom no road leads: of them the change would know nothing."""
    lost = {
        loss.beneficiary_id: loss.detail for loss in (*prepared.unsnapped, *prepared.unreachable)
    }
    out = [(one.id, lost[one.id]) for one in told if one.kind == "urgent" and one.id in lost]
    if out:
        raise PlanningError(
            "The plan was not changed, because nobody can be sent there by road; correct the"
            " position in the table (new cases are kept in urgent.csv), and tell it once more:"
        ).with_details(out)


def _beyond(plan: Plan, told: Sequence[Happening]) -> Iterator[str]:
    """Yield who is urgent only after this plan, and not in it."""
    planned = {stop.beneficiary_id for route in plan.day_routes for stop in route.stops}
    for one in told:
        is_later = one.deadline_s is not None and one.deadline_s >= plan.horizon_days * DAY_S
        if one.kind == "urgent" and is_later and one.id not in planned:
            yield one.id


def _logged(
    config: Config, plan: Plan, ground: Ground, told: Sequence[Happening], at_s: int
) -> tuple[Happening, ...]:
    """Take from the log what nobody told."""
    from outreach.layers.happenings_logged import logged

    late = {one.id for one in told if one.kind == "late"}
    off = {one.visit_id for one in told if one.kind == "cancelled"}
    urgent = {one.id for one in told if one.kind == "urgent"}
    people = set(ground.layers["beneficiaries"].rows["id"])
    entries = read_logbook(config.folder / LOG_FILE)
    return tuple(
        one
        for one in logged(plan, entries, at_s=at_s, late=late)
        if not (one.kind == "cancelled" and one.visit_id in off)
        # Of whom no table knows by now nothing more is due.
        and not (one.kind == "urgent" and (one.id in urgent or one.id not in people))
    )


def _refuse_other_week(config: Config, call: Call, plan: Plan, now: dt.datetime | None) -> None:
    """Name the plan of the week of the call, where plan.json is that of the next by now."""
    day = local_moment(call, plan, now=now).date()
    if call.plan_path is not None or day >= plan.starts_at.date():
        return
    for week in plans_between(config, day, day):
        path = config.out / PLANS_FOLDER / f"{week.starts_on.isoformat()}.json"
        if path.is_file():
            raise ConfigError(
                "plan.json is for the week of %(planned)s by now, and the call for that of"
                " %(asked)s; change its plan with --plan %(path)s, which becomes plan.json again",
                planned=f"{plan.starts_at:%Y-%m-%d}",
                asked=week.starts_on.isoformat(),
                path=str(path),
            )


def _with_new(config: Config, ground: Ground, heard: Heard, *, is_dry: bool) -> Ground:
    """Keep the new cases, and give the tables with them."""
    from outreach.layers.phoned import phoned_text, with_phoned
    from outreach.output.files import write_text_whole

    if not heard.new:
        return ground
    if is_dry:
        people = ground.layers["beneficiaries"]
        for cases in heard.new:
            people = with_phoned(people, cases.layer)
        return replace(ground, layers={**ground.layers, "beneficiaries": people})
    path = config.folder / PHONED_FILE
    text = path.read_bytes() if path.is_file() else b""
    for cases in heard.new:
        text = phoned_text(
            text,
            cases.calls,
            cases.layer,
            deadlines=cases.deadlines,
            language=config.language,
        ).encode()
    write_text_whole(path, text.decode())
    # As every later command reads them.
    return read_ground(config)
