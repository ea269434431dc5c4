"""The first half of the report: in short, the question, the data, and the gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.output.charts import Bar, bars_chart
from outreach.output.coverage_cells import HIDDEN, SEASONS, sites_said
from outreach.output.coverage_rows import name_of
from outreach.output.report_access import access, withheld
from outreach.output.report_parts import (
    Advice,
    Column,
    Figure,
    Heading,
    Table,
    Text,
    Tiles,
)
from outreach.output.report_workers import floor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.output.coverage_rows import ToldRow
    from outreach.output.report_facts import Facts
    from outreach.output.report_parts import Part

_MOST_AREAS = 8
_MOST_BARS = 10
_MOST_DISTRICTS = 5


def summary(facts: Facts) -> Iterator[Part]:
    """Say the whole argument in a few figures, a paragraph and a recommendation."""
    words, coverage, present = facts.words, facts.coverage, facts.coverage.present
    yield Tiles(
        tiles=(
            (facts.words.number(coverage.n_people), words.say("people to be visited")),
            (facts.share(present), words.say("of the visits due are made today")),
            (words.number(present.gap_visits), words.say("visits are not made")),
            _asked(facts),
        )
    )
    said = words.say(
        "In %(weeks)s from %(date)s, %(required)s visits fall due. With all their rides on the"
        " roads of the %(season)s, the present %(workers)s can make %(made)s of them (%(share)s).",
        weeks=facts.weeks,
        date=coverage.starts_on.isoformat(),
        required=words.number(present.required_visits),
        season=words.say(SEASONS[coverage.season]),
        workers=facts.n_workers(present.n_workers),
        made=words.number(present.delivered_visits),
        share=facts.share(present),
    )
    if present.gap_visits > 0:
        said += " " + words.say(
            "%(gap)s visits are not made, and %(people)s of %(all)s people miss at least one."
            " The visits not made are the work of %(fte)s full-time workers.",
            gap=words.number(present.gap_visits),
            people=facts.people(present.n_with_gap),
            all=words.number(coverage.n_people),
            fte=words.number(coverage.gap_workers, 1),
        )
    else:
        said += " " + words.say("Nothing that falls due is left out.")
    yield Text(text=said, style="lead")
    yield Advice(title=words.say("Recommendation"), text=" ".join(advice(facts)))


def _asked(facts: Facts) -> tuple[str, str]:
    """Give the number that is recommended; none where no added worker was planned."""
    words, recommended = facts.words, facts.coverage.recommended
    if not facts.most_tried:
        return "–", words.say("number of workers not examined")
    said = words.plural("worker recommended", "workers recommended", recommended)
    return (facts.signed(recommended) if recommended else "0"), said


def advice(facts: Facts) -> Iterator[str]:
    """Say what is recommended and why, as the figures have it."""
    words, step, present = facts.words, facts.best, facts.coverage.present
    if step is None:
        yield from _no_advice(facts)
        return
    yield words.say(
        "Add %(workers)s, at: %(sites)s.",
        workers=facts.n_workers(step.n_added),
        sites=sites_said(step.sites),
    )
    yield words.say(
        "Planned again with them, the same weeks see %(made)s of %(required)s visits made:"
        " %(after)s instead of %(before)s. People who miss a visit: %(people)s today, %(left)s"
        " then.",
        made=words.number(step.realised.delivered_visits),
        required=words.number(step.realised.required_visits),
        after=facts.share(step.realised),
        before=facts.share(present),
        people=facts.people(present.n_with_gap),
        left=facts.people(step.realised.n_with_gap),
    )
    yield from reason(facts)
    yield from floor(facts)
    yield words.say(
        "The added workers cost %(money)s a month.", money=words.money(step.cost_idr_per_month)
    )
    if (per_visit := facts.idr_per_visit(step)) is not None:
        yield words.say("Each further visit costs about %(money)s.", money=facts.about(per_visit))
    yield from _reserve(facts)
    if more := _more_needed(facts):
        yield words.say(
            "No larger addition than %(n)s was looked at.", n=words.number(facts.most_tried)
        )
        yield more


def _reserve(facts: Facts) -> Iterator[str]:
    """Say that the number holds no reserve, where planning otherwise asks for more."""
    words, planning = facts.words, facts.planning
    if planning is None or planning.n_required is None:
        return
    needed = [x.n_required for x in facts.coverage.planned if x.n_required is not None]
    if max(needed) > planning.n_required:
        yield words.say(
            "It holds no reserve: with longer visits, in another season or with a worker ill, up to"
            " %(n)s are needed.",
            n=words.number(max(needed)),
        )


def _more_needed(facts: Facts) -> str | None:
    """Say that planning asks for more workers than were looked at, where it does."""
    words, planning = facts.words, facts.planning
    if planning is None or planning.n_required is None:
        return None
    missing = planning.n_required - planning.n_present
    if missing <= facts.most_tried:
        return None
    return words.say(
        "By planning the weeks %(needed)s workers are needed, %(missing)s more than at present.",
        needed=words.number(planning.n_required),
        missing=words.number(missing),
    )


def reason(facts: Facts) -> Iterator[str]:
    """Say why it is this number, where the figures tell."""
    words, best = facts.words, facts.coverage.recommended
    planning, noise = facts.planning, facts.coverage.noise_visits
    fewest = None if planning is None else planning.n_required
    if fewest == facts.coverage.present.n_workers + best:
        yield words.say(
            "It is the smallest number with which nothing due stays open at the end of the weeks,"
            " but for what is beyond workers of this kind."
        )
    elif all((facts.gain(i) or 0) > noise for i in range(1, best + 1)):
        yield words.say(
            "Up to this number each worker brings more visits than two searches of the same weeks"
            " differ by (%(noise)s).",
            noise=words.number(noise),
        )


def _no_advice(facts: Facts) -> Iterator[str]:
    words, coverage = facts.words, facts.coverage
    if not facts.most_tried:
        yield words.say("No added worker was planned, so none can be recommended.")
        if more := _more_needed(facts):
            yield more
        return
    yield words.say("No further worker is recommended.")
    if facts.open_gap(coverage.present) <= coverage.noise_visits:
        yield words.say(
            "The present workers make all visits that workers of their kind can make, but for"
            " %(n)s.",
            n=words.number(facts.open_gap(coverage.present)),
        )
        return
    last = facts.step(facts.most_tried)
    gain = (last.realised.delivered_visits if last else 0) - coverage.present.delivered_visits
    yield words.say(
        "Even %(workers)s more would change the visits made by %(gain)s only; two searches of the"
        " same weeks differ by %(noise)s. What is left out has other reasons than the number of"
        " workers.",
        workers=facts.n_workers(facts.most_tried),
        gain=facts.signed(gain),
        noise=words.number(coverage.noise_visits),
    )


def question(facts: Facts) -> Iterator[Part]:
    """Say what is asked, and by whom it was asked before."""
    words, coverage = facts.words, facts.coverage
    yield Heading(text=words.say("The question"))
    yield Text(
        text=words.say(
            "Are %(workers)s enough for the %(people)s people entrusted to them? How many workers"
            " are missing, where should the next ones sit, and what would each of them change?"
            " A study in the city of Jambi found one worker out of proportion to the problems of"
            " the children there, and named far places, missing motorbikes and late money as what"
            " hinders (Suryani and Hardiati, 2016). It could not say how many workers would be"
            " enough. This report does, for %(title)s: the same weeks are planned again and again,"
            " with every ride on the road, each time with one worker more.",
            workers=facts.n_workers(coverage.present.n_workers),
            people=words.number(coverage.n_people),
            title=coverage.title,
        )
    )
    if coverage.scenario:
        said = words.say(
            "The present is arranged as in the scenario “%(name)s”.", name=coverage.scenario
        )
        yield Text(text=said)


def data(facts: Facts) -> Iterator[Part]:
    """Say what was read, and what it is worth."""
    words, quality, coverage = facts.words, facts.coverage.quality, facts.coverage
    yield Heading(text=words.say("The data and their quality"))
    share = coverage.n_people / quality.n_rows if quality.n_rows else 1.0
    text = words.say(
        "%(used)s of %(rows)s rows of the caseload can be used (%(share)s).",
        used=words.number(coverage.n_people),
        rows=words.number(quality.n_rows),
        share=words.percent(share),
    )
    yield Text(text=text)
    number, people = words.number, facts.few
    rows = (
        (quality.n_invalid, number, words.say("rows that cannot be read; left out until mended")),
        (quality.n_unsnapped, people, words.say("people with no road near; not planned")),
        (quality.n_unreachable, people, words.say("people to whom no way leads; uncovered")),
        (quality.n_warnings, number, words.say("warnings; used as they are, to be looked at")),
        (quality.n_in_no_area, people, words.say("people who live in no area; in the sums only")),
        (
            quality.n_areas_without_population,
            number,
            words.say("areas of which the population is not known"),
        ),
    )
    yield Table(
        caption=words.say("What is not as it should be in the data"),
        columns=(
            Column(title=words.say("Number"), width=1),
            Column(title=words.say("What it is"), align="left", width=8),
        ),
        rows=tuple((write(n), said) for n, write, said in rows if n),
    )
    findings = facts.said(quality.findings)
    told = " ".join(f"{said[:1].upper()}{said[1:].rstrip('.')}." for said in findings if said)
    yield Text(text=told, style="small")
    if notices := facts.said(coverage.notices):
        text = " ".join(f"{said.rstrip('.')}." for said in notices)
        yield Advice(title=words.say("Please note"), text=text)


def gap(facts: Facts) -> Iterator[Part]:
    """Say who is missed, by category and area, and how near people are."""
    words, told = facts.words, facts.told
    yield Heading(text=words.say("The gap today"))
    hopeless = facts.coverage.present.hopeless_visits
    text = words.say(
        "A visit counts as due when it would be, had each before it been made on time; as made"
        " when it stands in the planned weeks. The hours missing are those of the visits not made,"
        " with the rides that they take."
    )
    if hopeless:
        text += " " + words.say(
            "%(n)s of the visits not made would not be made by more workers of the same kind alone:"
            " the circuit for them is full, nobody has the skill, no way leads there, or the hours"
            " never fit.",
            n=words.number(hopeless),
        )
    yield Text(text=text)
    yield _groups(facts, told.categories, words.say("Category"), words.say("The gap by category"))
    by_need = sorted(told.categories, key=lambda row: (-row.required_visits, row.id))[:_MOST_BARS]
    bars = [
        Bar(label=name_of(row, words), due=row.required_visits, made=row.delivered_visits)
        for row in by_need
        if row.required_visits
    ]
    if bars:
        caption = words.say("Visits due and made, by category; most due first")
        yield Figure(caption=caption, drawings=(bars_chart(bars, words, alt=caption),))
    if told.areas:
        yield from _areas(facts)
    yield from access(facts)


def _areas(facts: Facts) -> Iterator[Part]:
    words, told = facts.words, facts.told
    known = [row for row in told.areas if row.share_delivered is not None and row.n_people]
    ranked = sorted(told.areas, key=lambda row: (row.gap_h is None, -(row.gap_h or 0), row.id))
    shown = [row for row in ranked if row.n_people][:_MOST_AREAS]
    sentences = []
    if known and facts.coverage.present.gap_visits > 0:
        worst = min(known, key=lambda row: (row.share_delivered or 0, -(row.gap_h or 0), row.id))
        served = {
            "area": _placed(worst, facts),
            "made": facts.cell(worst.delivered_visits),
            "required": words.number(worst.required_visits),
            "share": facts.part(worst.share_delivered),
        }
        sentences.append(
            words.say(
                "Worst served is %(area)s, where %(made)s of %(required)s visits are made"
                " (%(share)s).",
                **served,
            )
            if len(known) == len([row for row in told.areas if row.n_people])
            else words.say(
                "Of the areas that may be told one by one, worst served is %(area)s, where %(made)s"
                " of %(required)s visits are made (%(share)s).",
                **served,
            )
        )
    sentences += _districts_said(facts)
    yield Text(text=" ".join(sentences))
    caption = words.say("The gap by area; most hours missing first")
    limit = words.duration(60 * facts.coverage.access.threshold_minutes)
    notes: tuple[str, ...] = (
        words.say("Beyond the limit: farther than %(limit)s from every present base.", limit=limit),
    )
    if len([row for row in ranked if row.n_people]) > len(shown):
        notes = (*notes, words.say("All areas are in coverage.xlsx."))
    yield _groups(facts, shown, words.say("Area"), caption, notes=notes, has_access=True)


def _placed(row: ToldRow, facts: Facts) -> str:
    """Name an area with its district: the two often bear the same name."""
    words, name = facts.words, name_of(row, facts.words)
    own = next((x for x in facts.told.districts if x.id == row.district), None)
    if row.kind != "area" or own is None or own.kind != "district":
        return name
    return words.say(
        "%(area)s in the district of %(district)s", area=name, district=name_of(own, words)
    )


def _districts_said(facts: Facts) -> Iterator[str]:
    """Say which part is made in each of a few districts, or in the least and best served."""
    words = facts.words
    told = [(row.share_delivered, row) for row in facts.told.districts if row.n_people]
    known = sorted(
        ((share, row.id, row) for share, row in told if share is not None), key=lambda x: x[:2]
    )
    said = [f"{name_of(row, words)} {facts.part(share)}" for share, _, row in known]
    if 1 < len(said) <= _MOST_DISTRICTS:
        yield words.say("Of what falls due is made, by district: %(s)s.", s="; ".join(said))
    elif said[1:]:
        yield words.say(
            "Of what falls due is made, by district: from %(least)s to %(most)s.",
            least=said[0],
            most=said[-1],
        )


def _groups(
    facts: Facts,
    rows: tuple[ToldRow, ...] | list[ToldRow],
    head: str,
    caption: str,
    *,
    notes: tuple[str, ...] = (),
    has_access: bool = False,
) -> Table:
    words, total = facts.words, facts.told.total
    columns = (
        Column(title=head, align="left", width=2.3),
        Column(title=words.say("People"), width=0.8),
        Column(title=words.say("Visits due"), width=0.9),
        Column(title=words.say("Made"), width=1.15),
        Column(title=words.say("Part made"), width=1.15),
        Column(title=words.say("Hours missing"), width=0.9),
        Column(title=words.say("People who miss a visit"), width=1.2),
        *(
            (
                Column(title=words.say("Beyond the limit"), width=0.8),
                Column(title=words.say("Mean ride (min)"), width=1.05),
            )
            if has_access
            else ()
        ),
    )

    def cells(row: ToldRow, name: str) -> tuple[str, ...]:
        near = (facts.cell(row.n_uncovered), facts.cell(row.mean_minutes))
        return (
            name,
            words.number(row.n_people),
            words.number(row.required_visits),
            facts.cell(row.delivered_visits),
            facts.part(row.share_delivered),
            facts.cell(row.gap_h),
            facts.cell(row.n_with_gap),
            *(near if has_access else ()),
        )

    told = tuple(cells(row, name_of(row, words)) for row in rows)
    told = (*told, cells(total, words.say("All together")))
    if any(HIDDEN in row for row in told):
        notes = (*notes, withheld(facts))
    return Table(caption=caption, columns=columns, rows=told, strong=(len(told) - 1,), notes=notes)
