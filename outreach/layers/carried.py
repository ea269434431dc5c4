"""What was done in past weeks, carried into the tables from which the next week is planned."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from outreach.errors import ConfigError, Message
from outreach.layers.carried_people import Debt, People, carry_people
from outreach.layers.learned import learn
from outreach.layers.log import standing, states_of
from outreach.layers.past_visits import past_visits, past_weeks
from outreach.layers.spending import spent_before

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from outreach.layers.layer import Layer
    from outreach.layers.learned import Learned
    from outreach.layers.log import LogEntry
    from outreach.layers.past_visits import Past, PastWeek
    from outreach.layers.presets import CategoryPreset
    from outreach.layers.spending import Costs
    from outreach.model import Finding, Plan

ServiceMinutes = Literal["preset", "learned"]

_MOST_NAMED = 10
# Words of the last days come in late. If lengths were learned of them, they would change under a
# plan that is in force, and every time of the week with them.
_SETTLED = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogParams:
    """
    How the log changes what is planned next.

    Parameters
    ----------
    service_minutes
        ``"learned"``: visits take as long as they took until a week before, by category, where
        enough of them are in the log; ``"preset"``: as the categories say.
    learn_from
        So many visits of a category, at least, before anything is learned of them.
    least_share
        What is learned is no less than this part of the preset.
    rising
        Each time in a row that somebody was left out or not met multiplies the priority by this.
    rising_most
        But all of them together by no more than this.
    familiar_from
        Who met a child so often is known to it, where the table names nobody.
    """

    service_minutes: ServiceMinutes = "preset"
    learn_from: int = 10
    least_share: float = 0.5
    rising: float = 1.25
    rising_most: float = 3.0
    familiar_from: int = 1

    def __post_init__(self) -> None:
        if self.service_minutes not in get_args(ServiceMinutes):
            raise ConfigError('service_minutes must be "preset" or "learned"')
        if min(self.learn_from, self.familiar_from) < 1:
            raise ConfigError("learn_from and familiar_from must be at least 1")
        if not 0 <= self.least_share <= 1:
            raise ConfigError("least_share must be from 0 to 1")
        if not 1 <= self.rising <= self.rising_most < math.inf:
            raise ConfigError("rising must be at least 1, and rising_most no less than rising")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Carried:
    """
    The tables after what was done, and what that changed.

    Parameters
    ----------
    layers
        Those that were given, with other rows of beneficiaries, partners and workers.
    findings
        What the log says of rows that should be mended in their tables.
    notices
        What every reader of the next plan must know; no ids.
    told
        What was carried over, in short lines for the office.
    debts
        By beneficiary.
    closed
        Beneficiaries whose case is closed: they are in no table any more.
    learned
        How long visits took, by category, used or not.
    spent_idr
        What each worker with a budget has spent of the month; empty: no plan knows.
    """

    layers: Mapping[str, Layer]
    findings: tuple[Finding, ...] = ()
    notices: tuple[Message, ...] = ()
    told: tuple[Message, ...] = ()
    debts: tuple[Debt, ...] = ()
    closed: tuple[str, ...] = ()
    learned: tuple[Learned, ...] = ()
    spent_idr: Mapping[str, int] = field(default_factory=dict)


def carry_over(
    layers: Mapping[str, Layer],
    entries: Iterable[LogEntry],
    *,
    starts_on: dt.date,
    params: LogParams,
    presets: Mapping[str, CategoryPreset],
    plans: Iterable[Plan] = (),
    costs: Costs,
) -> Carried:
    """
    Put what the log says, and what past plans left out, into the tables.

    What nobody told of a planned visit counts as not made, and as paid; a week of which the log
    has no word at all counts as not carried out.

    Parameters
    ----------
    layers
        By name, with beneficiaries and workers at least.
    entries
        The log. What a later entry corrects does not count, nor what happened from `starts_on`
        on; where nothing is left the layers are the same as before.
    starts_on
        First day that is planned.
    plans
        Of past weeks, of each the last one.

    Returns
    -------
    carried
        Everybody is in the new table of beneficiaries, among its invalid ones, or closed.
    """
    told = tuple(entry for entry in standing(entries) if entry.date < starts_on)
    if not told:
        return Carried(layers=layers)
    people, workers = layers["beneficiaries"], layers["workers"]
    weeks = past_weeks(plans, told, before=starts_on)
    past = past_visits(told, weeks, last_visits=_last_visits(people))
    learned = learn(
        (entry for entry in told if entry.date < starts_on - _SETTLED),
        dict(zip(people.rows["id"], people.rows["category"], strict=True)),
        presets,
        learn_from=params.learn_from,
        least_share=params.least_share,
    )
    carried = carry_people(
        people,
        past,
        weeks,
        params=params,
        presets=presets,
        worker_ids=set(workers.rows["id"]),
        learned=learned if params.service_minutes == "learned" else (),
    )
    spent_idr = _with_more(
        spent_before(starts_on, weeks, _budgets(workers), nights=_nights(layers), costs=costs),
        workers,
    )
    new = {"beneficiaries": carried.layer, "workers": _with_spent(workers, spent_idr)}
    if "partners" in layers:
        new["partners"] = _with_last_visits(layers["partners"], past)
    return Carried(
        layers={**layers, **new},
        findings=carried.findings,
        notices=tuple(_notices(weeks[-1:], told)),
        told=tuple(_told(told, weeks, carried, learned, spent_idr, params)),
        debts=carried.debts,
        closed=carried.closed,
        learned=learned,
        spent_idr=spent_idr,
    )


def _last_visits(layer: Layer) -> dict[str, dt.date]:
    rows = layer.rows
    days = zip(rows["id"], rows["last_visit"], strict=True)
    return {who: day for who, day in days if isinstance(day, dt.date)}


def _budgets(workers: Layer) -> dict[str, float]:
    budgets = zip(workers.rows["id"], workers.rows["monthly_budget_idr"], strict=True)
    return {worker: idr for worker, idr in budgets if not math.isnan(idr)}


def _nights(layers: Mapping[str, Layer]) -> dict[str, float]:
    if "lodgings" not in layers:
        return {}
    rows = layers["lodgings"].rows
    return dict(zip(rows["id"], rows["cost_idr"].astype(float), strict=True))


def _with_more(by_plans: Mapping[str, int], workers: Layer) -> dict[str, int]:
    """Take the table's sum where it is larger: it knows of more than the rides."""
    rows = workers.rows
    told = dict(zip(rows["id"], rows["spent_idr"].fillna(0), strict=True))
    return {worker: max(idr, round(told[worker])) for worker, idr in by_plans.items()}


def _with_spent(workers: Layer, spent_idr: Mapping[str, int]) -> Layer:
    if not spent_idr:
        return workers
    rows = workers.rows
    spent = rows["id"].map(spent_idr).fillna(rows["spent_idr"]).astype("float64")
    return replace(workers, rows=rows.assign(spent_idr=spent))


def _with_last_visits(partners: Layer, past: Mapping[str, Past]) -> Layer:
    import pandas as pd

    rows = partners.rows
    days: list[Any] = [
        past[who].done_on[-1] if who in past and past[who].done_on else None for who in rows["id"]
    ]
    if not any(days):
        return partners
    return replace(
        partners, rows=rows.assign(last_visit=pd.Series(days, dtype="object", index=rows.index))
    )


def _notices(last: Sequence[PastWeek], told: Iterable[LogEntry]) -> Iterator[Message]:
    """Say what is assumed of the week before, where the log leaves that open."""
    for week in last:
        if not week.is_carried_out:
            yield Message(
                "the log says nothing of the week from %(date)s; its plan counts as not carried"
                " out",
                {"date": week.starts_on.isoformat()},
            )
        elif n_open := _n_without_word(week, told):
            yield Message(
                "the log says nothing of %(n)d visits planned in the week from %(date)s; they"
                " count as not made",
                {"n": n_open, "date": week.starts_on.isoformat()},
            )


def _n_without_word(week: PastWeek, told: Iterable[LogEntry]) -> int:
    """Count the planned visits to somebody above the days on which the log has a word of them."""
    planned = Counter(stop.beneficiary_id or stop.place_id for _, _, stop in week.visits())
    days = {(e.beneficiary_id, e.date) for e in told if week.starts_on <= e.date < week.until}
    said = Counter(who for who, _ in days)
    return (planned - said).total()


def _told(
    told: Sequence[LogEntry],
    weeks: Sequence[PastWeek],
    carried: People,
    learned: Sequence[Learned],
    spent_idr: Mapping[str, int],
    params: LogParams,
) -> Iterator[Message]:
    since = max((w.starts_on for w in weeks if w.is_carried_out), default=told[0].date)
    recent = [entry for entry in told if entry.date >= since]
    yield Message(
        "From the log since %(date)s: %(done)d visited, %(not_met)d not met, %(refused)d refused,"
        " %(moved)d moved away, %(closed)d closed",
        {
            "date": since.isoformat(),
            **{state.replace(" ", "_"): n for state, n in states_of(recent).items()},
        },
    )
    if carried.debts:
        yield Message(
            "left out or not met, and more urgent now: %(n)d; most often in a row: %(most)d",
            {"n": len(carried.debts), "most": max(debt.n_missed for debt in carried.debts)},
        )
    if carried.called:
        yield Message(
            "called for by telephone and not visited since: %(ids)s",
            {"ids": _some(carried.called)},
        )
    if carried.moved:
        yield Message(
            "moved away, and not planned without the new place: %(ids)s",
            {"ids": _some(carried.moved)},
        )
    if carried.closed:
        yield Message("closed, and planned no more: %(ids)s", {"ids": _some(carried.closed)})
    if carried.familiar:
        yield Message(
            "known to a worker by the log, and planned with that one where it can be: %(n)d",
            {"n": len(carried.familiar)},
        )
    if spent_idr:
        yield Message(
            "counted as spent this month before these days: Rp %(idr)d",
            {"idr": sum(spent_idr.values())},
        )
    taught = ", ".join(one.category for one in learned if one.minutes is not None)
    if taught and params.service_minutes == "learned":
        yield Message("visits take as long as they took: %(categories)s", {"categories": taught})
    elif taught:
        yield Message(
            "how long visits took is known and not used, see outreach log learned: %(categories)s",
            {"categories": taught},
        )


def _some(ids: Sequence[str]) -> str:
    more = len(ids) - _MOST_NAMED
    return ", ".join(ids[:_MOST_NAMED]) + (f" (+{more})" if more > 0 else "")
