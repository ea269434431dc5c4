"""What each next worker changes, and other arrangements of as many: sections of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.output.charts import Point, curve_chart
from outreach.output.coverage_cells import proof_said, sites_said
from outreach.output.report_parts import Column, Figure, Heading, Table, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.coverage.result import Step
    from outreach.output.report_facts import Facts
    from outreach.output.report_parts import Part


def curve(facts: Facts) -> Iterator[Part]:
    """Say what each next worker changes, as predicted and as planned."""
    words, coverage = facts.words, facts.coverage
    if facts.most_tried < 1:
        return
    yield Heading(text=words.say("What each next worker changes"))
    text = words.say(
        "For each number of workers a placement model chose the bases and predicted what will be"
        " made; then the same weeks were planned again with the workers there. What was planned"
        " so is the proof: only the realised visits count in this report."
    )
    yield Text(text=text)
    caption = words.say("Visits made with more workers: predicted beside realised")
    points = [
        Point(
            n_added=step.n_added,
            predicted=step.predicted_visits,
            bound=max(step.bound_visits, step.predicted_visits),
            realised=step.realised.delivered_visits,
        )
        for step in coverage.steps
    ]
    chart = curve_chart(
        points,
        words,
        required=coverage.present.required_visits,
        hopeless=coverage.present.hopeless_visits,
        noise=coverage.noise_visits,
        recommended=coverage.recommended,
        alt=caption,
    )
    yield Figure(caption=caption, drawings=(chart,))
    yield Text(text=" ".join(_curve_said(facts)))
    yield _steps(facts)


def _steps(facts: Facts) -> Table:
    words, coverage = facts.words, facts.coverage
    strong = [i for i, step in enumerate(coverage.steps) if step.n_added == coverage.recommended]
    return Table(
        caption=words.say("Each next worker, added to those before"),
        columns=(
            Column(title=words.say("Added"), width=0.9),
            Column(title=words.say("Base of this worker"), align="left", width=2.4),
            Column(title=words.say("Predicted"), width=1.15),
            Column(title=words.say("At most"), width=0.9),
            Column(title=words.say("Realised")),
            Column(title=words.say("More than before"), width=1.1),
            Column(title=words.say("People who miss a visit"), width=1.2),
            Column(title=words.say("Longest ride (min)"), width=1.1),
            Column(title=words.say("Cost a month"), width=1.75),
            Column(title=words.say("A person more, about"), width=1.4),
        ),
        rows=tuple(_step_row(facts, step) for step in coverage.steps),
        strong=tuple(strong),
        notes=(
            words.say(
                "At most: by the model, no choice of bases for so many workers makes more; each"
                " base was chosen with the ones before it fixed. A person more: what the workers"
                " cost in these weeks, over the people who no longer miss a visit."
            ),
        ),
    )


def _step_row(facts: Facts, step: Step) -> tuple[str, ...]:
    words = facts.words
    site, gain, per_person = facts.site(step.n_added), facts.gain(step.n_added), None
    if step.n_added:
        per_person = facts.idr_per_person(step)
    return (
        words.number(step.n_added),
        words.say("(present workers)") if site is None else site.label or site.id,
        words.number(step.predicted_visits),
        words.number(max(step.bound_visits, step.predicted_visits)),
        words.number(step.realised.delivered_visits),
        "–" if gain is None else facts.signed(gain),
        facts.few(step.realised.n_with_gap),
        facts.ride(step.realised.worst_minutes),
        "–" if not step.n_added else words.money(step.cost_idr_per_month),
        "–" if per_person is None else facts.about(per_person),
    )


def _curve_said(facts: Facts) -> Iterator[str]:
    words, coverage = facts.words, facts.coverage
    added = [step for step in coverage.steps if step.n_added]
    differences = [abs(x.predicted_visits - x.realised.delivered_visits) for x in added]
    yield words.say(
        "Prediction and planning differ by %(mean)s visits on average, by %(most)s at most; two"
        " searches of the same weeks differ by %(noise)s.",
        mean=words.number(sum(differences) / len(differences), 1),
        most=words.number(max(differences), 1),
        noise=words.number(coverage.noise_visits),
    )
    above = max(step.realised.delivered_visits - step.bound_visits for step in added)
    if above >= 1:
        yield words.say(
            "Planning made up to %(n)s visits more than the model held possible: it knows neither"
            " days nor what relieves a circuit.",
            n=words.number(above),
        )
    if all(step.proof == "proven" for step in added):
        yield words.say("By the model every choice of bases is proven the best.")
    else:
        open_steps = "; ".join(
            f"{facts.signed(x.n_added)}: {proof_said(x.proof, x.gap_share, words)}"
            for x in added
            if x.proof != "proven"
        )
        yield words.say("Not every choice is proven the best: %(steps)s.", steps=open_steps)
    lost = max(step.free_visits - step.predicted_visits for step in added)
    if lost < 1:
        yield words.say(
            "Choosing all bases afresh for each number would bring nothing: they can be filled one"
            " after the other."
        )
    else:
        yield words.say(
            "Choosing all bases afresh for each number would bring at most %(n)s visits more; that"
            " is the price of filling them one after the other.",
            n=words.number(lost, 1),
        )
    yield from _end_said(facts)


def _end_said(facts: Facts) -> Iterator[str]:
    """Say why the recommendation ends where it does."""
    words, coverage = facts.words, facts.coverage
    best = coverage.recommended
    gain, per_visit = facts.gain(best + 1), facts.idr_per_next_visit(best + 1)
    if gain is not None and abs(gain) <= coverage.noise_visits:
        yield words.say(
            "One worker more than recommended would change the visits made by %(gain)s: no more"
            " than searches of the same weeks differ by.",
            gain=facts.signed(gain),
        )
    elif gain is not None and per_visit is not None:
        yield words.say(
            "One worker more than recommended would change the visits made by %(gain)s, each for"
            " about %(money)s.",
            gain=facts.signed(gain),
            money=facts.about(per_visit),
        )
    elif gain is not None:
        yield words.say(
            "One worker more than recommended would change the visits made by %(gain)s.",
            gain=facts.signed(gain),
        )
    elif best and facts.open_gap(facts.after) > coverage.noise_visits:
        yield words.say(
            "No more than %(n)s were tried, and %(left)s visits that further workers could make are"
            " still left: the need may be larger.",
            n=words.number(facts.most_tried),
            left=words.number(facts.open_gap(facts.after)),
        )


def scenarios(facts: Facts) -> Iterator[Part]:
    """Compare other arrangements of the same number of workers."""
    words, coverage = facts.words, facts.coverage
    if not coverage.scenarios:
        return
    yield Heading(text=words.say("Other arrangements"))
    rows = []
    seen: set[int] = set()
    for row in coverage.scenarios:
        step = facts.step(row.n_added)
        if step is not None and row.n_added not in seen:
            seen.add(row.n_added)
            label = words.say("As in this report")
            rows.append((label, step.sites, step.n_added, step.realised))
        rows.append((row.label or row.name, row.sites, row.n_added, row.realised))
    yield Table(
        caption=words.say("The same number of added workers, arranged otherwise"),
        columns=(
            Column(title=words.say("Arrangement"), align="left", width=2.2),
            Column(title=words.say("Bases of the added workers"), align="left", width=2.4),
            Column(title=words.say("Added"), width=0.9),
            Column(title=words.say("Visits made"), width=1.2),
            Column(title=words.say("Part made"), width=1.2),
            Column(title=words.say("People who miss a visit"), width=1.2),
            Column(title=words.say("Ridden (km)")),
            Column(title=words.say("Travel costs"), width=1.6),
        ),
        rows=tuple(
            (
                label,
                sites_said(sites) or "–",
                words.number(n_added),
                words.number(outcome.delivered_visits),
                facts.share(outcome),
                facts.few(outcome.n_with_gap),
                words.number(outcome.distance_km),
                words.money(outcome.moving_idr),
            )
            for label, sites, n_added, outcome in rows
        ),
        notes=(
            words.say(
                "Travel costs: fuel, meals and beds of all workers in %(weeks)s.",
                weeks=facts.weeks,
            ),
        ),
    )
    made = [outcome.delivered_visits for *_, outcome in rows]
    top = rows[made.index(max(made))]
    if max(made) - min(made) <= coverage.noise_visits:
        yield Text(
            text=words.say(
                "The arrangements differ by no more than two searches of the same weeks do: the"
                " number of workers counts, not where they sit."
            )
        )
    else:
        yield Text(
            text=words.say(
                "“%(name)s” makes the most visits, %(most)s; the least are %(least)s. The"
                " difference of %(n)s is what the choice of bases is worth.",
                name=top[0],
                most=words.number(max(made)),
                least=words.number(min(made)),
                n=words.number(max(made) - min(made)),
            )
        )
