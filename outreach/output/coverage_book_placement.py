"""The sheets of coverage about where the next workers sit, and what each one changes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from outreach.output.coverage_cells import (
    FINE_SHARE,
    RUPIAH,
    SHARE,
    SIGNED,
    SITE_KINDS,
    TENTHS,
    WHOLE,
    count_said,
    proof_said,
    ride,
    sites_said,
    weeks_idr,
)
from outreach.output.sheets import Column, add_sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from outreach.coverage.result import Coverage, Outcome, Step
    from outreach.output.sheets import Cell
    from outreach.output.words import Words


def placement_sheet(
    book: Workbook, name: str, coverage: Coverage, words: Words, footer: str
) -> None:
    """Add what each next worker changes, as planning the same weeks again shows, with a chart."""
    from openpyxl.utils import get_column_letter

    columns = (
        Column(head=words.say("workers added"), width=14, format=WHOLE),
        Column(head=words.say("the last of them sits at"), width=26),
        Column(head=words.say("kind of place"), width=20),
        Column(head=words.say("visits made, by planning"), width=14, format=WHOLE),
        Column(head=words.say("visits made, predicted"), width=14, format=WHOLE),
        Column(head=words.say("share made"), width=14, format=SHARE),
        Column(head=words.say("more visits than with one worker less"), width=14, format=SIGNED),
        Column(head=words.say("more visits than now"), width=14, format=SIGNED),
        Column(head=words.say("visits not made"), width=14, format=WHOLE),
        Column(head=words.say("people with a visit not made"), width=14, format=WHOLE),
        Column(head=words.say("service (hours)"), width=14, format=WHOLE),
        Column(head=words.say("on the road (hours)"), width=14, format=WHOLE),
        Column(head=words.say("longest ride from a base (min)"), width=14, format=WHOLE),
        Column(head=words.say("cost of the added workers (a month)"), width=17, format=RUPIAH),
        Column(head=words.say("cost of one visit more"), width=14, format=RUPIAH),
        Column(
            head=words.say("cost of one person more whose visits are all made"),
            width=20,
            format=RUPIAH,
        ),
        Column(head=words.say("remark"), width=30),
    )
    rows = [_step_row(coverage, i, words) for i in range(len(coverage.steps))]
    intro = (
        words.say("All figures are of the same %(weeks)d weeks.", weeks=coverage.n_weeks),
        words.say(
            "Two searches of the same weeks differ by up to %(n)d visits: smaller differences tell"
            " nothing.",
            n=coverage.noise_visits,
        ),
    )
    sheet = add_sheet(book, name, columns, rows, footer=footer, intro=intro, is_filtered=False)
    head_row = len(intro) + 1
    for i, step in enumerate(coverage.steps, start=head_row + 1):
        if step.n_added == coverage.recommended and step.n_added:
            _shade(sheet, i, len(columns))
    sheet.freeze_panes = f"B{head_row + 1}"
    if len(rows) > 1:
        last_row = _add_chart(sheet, head_row, len(rows), words)
        sheet.print_area = f"A1:{get_column_letter(len(columns))}{last_row}"


def _step_row(coverage: Coverage, i: int, words: Words) -> Sequence[Cell]:
    step = coverage.steps[i]
    before = coverage.steps[i - 1].realised if i else None
    realised, present = step.realised, coverage.present
    last = step.sites[-1] if step.sites else None
    more = realised.delivered_visits - present.delivered_visits
    cost = step.cost_idr_per_month
    remark = None
    if not step.n_added:
        remark = words.say("at present")
    elif step.n_added == coverage.recommended:
        remark = words.say("recommended")
    elif before and realised.delivered_visits - before.delivered_visits <= coverage.noise_visits:
        remark = words.say("adds no more than the noise")
    return (
        step.n_added,
        (last.label or last.id) if last else None,
        words.say(SITE_KINDS[last.kind]) if last else None,
        realised.delivered_visits,
        step.predicted_visits,
        _share(realised.delivered_visits, realised.required_visits),
        realised.delivered_visits - before.delivered_visits if before else None,
        more if i else None,
        realised.gap_visits,
        _people_with_gap(realised, coverage.k),
        realised.service_h,
        realised.travel_h,
        ride(realised.worst_minutes),
        cost,
        # Within the noise a quotient would be a number without a meaning.
        weeks_idr(coverage, cost) / more if cost and more > coverage.noise_visits else None,
        _cost_per_person(coverage, step),
        remark,
    )


def _people_with_gap(outcome: Outcome, k: int) -> Cell:
    return count_said(outcome.n_with_gap, outcome.n_with_gap + outcome.n_without_gap, k)


def _cost_per_person(coverage: Coverage, step: Step) -> float | None:
    """Divide the cost by the people more, unless that tells of a number that is not told."""
    counts = [_people_with_gap(x, coverage.k) for x in (coverage.present, step.realised)]
    people_more = step.realised.n_without_gap - coverage.present.n_without_gap
    if any(isinstance(count, str) for count in counts) or people_more < coverage.k:
        return None
    return weeks_idr(coverage, step.cost_idr_per_month) / people_more


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _shade(sheet: Worksheet, row: int, n_columns: int) -> None:
    from openpyxl.styles import PatternFill

    for j in range(1, n_columns + 1):
        sheet.cell(row, j).fill = PatternFill("solid", fgColor="E3EBEB")


def _add_chart(sheet: Worksheet, head_row: int, n_rows: int, words: Words) -> int:
    """Draw made and predicted visits under the table, told apart in grey too."""
    from openpyxl.chart import LineChart, Reference
    from openpyxl.chart.legend import Legend

    chart = LineChart()
    chart.title = words.say("Visits made in these weeks, by workers added")
    chart.height, chart.width = 9, 22
    last_row = head_row + n_rows
    values = Reference(sheet, min_col=4, max_col=5, min_row=head_row, max_row=last_row)
    chart.add_data(values, titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=head_row + 1, max_row=last_row))
    for series, colour, dash, mark in zip(
        chart.series, ("1B4040", "A86200"), ("solid", "dash"), ("circle", "diamond"), strict=True
    ):
        series.smooth = False
        series.graphicalProperties.line.solidFill = colour
        series.graphicalProperties.line.dashStyle = dash
        series.marker.symbol = mark
        series.marker.size = 8
        series.marker.graphicalProperties.solidFill = colour
        series.marker.graphicalProperties.line.solidFill = colour
    chart.x_axis.title = words.say("workers added")
    chart.y_axis.title = words.say("visits made")
    for title in (chart.title, chart.x_axis.title, chart.y_axis.title):
        if title is not None:
            title.overlay = False
    chart.y_axis.number_format = WHOLE
    # Without it, programs leave out axes that openpyxl made.
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.legend = Legend()
    chart.legend.position = "b"
    sheet.add_chart(chart, f"B{last_row + 2}")
    return last_row + 22


def model_sheet(book: Workbook, name: str, coverage: Coverage, words: Words, footer: str) -> None:
    """Add what the model that chose the places predicted, and how far its choice can be trusted."""
    columns = (
        Column(head=words.say("workers added"), width=14, format=WHOLE),
        Column(head=words.say("places, in the order in which they are added"), width=52),
        Column(head=words.say("visits made, predicted"), width=14, format=TENTHS),
        Column(head=words.say("upper bound of the model"), width=14, format=TENTHS),
        Column(head=words.say("distance from that bound"), width=14, format=FINE_SHARE),
        Column(head=words.say("how good the choice is"), width=40),
        Column(head=words.say("visits made, by planning"), width=14, format=WHOLE),
        Column(head=words.say("planning less prediction"), width=14, format=SIGNED),
        Column(head=words.say("best places for just so many workers"), width=52),
        Column(head=words.say("visits with these, predicted"), width=14, format=TENTHS),
        Column(head=words.say("more than by adding one by one"), width=16, format="+0.0;-0.0;0.0"),
    )
    rows = [_model_row(step, words) for step in coverage.steps]
    intro = (
        words.say(
            "Places are added one by one, and each stays; the best places for just so many workers"
            " are chosen afresh."
        ),
    )
    sheet = add_sheet(book, name, columns, rows, footer=footer, intro=intro, is_filtered=False)
    sheet.freeze_panes = "B3"


def _model_row(step: Step, words: Words) -> Sequence[Cell]:
    return (
        step.n_added,
        sites_said(step.sites) or None,
        step.predicted_visits,
        step.bound_visits if math.isfinite(step.bound_visits) else None,
        step.gap_share if math.isfinite(step.gap_share) else None,
        proof_said(step.proof, step.gap_share, words),
        step.realised.delivered_visits,
        step.realised.delivered_visits - step.predicted_visits,
        sites_said(step.free_sites) or None,
        step.free_visits,
        step.free_visits - step.predicted_visits,
    )


def scenarios_sheet(
    book: Workbook, name: str, coverage: Coverage, words: Words, footer: str
) -> None:
    """Add what the same number of workers does under other arrangements, and under this one."""
    columns = (
        Column(head=words.say("arrangement"), width=44),
        Column(head=words.say("workers added"), width=14, format=WHOLE),
        Column(head=words.say("added workers sit at"), width=44),
        Column(head=words.say("visits made by the present workers"), width=14, format=WHOLE),
        Column(head=words.say("visits made with the added ones"), width=14, format=WHOLE),
        Column(head=words.say("more visits"), width=14, format=SIGNED),
        Column(head=words.say("share made"), width=14, format=SHARE),
        Column(head=words.say("visits not made"), width=14, format=WHOLE),
        Column(head=words.say("people with a visit not made"), width=14, format=WHOLE),
        Column(head=words.say("service (hours)"), width=14, format=WHOLE),
        Column(head=words.say("on the road (hours)"), width=14, format=WHOLE),
        Column(head=words.say("longest ride from a base (min)"), width=14, format=WHOLE),
        Column(head=words.say("distance (km)"), width=14, format=WHOLE),
        Column(head=words.say("fuel, meals and beds"), width=16, format=RUPIAH),
    )
    compared = {row.n_added for row in coverage.scenarios}
    as_chosen = [
        (words.say("as placed in this report"), step.n_added, step.sites, step.realised)
        for step in coverage.steps
        if step.n_added in compared
    ]
    arranged = [
        (label, n_added, sites, coverage.present, realised)
        for label, n_added, sites, realised in as_chosen
    ] + [
        (row.label or row.name, row.n_added, row.sites, row.present, row.realised)
        for row in coverage.scenarios
    ]
    rows: list[Sequence[Cell]] = [
        (
            label,
            n_added,
            sites_said(sites) or None,
            present.delivered_visits,
            realised.delivered_visits,
            realised.delivered_visits - present.delivered_visits,
            _share(realised.delivered_visits, realised.required_visits),
            realised.gap_visits,
            _people_with_gap(realised, coverage.k),
            realised.service_h,
            realised.travel_h,
            ride(realised.worst_minutes),
            realised.distance_km,
            realised.moving_idr,
        )
        for label, n_added, sites, present, realised in arranged
    ]
    sheet = add_sheet(book, name, columns, rows, footer=footer, is_filtered=False)
    sheet.freeze_panes = "B2"
