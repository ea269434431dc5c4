"""A coverage as it may be published: by groups of at least k people, and no number of a few."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from outreach.errors import PrivacyError
from outreach.output.coverage_groups import OTHERS, Group, pooled, regions_of, summed_rows
from outreach.output.coverage_reached import reached
from outreach.output.coverage_rows import Told, ToldBand, ToldRow, ToldStep
from outreach.output.small_cells import Cell, is_safe, told_parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outreach.coverage.result import Coverage, CoverageMap, GroupRow


def require_enough(n_people: int, k: int) -> None:
    """
    Refuse to tell of fewer than `k` people.

    Raises
    ------
    PrivacyError
        When there are fewer, but for nobody.
    """
    if 0 < n_people < k:
        raise PrivacyError(
            "only %(n)d beneficiaries can be counted, and nothing is published of fewer than"
            " %(k)d: set a smaller k in [coverage] of outreach.toml, if that may be",
            n=n_people,
            k=k,
        )


def tell(coverage: Coverage, *, k: int | None = None, map_: CoverageMap | None = None) -> Told:
    """
    Merge groups of fewer than `k` people, and withhold what tells of fewer.

    Areas with fewer than `k` people are told together as others of their district, with the next
    larger area where they are still too few; so are districts, categories, and people whose area
    is not known. Areas without anybody join the others. The groups depend on where people live
    and on nothing else, so they are the same with any number of workers.

    The people of a group with a gap are told where they, and those without, are each nobody or at
    least `k`; else they are withheld, together with visits made and hours missing. The total is
    known to every reader of the report, so as many other groups are withheld as keep anybody from
    subtracting; likewise in each district (see `told_parts`). People beyond the threshold are
    told under the same rule, and a new base must change their number by nobody or `k`, as those
    beyond it are always some of those before.

    Not protected: that "nobody" or "everybody" of a group holds for each of it; the net change of
    the people with a gap, and of those beyond the threshold in withheld groups together, between
    two simulations; two publications over time, compared; visits and hours of all people together.

    Parameters
    ----------
    coverage
        What was found out.
    k
        The fewest people that a number may tell of; by default, `coverage.k`.
    map_
        For the areas with workers added.

    Raises
    ------
    PrivacyError
        When there are fewer than `k` people in all.
    """
    k = coverage.k if k is None else k
    require_enough(coverage.total.n_people, k)
    by_step: dict[int, list[GroupRow]] = {}
    for n_added, row in map_.by_area if map_ is not None and coverage.areas else ():
        by_step.setdefault(n_added, []).append(row)
    by_step[0] = list(coverage.areas)
    for rows in (coverage.categories, *by_step.values()):
        if rows and sum(row.n_people for row in rows) != coverage.total.n_people:
            raise ValueError("the groups of a coverage must hold everybody once")
    regions = regions_of(coverage.areas, k)
    steps: list[ToldStep] = []
    for n_added, rows in sorted(by_step.items()):
        total = coverage.total if not n_added else summed_rows(rows)
        steps.append(_step(n_added, total, rows, regions, k, steps))
    first = steps[0]
    told = Told(
        k=k,
        reached_k=0,
        total=first.total,
        categories=_categories(coverage.categories, k),
        districts=first.districts,
        areas=first.areas,
        bands=_bands(coverage, first.total, k),
        merged_of={area_id: row.id for row in first.areas for area_id in row.members},
        steps=tuple(steps),
    )
    totals = {n: coverage.total if not n else summed_rows(rows) for n, rows in by_step.items()}
    reached_k = reached(told, totals)
    if reached_k and reached_k < k:
        raise PrivacyError(
            "a number of fewer than %(k)d people would have come out, so nothing is published", k=k
        )
    return replace(told, reached_k=reached_k)


class _Shown(NamedTuple):
    """Which numbers of a group are told."""

    gap: bool
    uncovered: bool
    minutes: bool


def _step(
    n_added: int,
    total: GroupRow,
    rows: Sequence[GroupRow],
    regions: tuple[list[Group], list[Group]],
    k: int,
    before: Sequence[ToldStep],
) -> ToldStep:
    by_id = {row.id: row for row in rows}
    districts, areas = regions
    history: dict[str, list[int]] = {}
    for step in before:
        for row in (step.total, *step.districts, *step.areas):
            if row.n_uncovered is not None:
                history.setdefault(row.id, []).append(row.n_uncovered)
    seen = _shown(districts, by_id, k, history)
    if districts:
        below = {}
        for district in districts:
            inside = [group for group in areas if group.district == district.id]
            for area_id, shown in _shown(inside, by_id, k, history).items():
                # What is withheld of a district would come out by adding up its areas.
                both = zip(shown, seen[district.id], strict=True)
                below[area_id] = _Shown(*(a and b for a, b in both))
    else:
        below = _shown(areas, by_id, k, history)
    whole = Group(id="total", kind="total", name="", members=tuple(sorted(by_id)))
    return ToldStep(
        n_added=n_added,
        total=_told_row(whole, total, _shown_total(total, k, history.get(whole.id, ()))),
        districts=tuple(_told_row(x, x.summed(by_id), seen[x.id]) for x in districts),
        areas=tuple(_told_row(x, x.summed(by_id), below[x.id]) for x in areas),
    )


def _shown(
    groups: Sequence[Group],
    rows: Mapping[str, GroupRow],
    k: int,
    history: Mapping[str, Sequence[int]],
) -> dict[str, _Shown]:
    """Decide what is told of the parts of a whole of which all numbers are known."""
    sums = [group.summed(rows) for group in groups]
    can_follow = [
        _can_follow(row, history.get(x.id, ()), k) for x, row in zip(groups, sums, strict=True)
    ]
    gap = told_parts([Cell(row.n_people, row.n_with_gap) for row in sums], k)
    uncovered = told_parts(
        [Cell(row.n_people, row.n_uncovered) for row in sums], k, is_open=can_follow
    )
    # Nothing is told of those whom the mean leaves out: they may be few.
    minutes = told_parts([Cell(2 * row.n_timed, row.n_timed) for row in sums], k)
    shown = map(_Shown, gap, uncovered, minutes)
    return {group.id: x for group, x in zip(groups, shown, strict=True)}


def _can_follow(row: GroupRow, before: Sequence[int], k: int) -> bool:
    """Tell whether new bases change the people beyond the threshold by nobody, or by enough."""
    return all(row.n_uncovered == n or abs(row.n_uncovered - n) >= k for n in before)


def _shown_total(total: GroupRow, k: int, before: Sequence[int]) -> _Shown:
    is_told = is_safe(total.n_uncovered, total.n_people, k) and _can_follow(total, before, k)
    return _Shown(
        gap=is_safe(total.n_with_gap, total.n_people, k),
        uncovered=is_told,
        minutes=is_safe(total.n_timed, total.n_timed, k),
    )


def _told_row(group: Group, row: GroupRow, shown: _Shown) -> ToldRow:
    is_total = group.kind == "total"
    return ToldRow(
        id=group.id,
        kind=group.kind,
        name=group.name,
        district=group.district,
        n_people=row.n_people,
        visits_per_week=row.visits_per_week,
        service_h_per_week=row.service_h_per_week,
        required_visits=row.required_visits,
        # Of everybody together, the report tells them in any case.
        delivered_visits=row.delivered_visits if shown.gap or is_total else None,
        gap_h=row.gap_h if shown.gap or is_total else None,
        n_with_gap=row.n_with_gap if shown.gap else None,
        n_uncovered=row.n_uncovered if shown.uncovered else None,
        mean_minutes=row.minutes / row.n_timed if shown.minutes and row.n_timed else None,
        population=row.population,
        members=tuple(x for x in group.members if x),
        has_nowhere="" in group.members,
    )


def _categories(rows: Sequence[GroupRow], k: int) -> tuple[ToldRow, ...]:
    by_id = {row.id: row for row in rows}
    alone, pool = pooled({row.id: row.n_people for row in rows}, k)
    groups = [Group(id=x, kind="category", name=by_id[x].name, members=(x,)) for x in sorted(alone)]
    if pool:
        groups.append(Group(id=OTHERS, kind="others", name="", members=tuple(pool)))
    shown = _shown(groups, by_id, k, {})
    return tuple(_told_row(x, x.summed(by_id), shown[x.id]) for x in groups)


def _bands(coverage: Coverage, total: ToldRow, k: int) -> tuple[ToldBand, ...]:
    n_people = coverage.total.n_people
    # Those within a band are some of those within a wider one, or in the dry season.
    told = [] if total.n_uncovered is None else [n_people - total.n_uncovered]
    bands = []
    for band in sorted(coverage.access.bands, key=lambda x: (x.season, -x.minutes)):
        is_told = is_safe(band.n_people, n_people, k) and all(
            band.n_people == n or abs(band.n_people - n) >= k for n in told
        )
        if is_told:
            told.append(band.n_people)
        bands.append(
            ToldBand(
                minutes=band.minutes,
                season=band.season,
                n_people=band.n_people if is_told else None,
                population=band.population,
            )
        )
    return tuple(sorted(bands, key=lambda x: (x.season, x.minutes)))
