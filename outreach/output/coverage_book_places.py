"""The sheets of coverage that tell who is missed and where: areas, categories, access."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.output.coverage_cells import (
    HUNDREDTHS,
    SEASONS,
    SHARE,
    TENTHS,
    WHOLE,
    Figure,
    add_figures,
    held,
    ride,
)
from outreach.output.coverage_rows import name_of
from outreach.output.sheets import Column, add_sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from outreach.coverage.result import Coverage
    from outreach.output.coverage_rows import Told, ToldRow, ToldStep
    from outreach.output.sheets import Cell
    from outreach.output.words import Words


def areas_sheet(
    book: Workbook, name: str, coverage: Coverage, told: Told, words: Words, footer: str
) -> None:
    """Add the areas, which can be sorted and chosen, and under them districts and the total."""
    from openpyxl.utils import get_column_letter

    then = _with_recommended(coverage, told)
    columns = (
        Column(head=words.say("area"), width=34),
        Column(head=words.say("district"), width=22),
        *_columns(coverage, words),
        *((_then_column(coverage.recommended, words),) if then else ()),
    )
    names = {row.id: row.name or name_of(row, words) for row in told.districts}
    areas = [
        (name_of(row, words), names.get(row.district or ""), *_cells(row), *_gap_in(then, row))
        for row in sorted(told.areas, key=_by_gap)
    ]
    districts = [
        (words.say("whole district"), name_of(row, words), *_cells(row), *_gap_in(then, row))
        for row in told.districts
    ]
    total = (
        *(name_of(told.total, words), None, *_cells(told.total)),
        *_gap_in(then, told.total),
    )
    rows: list[Sequence[Cell]] = [*areas, (), *districts, total]
    sheet = add_sheet(book, name, columns, rows, footer=footer)
    # Sorting must not mix sums into what they sum up.
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(areas) + 1}"
    _embolden(sheet, len(rows) + 1)
    sheet.freeze_panes = "B2"


def categories_sheet(
    book: Workbook, name: str, coverage: Coverage, told: Told, words: Words, footer: str
) -> None:
    """Add the categories of people, and their total."""
    columns = (
        Column(head=words.say("category"), width=34),
        *_columns(coverage, words, has_population=False),
    )
    rows: list[Sequence[Cell]] = [
        (name_of(row, words), *_cells(row, has_population=False))
        for row in sorted(told.categories, key=_by_gap)
    ]
    rows += [(), (name_of(told.total, words), *_cells(told.total, has_population=False))]
    sheet = add_sheet(book, name, columns, rows, footer=footer, is_filtered=False)
    _embolden(sheet, len(rows) + 1)
    sheet.freeze_panes = "B2"


def _columns(
    coverage: Coverage, words: Words, *, has_population: bool = True
) -> tuple[Column, ...]:
    minutes = coverage.access.threshold_minutes
    population = Column(head=words.say("population"), width=14, format=WHOLE)
    return (
        *((population,) if has_population else ()),
        Column(head=words.say("people to visit"), width=14, format=WHOLE),
        Column(head=words.say("visits a week"), width=14, format=TENTHS),
        Column(head=words.say("service a week (hours)"), width=14, format=TENTHS),
        Column(
            head=words.say("visits due in %(weeks)d weeks", weeks=coverage.n_weeks),
            width=14,
            format=WHOLE,
        ),
        Column(head=words.say("visits made"), width=14, format=WHOLE),
        Column(head=words.say("visits not made"), width=14, format=WHOLE),
        Column(head=words.say("share made"), width=14, format=SHARE),
        Column(head=words.say("hours missing, with the road"), width=14, format=TENTHS),
        Column(head=words.say("people with a visit not made"), width=14, format=WHOLE),
        Column(
            head=words.say("people beyond %(minutes)d minutes or without a way", minutes=minutes),
            width=17,
            format=WHOLE,
        ),
        Column(head=words.say("ride from the nearest base (mean, min)"), width=16, format=WHOLE),
    )


def _then_column(n_added: int, words: Words) -> Column:
    head = words.plural(
        "visits not made with %(n)s worker more", "visits not made with %(n)s workers more", n_added
    )
    return Column(head=head, width=15, format=WHOLE)


def _with_recommended(coverage: Coverage, told: Told) -> ToldStep | None:
    steps = (x for x in told.steps if x.n_added == coverage.recommended)
    return next(steps, None) if coverage.recommended else None


def _gap_in(then: ToldStep | None, row: ToldRow) -> tuple[Cell, ...]:
    """Give what of a row's visits is not made with more workers, where that is looked at."""
    if then is None:
        return ()
    if not row.n_people:
        return (None,)
    same = (x for x in (*then.areas, *then.districts, then.total) if _key(x) == _key(row))
    return (held(next(x.gap_visits for x in same)),)


def _key(row: ToldRow) -> tuple[str, str, tuple[str, ...]]:
    return row.id, row.kind, row.members


def _cells(row: ToldRow, *, has_population: bool = True) -> tuple[Cell, ...]:
    population = (row.population,) if has_population else ()
    if not row.n_people:
        # Of nobody, nothing is withheld: there is nothing.
        return (*population, 0, *(None,) * 10)
    return (
        *population,
        row.n_people,
        row.visits_per_week,
        row.service_h_per_week,
        row.required_visits,
        held(row.delivered_visits),
        held(row.gap_visits),
        # Of nothing due there is no share.
        held(row.share_delivered) if row.required_visits else None,
        held(row.gap_h),
        held(row.n_with_gap),
        held(row.n_uncovered),
        held(row.mean_minutes),
    )


def _by_gap(row: ToldRow) -> tuple[bool, int, int, str]:
    """Sort the largest gap first; those whose gap is not told come last, by their people."""
    gap = row.gap_visits
    return (gap is None, -(gap or 0), -row.n_people, row.id)


def _embolden(sheet: Worksheet, row: int) -> None:
    from openpyxl.styles import Font

    for cell in sheet[row]:
        cell.font = Font(name="Calibri", size=11, bold=True)


def access_sheet(
    book: Workbook, name: str, coverage: Coverage, told: Told, words: Words, footer: str
) -> None:
    """Add how many are within reach of the present bases, by season and minutes."""
    access, n_people = coverage.access, coverage.n_people
    columns = (
        Column(head=words.say("season"), width=46),
        Column(head=words.say("within minutes of the nearest base"), width=18, format=WHOLE),
        Column(head=words.say("people to visit"), width=14, format=WHOLE),
        Column(head=words.say("share of them"), width=14, format=SHARE),
        Column(head=words.say("population (estimate)"), width=16, format=WHOLE),
    )
    rows: list[Sequence[Cell]] = [
        (
            words.say(SEASONS[band.season]),
            band.minutes,
            held(band.n_people),
            held(None if band.n_people is None else band.n_people / n_people) if n_people else None,
            band.population,
        )
        for band in told.bands
    ]
    sheet = add_sheet(book, name, columns, rows, footer=footer, is_filtered=False)
    figures = (
        Figure(
            name=words.say("ride from the nearest base (median, min)"),
            value=access.median_minutes,
            note=words.say("half of the people are nearer"),
        ),
        Figure(
            name=words.say("longest ride from the nearest base (min)"),
            value=ride(access.worst_minutes),
            note=words.say("rounded to 5 minutes; of those to whom a way leads"),
        ),
        Figure(
            name=words.say("hours of workers within reach per hour needed"),
            value=access.hours_per_need,
            format=HUNDREDTHS,
            note=words.say(
                "mean E2SFCA score, without the rides: under 1 there is less than is needed, more"
                " than 1 does not mean enough"
            ),
        ),
        Figure(
            name=words.say("inequality of access (Gini)"),
            value=access.gini,
            format=HUNDREDTHS,
            note=words.say("0: all have the same access, 1: one has it all"),
        ),
    )
    season = words.say(SEASONS[coverage.season])
    heading = words.say("In the planned season: %(season)s", season=season)
    # Notes reach beyond the table.
    add_figures(sheet, heading, figures, len(columns) + 3)
