"""The end of the report: the recommendation in one table, signatures, method, limits, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.output.coverage_cells import HIDDEN, SITE_KINDS
from outreach.output.report_need import advice, reason
from outreach.output.report_parts import (
    Column,
    Heading,
    Items,
    Signatures,
    Table,
    Text,
)
from outreach.output.report_workers import wisn_activities

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.output.report_facts import Facts
    from outreach.output.report_parts import Part

_SOURCES = (
    (
        "World Health Organization (2010). Workload Indicators of Staffing Need (WISN): User's"
        " Manual. Geneva: WHO."
    ),
    (
        "Luo, W., Qi, Y. (2009). An enhanced two-step floating catchment area (E2SFCA) method for"
        " measuring spatial accessibility to primary care physicians. Health & Place 15(4),"
        " 1100–1107."
    ),
    (
        "Church, R., ReVelle, C. (1974). The maximal covering location problem. Papers of the"
        " Regional Science Association 32, 101–118."
    ),
    (
        "Daganzo, C. F. (1984). The distance traveled to visit N points with a maximum of C stops"
        " per vehicle: An analytic model and an application. Transportation Science 18(4), 331–350."
    ),
    (
        "Child Protection Working Group (2014). Inter Agency Guidelines for Case Management and"
        " Child Protection."
    ),
    (
        "Child Welfare League of America (1999). CWLA Standards of Excellence for Services for"
        " Abused and Neglected Children and Their Families, revised edition. Washington, DC."
    ),
    (
        "Suryani, Hardiati, E. (2016). Peran Sakti Peksos dalam Pendampingan Program Kesejahteraan"
        " Sosial Anak. Jurnal Penelitian Kesejahteraan Sosial 15(1), 65–76."
    ),
)


def recommendation(facts: Facts) -> Iterator[Part]:
    """Say in one table who should sit where, in which order, and what it brings and costs."""
    words, best = facts.words, facts.best
    yield Heading(text=words.say("Recommendation"))
    if best is None:
        yield Text(text=" ".join(advice(facts)))
        return
    asked = words.say(
        "It is recommended to add %(workers)s to the %(present)s present, in the order of the"
        " table: each next base was chosen with the ones before it filled.",
        workers=facts.n_workers(best.n_added),
        present=words.number(facts.coverage.present.n_workers),
    )
    yield Text(text=" ".join((asked, *reason(facts))), style="intro")
    idr = facts.coverage.worker_idr_per_month
    rows = []
    for i, site in enumerate(best.sites, start=1):
        gain = facts.gain(i)
        rows.append(
            (
                words.number(i),
                site.label or site.id,
                words.say(SITE_KINDS[site.kind]),
                HIDDEN if gain is None else facts.signed(gain),
                words.money(idr),
            )
        )
    more = best.realised.delivered_visits - facts.coverage.present.delivered_visits
    total = (words.say("All together"), "", facts.signed(more))
    rows.append(("", *total, words.money(best.cost_idr_per_month)))
    yield Table(
        caption=words.say("The recommended workers, in the order in which to add them"),
        columns=(
            Column(title=words.say("Order"), width=0.7),
            Column(title=words.say("Base"), align="left", width=2.6),
            Column(title=words.say("Kind of place"), align="left", width=2),
            Column(title=words.say("Visits more in %(weeks)s", weeks=facts.weeks), width=1.6),
            Column(title=words.say("Cost a month"), width=1.6),
        ),
        rows=tuple(rows),
        strong=(len(rows) - 1,),
    )
    yield Text(text=" ".join(_left_said(facts)))


def _left_said(facts: Facts) -> Iterator[str]:
    """Say what stays open even so."""
    words, after = facts.words, facts.after
    if after.gap_visits <= 0:
        yield words.say("Then nothing that falls due is left out.")
        return
    left = words.number(after.gap_visits)
    if facts.open_gap(after):
        yield words.say(
            "Then %(n)s visits are still not made, of which %(hopeless)s are beyond workers of this"
            " kind.",
            n=left,
            hopeless=words.number(after.hopeless_visits),
        )
    else:
        yield words.say(
            "Then %(n)s visits are still not made, all of them beyond workers of this kind.", n=left
        )
    if facts.is_enough and facts.open_gap(after):
        yield words.say(
            "At the end of the weeks none of the others stays open: they fell out because earlier"
            " ones were made late."
        )
    if after.longest_overdue_days == facts.coverage.present.longest_overdue_days > 0:
        yield words.say(
            "The visit that waits longest is then still %(days)s days overdue.",
            days=words.number(after.longest_overdue_days),
        )
    elif after.longest_overdue_days:
        yield words.say(
            "The visit that waits longest is then %(days)s days overdue, instead of %(before)s.",
            days=words.number(after.longest_overdue_days),
            before=words.number(facts.coverage.present.longest_overdue_days),
        )


def method(facts: Facts) -> Iterator[Part]:
    """Say how the figures came about, and what they do not tell."""
    words, coverage = facts.words, facts.coverage
    yield Heading(text=words.say("Method"))
    yield Items(
        items=(
            words.say(
                "Need: each person's visits by frequency and service time of the category. Rides:"
                " fastest way by motorbike on the road network, by season."
            ),
            words.say(
                "Made: %(weeks)s planned week by week by the planner that also makes the weekly"
                " itineraries; shifts, riding limits, windows, skills, nights away and what is"
                " overdue are kept.",
                weeks=facts.weeks,
            ),
            words.say(
                "Access: bands of riding time along the roads; supply against demand by E2SFCA (Luo"
                " and Qi, 2009). People in the bands are counted, population is by share of the"
                " area's surface."
            ),
            words.say(
                "Workers needed: caseload standards (Child Protection Working Group, 2014; CWLA,"
                " 1999), WISN (WHO, 2010), and planning."
            ),
            words.say(
                "Bases: maximal covering (Church and ReVelle, 1974) with each worker's hours as the"
                " capacity; rides of a day by an estimate (Daganzo, 1984) that is calibrated on the"
                " plans of the present. Bounds and proofs are the solver's own."
            ),
            words.say(
                "Published figures: groups of fewer than %(k)d people are told with others, and"
                " numbers that would tell of fewer are withheld. The smallest group that any number"
                " tells of has %(reached)d people. No map shows where anybody lives.",
                k=facts.told.k,
                reached=facts.told.reached_k,
            ),
        )
    )
    if coverage.wisn.activities:
        yield wisn_activities(facts)
    yield Heading(text=words.say("Limitations"))
    yield Items(
        items=(
            words.say(
                "The figures are as good as the caseload: who is not recorded has no visit that"
                " falls due. The real need is more likely larger than smaller."
            ),
            words.say(
                "Planning is a search: another one of the same weeks makes up to %(noise)s visits"
                " more or fewer. Smaller differences tell nothing. Seed: %(seed)d.",
                noise=words.number(coverage.noise_visits),
                seed=coverage.seed,
            ),
            words.say(
                "Nobody falls ill, no road is shut and no emergency interrupts the simulated weeks"
                " beyond what is varied above; work at the desk is in WISN only."
            ),
            words.say(
                "An added worker is taken to have the hours, skills and vehicle set in the project;"
                " that one can be found and housed at the base is for the office to judge."
            ),
            words.say(
                "The standards of 25 and 17 cases come from emergencies and from the United States;"
                " neither was made for Indonesia."
            ),
            words.say(
                "Costs are what the project sets for an added worker, %(money)s a month; they hold"
                " pay only if that sum does. What travel costs is told apart.",
                money=words.money(coverage.worker_idr_per_month),
            ),
        )
    )


def sources(facts: Facts) -> Iterator[Part]:
    """Name what was used, as it is cited in any language."""
    yield Heading(text=facts.words.say("Sources"))
    yield Items(items=_SOURCES)


def signatures(facts: Facts) -> Iterator[Part]:
    """Give room to whoever answers for the report."""
    words = facts.words
    yield Signatures(
        place=words.say("Place and date:"),
        signers=(words.say("Prepared by"), words.say("Head of office")),
        below=words.say("Name and NIP"),
    )
