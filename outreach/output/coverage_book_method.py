"""The sheet of coverage that says how the figures came about, and what their limits are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.output.coverage_cells import HIDDEN
from outreach.output.sheets import Column, add_sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from openpyxl import Workbook

    from outreach.coverage.result import Coverage
    from outreach.output.coverage_rows import Told
    from outreach.output.words import Words

_SOURCES = (
    (
        "World Health Organization (2010). Workload Indicators of Staffing Need (WISN): User's"
        " Manual. Geneva."
    ),
    (
        "Luo, W. & Qi, Y. (2009). An enhanced two-step floating catchment area (E2SFCA) method"
        " for measuring spatial accessibility to primary care physicians. Health & Place 15(4),"
        " 1100–1107."
    ),
    (
        "Church, R. & ReVelle, C. (1974). The maximal covering location problem. Papers of the"
        " Regional Science Association 32, 101–118."
    ),
    (
        "Huangfu, Q. & Hall, J. A. J. (2018). Parallelizing the dual revised simplex method."
        " Mathematical Programming Computation 10, 119–142 (HiGHS)."
    ),
    "Undang-Undang Nomor 27 Tahun 2022 tentang Pelindungan Data Pribadi.",
)


def method_sheet(
    book: Workbook, name: str, coverage: Coverage, told: Told, words: Words, footer: str
) -> None:
    """Add how each figure is found, how far it can be trusted, and from whom the methods are."""
    columns = (
        Column(head=words.say("topic"), width=26),
        Column(head=words.say("how it is done"), width=130),
    )
    rows = [
        *_reckoned(words),
        *_placed(coverage, words),
        *_protected(coverage, told, words),
        *_limited(coverage, words),
        *_sources(words),
    ]
    add_sheet(book, name, columns, rows, footer=footer, is_filtered=False)


def _reckoned(words: Words) -> Iterator[tuple[str, str]]:
    yield (
        words.say("Need"),
        words.say(
            "Each person needs visits as often, and as long, as the caseload says. Visits due in"
            " the weeks are those that fall due if each one is made on time."
        ),
    )
    yield (
        words.say("Visits made"),
        words.say(
            "The weeks are planned one after the other, with the working hours, vehicles, skills"
            " and budgets of the workers; what is not made stays overdue in the next week. Nobody"
            " counts as having more visits made than are due."
        ),
    )
    yield (
        words.say("Gap"),
        words.say(
            "Visits due less visits made. Its hours are service and the road that a visit takes in"
            " the plans; over one worker's working time they give full-time workers."
        ),
    )
    yield (
        words.say("Access"),
        words.say(
            "Rides follow the road network at the speeds of the season, with the walk from the"
            " road. Population within reach is an estimate: the part of an area's ground within"
            " reach, times its population."
        ),
    )
    yield (
        words.say("Access score (E2SFCA)"),
        words.say(
            "Hours of workers within reach over the hours needed by all within reach of them,"
            " weighed less by distance (Luo & Qi 2009). Its Gini tells how unequal it is."
        ),
    )
    yield (
        words.say("Workers needed"),
        words.say(
            "Three views, each with its own limits. Caseload: people over cases for each worker,"
            " without distance. WISN: a year's visits with the road that they take in the plans,"
            " over the working time of one worker (WHO 2010; that the road counts is added here)."
            " Planning: the fewest workers with whom nothing that is due stays open at the end of"
            " the weeks, without what more workers could not help."
        ),
    )


def _placed(coverage: Coverage, words: Words) -> Iterator[tuple[str, str]]:
    yield (
        words.say("Where they sit"),
        words.say(
            "A model with a limit to each worker's hours chooses places where the most visits can"
            " be made (capacitated maximal covering, after Church & ReVelle 1974), solved by"
            ' HiGHS. The bound is what no choice of places can exceed in that model; "proven" is'
            " said only where the choice reaches it."
        ),
    )
    yield (
        words.say("Proof by planning"),
        words.say(
            "For each number of workers the same weeks are planned again with them. What counts is"
            " that result; the model's prediction stands beside it. The search is not exact: two"
            " searches of the same weeks differ by up to %(n)d visits.",
            n=coverage.noise_visits,
        ),
    )
    yield (
        words.say("Cost"),
        words.say(
            "An added worker costs Rp %(idr)d a month, as the project says. The cost of a visit"
            " more is that of the added workers in these weeks over the visits that they add.",
            idr=coverage.worker_idr_per_month,
        ),
    )


def _protected(coverage: Coverage, told: Told, words: Words) -> Iterator[tuple[str, str]]:
    yield (
        words.say("Protection of people"),
        words.say(
            "This workbook holds no id, place or way of a person. Groups of fewer than %(k)d"
            " people are told together with others, and %(sign)s stands for numbers that would"
            " tell of fewer, by subtraction too. The smallest group that is shown has %(reached)d"
            " people. Rides to a single person are rounded to 5 minutes.",
            k=coverage.k,
            sign=HIDDEN,
            reached=told.reached_k,
        ),
    )


def _limited(coverage: Coverage, words: Words) -> Iterator[tuple[str, str]]:
    yield (
        words.say("Limits"),
        words.say(
            "Plans are not what happens: illness, weather and emergencies take more. Whoever is in"
            " no caseload is not counted, so the need is at least this. Standards for caseloads"
            " come from elsewhere. Boundaries, populations, speeds and service times are as good"
            " as the data of the project."
        ),
    )
    yield (
        words.say("To repeat it"),
        words.say(
            "The same data, %(weeks)d weeks from %(date)s and seed %(seed)d.",
            weeks=coverage.n_weeks,
            date=coverage.starts_on.isoformat(),
            seed=coverage.seed,
        ),
    )


def _sources(words: Words) -> Iterator[tuple[str, str]]:
    for source in _SOURCES:
        yield words.say("Source"), source
