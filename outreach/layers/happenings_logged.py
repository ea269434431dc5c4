"""What the log says of the days that are planned, against what the plan has there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.layers.log import standing
from outreach.lineage import Happening
from outreach.units import DAY_S, MINUTE_S

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from outreach.layers.log import LogEntry
    from outreach.model import DayRoute, Plan, Stop

LEAST_DELAY_S = 10 * MINUTE_S
"""Who is less behind the plan is on time."""


def logged(
    plan: Plan, entries: Iterable[LogEntry], *, at_s: int, late: Collection[str] = ()
) -> tuple[Happening, ...]:
    """
    Tell what the log knows otherwise than the plan, as if somebody had phoned.

    A visit that was done while the plan has it later is not needed any more, nor are those of
    cases that are closed or have moved away. One that the plan has made, but nobody was met, is
    to be made once more in these days, where no other one follows. Whose last visit today ended
    later than planned is so much behind.

    Parameters
    ----------
    plan
        Perhaps changed before: what led to that is not told again.
    entries
        The log.
    at_s
        Now, in seconds from the start of the plan.
    late
        Workers of whom somebody said how late they are.
    """
    seen = _Seen.of(plan, at_s)
    found: list[Happening] = []
    gone: set[str] = set()
    today = []
    days = set()
    for entry in standing(entries):
        since_s = (entry.date - plan.starts_at.date()).days * DAY_S
        if not 0 <= since_s <= at_s or since_s + (entry.begins_s or 0) > at_s:
            continue
        if since_s == at_s // DAY_S * DAY_S:
            today.append(entry)
        # Two workers may each have told of one visit.
        day = entry.beneficiary_id, entry.date, entry.state
        if day in days:
            continue
        days.add(day)
        for happening in seen.against(entry, since_s, gone):
            found.append(happening)
            gone.add(happening.visit_id or "")
    return (*found, *_delays(seen, today, late))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """The plan's visits by whom they are for, each in the order of time."""

    at_s: int
    since_s: int
    stops: dict[str, list[tuple[Stop, DayRoute]]]
    told: tuple[Happening, ...]

    @classmethod
    def of(cls, plan: Plan, at_s: int) -> _Seen:
        stops: dict[str, list[tuple[Stop, DayRoute]]] = defaultdict(list)
        for route in sorted(plan.day_routes, key=lambda route: route.day):
            for stop in route.stops:
                if stop.visit_id is not None:
                    stops[stop.beneficiary_id or stop.place_id].append((stop, route))
        told = () if plan.revision is None else plan.revision.happened
        return cls(
            at_s=at_s,
            since_s=0 if plan.revision is None else plan.revision.at_s,
            stops=stops,
            told=told,
        )

    def against(self, entry: LogEntry, since_s: int, gone: Collection[str]) -> Iterator[Happening]:
        """Yield what an entry of the day that begins at `since_s` says against the plan."""
        book = self.stops.get(entry.beneficiary_id, [])
        ahead = [s for s, _ in book if s.starts_s >= self.at_s and s.visit_id not in gone]
        if entry.state in {"closed", "moved"}:
            yield from (self._off(stop) for stop in ahead)
            return
        # By the plan the visit has begun at that day: it is the one that was logged.
        begun = [
            stop
            for stop, route in book
            if route.day * DAY_S == since_s and stop.starts_s < self.at_s
        ]
        knows = {h.kind for h in self.told if h.id == entry.beneficiary_id and h.at_s >= since_s}
        if entry.state == "done" and not begun and ahead and "cancelled" not in knows:
            yield self._off(next((s for s in ahead if s.visit_id == entry.visit_id), ahead[0]))
        is_missed = entry.state == "not met" and bool(begun) and begun[0].kind == "visit"
        if is_missed and not ahead and "urgent" not in knows:
            yield Happening(kind="urgent", at_s=self.at_s, id=entry.beneficiary_id)

    def _off(self, stop: Stop) -> Happening:
        return Happening(
            kind="cancelled",
            at_s=self.at_s,
            id=stop.beneficiary_id or stop.place_id,
            visit_id=stop.visit_id,
        )


def _delays(seen: _Seen, today: Sequence[LogEntry], late: Collection[str]) -> Iterator[Happening]:
    """Yield how much each worker was behind when their last visit ended."""
    midnight_s = seen.at_s // DAY_S * DAY_S
    last: dict[str, tuple[int, int]] = {}
    for entry in today:
        for stop, route in seen.stops.get(entry.beneficiary_id, []):
            # What had begun when the plan was changed last counted then.
            is_it = stop.starts_s >= max(midnight_s, seen.since_s) and stop.starts_s < seen.at_s
            ended_s = _ended_s(entry, stop)
            if not is_it or ended_s is None or midnight_s + ended_s > seen.at_s:
                continue
            delay_s = midnight_s + ended_s - stop.departs_s
            for worker_id in route.worker_ids:
                last[worker_id] = max(last.get(worker_id, (0, 0)), (stop.starts_s, delay_s))
    for worker_id, (_, delay_s) in sorted(last.items()):
        if delay_s >= LEAST_DELAY_S and worker_id not in late:
            yield Happening(kind="late", at_s=seen.at_s, id=worker_id, delay_s=delay_s)


def _ended_s(entry: LogEntry, stop: Stop) -> int | None:
    """Give when a visit ended, seconds after midnight; None where nothing tells."""
    if entry.ends_s is not None or entry.begins_s is None:
        return entry.ends_s
    if entry.minutes is not None:
        return entry.begins_s + round(entry.minutes * MINUTE_S)
    return entry.begins_s + stop.departs_s - stop.starts_s
