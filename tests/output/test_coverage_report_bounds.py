"""The report of a coverage where it must not say more than was looked at."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from outreach.output import charts
from outreach.output.report_parts import Advice, Drawing, Tiles
from tests.output.coverage_sample import coverage_sample
from tests.output.test_coverage_report import BLANK, changed, parts_of, said

if TYPE_CHECKING:
    from outreach.coverage.result import Coverage


@pytest.fixture(autouse=True)
def no_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the time for charts where only words are read."""
    blank = Drawing(svg=BLANK, width_mm=10, height_mm=10, alt="")
    monkeypatch.setattr(charts, "drawing", lambda *_: blank)


def with_need(n_missing: int, *, n_tried: int) -> Coverage:
    """Give the sample where planning asks for so many more, and fewer were looked at."""
    coverage = coverage_sample()
    first = coverage.planned[0]
    needed = replace(first, n_required=first.n_present + n_missing)
    steps = coverage.steps[: n_tried + 1]
    planned = (needed, *coverage.planned[1:])
    return replace(coverage, steps=steps, planned=planned, recommended=n_tried, scenarios=())


def test_no_number_is_recommended_where_none_was_examined() -> None:
    """A nought at the top would read as if nobody more were needed."""
    parts = parts_of(with_need(4, n_tried=0))
    tiles = next(part for part in parts if isinstance(part, Tiles)).tiles
    assert tiles[-1] == ("–", "number of workers not examined")
    assert "4 more than at present" in said(parts)


def test_a_recommendation_that_ends_with_what_was_looked_at_says_what_is_needed() -> None:
    """One worker more is no answer where planning asks for three."""
    text = said(parts_of(with_need(3, n_tried=1)))
    assert "No larger addition than 1 was looked at." in text
    assert "3 more than at present" in text
    assert "more than at present" not in said(parts_of(with_need(1, n_tried=1)))


def test_planning_above_the_bound_of_the_model_is_told() -> None:
    """The bound is the model's own; whoever sees more made than at most must know why."""
    coverage = coverage_sample()
    assert "held possible" not in said(parts_of(coverage))
    last = coverage.steps[-1]
    above = changed(last, delivered_visits=round(last.bound_visits) + 2)
    text = said(parts_of(replace(coverage, steps=(*coverage.steps[:-1], above))))
    assert "visits more than the model held possible" in text


def test_a_wait_that_stays_the_same_is_no_change() -> None:
    """30 days instead of 30 would be said in vain."""
    coverage = coverage_sample()
    days = coverage.present.longest_overdue_days
    steps = tuple(changed(step, longest_overdue_days=days) for step in coverage.steps)
    assert f"is then still {days} days overdue" in said(parts_of(replace(coverage, steps=steps)))


def test_one_week_is_one() -> None:
    """A single week has no plural."""
    assert "In 1 week from" in said(parts_of(replace(coverage_sample(), n_weeks=1)))


def test_a_gain_within_the_noise_has_no_price() -> None:
    """What a search finds by chance is not what a worker brings."""
    coverage = coverage_sample()
    best = coverage.recommended
    made = coverage.steps[best].realised.delivered_visits + coverage.noise_visits
    steps = (*coverage.steps[: best + 1], changed(coverage.steps[best + 1], delivered_visits=made))
    text = said(parts_of(replace(coverage, steps=steps)))
    assert f"by +{coverage.noise_visits}: no more than searches of the same weeks differ" in text
    assert "One worker more than recommended would change" in said(parts_of(coverage))


def test_the_recommendation_at_the_top_says_that_it_is_the_least() -> None:
    """Who reads the first page only must not take the least for enough."""
    coverage = coverage_sample()
    parts = parts_of(replace(coverage, wisn=replace(coverage.wisn, n_required=9.7)))
    advice = next(part for part in parts if isinstance(part, Advice))
    assert "the same visits need 9.7 full-time workers" in advice.text
