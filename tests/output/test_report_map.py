"""The report's maps: what is shaded how, what is enlarged, and that the legend tells all of it."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from outreach.output.coverage_metrics import GAP_STEPS, is_sparse, level_of, metrics_of
from outreach.output.coverage_report import report_parts
from outreach.output.coverage_told import tell
from outreach.output.report_legend import SHADES, Legend, Missed, draw_legend, fill_of
from outreach.output.report_map import MapView, draw_views
from outreach.output.report_parts import Figure
from outreach.output.words import Words
from tests.output.coverage_sample import ADDED_SITES, PRESENT_SITES, coverage_sample, map_sample

if TYPE_CHECKING:
    from outreach.coverage.result import Site
    from outreach.output.report_parts import Drawing

ENGLISH = Words("en")
FRAME = 'fill="none" stroke="#1b1b1b" stroke-width="25"/>'
AREA = re.compile(r'<path fill="([^"]+)"[^>]* fill-rule="evenodd"')


def drawn(*views: MapView, present: tuple[Site, ...] = PRESENT_SITES) -> tuple[Drawing, ...]:
    """Draw the sample's areas without roads."""
    return draw_views(
        views,
        map_sample(),
        present,
        minutes=60,
        season="dry",
        roads=None,
        alt="Missed",
        around="around the bases",
    )


def view(n_added: int = 0, missed: dict[str, Missed] | None = None) -> MapView:
    """Give a map with so many added bases."""
    every = dict.fromkeys((str(x) for x in map_sample().areas["id"]), Missed(0.07))
    return MapView(
        n_added=n_added,
        missed=every if missed is None else missed,
        added=ADDED_SITES[:n_added],
        title=f"With {n_added}",
    )


@pytest.mark.parametrize(
    ("missed", "fill"),
    [
        (Missed(0.0), SHADES[0]),
        (Missed(0.05), SHADES[1]),
        (Missed(1 - 0.9), SHADES[2]),
        (Missed(0.49), SHADES[3]),
        (Missed(1.0), SHADES[4]),
        (Missed(0.3, is_own=False), "url(#wider-3)"),
        (Missed(0.3, is_own=False, is_sparse=True), "url(#sparse-3)"),
        (Missed(None, is_sparse=True), "url(#withheld)"),
    ],
)
def test_an_area_looks_like_what_is_told_of_it(missed: Missed, fill: str) -> None:
    """A shade for its own figure, hatches for any other."""
    assert fill_of(missed) == fill


def test_every_look_is_defined_in_the_drawing() -> None:
    """A name that is not defined would be drawn as nothing."""
    (drawing, *_) = drawn(view())
    for name in re.findall(r"url\(#([^)]+)\)", drawing.svg):
        assert f'id="{name}"' in drawing.svg
    for level in range(len(SHADES)):
        assert f'id="wider-{level}"' in drawing.svg
        assert f'id="sparse-{level}"' in drawing.svg


def test_where_nobody_is_to_be_visited_stays_white() -> None:
    """It must not look badly served, nor well."""
    first, *others = (str(x) for x in map_sample().areas["id"])
    (drawing, *_) = drawn(view(missed=dict.fromkeys(others, Missed(0.6))))
    fills = AREA.findall(drawing.svg)
    assert fills == ["#ffffff", *[SHADES[4]] * len(others)], first


def test_the_surroundings_of_bases_are_enlarged_below() -> None:
    """One base in a wide country: as many maps again, each said to be around the bases."""
    name, shape = map_sample().areas[["name", "geometry"]].iloc[0]
    middle = shape.representative_point()
    base = replace(PRESENT_SITES[0], lon=middle.x, lat=middle.y)
    maps = drawn(view(), view(), present=(base,))
    assert [x.title for x in maps] == [
        *("With 0", "With 0", "With 0, around the bases", "With 0, around the bases")
    ]
    whole, _, near, other = maps
    assert (near.width_mm, near.height_mm) == (other.width_mm, other.height_mm)
    bar = re.compile(r">(\d+) (km|m)</text>")
    assert bar.search(whole.svg) != bar.search(near.svg)
    assert FRAME in whole.svg
    assert FRAME not in near.svg
    assert str(name) in near.svg


def test_bases_all_over_the_country_need_no_other_map() -> None:
    """An enlargement that enlarges nothing would only take room."""
    west, south, east, north = map_sample().areas.total_bounds
    corners = tuple(
        replace(PRESENT_SITES[0], id=f"corner-{lon}", lon=lon, lat=lat)
        for lon, lat in ((west, south), (east, north))
    )
    assert len(drawn(view(), present=corners)) == 1


def test_the_legend_tells_of_what_is_shown_only() -> None:
    """Each look has its words."""
    shown = Legend(
        has_sparse=False,
        has_wider=False,
        has_withheld=False,
        has_nobody=False,
        has_band=False,
        has_added=False,
    )
    classes = [text for _, text in metrics_of(coverage_sample(), ENGLISH)[0].classes(ENGLISH)[:5]]
    looks = {
        "has_sparse": "fewer people than areas",
        "has_wider": "figure of a larger area",
        "has_withheld": ">withheld<",
        "has_nobody": "nobody to be visited",
    }
    for name, text in looks.items():
        legend = draw_legend(ENGLISH, classes, minutes=60, shown=shown._replace(**{name: True}))
        assert text in legend.svg
        assert text not in draw_legend(ENGLISH, classes, minutes=60, shown=shown).svg


def test_report_and_page_have_the_same_classes() -> None:
    """Who compares the two sees the same level in each."""
    coverage = coverage_sample()
    parts = report_parts(coverage, map_sample(), tell(coverage, map_=map_sample()), ENGLISH)
    figure = next(part for part in parts if isinstance(part, Figure) and part.below)
    assert figure.below is not None
    gap, *_ = metrics_of(coverage, ENGLISH)
    assert gap.steps == GAP_STEPS
    for _, text in gap.classes(ENGLISH)[: len(SHADES)]:
        assert text.replace("<", "&lt;") in figure.below.svg
    style = resources.files("outreach.output").joinpath("assets/coverage.css").read_text("utf-8")
    assert all(f"--level-{level_of(share, GAP_STEPS)}" in style for share in (0, 0.1, 0.5, 1))


def test_a_group_is_sparse_where_it_has_fewer_people_than_areas() -> None:
    """Two people in two areas may be one in each; one in two cannot."""
    row = tell(coverage_sample()).total
    assert not is_sparse(replace(row, n_people=2, members=("a", "b")))
    assert is_sparse(replace(row, n_people=1, members=("a", "b")))
