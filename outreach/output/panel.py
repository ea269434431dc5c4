"""The written half of a page: the days, the stops, who is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.output.circuits import circuit_name
from outreach.output.itinerary import (
    ALL,
    Rest,
    date_of,
    distance_m,
    is_night_away,
    is_ridden,
    listed,
    moment,
    n_visits,
    place_name,
    routes_of,
    worker_ids,
)
from outreach.output.left_out import LOSS_NAMES, NOT_DUE_NAME, losses_by_kind
from outreach.output.maps import route_name, stop_name
from outreach.output.panel_sums import prices, score, sums
from outreach.output.safe_text import safe_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from outreach.model import DayRoute, Plan
    from outreach.output.itinerary import Entry
    from outreach.output.words import Words

_NIGHT = '<span class="night">☾</span>'


def supervisor_header(plan: Plan, words: Words) -> str:
    """Give the title, the days and the workers to choose from."""
    workers = worker_ids(plan)
    buttons = [_chip("worker", ALL, words.say("All workers"), pressed=True)]
    buttons += [_chip("worker", str(i), worker_id) for i, worker_id in enumerate(workers)]
    return _header(
        words.say("Visits of all workers"),
        plan,
        routes_of(plan),
        words,
        f'<div class="chips" role="group">{"".join(buttons)}</div>',
    )


def worker_header(plan: Plan, worker_id: str, words: Words) -> str:
    """Give the title and the days to choose from."""
    title = words.say("Visits of %(worker)s", worker=worker_id)
    return _header(title, plan, routes_of(plan, worker_id), words, "")


def supervisor_panel(plan: Plan, words: Words) -> str:
    """Give the week at a glance, every day's stops, the sums, and who is left out, by id."""
    routes = routes_of(plan)
    workers = worker_ids(plan)
    days = "".join(
        _day(plan, route, position, words, workers) for position, route in enumerate(routes)
    )
    return "".join(
        (
            _notices(plan, words),
            _week(plan, routes, workers, words),
            _left_out(plan, words),
            _not_due(plan, words),
            f'<div class="days">{days}</div>',
            sums(plan, words),
            prices(plan, words),
            score(plan, words),
            _legend(words),
        )
    )


def worker_panel(plan: Plan, worker_id: str, words: Words) -> str:
    """Give one worker's days, and of those left out nothing but how many."""
    routes = routes_of(plan, worker_id)
    days = "".join(
        _day(plan, route, position, words, (worker_id,)) for position, route in enumerate(routes)
    )
    if not routes:
        days = f"<p>{safe_text(words.say('No visits are planned in these days.'))}</p>"
    return "".join(
        (
            _notices(plan, words),
            f'<div class="days">{days}</div>',
            _left_out_counts(plan, words),
            _legend(words),
        )
    )


def _header(
    title: str, plan: Plan, routes: Sequence[DayRoute], words: Words, more_chips: str
) -> str:
    first, last = date_of(plan, 0), date_of(plan, plan.horizon_days - 1)
    chips = [_chip("day", ALL, words.say("All"), pressed=True)]
    for day in sorted({route.day for route in routes}):
        date = date_of(plan, day)
        text = f"{words.weekday(date)} {date.day}"
        chips.append(_chip("day", str(day), text, f"weekday-{date.weekday()}", date.isoformat()))
    return (
        f'<h1><bdi>{safe_text(title)}</bdi></h1><p class="span">'
        f"{safe_text(words.days(first, last))}</p>"
        f'<div class="chips" role="group">{"".join(chips)}</div>{more_chips}'
    )


def _chip(
    group: str, key: str, text: str, colour: str = "", date: str = "", *, pressed: bool = False
) -> str:
    return (
        f'<button type="button" class="chip {colour}" data-{group}="{key}" data-date="{date}"'
        f' aria-pressed="{str(pressed).lower()}"><bdi>{safe_text(text)}</bdi></button>'
    )


def _notices(plan: Plan, words: Words) -> str:
    return "".join(
        f'<p class="notice">{safe_text(words.say(notice))}</p>' for notice in plan.notices
    )


def _week(plan: Plan, routes: Sequence[DayRoute], workers: Sequence[str], words: Words) -> str:
    days = sorted({route.day for route in routes})
    head = "".join(
        f'<th scope="col" class="weekday-{date.weekday()}">{safe_text(words.weekday(date))}'
        f" {date.day}</th>"
        for date in (date_of(plan, day) for day in days)
    )
    rows = ""
    for i, worker_id in enumerate(workers):
        cells = ""
        for day in days:
            here = [r for r in routes if r.day == day and worker_id in r.worker_ids]
            cells += f'<td data-week="{day} {i}">{_week_cell(plan, here, words)}</td>'
        rows += f'<tr><th scope="row"><bdi>{safe_text(worker_id)}</bdi></th>{cells}</tr>'
    note = safe_text(words.say("number of visits; back at; ☾ sleeps away"))
    return (
        f'<section class="week"><h2>{safe_text(words.say("At a glance"))}</h2>'
        f'<div class="wide"><table><tr><td></td>{head}</tr>{rows}</table></div>'
        f'<p class="small">{note}</p></section>'
    )


def _week_cell(plan: Plan, routes: Iterable[DayRoute], words: Words) -> str:
    cells = []
    for route in routes:
        end = moment(plan.starts_at, route.stops[-1].arrives_s)
        back = _NIGHT if is_night_away(route) else safe_text(words.clock(end))
        cells.append(f"<b>{n_visits(route)}</b><br>{back}")
    return "<br>".join(cells) or "–"


def _day(plan: Plan, route: DayRoute, position: int, words: Words, workers: Sequence[str]) -> str:
    date = date_of(plan, route.day)
    end = route.stops[-1]
    if is_night_away(route):
        close = words.say("sleeps at %(lodging)s", lodging=place_name(end))
    else:
        arrives = moment(plan.starts_at, end.arrives_s)
        close = words.say("back at %(time)s", time=words.clock(arrives))
    circuit = circuit_name(plan, route, words)
    facts = [
        *([circuit] if circuit else []),
        words.plural("%(n)s visit", "%(n)s visits", n_visits(route)),
        words.km(distance_m(route)),
        close,
    ]
    team = ", ".join(route.worker_ids)
    if (team,) == tuple(workers):
        team = ""  # a worker's own page need not say whose it is
    positions = " ".join(
        str(i) for i, worker_id in enumerate(workers) if worker_id in route.worker_ids
    )
    stops = "".join(
        _rest(item, words)
        if isinstance(item, Rest)
        else _stop(item, position, words, date.weekday())
        for item in listed(route, plan.starts_at)
    )
    return (
        f'<details open class="day" data-day="{route.day}" data-workers="{positions}"'
        f' data-route="{route_name(position)}"><summary>'
        f'<h2 class="weekday-{date.weekday()}">{safe_text(words.date(date))}</h2>'
        f'<p class="team"><bdi>{safe_text(team)}</bdi></p>'
        f'<p class="facts">{_joined(facts)}</p></summary><ol>{stops}</ol></details>'
    )


def _stop(entry: Entry, position: int, words: Words, weekday: int) -> str:
    stop = entry.stop
    facts = [stop.category, stop.area]
    if place_name(stop) not in {stop.place_id, stop.label}:
        facts.insert(0, stop.place_id)
    if entry.leg_in is not None and entry.leg_out is not None:
        facts.append(words.duration(stop.departs_s - stop.starts_s))
    mark = ""
    if stop.is_pinned:
        mark = f'<span class="promised">{safe_text(words.say("promised"))}</span> '
    onward = ""
    if entry.leg_out is not None and is_ridden(entry.leg_out):
        way = words.say(
            "then %(distance)s, %(duration)s",
            distance=words.km(entry.leg_out.distance_m),
            duration=words.duration(entry.leg_out.duration_s),
        )
        onward = f'<p class="onward">{safe_text(way)}</p>'
    number = "" if entry.number is None else str(entry.number)
    time = entry.departs if entry.leg_in is None else entry.starts
    target = stop_name(position, entry.spot)
    return (
        f'<li class="{stop.kind}" data-stop="{target}" tabindex="0">'
        f'<span class="number {stop.kind} weekday-{weekday}">{number}</span>'
        f'<div><p class="who"><bdi>{safe_text(place_name(stop))}</bdi></p>'
        f'<p class="facts">{mark}{_joined(fact for fact in facts if fact)}</p>{onward}</div>'
        f"<time>{safe_text(words.clock(time))}</time></li>"
    )


def _rest(rest: Rest, words: Words) -> str:
    facts = [words.say("break")]
    if rest.is_on_the_way:
        facts.append(words.say("on the way"))
    times = f"{words.clock(rest.starts)}–{words.clock(rest.ends)}"
    return (
        '<li class="rest"><span class="number rest"></span>'
        f'<div><p class="who"><bdi>{safe_text(rest.break_id)}</bdi></p>'
        f'<p class="facts">{_joined(facts)}</p></div><time>{safe_text(times)}</time></li>'
    )


def _left_out(plan: Plan, words: Words) -> str:
    groups = losses_by_kind(plan)
    n_lost = sum(len(losses) for _, losses in groups)
    if not groups:
        return _nobody_left_out(words)
    parts = ""
    for kind, losses in groups:
        items = "".join(
            f"<li><b><bdi>{safe_text(loss.beneficiary_id)}</bdi></b> "
            f"{_visit_part(loss.visit_id)}{safe_text(words.say(loss.detail))}</li>"
            for loss in losses
        )
        parts += (
            f"<details><summary>{safe_text(words.say(LOSS_NAMES[kind]))}"
            f" <b>{len(losses)}</b></summary><ul>{items}</ul></details>"
        )
    title = safe_text(words.say("Left out"))
    return f'<section class="left-out"><h2>{title} <b>{n_lost}</b></h2>{parts}</section>'


def _visit_part(visit_id: str | None) -> str:
    return f"<bdi>({safe_text(visit_id)})</bdi> " if visit_id else ""


def _left_out_counts(plan: Plan, words: Words) -> str:
    groups = losses_by_kind(plan)
    if not groups:
        return _nobody_left_out(words)
    items = "".join(
        f"<li>{safe_text(words.say(LOSS_NAMES[kind]))} <b>{len(losses)}</b></li>"
        for kind, losses in groups
    )
    title = safe_text(words.say("Left out, of all workers"))
    note = safe_text(words.say("Your supervisor has the list with the reasons."))
    return (
        f'<section class="left-out"><h2>{title}</h2><ul>{items}</ul>'
        f'<p class="small">{note}</p></section>'
    )


def _nobody_left_out(words: Words) -> str:
    return (
        f'<section class="left-out"><p>{safe_text(words.say("Nobody is left out."))}</p></section>'
    )


def _not_due(plan: Plan, words: Words) -> str:
    if not plan.not_due:
        return ""
    items = "".join(
        f"<li><b><bdi>{safe_text(x.beneficiary_id)}</bdi></b>"
        f" {safe_text(words.date(x.due_on))}</li>"
        for x in sorted(plan.not_due, key=lambda x: (x.due_on, x.beneficiary_id))
    )
    return (
        f'<section class="not-due"><details><summary>{safe_text(words.say(NOT_DUE_NAME))}'
        f" <b>{len(plan.not_due)}</b></summary><ul>{items}</ul></details></section>"
    )


def _legend(words: Words) -> str:
    signs = (
        ("visit", words.say("visit")),
        ("partner", words.say("partner")),
        ("base", words.say("base")),
        ("lodging", words.say("lodging")),
        ("rest", words.say("break")),
    )
    items = "".join(
        f'<li><span class="number {kind}"></span> {safe_text(name)}</li>' for kind, name in signs
    )
    title = safe_text(words.say("Signs"))
    return f'<section class="legend"><h2>{title}</h2><ul>{items}</ul></section>'


def _joined(facts: Iterable[str]) -> str:
    return " · ".join(f"<bdi>{safe_text(fact)}</bdi>" for fact in facts)
