"""What `outreach cycle` tells: for people as text, for machines as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outreach.errors import Message
from outreach.output.coverage_cells import SEASONS
from outreach.output.cycle_json import cycle_document
from outreach.units import HOUR_S

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from outreach.coverage.cycle import Cycle, Verdict
    from outreach.output.words import Words

VERDICTS: Mapping[Verdict, Message] = {
    "grows": Message("What is overdue grows: these workers cannot keep up with these cases."),
    "holds": Message("What is overdue neither grows nor falls: these workers just keep up."),
    "falls": Message("What is overdue falls: these workers catch up."),
    "open": Message("The runs do not tell whether what is overdue grows: try more runs or weeks."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleReport:
    """What the weeks came to, and where the files lie."""

    cycle: Cycle
    paths: tuple[Path, ...]

    @property
    def n_failing(self) -> int:
        """Not 0 where these workers cannot keep up."""
        return int(self.cycle.verdict == "grows")

    def as_json(self) -> dict[str, Any]:
        """Give the verdict and the means, without any week."""
        cycle = self.cycle
        document = cycle_document(cycle)
        return {
            **{key: document[key] for key in ("season", "scenario", "n_weeks", "n_people")},
            "runs": len(cycle.runs),
            "verdict": cycle.verdict,
            "trend": document["trend"],
            "waiting": round(cycle.at_end(lambda week: week.n_waiting), 1),
            "open": round(cycle.at_end(lambda week: week.n_open), 1),
            "overdue_days": round(cycle.at_end(lambda week: week.overdue_days), 1),
            "longest_days": longest_days(cycle),
            "rates": document["rates"],
            "is_guess": cycle.is_guess,
            "files": [str(path) for path in self.paths],
        }

    def as_text(self, words: Words) -> str:
        """Write the verdict, what a week is like, each week, and where the files lie."""
        cycle = self.cycle
        lines = [
            headline(cycle, words),
            words.say(VERDICTS[cycle.verdict]),
            trend_said(cycle, words),
            at_the_end(cycle, words),
            *ordinary_week(cycle, words),
            "",
            *_weeks(cycle, words),
            "",
            *remarks(cycle, words),
        ]
        if self.paths:
            lines.append(words.say("Files are in %(folder)s", folder=str(self.paths[0].parent)))
        return "\n".join(lines)


def headline(cycle: Cycle, words: Words) -> str:
    """Say what was lived through."""
    return words.say(
        "%(weeks)s from %(date)s, %(season)s, %(workers)s, %(people)s cases, lived through"
        " %(runs)s",
        weeks=words.plural("%(n)s week", "%(n)s weeks", cycle.n_weeks),
        date=cycle.starts_on.isoformat(),
        season=words.say(SEASONS[cycle.season]),
        workers=words.plural("%(n)s worker", "%(n)s workers", cycle.n_workers),
        people=words.number(cycle.n_people),
        runs=words.plural("%(n)s time", "%(n)s times", len(cycle.runs)),
    )


def trend_said(cycle: Cycle, words: Words) -> str:
    """Say by how much what is overdue grows."""
    trend = cycle.trend
    if trend.days_per_week is None:
        return words.say("The weeks are too few to tell a trend.")
    mean = words.number(trend.days_per_week)
    if trend.low is None or trend.high is None:
        return words.say(
            "In the second half of the weeks the overdue days of all people together change by"
            " %(mean)s each week; one run alone does not tell how sure that is.",
            mean=mean,
        )
    return words.say(
        "In the second half of the weeks the overdue days of all people together change by"
        " %(mean)s each week (95%% confidence: %(low)s to %(high)s).",
        mean=mean,
        low=words.number(trend.low),
        high=words.number(trend.high),
    )


def at_the_end(cycle: Cycle, words: Words) -> str:
    """Say who waits at the end."""
    n_waiting = cycle.at_end(lambda week: week.n_waiting)
    days = cycle.at_end(lambda week: week.overdue_days)
    said = words.say(
        "At the end %(waiting)s of %(open)s cases wait for a visit that is due, %(days)s days on"
        " average.",
        waiting=words.number(n_waiting),
        open=words.number(cycle.at_end(lambda week: week.n_open)),
        days=words.number(days / n_waiting if n_waiting else 0.0, 1),
    )
    worst = max(
        (run.weeks[-1].longest for run in cycle.runs if run.weeks[-1].longest is not None),
        default=None,
        key=lambda longest: longest.days,
    )
    if worst is None:
        return said
    longest = words.say(
        "Longest of all: %(days)s days (%(category)s).",
        days=words.number(worst.days),
        category=worst.category,
    )
    return f"{said} {longest}"


def ordinary_week(cycle: Cycle, words: Words) -> Iterator[str]:
    """Say what a week is like, in the mean of all weeks and runs."""
    mean = cycle.mean
    yield words.say(
        "A week on average: %(due)s visits are due, Monday's plan leaves out %(left)s; %(made)s"
        " meet somebody, %(not_met)s find nobody at home, %(refused)s are refused.",
        due=words.number(mean(lambda w: w.n_due)),
        left=words.number(mean(lambda w: w.n_left)),
        made=words.number(mean(lambda w: w.n_made)),
        not_met=words.number(mean(lambda w: w.lived.n_not_met), 1),
        refused=words.number(mean(lambda w: w.lived.n_refused), 1),
    )
    yield words.say(
        "Calls about a case that cannot wait: %(calls)s a week, of them answered late: %(late)s;"
        " displaced by all that happens: %(displaced)s visits, moved: %(moved)s.",
        calls=words.number(mean(lambda w: w.lived.n_urgent), 1),
        late=words.number(mean(lambda w: w.lived.n_urgent_late), 1),
        displaced=words.number(mean(lambda w: w.lived.n_displaced), 1),
        moved=words.number(mean(lambda w: w.lived.n_moved), 1),
    )
    yield words.say(
        "Hours of all workers: %(service)s with people, %(riding)s on the road, of %(available)s;"
        " %(km)s and %(money)s.",
        service=words.number(mean(lambda w: w.service_s) / HOUR_S),
        riding=words.number(mean(lambda w: w.riding_s) / HOUR_S),
        available=words.number(mean(lambda w: w.available_s) / HOUR_S),
        km=words.km(round(mean(lambda w: w.distance_m), -3)),
        money=words.money(round(mean(lambda w: w.cost_idr), -3)),
    )


def remarks(cycle: Cycle, words: Words) -> Iterator[str]:
    """Say what must be known beside the figures."""
    if cycle.is_guess:
        yield words.say(
            "outreach.toml has no section [cycle]: how often what happens is a guess of this"
            " program, not of your office."
        )
    n_beyond = max(run.n_beyond for run in cycle.runs)
    if n_beyond:
        yield words.say(
            "Not counted among those who wait: %(n)s to whom nobody of these workers could come"
            " (no way, no skill, a full circuit, or hours that never fit).",
            n=words.number(n_beyond),
        )
    n_unanswered = cycle.total(lambda week: week.lived.n_unanswered)
    if n_unanswered:
        yield words.say(
            "For %(n)s of what happened no new plan was found; it is as if it had not been.",
            n=words.number(n_unanswered, 1),
        )
    yield from (words.say(notice) for notice in cycle.notices)


def longest_days(cycle: Cycle) -> int:
    """Give the longest wait at the end of any run."""
    longest = (run.weeks[-1].longest for run in cycle.runs)
    return max((one.days for one in longest if one is not None), default=0)


def _weeks(cycle: Cycle, words: Words) -> Iterator[str]:
    heads = (
        *(words.say("week"), words.say("due"), words.say("met"), words.say("waiting")),
        words.say("overdue days"),
    )
    widths = [max(len(head), 6) for head in heads]
    yield "  ".join(head.rjust(width) for head, width in zip(heads, widths, strict=True))
    bands = [
        cycle.band(lambda w: w.n_due),
        cycle.band(lambda w: w.n_made),
        cycle.band(lambda w: w.n_waiting),
        cycle.band(lambda w: w.overdue_days),
    ]
    for number, figures in enumerate(zip(*bands, strict=True), start=1):
        cells = (number, *(mean for _, mean, _ in figures))
        yield "  ".join(
            words.number(cell).rjust(width) for cell, width in zip(cells, widths, strict=True)
        )
