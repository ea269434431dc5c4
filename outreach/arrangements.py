"""What the supervisor arranges in outreach.toml: circuits, teams, breaks, bookings, nights."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from outreach.errors import Message
from outreach.layers.values import parse_clock, parse_weekdays
from outreach.routing.specs import (
    Arrangements,
    BookingSpec,
    BreakSpec,
    CircuitSpec,
    TeamSpec,
    break_faults,
)
from outreach.units import MINUTE_S

if TYPE_CHECKING:
    from outreach.sections import Sections

_NOTHING: tuple[int, ...] = ()
_NO_DATE = dt.date(1900, 1, 1)


def read_arrangements(sections: Sections, *, nights: str) -> Arrangements:
    """
    Take the sections in which something is arranged.

    Parameters
    ----------
    nights
        What section ``[plan]`` says of them.
    """
    breaks = tuple(_break(sections, row) for row in sections.rows("breaks"))
    sections.faults += break_faults(breaks)
    bookings = sections.rows("bookings")
    return sections.build(
        "plan",
        lambda: Arrangements(
            circuits=tuple(_circuit(sections, row) for row in sections.rows("circuits")),
            teams=tuple(_team(sections, row) for row in sections.rows("teams")),
            breaks=breaks,
            bookings=tuple(
                _booking(sections, number, row) for number, row in enumerate(bookings, start=1)
            ),
            nights=nights,  # type: ignore[arg-type]
        ),
        Arrangements(),
    )


def _circuit(sections: Sections, row: dict[str, Any]) -> CircuitSpec:
    id_ = sections.take("circuits", row, "id", str, "")
    where = f"circuits, {id_ or 'without an id'}"
    if not id_:
        sections.fault("circuits", Message("each needs an id"))
    if ("leaves" in row) != ("returns" in row):
        sections.fault(where, Message("needs both leaves and returns, or neither"))
    spec = CircuitSpec(
        id=id_,
        worker_ids=tuple(sorted(sections.names(where, row, "workers"))),
        leaves=_weekday(sections, where, row, "leaves"),
        returns=_weekday(sections, where, row, "returns"),
        lodging_ids=sections.names(where, row, "lodgings"),
    )
    sections.unknown(where, row, {"id", "workers", "leaves", "returns", "lodgings"})
    return spec


def _team(sections: Sections, row: dict[str, Any]) -> TeamSpec:
    id_ = sections.take("teams", row, "id", str, "")
    where = f"teams, {id_ or 'without an id'}"
    if not id_:
        sections.fault("teams", Message("each needs an id"))
    spec = TeamSpec(
        id=id_,
        worker_ids=tuple(sorted(sections.names(where, row, "workers"))),
        weekdays=_weekdays(sections, where, row),
    )
    sections.unknown(where, row, {"id", "workers", "weekdays"})
    return spec


def _break(sections: Sections, row: dict[str, Any]) -> BreakSpec:
    name = sections.take("breaks", row, "name", str, "")
    where = f"breaks, {name or 'without a name'}"
    if not name:
        sections.fault("breaks", Message("each needs a name"))
    opens_s, closes_s = _clock(sections, where, row, "from"), _clock(sections, where, row, "to")
    if closes_s < opens_s:
        sections.fault(f"{where}: to", Message("must not be before from"))
    spec = BreakSpec(
        id=name,
        opens_s=opens_s,
        closes_s=max(opens_s, closes_s),
        length_s=_minutes(sections, where, row),
        weekdays=_weekdays(sections, where, row),
        worker_ids=tuple(sorted(sections.names(where, row, "workers"))),
    )
    sections.unknown(where, row, {"name", "from", "to", "minutes", "weekdays", "workers"})
    return spec


def _booking(sections: Sections, number: int, row: dict[str, Any]) -> BookingSpec:
    where = f"bookings, number {number}"
    texts = {key: sections.take(where, row, key, str, "") for key in ("worker", "place")}
    for key, text in texts.items():
        if not text:
            sections.fault(f"{where}: {key}", Message("is missing"))
    if "date" not in row:
        sections.fault(f"{where}: date", Message("is missing"))
    spec = BookingSpec(
        worker_id=texts["worker"],
        day=sections.take(where, row, "date", dt.date, _NO_DATE),
        begins_s=_clock(sections, where, row, "time"),
        length_s=_minutes(sections, where, row),
        place_id=texts["place"],
    )
    sections.unknown(where, row, {"worker", "date", "time", "minutes", "place"})
    return spec


def _clock(sections: Sections, where: str, row: dict[str, Any], key: str) -> int:
    if key not in row:
        sections.fault(f"{where}: {key}", Message("is missing: a time of day such as 11:30"))
        return 0
    value = row.pop(key)
    return sections.build(f"{where}: {key}", lambda: parse_clock(value), 0)


def _minutes(sections: Sections, where: str, row: dict[str, Any]) -> int:
    minutes = sections.take(where, row, "minutes", float, 0.0)
    length_s = round(minutes * MINUTE_S) if minutes == minutes else 0  # noqa: PLR0124
    if not 0 < length_s <= 24 * 60 * MINUTE_S:
        sections.fault(f"{where}: minutes", Message("must be how long it lasts, such as 30"))
        return MINUTE_S
    return length_s


def _weekdays(sections: Sections, where: str, row: dict[str, Any]) -> tuple[int, ...]:
    names = sections.names(where, row, "weekdays")
    return sections.build(f"{where}: weekdays", lambda: parse_weekdays(", ".join(names)), _NOTHING)


def _weekday(sections: Sections, where: str, row: dict[str, Any], key: str) -> int | None:
    if key not in row:
        return None
    text = sections.take(where, row, key, str, "")
    days = sections.build(f"{where}: {key}", lambda: parse_weekdays(text), _NOTHING)
    if len(days) != 1:
        sections.fault(f"{where}: {key}", Message("must be one day of the week, such as monday"))
        return 0
    return days[0]
