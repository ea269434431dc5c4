"""What is known of areas and districts beside who lives there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.coverage.demand import NO_AREA
from outreach.coverage.gaps import Group

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd


def area_groups(areas: gpd.GeoDataFrame | None) -> Mapping[str, Group]:
    """Give the areas by id, and those who live in none."""
    nowhere = {NO_AREA: Group(id=NO_AREA, name="")}
    if areas is None:
        return nowhere
    known = {
        row.id: Group(
            id=row.id,
            name=row.name_,
            district=row.district if isinstance(row.district, str) else None,
            population=_whole(row.population),
        )
        for row in areas.rename(columns={"name": "name_"}).itertuples()
    }
    return nowhere | known


def districts_of(
    areas: Mapping[str, Group], keys: Sequence[str]
) -> tuple[list[str], Mapping[str, Group]]:
    """
    Give everybody's district, and the districts.

    Parameters
    ----------
    areas
        By id.
    keys
        The area of each of n people.

    Returns
    -------
    keys, groups
        The district of each, ``""`` where none is known, and the districts by name.
    """
    names = {key: group.district or "" for key, group in areas.items()}
    members: dict[str, list[Group]] = {}
    for key, group in areas.items():
        if names[key]:
            members.setdefault(names[key], []).append(group)
    groups = {
        name: Group(id=name, name=name, population=total_population(some))
        for name, some in sorted(members.items())
    }
    return [names.get(key, "") for key in keys], groups


def total_population(groups: Iterable[Group]) -> int | None:
    """Sum up who lives in areas; not known where one of them is not known."""
    counts = [group.population for group in groups if group.id != NO_AREA]
    known = [n for n in counts if n is not None]
    return sum(known) if known and len(known) == len(counts) else None


def _whole(value: float) -> int | None:
    return None if value != value else round(value)  # noqa: PLR0124
