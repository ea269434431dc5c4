"""What is told of a coverage tells of nobody, or of enough people, whatever one works out."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, combinations, pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.coverage.result import CoverageMap, GroupRow
from outreach.errors import PrivacyError
from outreach.output.coverage_reached import reached
from outreach.output.coverage_rows import name_of, worst_served
from outreach.output.coverage_told import tell
from outreach.output.small_cells import Cell, is_safe, told_count, told_parts
from outreach.output.words import Words
from tests.output.coverage_sample import area_rows, coverage_sample, map_sample, people

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from outreach.coverage.result import Coverage
    from outreach.output.coverage_rows import ToldRow

K = 5
SAMPLE, MAP = coverage_sample(), map_sample()
CELLS = st.integers(0, 14).flatmap(lambda n: st.builds(Cell, st.just(n), st.integers(0, n)))


def row(area_id: str, n: int, n_with_gap: int, n_uncovered: int, n_timed: int) -> GroupRow:
    """Give an area of `n` people, two visits each, of whom some lack one."""
    return GroupRow(
        id=area_id,
        name=area_id,
        n_people=n,
        visits_per_week=n / 2,
        service_h_per_week=n / 4,
        required_visits=2 * n,
        delivered_visits=2 * n - n_with_gap,
        gap_h=float(n_with_gap),
        n_with_gap=n_with_gap,
        n_uncovered=n_uncovered,
        minutes=20.0 * n_timed,
        n_timed=n_timed,
    )


def whole(rows: Iterable[GroupRow]) -> GroupRow:
    """Add rows up, number by number."""
    some = list(rows)
    return row(
        "all",
        sum(x.n_people for x in some),
        sum(x.n_with_gap for x in some),
        sum(x.n_uncovered for x in some),
        sum(x.n_timed for x in some),
    )


def coverage_of(rows: Sequence[GroupRow]) -> Coverage:
    """Give the sample with other areas, and them as categories too."""
    named = [replace(x, id=x.id or "none") for x in rows]
    access = replace(SAMPLE.access, bands=())
    return replace(
        SAMPLE, total=whole(rows), areas=tuple(rows), categories=tuple(named), access=access
    )


def map_of(steps: Sequence[Sequence[GroupRow]]) -> CoverageMap:
    """Give a map of nothing but its rows."""
    empty = gpd.GeoDataFrame(geometry=[], crs="EPSG:4326")
    return CoverageMap(
        areas=empty,
        isochrones=empty,
        catchments=(),
        by_area=tuple((n, x) for n, rows in enumerate(steps) for x in rows),
    )


@st.composite
def worlds(draw: st.DrawFn) -> list[list[GroupRow]]:
    """Make the same areas with nobody, one and two workers added; at least k people."""
    n_areas = draw(st.integers(1, 6))
    sizes = draw(st.lists(st.integers(0, 14), min_size=n_areas, max_size=n_areas))
    if sum(sizes) < K:
        sizes[0] += K
    districts = draw(
        st.lists(st.sampled_from([None, "north", "south"]), min_size=n_areas, max_size=n_areas)
    )
    has_nowhere = draw(st.booleans())
    left = list(sizes)
    steps = []
    for _ in range(3):
        left = [draw(st.integers(0, n)) for n in left]
        rows = [
            replace(
                row(
                    "" if has_nowhere and not i else f"a{i}",
                    n,
                    draw(st.integers(0, n)),
                    left[i],
                    draw(st.integers(0, n)),
                ),
                district=None if has_nowhere and not i else districts[i],
            )
            for i, n in enumerate(sizes)
        ]
        steps.append(rows)
    return steps


@given(cells=st.lists(CELLS, max_size=6), opened=st.lists(st.booleans(), min_size=6, max_size=6))
def test_what_is_hidden_stays_so_for_whoever_subtracts(
    cells: list[Cell], opened: list[bool]
) -> None:
    """Where some are told, each hidden number may be any of at least k + 1, for all one knows."""
    cells = [cell for cell in cells if cell.n >= K or not cell.n]
    told = told_parts(cells, K, is_open=opened[: len(cells)])
    assert all(is_safe(cell.count, cell.n, K) for cell, x in zip(cells, told, strict=True) if x)
    assert all(not cell.n or may for cell, may, x in zip(cells, opened, told, strict=False) if x)
    hidden = [cell for cell, x in zip(cells, told, strict=True) if not x]
    if not any(cell.n for cell, x in zip(cells, told, strict=True) if x):
        return
    for i, cell in enumerate(hidden):
        others = hidden[:i] + hidden[i + 1 :]
        sums = {0}
        for other in others:
            sums = {a + b for a in sums for b in range(other.n + 1)}
        rest = sum(x.count for x in hidden)
        assert sum(rest - n in sums for n in range(cell.n + 1)) > K


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        # Four of nine have it not, and the whole would tell of them by itself.
        ([(9, 5), (10, 5)], [False, False]),
        ([(10, 5), (10, 0), (10, 10)], [True, True, True]),
        # One that is not safe takes the smallest with it that blurs it.
        ([(12, 3), (10, 5), (20, 8)], [False, False, True]),
        # Two that together are still few take a third.
        ([(8, 1), (8, 2), (9, 0), (12, 6)], [False, False, True, False]),
        ([(9, 2), (9, 9)], [False, False]),
        ([(0, 0), (9, 2)], [True, False]),
        ([], []),
    ],
)
def test_parts_of_a_whole_are_told_by_the_rule(
    cells: list[tuple[int, int]], told: list[bool]
) -> None:
    """Cases worked out by hand."""
    assert told_parts([Cell(*x) for x in cells], K) == told


@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, None), (5, 5), (8, None), (12, 12)])
def test_a_count_is_told_of_nobody_enough_or_all(count: int, told: int | None) -> None:
    """Both those who have it and those who have not."""
    assert told_count(count, 12, K) == told


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=worlds())
def test_no_sum_or_difference_tells_of_a_few(steps: list[list[GroupRow]]) -> None:
    """Of every set of areas whose number follows from those told, by linear algebra."""
    coverage = coverage_of(steps[0])
    told = tell(coverage, k=K, map_=map_of(steps))
    assert told.reached_k >= K
    for step, rows in zip(told.steps, steps, strict=True):
        for name in ("n_with_gap", "n_uncovered"):
            shown = [*step.districts, *step.areas]
            for some, count in derived(rows, shown, name):
                n = sum(x.n_people for x in some)
                assert is_safe(count, n, K), (name, [x.id for x in some])
        for district in step.districts:
            assert_adds_up(district, [x for x in step.areas if x.district == district.id])
        assert_adds_up(step.total, step.areas)
        assert all(x.n_people >= K or not x.n_people for x in step.areas)
        parts = [x for x in (*step.districts, *step.areas) if x.kind != "total"]
        assert all((x.gap_h is None) == (x.n_with_gap is None) for x in parts)
    known = sorted(x.id for x in steps[0] if x.id)
    assert sorted(chain.from_iterable(x.members for x in told.areas)) == known
    assert sorted(told.merged_of) == known == sorted(told.shown(2))


def derived(
    rows: Sequence[GroupRow], shown: Sequence[ToldRow], name: str
) -> Iterator[tuple[tuple[GroupRow, ...], int]]:
    """Find each set of areas, but all, whose sum is a combination of what is known."""
    ids = [x.id for x in rows]
    known = [[1] * len(ids)]
    for told in shown:
        if getattr(told, name) is not None:
            members = {*told.members, *([""] if told.has_nowhere else [])}
            known.append([int(x in members) for x in ids])
    # Areas without anybody hide nothing.
    peopled = [i for i, x in enumerate(rows) if x.n_people]
    facts = np.array(known)[:, peopled]
    rank = np.linalg.matrix_rank(facts)
    for size in range(1, len(peopled)):
        for chosen in combinations(range(len(peopled)), size):
            wish = np.zeros(len(peopled))
            wish[list(chosen)] = 1
            if np.linalg.matrix_rank(np.vstack([facts, wish])) == rank:
                some = tuple(rows[peopled[i]] for i in chosen)
                yield some, sum(getattr(x, name) for x in some)


def assert_adds_up(total: ToldRow, parts: Sequence[ToldRow]) -> None:
    """Nobody is lost, and no visit that is told."""
    assert sum(x.n_people for x in parts) == total.n_people
    assert sum(x.required_visits for x in parts) == total.required_visits
    if all(x.gap_visits is not None for x in parts):
        assert sum(x.gap_visits or 0 for x in parts) == total.gap_visits


@settings(max_examples=40, deadline=None)
@given(steps=worlds())
def test_a_mean_ride_is_of_enough_people(steps: list[list[GroupRow]]) -> None:
    """Also what one gets by taking the areas whose mean is told from their district's."""
    told = tell(coverage_of(steps[0]), k=K)
    timed = {x.id: x.n_timed for x in steps[0]}

    def n_timed(some: ToldRow) -> int:
        return sum(timed[x] for x in (*some.members, *([""] if some.has_nowhere else [])))

    for some in (told.total, *told.districts, *told.areas):
        assert some.mean_minutes is None or n_timed(some) >= K
    for whole_row in (told.total, *told.districts):
        inside = [x for x in told.areas if whole_row.id in ("total", x.district)]
        means = [x for x in inside if x.mean_minutes is not None]
        if means and whole_row.mean_minutes is not None:
            rest = n_timed(whole_row) - sum(n_timed(x) for x in means)
            assert rest == 0 or rest >= K


def test_small_areas_join_the_others_of_their_district() -> None:
    """Ibru's three and the two without an area make five; every other area stands alone."""
    told = tell(SAMPLE, map_=MAP)
    others = next(x for x in told.areas if x.kind == "others")
    assert (others.members, others.has_nowhere, others.n_people) == (("15.05.05.2004",), True, K)
    assert told.merged_of["15.05.05.2004"] == others.id
    assert sum(x.kind == "area" for x in told.areas) == 7
    assert [x.name for x in told.districts] == ["Sekernan", "Mestong"]
    assert told.reached_k == K


def test_the_gap_of_an_area_is_told_with_all_that_tells_of_it_or_not_at_all() -> None:
    """Nine of Tempino's 18 have a gap; three of Sebapo's nine are too few to say."""
    rows = {x.id: x for x in tell(SAMPLE).areas}
    tempino, sebapo = rows["15.05.05.1009"], rows["15.05.05.2006"]
    assert (tempino.n_with_gap, tempino.gap_visits) == (9, 12)
    assert tempino.share_delivered == pytest.approx(30 / 42)
    assert sebapo.required_visits == 21
    assert (sebapo.n_with_gap, sebapo.gap_visits, sebapo.gap_h) == (None, None, None)
    assert sebapo.share_delivered is None


def test_groups_are_the_same_with_any_number_of_workers() -> None:
    """A reader follows an area through the steps."""
    told = tell(SAMPLE, map_=MAP)
    assert [step.n_added for step in told.steps] == [0, 1, 2, 3]
    assert told.by_area(0) == told.areas
    for step in told.steps:
        assert [(x.id, x.n_people) for x in step.areas] == [(x.id, x.n_people) for x in told.areas]


def test_order_of_the_areas_does_not_matter() -> None:
    """The same groups in the same order, whatever the order of the layer."""
    told = tell(SAMPLE)
    turned = tell(replace(SAMPLE, areas=SAMPLE.areas[::-1], categories=SAMPLE.categories[::-1]))
    for a, b in zip(
        (*told.districts, *told.areas, *told.categories),
        (*turned.districts, *turned.areas, *turned.categories),
        strict=True,
    ):
        assert (a.id, a.members, a.n_with_gap, a.n_uncovered) == (
            b.id,
            b.members,
            b.n_with_gap,
            b.n_uncovered,
        )


def test_a_map_shows_the_district_where_the_area_is_withheld() -> None:
    """Sebapo is coloured as Mestong, Tempino as itself."""
    shown = tell(SAMPLE, map_=MAP).shown(0)
    assert shown["15.05.05.2006"].name == "Mestong"
    assert shown["15.05.05.1009"].name == "Tempino"


def test_bands_tell_of_no_ring_of_a_few() -> None:
    """One of 90 is beyond two hours: that is not told, and the hour is."""
    counts = {(x.season, x.minutes): x.n_people for x in tell(SAMPLE).bands}
    assert counts["dry", 120] is None
    assert counts["dry", 60] == 80
    told = sorted({0, *(n for n in counts.values() if n is not None), 90})
    assert min(b - a for a, b in pairwise(told)) >= K


def test_without_districts_areas_are_parts_of_the_whole() -> None:
    """Small areas are others of no district, or everything is one."""
    rows = [replace(x, district=None) for x in area_rows()]
    told = tell(replace(SAMPLE, areas=tuple(rows)))
    assert told.districts == ()
    assert [x.kind for x in told.areas].count("others") == 1
    few = [row(f"a{i}", 2, 0, 0, 2) for i in range(4)]
    told = tell(coverage_of(few))
    assert [(x.kind, x.n_people) for x in told.areas] == [("total", 8)]


def test_areas_without_anybody_join_the_others() -> None:
    """Nothing says that nobody lives there, where somebody may be hidden among them."""
    rows = [
        row("a", 20, 6, 0, 20),
        row("b", 0, 0, 0, 0),
        row("c", 2, 1, 0, 2),
        row("d", 9, 0, 0, 9),
    ]
    told = tell(coverage_of(rows))
    assert [(x.members, x.n_people) for x in told.areas] == [(("a",), 20), (("b", "c", "d"), 11)]


def test_without_areas_the_total_and_categories_are_told() -> None:
    """A project need not have any."""
    told = tell(replace(SAMPLE, areas=(), districts=()), map_=map_of([[]]))
    assert (told.areas, told.districts, told.merged_of) == ((), (), {})
    assert (told.total.n_people, len(told.categories), told.reached_k) == (90, 6, 6)


def test_small_categories_are_told_together() -> None:
    """As many as make k."""
    rows = [
        row("a", 20, 6, 0, 20),
        row("b", 1, 0, 0, 1),
        row("c", 2, 0, 0, 2),
        row("d", 9, 0, 0, 9),
    ]
    told = tell(coverage_of(rows))
    assert [(x.id, x.n_people) for x in told.categories] == [("a", 20), ("others", 12)]


def test_fewer_people_than_k_are_not_told_of() -> None:
    """The error says what can be changed."""
    with pytest.raises(PrivacyError, match=r"only 4 beneficiaries.*\[coverage\]"):
        tell(coverage_of([row("a", 4, 1, 0, 4)]))
    assert tell(coverage_of([row("a", 4, 2, 0, 4)]), k=2).reached_k == 2


def test_nobody_is_told_of_as_nobody() -> None:
    """A project without demand has empty rows."""
    told = tell(coverage_of([row("a", 0, 0, 0, 0)]))
    assert (told.reached_k, told.total.n_people, told.total.mean_minutes) == (0, 0, None)
    assert tell(replace(coverage_of([]), categories=())).areas == ()


def test_groups_that_lose_somebody_are_refused() -> None:
    """Else the total would tell of those who are in no row."""
    with pytest.raises(ValueError, match="everybody once"):
        tell(replace(SAMPLE, areas=SAMPLE.areas[1:]))


@pytest.mark.parametrize(
    "made",
    [
        lambda x: replace(x, n_with_gap=3) if x.name == "Sebapo" else x,
        lambda x: replace(x, n_uncovered=1) if x.name == "Tunas Baru" else x,
        # Six of six would be safe by itself, and leaves four of the district's ten.
        lambda x: replace(x, n_uncovered=6) if x.name == "Tanjung Lanjut" else x,
        lambda x: replace(x, n_people=4) if x.kind == "others" else x,
    ],
)
def test_a_number_that_slips_in_is_found(made: Callable[[ToldRow], ToldRow]) -> None:
    """What counts the reached k sees a small number, and one that comes out by subtraction."""
    told = tell(SAMPLE, map_=MAP)
    totals = {n: whole(x for m, x in MAP.by_area if m == n) for n in range(4)}
    assert reached(told, totals) == K
    areas = tuple(made(x) for x in told.areas)
    leaky = replace(told, steps=(replace(told.steps[0], areas=areas), *told.steps[1:]))
    assert 0 < reached(leaky, totals) < K


def test_rows_are_named_in_the_reader_s_language() -> None:
    """Every kind of row."""
    told = tell(SAMPLE)
    english, indonesian = Words("en"), Words("id")
    names = [name_of(x, english) for x in (told.total, *told.districts, *told.areas)]
    assert names[:3] == ["Total", "Sekernan", "Mestong, and area not known"]
    assert names[-1] == "other areas of Mestong, and area not known"
    assert name_of(told.areas[-1], indonesian) == (
        "wilayah lain di Mestong, dan yang wilayahnya tidak diketahui"
    )
    rows = [row("", 9, 0, 0, 9), row("a", 20, 0, 0, 9), row("b", 2, 0, 0, 2), row("c", 6, 0, 0, 6)]
    told = tell(coverage_of(rows))
    assert [name_of(x, english) for x in told.areas] == ["area not known", "a", "other areas"]
    assert name_of(told.categories[-1], english) == "other categories"


def test_the_worst_served_area_is_one_that_is_told() -> None:
    """Nobody's own wait is shown, and no area that is withheld."""
    told = tell(SAMPLE)
    worst = worst_served(told.areas)
    assert worst is not None
    assert worst.name == "Tempino"
    assert worst_served([]) is None


def test_no_beneficiary_is_named() -> None:
    """All ids of people are absent."""
    text = repr(tell(SAMPLE, map_=MAP))
    assert not [x.id for x in people() if x.id in text]


def test_one_person_who_comes_within_reach_is_not_told_of_in_the_sum_either() -> None:
    """A new base that one more can reach leaves the sum of the others withheld."""
    coverage, map_ = coverage_sample(), map_sample()
    present = tell(coverage, map_=map_)
    told = present.step(0).total.n_uncovered
    assert told is not None
    before = next(x for n, x in map_.by_area if n == 1 and x.n_uncovered)
    nearer = tuple(
        (n, replace(x, n_uncovered=x.n_uncovered - 1) if n == 1 and x.id == before.id else x)
        for n, x in map_.by_area
    )
    changed = tell(coverage, map_=replace(map_, by_area=nearer))
    assert changed.step(0).total.n_uncovered == told
    assert changed.step(1).total.n_uncovered is None
    assert changed.reached_k >= coverage.k
