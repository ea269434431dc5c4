"""A plan as its readers go through it: day by day, stop by stop, with dates and numbers."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from outreach.model import DayRoute, Leg, PlaceKind, Plan, Stop, Totals
    from outreach.output.words import Words

ALL = "all"
"""Key of the sums over everybody in `Plan.totals`."""

# About 11 m: stops this near share one marker, or they would cover each other at every zoom.
_SAME_SPOT_DECIMALS = 4
_NEXT_DOOR_M = 50.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """
    One stop of a day as it is listed.

    `number` counts visits and partners from 1; bases and lodgings have none. `leg_in` leads
    here and `leg_out` away, None at the ends of the day. `spot` is the position in the day of
    the first stop at the same spot.
    """

    stop: Stop
    number: int | None
    arrives: dt.datetime
    starts: dt.datetime
    departs: dt.datetime
    leg_in: Leg | None
    leg_out: Leg | None
    spot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """One break of a day as it is listed; `is_on_the_way` where it interrupts a leg."""

    break_id: str
    starts: dt.datetime
    ends: dt.datetime
    is_on_the_way: bool


def moment(starts_at: dt.datetime, seconds: int) -> dt.datetime:
    """
    Give the time that lies `seconds` after `starts_at` on the clock on the wall.

    Shifts and opening hours are times of day, so a change to summer time moves no stop.
    """
    return starts_at + dt.timedelta(seconds=seconds)


def seconds_at(starts_at: dt.datetime, text: str) -> int:
    """Give how many seconds after `starts_at`, on the clock on the wall, a written moment lies."""
    wall = dt.datetime.fromisoformat(text).replace(tzinfo=None) - starts_at.replace(tzinfo=None)
    return round(wall.total_seconds())


def date_of(plan: Plan, day: int) -> dt.date:
    """Give the date of a day of the plan."""
    return plan.starts_at.date() + dt.timedelta(days=day)


def entries(route: DayRoute, starts_at: dt.datetime) -> tuple[Entry, ...]:
    """List a day's stops with their numbers, times and legs."""
    listed: list[Entry] = []
    spots: dict[tuple[float, float], int] = {}
    number = 0
    for i, stop in enumerate(route.stops):
        is_numbered = stop.kind in {"visit", "partner"}
        number += is_numbered
        place = (round(stop.lon, _SAME_SPOT_DECIMALS), round(stop.lat, _SAME_SPOT_DECIMALS))
        listed.append(
            Entry(
                stop=stop,
                number=number if is_numbered else None,
                arrives=moment(starts_at, stop.arrives_s),
                starts=moment(starts_at, stop.starts_s),
                departs=moment(starts_at, stop.departs_s),
                leg_in=route.legs[i - 1] if i else None,
                leg_out=route.legs[i] if i < len(route.legs) else None,
                spot=spots.setdefault(place, i),
            )
        )
    return tuple(listed)


def listed(route: DayRoute, starts_at: dt.datetime) -> tuple[Entry | Rest, ...]:
    """List a day's stops and breaks as time passes, each break before what follows it."""
    rests = [
        Rest(
            break_id=pause.break_id,
            starts=moment(starts_at, pause.starts_s),
            ends=moment(starts_at, pause.ends_s),
            is_on_the_way=any(
                a.departs_s < pause.starts_s < b.arrives_s for a, b in pairwise(route.stops)
            ),
        )
        for pause in sorted(route.pauses, key=lambda pause: pause.starts_s)
    ]
    day: list[Entry | Rest] = []
    for entry in entries(route, starts_at):
        begins = entry.departs if entry.leg_in is None else entry.starts
        while rests and rests[0].ends <= begins:
            day.append(rests.pop(0))
        day.append(entry)
    return (*day, *rests)


def n_visits(route: DayRoute) -> int:
    """Count the visits of a day."""
    return sum(stop.kind == "visit" for stop in route.stops)


def distance_m(route: DayRoute) -> float:
    """Add up the metres of a day."""
    return sum(leg.distance_m for leg in route.legs)


def riding_s(route: DayRoute) -> int:
    """Add up the travel seconds of a day."""
    return sum(leg.duration_s for leg in route.legs)


def is_ridden(leg: Leg) -> bool:
    """Tell whether a leg leads farther than next door."""
    return leg.distance_m >= _NEXT_DOOR_M


def is_night_away(route: DayRoute) -> bool:
    """Tell whether the day ends at a lodging."""
    return bool(route.stops) and route.stops[-1].kind == "lodging"


def worker_ids(plan: Plan) -> tuple[str, ...]:
    """List the workers of a plan, those without a route too."""
    riding = {worker_id for route in plan.day_routes for worker_id in route.worker_ids}
    return tuple(sorted(riding | {key for key, _ in plan.totals if key != ALL}))


def routes_of(plan: Plan, worker_id: str | None = None) -> tuple[DayRoute, ...]:
    """List the day routes, or those of one worker, by day and team."""
    return tuple(
        sorted(
            (r for r in plan.day_routes if worker_id is None or worker_id in r.worker_ids),
            key=lambda r: (r.day, r.team_id),
        )
    )


def load(plan: Plan, key: str) -> float | None:
    """Give the part of the working time that one worker, or all together, ride and serve."""
    sums = dict(plan.totals)
    available_s = sums[key].available_s
    # For all, each team's day counts once; but each of its workers is busy with it.
    busy = [total for who, total in plan.totals if (who != ALL if key == ALL else who == key)]
    return sum(x.riding_s + x.service_s for x in busy) / available_s if available_s else None


def budget_used(sums: Totals) -> float | None:
    """Give the part of the budget that is used, None where no budget is known."""
    return sums.cost_idr / sums.budget_idr if sums.budget_idr else None


def place_name(stop: Stop) -> str:
    """Name a stop as its reader knows it: by its label, else whom it visits, else its id."""
    return stop.label or stop.beneficiary_id or stop.place_id


def kind_name(kind: PlaceKind, words: Words) -> str:
    """Name a kind of stop in the reader's language."""
    return {
        "base": words.say("base"),
        "visit": words.say("visit"),
        "partner": words.say("partner"),
        "lodging": words.say("lodging"),
    }[kind]


def compact_numbers(numbers: tuple[int, ...]) -> str:
    """Write ascending numbers short: ``3``, ``1–9``, ``1–3, 7``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs)
