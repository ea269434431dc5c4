"""What is told on the telephone, held against the plan, the tables and the log."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from outreach.errors import ConfigError, LayerError, Message, OutreachError
from outreach.layers.happenings import (
    Deadline,
    parse_deadline,
    parse_moment,
    read_happenings,
    told_rows,
)
from outreach.layers.happenings_checks import HappeningsRead, PlannedWeek, check_happenings
from outreach.layers.tables import TableSource
from outreach.layers.values import CellError
from outreach.lineage import Happening
from outreach.model import Finding
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from outreach.config import Config
    from outreach.ground import Ground
    from outreach.layers.happenings import Told
    from outreach.layers.layer import Layer
    from outreach.layers.tables import Table
    from outreach.model import Plan
    from outreach.routing.road_network import RoadNetwork

_COMMAND = "outreach replan"
_EARLY_S = 7 * DAY_S
_EXAMPLES: Mapping[str, str] = {
    "--urgent": "--urgent K-017=24h",
    "--absent": "--absent W-1@2026-12-02..2026-12-03",
    "--late": "--late W-1=45min",
    "--cancel": "--cancel K-017",
    "--lodging-full": "--lodging-full L-1@2026-12-01",
}
_TABLES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".geojson", ".json", ".gpkg"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """
    What is told, in the words of the user; see the options of `outreach replan`.

    `at` is the moment of the call, None: now.
    """

    plan_path: Path | None = None
    at: str | None = None
    urgent: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    late: tuple[str, ...] = ()
    closed_roads: tuple[str, ...] = ()
    season: str | None = None
    cancelled: tuple[str, ...] = ()
    full: tuple[str, ...] = ()
    events: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NewCases:
    """
    Cases of one file that no table has yet.

    `calls` is the file as it stands, `layer` its good rows, `deadlines` by id the last day on
    which the first visit is in time.
    """

    calls: Table
    layer: Layer
    deadlines: Mapping[str, dt.date]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Heard:
    """What happened, what was told first before the rest; the new cases, and what is doubtful."""

    happened: tuple[Happening, ...]
    new: tuple[NewCases, ...] = ()
    findings: tuple[Finding, ...] = field(default=())


def moment_of(call: Call, plan: Plan, *, now: dt.datetime | None = None) -> int:
    """
    Give the moment of the call in seconds from the start of the plan.

    In the week before the plan nothing of it has begun: such a call counts as its first second.

    Parameters
    ----------
    now
        Timezone-aware; by default the clock.

    Raises
    ------
    ConfigError
        When it cannot be read, is not of the plan's days, or lies before the plan was changed
        last.
    """
    first, at = plan.starts_at.replace(tzinfo=None), local_moment(call, plan, now=now)
    at_s = int((at - first).total_seconds())
    if -_EARLY_S <= at_s < 0:
        at_s = 0
    last = first + dt.timedelta(days=plan.horizon_days)
    if not 0 <= at_s < plan.horizon_days * DAY_S:
        raise ConfigError(
            "the plan is for %(first)s to %(last)s, and %(at)s is not in it; tell the moment of"
            ' the call with --at "%(first)s 10:20"',
            first=f"{first:%Y-%m-%d}",
            last=f"{last - dt.timedelta(days=1):%Y-%m-%d}",
            at=f"{at:%Y-%m-%d %H:%M}",
        )
    if plan.revision is not None and at_s < plan.revision.at_s:
        raise ConfigError(
            "the plan was changed for %(changed)s already; give a later moment with --at, or take"
            " that change back by --plan with the plan before it, plans/%(before)s",
            changed=f"{first + dt.timedelta(seconds=plan.revision.at_s):%Y-%m-%d %H:%M}",
            before=f"{first:%Y-%m-%d}-r{plan.revision.number - 1}.json",
        )
    return at_s


def local_moment(call: Call, plan: Plan, *, now: dt.datetime | None = None) -> dt.datetime:
    """Give the moment of the call in the plan's time zone, naive; raises as `moment_of` does."""
    now = (now or dt.datetime.now(dt.UTC)).astimezone(plan.starts_at.tzinfo).replace(tzinfo=None)
    if call.at is None:
        return now
    try:
        return parse_moment(call.at).on(now.date())
    except CellError as error:
        raise ConfigError(
            "--at: '%(text)s' is no moment; write \"2026-12-01 10:20\"", text=call.at
        ) from error


def hear(
    config: Config, call: Call, plan: Plan, ground: Ground, network: RoadNetwork, *, at_s: int
) -> Heard:
    """
    Read everything that was told.

    Parameters
    ----------
    config
        Of the plan's week.
    ground
        The tables as they are.
    network
        The roads when all of them are open.

    Raises
    ------
    LayerError
        With all that is wrong, from all options and files.
    """
    days = {
        row.id: config.presets[row.category].first_contact_days
        for row in ground.layers["beneficiaries"].rows.itertuples()
    }
    week = _week(plan, ground, days, at_s)
    new, read = _new_cases(config, call, ground, week)
    for table in _tables(call):
        read += table if isinstance(table, HappeningsRead) else check_happenings(table, week=week)
    told, faults = _with_roads(read.told, network)
    wrong = [f for f in (*read.findings, *faults) if f.severity == "error"]
    if wrong:
        raise LayerError("Nothing was changed; correct what was told:").with_details(
            detail
            for finding in wrong
            for detail in ((_place(finding), finding.what), ("→", _mend(finding)))
        )
    in_order = sorted(_once(told), key=lambda one: one.at_s)
    return Heard(happened=tuple(in_order), new=new, findings=read.findings)


def _once(told: Sequence[Happening]) -> Iterator[Happening]:
    """Yield what happened, once; of an urgent case the sooner deadline counts."""
    urgent = [one for one in told if one.kind == "urgent"]
    by_deadline = sorted(urgent, key=lambda one: one.deadline_s or 0, reverse=True)
    soonest = {one.id: one for one in by_deadline}
    others = (one for one in told if one.kind != "urgent" or soonest[one.id] is one)
    yield from dict.fromkeys(others)


def _mend(finding: Finding) -> Message:
    """Say how to mend it; an option has no rows to fill in or delete."""
    if finding.file != _COMMAND or "row" not in finding.mend.template:
        return finding.mend
    example = _EXAMPLES.get(finding.column or "")
    return finding.mend if example is None else Message("write it like %(it)s", {"it": example})


def _place(finding: Finding) -> str:
    parts = [finding.file, finding.column or ""]
    if finding.row is not None and finding.file != _COMMAND:
        parts.insert(1, str(finding.row))
    elif finding.row is not None and finding.row > 1:
        # An option that was given several times.
        parts.append(str(finding.row))
    return " · ".join(part for part in parts if part)


def _week(plan: Plan, ground: Ground, days: Mapping[str, int], at_s: int) -> PlannedWeek:
    begun: dict[str, str] = {}
    ahead: dict[str, str] = {}
    for route in sorted(plan.day_routes, key=lambda route: route.day):
        for stop in route.stops:
            if stop.visit_id is not None:
                book = begun if stop.starts_s < at_s else ahead
                book[stop.visit_id] = stop.beneficiary_id or stop.place_id
    for loss in plan.unserved:
        if loss.visit_id is not None:
            ahead.setdefault(loss.visit_id, loss.beneficiary_id)
    lodgings = ground.layers.get("lodgings")
    return PlannedWeek(
        starts_on=plan.starts_at.date(),
        n_days=plan.horizon_days,
        at_s=at_s,
        worker_ids=frozenset(ground.layers["workers"].rows["id"]),
        lodging_ids=frozenset(() if lodgings is None else lodgings.rows["id"]),
        contact_days=days,
        ahead=ahead,
        begun=begun,
    )


def _tables(call: Call) -> Iterator[Table | HappeningsRead]:
    """Yield what the options and the files of events tell, file by file."""
    rows = (
        ("--absent", [_absent(text) for text in call.absent]),
        ("--late", [_pair(text, "=", "late", "late_minutes") for text in call.late]),
        ("--closed-road", [{"happening": "flood", "closure": c} for c in call.closed_roads]),
        ("--season", [{"happening": "season", "season": call.season}] if call.season else []),
        ("--cancel", [{"happening": "cancelled", "id": text} for text in call.cancelled]),
        ("--lodging-full", [_pair(text, "@", "lodging_full", "date") for text in call.full]),
        ("--urgent", [_urgent(text)[1] for text in call.urgent if _urgent(text)[0] is None]),
    )
    for header, told in rows:
        if told:
            yield told_rows(told, header=header, file=_COMMAND)
    for path in call.events:
        try:
            yield read_happenings(TableSource(path=path))
        except LayerError as error:
            yield HappeningsRead(findings=_unusable(path.name, error))


def _pair(text: str, sign: str, happening: str, name: str) -> dict[str, object]:
    id_, _, value = text.partition(sign)
    return {"happening": happening, "id": id_, name: value}


def _absent(text: str) -> dict[str, object]:
    id_, _, span = text.partition("@")
    starts, _, ends = span.partition("..")
    return {"happening": "absent", "id": id_, "from_time": starts, "to_time": ends}


def _urgent(text: str) -> tuple[Path | None, dict[str, object]]:
    """Give the file of new cases, or None, and the row for a case that is known."""
    name, soon = text, ""
    if not Path(text).is_file() and "=" in text:
        name, _, soon = text.rpartition("=")
    told: dict[str, object] = {"happening": "urgent", "id": name, "deadline": soon}
    return Path(name) if _is_file(name) else None, told


def _is_file(text: str) -> bool:
    """Tell a file, also one that is not there, from an id or a place."""
    return Path(text).is_file() or Path(text).suffix.lower() in _TABLES


def _new_cases(
    config: Config, call: Call, ground: Ground, week: PlannedWeek
) -> tuple[tuple[NewCases, ...], HappeningsRead]:
    found: list[NewCases] = []
    read = HappeningsRead()
    for path, row in map(_urgent, call.urgent):
        if path is None:
            continue
        if not path.is_file():
            read += HappeningsRead(findings=(_no_file(path),))
            continue
        try:
            soon = parse_deadline(row["deadline"]) if row["deadline"] else None
            cases, told = _cases_of(config, path, soon, ground, week)
        except CellError as error:
            read += HappeningsRead(findings=(_wrong_option("--urgent", error),))
        except LayerError as error:
            read += HappeningsRead(findings=_unusable(path.name, error))
        else:
            found.append(cases)
            read += told
    return tuple(one for one in found if len(one.layer.rows)), read


def _cases_of(
    config: Config, path: Path, soon: Deadline | None, ground: Ground, week: PlannedWeek
) -> tuple[NewCases, HappeningsRead]:
    from outreach.layers.beneficiaries import check_beneficiaries
    from outreach.layers.happenings import Told
    from outreach.layers.phoned import read_calls

    calls = read_calls(TableSource(path=path))
    area = ground.layers["areas"].rows.union_all() if "areas" in ground.layers else None
    layer = check_beneficiaries(
        calls,
        presets=config.presets,
        params=config.checks,
        today=week.starts_on,
        area=area,
    )
    deadlines: dict[str, dt.date] = {}
    told: list[Told] = []
    for row in layer.rows.itertuples():
        how_soon = soon
        if soon is None:
            days = config.presets[row.category].first_contact_days
            how_soon = parse_deadline(row.deadline or f"{days}d")
        until = (how_soon or Deadline(working_days=0)).after(week.told)
        deadlines[row.id] = until.date()
        told.append(
            Told(
                happening=Happening(
                    kind="urgent",
                    at_s=week.at_s,
                    id=row.id,
                    deadline_s=week.seconds(until),
                )
            )
        )
    known = layer.rows["id"].isin(list(week.contact_days))
    cases = NewCases(
        calls=calls, layer=replace(layer, rows=layer.rows[~known]), deadlines=deadlines
    )
    return cases, HappeningsRead(told=tuple(told), findings=layer.findings)


def _with_roads(
    told: Iterable[Told], network: RoadNetwork
) -> tuple[tuple[Happening, ...], Sequence[Finding]]:
    """Look up where roads are closed; where there is none, something is wrong."""
    from outreach.routing.closures import closed, parse_closure, read_closures

    happened: list[Happening] = []
    faults: list[Finding] = []
    for one in told:
        if one.closure is None:
            happened.append(one.happening)
            continue
        path = Path(one.closure)
        if _is_file(one.closure) and not path.is_file():
            faults.append(_no_file(path))
            continue
        try:
            areas = read_closures(path) if _is_file(one.closure) else (parse_closure(one.closure),)
            closed(network, areas)
        except OutreachError as error:
            faults += _unusable(one.closure, error)
        else:
            happened += [replace(one.happening, area_wkt=area.wkt) for area in areas]
    return tuple(happened), faults


def _no_file(path: Path) -> Finding:
    what = Message("there is no such file")
    return _fault("no-file", str(path), "", what, Message("check its name and its folder"))


def _unusable(file: str, error: OutreachError) -> tuple[Finding, ...]:
    mend = Message("correct it, and tell everything once more")
    return tuple(
        _fault("unusable-file", file, place, what, mend)
        for place, what in error.details or (("", error.message),)
    )


def _wrong_option(option: str, error: CellError) -> Finding:
    return _fault(error.code, _COMMAND, option, error.what, error.mend)


def _fault(code: str, file: str, column: str, what: Message, mend: Message) -> Finding:
    return Finding(
        severity="error", code=code, file=file, column=column or None, what=what, mend=mend
    )
