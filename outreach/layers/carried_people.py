"""The beneficiaries as the log leaves them: last visits, deadlines, debts, whom they know."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from outreach.errors import Message
from outreach.model import Finding, Loss

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import geopandas as gpd
    from shapely import Point

    from outreach.layers.carried import LogParams
    from outreach.layers.layer import Layer
    from outreach.layers.learned import Learned
    from outreach.layers.past_visits import Past, PastWeek
    from outreach.layers.presets import CategoryPreset
    from outreach.model import Severity

# Plans are written to a millionth of a degree, which is 0.1 m; who moved, moved farther than 2 m.
_SAME_PLACE_DEG = 2e-5
_MOVED = Message("the family moved away, and the table does not have the new place yet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """
    Somebody who was due and not visited, so many times in a row.

    `rises` is by how much that multiplies the priority.
    """

    beneficiary_id: str
    n_missed: int
    rises: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class People:
    """
    The beneficiaries after what was done.

    Parameters
    ----------
    debts
        Of those who stay in the table.
    closed, moved
        Those who are in it no more: whose case is closed, and who moved away to a place that
        nobody has entered; the latter are among the layer's invalid ones.
    called
        Those for whom somebody called in a past week, and who were not visited since.
    familiar
        Those of whom the log, and not the table, knows whom they know.
    """

    layer: Layer
    findings: tuple[Finding, ...]
    debts: tuple[Debt, ...]
    closed: tuple[str, ...]
    moved: tuple[str, ...]
    called: tuple[str, ...]
    familiar: tuple[str, ...]


def carry_people(
    layer: Layer,
    past: Mapping[str, Past],
    weeks: Sequence[PastWeek],
    *,
    params: LogParams,
    presets: Mapping[str, CategoryPreset],
    worker_ids: Collection[str],
    learned: Iterable[Learned] = (),
) -> People:
    """
    Put what became of the visits into the table of beneficiaries.

    `last_visit` is the day from which the rhythm counts on: the last visit, by the log or the
    table, or what lies one interval before the day that was agreed on.

    Parameters
    ----------
    layer
        As it was read.
    past
        By id; see `outreach.layers.past_visits.past_visits`.
    weeks
        The plans of past weeks, for where they looked for people.
    worker_ids
        Those in the table of workers.
    learned
        How long visits take; empty: as the table has it.
    """
    rows = layer.rows
    known = {row.id: row for row in rows.itertuples() if row.id in past}
    closed = [w for w, row in known.items() if _is_last_word(past[w], row, "closed")]
    moved = [w for w, row in known.items() if _is_last_word(past[w], row, "moved")]
    before, since = _places(moved, past, weeks)
    moved = [
        w
        for w in moved
        if (_is_near(known[w].geometry, before[w]) if w in before else w not in since)
    ]
    stays = rows[~rows["id"].isin({*closed, *moved})].reset_index(drop=True)
    columns: dict[str, list[Any]] = {
        name: stays[name].tolist() for name in ("last_visit", "deadline", "priority", "worker")
    }
    last_week = weeks[-1].starts_on if weeks else dt.date.min
    debts, called, familiar, visited, cleared = [], [], [], set(), set()
    findings = [_moved(layer, w, past[w]) for w in moved]
    findings += [_closed(layer, w, past[w]) for w in closed]
    for position, row in enumerate(stays.itertuples()):
        own = past.get(row.id)
        if own is None:
            continue
        last = _date(row.last_visit)
        met = max((d for d in (last, *own.done_on[-1:]) if d is not None), default=None)
        if met != last:
            visited.add(row.id)
        columns["last_visit"][position] = _counts_from(row, own, met)
        deadline = _date(row.deadline)
        if deadline is not None and _is_kept(deadline, own, last, presets[row.category]):
            cleared.add(row.id)
            deadline = None
        if own.urgent_by is not None:
            called.append(row.id)
            deadline = min(own.urgent_by, deadline or own.urgent_by)
        columns["deadline"][position] = deadline
        if own.n_missed:
            rises = min(params.rising**own.n_missed, params.rising_most)
            columns["priority"][position] = row.priority * rises
            debts.append(Debt(beneficiary_id=row.id, n_missed=own.n_missed, rises=rises))
        friend = _friend(own, params.familiar_from, worker_ids)
        if row.worker not in worker_ids and friend is not None:
            columns["worker"][position] = friend
            familiar.append(row.id)
        findings += _doubts(layer, row, own, last_week)
    return People(
        layer=replace(
            layer,
            rows=_with(stays, columns, learned, presets),
            findings=tuple(f for f in layer.findings if not _is_settled(f, visited, cleared)),
            invalid=(*layer.invalid, *map(_lost, moved)),
            row_numbers={w: n for w, n in layer.row_numbers.items() if w not in {*closed, *moved}},
        ),
        findings=tuple(findings),
        debts=tuple(debts),
        closed=tuple(closed),
        moved=tuple(moved),
        called=tuple(called),
        familiar=tuple(familiar),
    )


def _is_last_word(past: Past, row: Any, state: str) -> bool:
    """Tell whether this is the last that is known; a visit that the table has may be later."""
    last = _date(row.last_visit)
    return past.state == state and (last is None or past.said_on is None or last <= past.said_on)


def _places(
    ids: Collection[str], past: Mapping[str, Past], weeks: Iterable[PastWeek]
) -> tuple[dict[str, tuple[float, float]], set[str]]:
    """
    Give where plans looked for people until they were found gone, and who was planned since.

    The first by id, lon and lat. Who was planned since had another place by then, though the plan
    that knew the old one may be gone.
    """
    before: dict[str, tuple[float, float]] = {}
    since: set[str] = set()
    for week in weeks if ids else ():
        for _, _, stop in week.visits():
            who = stop.beneficiary_id
            said_on = past[who].said_on if who is not None and who in ids else None
            if who is None or said_on is None:
                continue
            if week.starts_on <= said_on:
                before[who] = stop.lon, stop.lat
            else:
                since.add(who)
    return before, since


def _is_near(point: Point, place: tuple[float, float]) -> bool:
    away_deg = max(abs(point.x - place[0]), abs(point.y - place[1]))
    return bool(away_deg < _SAME_PLACE_DEG)


def _counts_from(row: Any, past: Past, met: dt.date | None) -> dt.date | None:
    if past.next_due is None or row.every_days != row.every_days:
        return met
    return past.next_due - dt.timedelta(days=int(row.every_days))


def _is_kept(
    deadline: dt.date, past: Past, last_visit: dt.date | None, preset: CategoryPreset
) -> bool:
    """
    Tell whether a visit kept a deadline, or came after it.

    When a deadline was set is written nowhere. It is for the first contact, so it was not set
    earlier than the category leaves time for; a visit before that was about something else.
    """
    import numpy as np

    set_on = np.busday_offset(deadline, -preset.first_contact_days, roll="backward")
    since = [day for day in past.done_on if last_visit is None or day > last_visit]
    return any(np.datetime64(day) >= set_on for day in since)


def _friend(past: Past, familiar_from: int, worker_ids: Collection[str]) -> str | None:
    """Give who met a child most often; of several the one who came last."""
    often = [
        (n, last, worker)
        for worker, (n, last) in past.met_by.items()
        if n >= familiar_from and worker in worker_ids
    ]
    return max(often)[2] if often else None


def _with(
    rows: gpd.GeoDataFrame,
    columns: Mapping[str, Sequence[Any]],
    learned: Iterable[Learned],
    presets: Mapping[str, CategoryPreset],
) -> gpd.GeoDataFrame:
    import numpy as np
    import pandas as pd

    from outreach.units import MINUTE_S

    service_s = rows["service_s"].to_numpy().copy()
    for taught in learned:
        if taught.minutes is None:
            continue
        preset_s = round(presets[taught.category].service_minutes * MINUTE_S)
        # A row that has its own length keeps it.
        is_preset = (rows["category"] == taught.category).to_numpy() & (service_s == preset_s)
        service_s = np.where(is_preset, taught.minutes * MINUTE_S, service_s)
    kinds = {"priority": "float64"}
    series = {
        name: pd.Series(values, dtype=kinds.get(name, "object"), index=rows.index)
        for name, values in columns.items()
    }
    return rows.assign(**series, service_s=service_s)


def _is_settled(finding: Finding, visited: Collection[str], cleared: Collection[str]) -> bool:
    """Tell whether the log has answered what the table left in doubt."""
    return (finding.code == "stale-visit" and finding.id in visited) or (
        finding.code in {"deadline-past", "deadline-met"} and finding.id in cleared
    )


def _lost(who: str) -> Loss:
    return Loss(kind="invalid", beneficiary_id=who, reason="moved-away", detail=_MOVED)


def _moved(layer: Layer, who: str, past: Past) -> Finding:
    return _finding(
        layer,
        who,
        "error",
        "moved-away",
        Message("by the log the family moved away on %(date)s, from this place", _on(past)),
        Message(
            "write where they live now; where that is written, enter the visit again as not met,"
            " with --corrects %(entry)s",
            {"entry": past.entry_id},
        ),
    )


def _closed(layer: Layer, who: str, past: Past) -> Finding:
    return _finding(
        layer,
        who,
        "warning",
        "case-closed",
        Message("by the log the case was closed on %(date)s; it is not planned", _on(past)),
        Message(
            "delete the row; if the case is open, correct the entry with --corrects %(entry)s",
            {"entry": past.entry_id},
        ),
    )


def _doubts(layer: Layer, row: Any, past: Past, last_week: dt.date) -> Iterable[Finding]:
    """Yield what should be settled; of who came back only the news."""
    if past.back_on is not None and past.back_on >= last_week:
        yield _finding(
            layer,
            row.id,
            "warning",
            "met-again",
            Message(
                "by the log the case was closed or the family moved away, but they were met on"
                " %(date)s; they are planned",
                {"date": past.back_on.isoformat()},
            ),
            Message("check the place in the row; or enter once more that the case is closed"),
        )
    if past.state == "refused":
        yield _finding(
            layer,
            row.id,
            "warning",
            "refused-last",
            Message(
                "by the log the family refused the visit on %(date)s; it is planned again",
                _on(past),
            ),
            Message("settle it with the family, or enter that the case is closed"),
        )
    if past.next_due is not None and row.every_days != row.every_days:
        yield _finding(
            layer,
            row.id,
            "warning",
            "next-due-unused",
            Message(
                "by the log the next visit is due on %(date)s, but the row asks for visits each"
                " week; these are planned",
                {"date": past.next_due.isoformat()},
            ),
            Message("nothing to do, or write in the row every how many days they are visited"),
        )


def _on(past: Past) -> dict[str, object]:
    return {"date": "" if past.said_on is None else past.said_on.isoformat()}


def _finding(
    layer: Layer, who: str, severity: Severity, code: str, what: Message, mend: Message
) -> Finding:
    return Finding(
        severity=severity,
        code=code,
        file=layer.file,
        sheet=layer.sheet,
        row=layer.row_numbers.get(who),
        id=who,
        what=what,
        mend=mend,
    )


def _date(value: Any) -> dt.date | None:
    return value if isinstance(value, dt.date) else None
