"""The lines of a changed plan for the one on the telephone: what is alike stands in one of them."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.units import DAY_S

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from outreach.lineage import Call, Change, Revision, When
    from outreach.output.changes_told import ChangeTeller
    from outreach.output.words import Words
    from outreach.routing.candidates import Candidate

_MOST_NAMED = 8
"""Of whom one line names; who is to be told of more sees them in the list of changes."""
_NAME = re.compile(r"%\((\w+)\)")
_NUMBER = re.compile(r"(\d[\d.,]*)")

Whose = tuple[int, tuple[str, ...]] | None


def nearest_lines(nearest: Sequence[Candidate], tell: ChangeTeller, words: Words) -> Iterator[str]:
    """Yield who could come to an urgent case; who ride together stand together."""

    def alike(one: Candidate) -> tuple[object, ...]:
        why = None if one.why_not is None else words.say(one.why_not)
        return one.beneficiary_id, one.at_place, one.riding_s, one.arrives_s, why

    for _, found in groupby(nearest, alike):
        group = list(found)
        one = group[0]
        named = {
            "id": one.beneficiary_id,
            "worker": ", ".join(each.worker_id for each in group),
            "place": tell.place(one.at_place) or one.at_place,
        }
        if one.arrives_s is None or one.riding_s is None:
            why = words.say(one.why_not or Message("no way leads there"))
            yield words.say("%(id)s: %(worker)s, at %(place)s: %(why)s", why=why, **named)
            continue
        said = words.say(
            "%(id)s: %(worker)s, at %(place)s, rides %(riding)s, there %(moment)s",
            riding=words.duration(one.riding_s),
            moment=tell.moment(one.arrives_s),
            **named,
        )
        yield said if one.why_not is None else f"{said}; {words.say(one.why_not)}"


def change_lines(revision: Revision, tell: ChangeTeller, words: Words) -> Iterator[str]:
    """
    Yield what is other in the order of time, then what is off, each reason once, then nights.

    Urgent cases, of which somebody waits to hear, come first, each in a line of its own. Other
    visits that change alike, on the same day with the same workers, share a line.
    """
    urgent = {one.id for one in revision.told if one.kind == "urgent"}
    alike: dict[tuple[str, Whose, Whose], list[Change]] = defaultdict(list)
    off: dict[tuple[str, str, str], list[Change]] = defaultdict(list)
    for change in revision.changes:
        label = tell.label(change)
        is_off = change.after is None and change.detail is not None
        if change.beneficiary_id in urgent:
            whose = _whose(change.before), _whose(change.after)
            yield from (
                _off_lines(label, [change], tell, words)
                if is_off
                else (_alike_line(label, *whose, [change], tell),)
            )
        elif change.detail is not None and is_off:
            off[label, change.detail.template, _but_minutes(change.detail)].append(change)
        else:
            alike[label, _whose(change.before), _whose(change.after)].append(change)
    for (label, was, now), changes in alike.items():
        yield _alike_line(label, was, now, changes, tell)
    for (label, _, _), changes in off.items():
        yield from _off_lines(label, changes, tell, words)
    for night in revision.nights:
        yield words.say(
            "night of %(date)s, %(team)s: %(before)s → %(after)s",
            date=tell.date(night.day),
            team=night.team_id,
            before=tell.place(night.before) or "–",
            after=tell.place(night.after) or "–",
        )


def call_lines(revision: Revision, tell: ChangeTeller, words: Words) -> Iterator[str]:
    """
    Yield whom to phone, numbered in order, with what each of them is to be told.

    Workers who hear the same share a line, and families one after another whose visits change
    alike on one day.
    """
    about = {change.visit_id: change for change in revision.changes}

    def alike(call: Call) -> tuple[object, ...]:
        if call.kind == "worker":
            return call.kind, tell.by(call), call.visit_ids
        if call.kind != "family":
            return call.kind, call.id
        changes = [about[visit] for visit in call.visit_ids if visit in about]
        labels = tuple(dict.fromkeys(tell.label(change) for change in changes))
        return call.kind, call.by_s <= revision.at_s, call.by_s // DAY_S, labels

    first = 1
    for _, found in groupby(revision.calls, alike):
        calls = list(found)
        last = first + len(calls) - 1
        number = f"{first}." if first == last else f"{first}–{last}."
        first = last + 1
        said = _families if calls[0].kind == "family" else _others
        yield f"{number} {said(calls, about, tell, words)}"


def _families(
    calls: Sequence[Call], about: Mapping[str, Change], tell: ChangeTeller, words: Words
) -> str:
    changes = [[about[visit] for visit in call.visit_ids if visit in about] for call in calls]
    labels = dict.fromkeys(tell.label(change) for of in changes for change in of)
    if len(calls) > 1:
        is_mixed = len(labels) > 1
        head = [words.say("families"), tell.by_day(calls[0]), *(() if is_mixed else labels)]
        listed = (
            _each(call.id, of, tell, day=call.by_s // DAY_S)
            if is_mixed
            else _hours(of[0], tell)
            if of
            else call.id
            for call, of in zip(calls, changes, strict=True)
        )
        return f"{', '.join(head)}: {('; ' if is_mixed else ', ').join(listed)}"
    told = "; ".join(tell.outcome(calls[0], changes[0]))
    return ": ".join(filter(None, (f"{tell.callee(calls[0])}, {tell.by(calls[0])}", told)))


def _each(who: str, changes: Sequence[Change], tell: ChangeTeller, *, day: int) -> str:
    """Write ``KJ-005 pindah 11.10 → Rab 2 Des, 14.06, tidak jadi Kam 3 Des, 09.00``."""
    said = (f"{tell.label(change)} {_when(change, tell, day=day)}".rstrip() for change in changes)
    return f"{who} {', '.join(said)}"


def _others(
    calls: Sequence[Call], about: Mapping[str, Change], tell: ChangeTeller, words: Words
) -> str:
    call, phone = calls[0], tell.phone(calls[0])
    whom = ", ".join(map(tell.callee, calls)) + (f" ({phone})" if phone else "")
    changes = [about[visit] for visit in call.visit_ids if visit in about]
    ids = list(dict.fromkeys(change.beneficiary_id for change in changes))
    sign = ", "
    if call.kind == "partner" and len(ids) <= _MOST_NAMED:
        # Who looks after them asks what becomes of each.
        of = defaultdict(list)
        for change in changes:
            of[change.beneficiary_id].append(change)
        day = call.by_s // DAY_S
        ids, sign = [_each(who, own, tell, day=day) for who, own in of.items()], "; "
    elif len(ids) > _MOST_NAMED + 1:
        rest = words.number(len(ids) - _MOST_NAMED)
        ids = [*ids[:_MOST_NAMED], words.say("and %(n)s more", n=rest)]
    return ": ".join(filter(None, (f"{whom}, {tell.by(call)}", sign.join(ids))))


def _alike_line(
    label: str, was: Whose, now: Whose, changes: Sequence[Change], tell: ChangeTeller
) -> str:
    if len(changes) == 1:
        change = changes[0]
        moments = (change.before, None if change.before == change.after else change.after)
        when = " → ".join(tell.when(moment) for moment in moments if moment is not None)
        return f"{change.beneficiary_id}: {', '.join(filter(None, (label, when)))}"
    spans = dict.fromkeys(_whose_said(one, tell) for one in (was, now) if one is not None)
    head = ", ".join(filter(None, (label, " → ".join(spans))))
    return f"{head}: {'; '.join(_hours(change, tell) for change in changes)}"


def _off_lines(
    label: str, changes: Sequence[Change], tell: ChangeTeller, words: Words
) -> Iterator[str]:
    reason = _reason(changes, words)
    if len(changes) == 1 or not any(change.before for change in changes):
        listed = (
            change.beneficiary_id
            if change.before is None
            else f"{change.beneficiary_id} ({tell.when(change.before)})"
            for change in changes
        )
        yield f"{label}: {'; '.join(dict.fromkeys(listed))}: {reason}"
        return
    yield f"{label}: {reason}:"
    days: dict[Whose, list[str]] = defaultdict(list)
    for change in changes:
        days[_whose(change.before)].append(_hours(change, tell))
    for whose, hours in days.items():
        said = "" if whose is None else f"{_whose_said(whose, tell)}: "
        yield f"    {said}{', '.join(hours)}"


def _but_minutes(detail: Message) -> str:
    named = sorted(set(_NAME.findall(detail.template)) - {"minutes"})
    return repr([(name, detail.values.get(name)) for name in named])


def _reason(changes: Iterable[Change], words: Words) -> str:
    """Say why, where reasons differ in their minutes only with the least and the most."""
    details = [change.detail for change in changes if change.detail is not None]

    def minutes(detail: Message) -> float:
        value = detail.values.get("minutes")
        return value if isinstance(value, (int, float)) else 0

    low, high = (_NUMBER.split(words.say(one(details, key=minutes))) for one in (min, max))
    if len(low) != len(high):
        return "".join(high)
    return "".join(a if a == b else f"{a}–{b}" for a, b in zip(low, high, strict=True))


def _hours(change: Change, tell: ChangeTeller) -> str:
    """Write ``KJ-005 11.10 → 14.06``."""
    return f"{change.beneficiary_id} {_when(change, tell)}".rstrip()


def _when(change: Change, tell: ChangeTeller, *, day: int | None = None) -> str:
    """Write the hours before and after; with the date where it is not that of `day`."""
    was, now = change.before, change.after
    first = was or now
    if first is None:
        return ""
    is_dated = day not in {None, first.day}
    said = [tell.moment(first.starts_s) if is_dated else tell.clock(first.starts_s)]
    if was is not None and now is not None and now != was:
        is_near = was.day == now.day
        said.append(tell.clock(now.starts_s) if is_near else tell.moment(now.starts_s))
    return " → ".join(said)


def _whose(when: When | None) -> Whose:
    return None if when is None else (when.day, when.worker_ids)


def _whose_said(whose: tuple[int, tuple[str, ...]], tell: ChangeTeller) -> str:
    day, worker_ids = whose
    return f"{tell.date(day)}, {' + '.join(worker_ids)}"
