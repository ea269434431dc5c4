"""What the supervisor arranged in outreach.toml: circuits, teams, breaks, bookings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from outreach.errors import ConfigError, Detail, Message

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterator, Mapping, Sequence

Nights = Literal["found", "fixed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitSpec:
    """
    Workers who travel together and sleep away, week after week.

    `leaves` and `returns` are weekdays from Monday = 0; without them the planner finds the days.
    `lodging_ids` are the lodgings it may use; empty means all.
    """

    id: str
    worker_ids: tuple[str, ...]
    leaves: int | None = None
    returns: int | None = None
    lodging_ids: tuple[str, ...] = ()

    @property
    def is_fixed(self) -> bool:
        """Whether the supervisor fixed the days."""
        return self.leaves is not None and self.returns is not None

    @property
    def sleeps_away(self) -> bool:
        """Whether nights away belong to it."""
        return not self.is_fixed or self.leaves != self.returns


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamSpec:
    """Workers who always travel together on some weekdays (empty: on all)."""

    id: str
    worker_ids: tuple[str, ...]
    weekdays: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakSpec:
    """
    Rest for lunch or prayer, on these weekdays and for these workers (empty: all).

    It begins from `opens_s` to `closes_s`, seconds after midnight.
    """

    id: str
    opens_s: int
    closes_s: int
    length_s: int
    weekdays: tuple[int, ...] = ()
    worker_ids: tuple[str, ...] = ()

    def holds_on(self, weekday: int) -> bool:
        """Whether it is taken on this day of the week."""
        return not self.weekdays or weekday in self.weekdays

    def holds_for(self, worker_ids: Collection[str]) -> bool:
        """Whether one of these workers takes it, so that all who travel along do."""
        return not self.worker_ids or bool(set(self.worker_ids) & set(worker_ids))


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingSpec:
    """
    An appointment of one worker that stands, at a base, a partner's or a beneficiary's place.

    `begins_s` counts from midnight of its day.
    """

    worker_id: str
    day: dt.date
    begins_s: int
    length_s: int
    place_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangements:
    """
    All that the supervisor arranged beforehand.

    `nights` is ``"found"`` where the planner chooses who sleeps away and when, ``"fixed"`` where
    only circuits with fixed days do.
    """

    circuits: tuple[CircuitSpec, ...] = ()
    teams: tuple[TeamSpec, ...] = ()
    breaks: tuple[BreakSpec, ...] = ()
    bookings: tuple[BookingSpec, ...] = ()
    nights: Nights = "found"

    def __post_init__(self) -> None:
        if self.nights not in get_args(Nights):
            raise ConfigError('nights must be "found" or "fixed"')


def break_faults(breaks: Sequence[BreakSpec]) -> Iterator[Detail]:
    """Find breaks that no day can hold: two of one name, or two at once for one worker."""
    for i, spec in enumerate(breaks):
        where = f"breaks: {spec.id}"
        if spec.id in {other.id for other in breaks[:i]}:
            yield where, Message("another break has this name too")
        for other in breaks[:i]:
            share_days = any(spec.holds_on(d) and other.holds_on(d) for d in range(7))
            share_workers = (
                not spec.worker_ids or not other.worker_ids or spec.holds_for(other.worker_ids)
            )
            at_once = spec.opens_s <= other.closes_s and other.opens_s <= spec.closes_s
            if share_days and share_workers and at_once:
                yield (
                    where,
                    Message(
                        "may begin while '%(other)s' still may; let one end before the other opens",
                        {"other": other.id},
                    ),
                )


def spec_faults(
    arranged: Arrangements,
    rows: Mapping[str, Any],
    lodging_ids: Collection[str],
    place_ids: Collection[str],
) -> list[Detail]:
    """
    Find what was arranged and does not fit the tables.

    Parameters
    ----------
    rows
        The workers' rows by id, with `base_id` and `nights_away`.
    place_ids
        Where a booking may be.
    """
    return [
        *_travellers_faults(arranged, rows, lodging_ids),
        *_rest_faults(arranged, rows),
        *_booking_faults(arranged, rows, place_ids),
    ]


def _travellers_faults(
    arranged: Arrangements, rows: Mapping[str, Any], lodging_ids: Collection[str]
) -> Iterator[Detail]:
    specs: list[CircuitSpec | TeamSpec] = [*arranged.circuits, *arranged.teams]
    ids = [spec.id for spec in specs]
    for spec in specs:
        where = f"{'circuits' if isinstance(spec, CircuitSpec) else 'teams'}: {spec.id}"
        unknown = [w for w in spec.worker_ids if w not in rows]
        if not spec.worker_ids:
            yield where, Message("names no workers")
        elif unknown:
            yield where, _not_workers(unknown)
        elif len({rows[w].base_id for w in spec.worker_ids}) > 1:
            yield where, Message("its workers must start from one base")
        if isinstance(spec, CircuitSpec):
            for message in _night_faults(rows, lodging_ids, spec):
                yield where, message
        if spec.id in rows:
            yield where, Message("has the id of a worker; give it another")
        if ids.count(spec.id) > 1:
            yield where, Message("another circuit or team has this id too")


def _rest_faults(arranged: Arrangements, rows: Mapping[str, Any]) -> Iterator[Detail]:
    for spec in arranged.breaks:
        if unknown := [w for w in spec.worker_ids if w not in rows]:
            yield f"breaks: {spec.id}", _not_workers(unknown)


def _booking_faults(
    arranged: Arrangements, rows: Mapping[str, Any], place_ids: Collection[str]
) -> Iterator[Detail]:
    for number, booking in enumerate(arranged.bookings, start=1):
        where = f"bookings, number {number}"
        if booking.worker_id not in rows:
            yield where, _not_workers([booking.worker_id])
        if booking.place_id not in place_ids:
            named = {"place": booking.place_id}
            yield where, Message("%(place)s: no base, partner or beneficiary has this id", named)


def _not_workers(ids: Sequence[str]) -> Message:
    return Message("%(workers)s: not among the workers", {"workers": ", ".join(ids)})


def _night_faults(
    rows: Mapping[str, Any], lodging_ids: Collection[str], spec: CircuitSpec
) -> Iterator[Message]:
    missing = [i for i in spec.lodging_ids if i not in lodging_ids]
    if missing:
        yield Message("%(lodgings)s: not among the lodgings", {"lodgings": ", ".join(missing)})
    if not spec.sleeps_away:
        return
    if not lodging_ids:
        yield Message("sleeps away, but there are no lodgings")
    homely = [w for w in spec.worker_ids if w in rows and not bool(rows[w].nights_away)]
    if homely:
        yield Message(
            "%(workers)s: not allowed nights away, by the table", {"workers": ", ".join(homely)}
        )
