"""Who is told of together: areas by district, so that no group is of a few people."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Literal

from outreach.coverage.result import GroupRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ToldKind = Literal["total", "category", "district", "area", "others"]

OTHERS = "others"
"""Id of the categories that are told together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Areas or categories that are told as one; ``""`` is nowhere."""

    id: str
    kind: ToldKind
    name: str
    district: str | None = None
    members: tuple[str, ...]

    def summed(self, rows: Mapping[str, GroupRow]) -> GroupRow:
        """Add its rows up, given by id."""
        return summed_rows([rows[x] for x in self.members])


def pooled(sizes: Mapping[str, int], k: int) -> tuple[list[str], list[str]]:
    """Part the groups that stand alone, by their size, from those that are told together."""
    alone = sorted((x for x in sizes if sizes[x] >= k), key=lambda x: (-sizes[x], x))
    pool = [x for x in sizes if sizes[x] < k]
    while alone and 0 < sum(sizes[x] for x in pool) < k:
        pool.append(alone.pop())
    if len(pool) == 1:
        return [*alone, *pool], []
    return alone, sorted(pool)


def regions_of(rows: Sequence[GroupRow], k: int) -> tuple[list[Group], list[Group]]:
    """Part everybody by districts (none where none is known), and each of these by areas."""
    inside: dict[str, list[GroupRow]] = {}
    for row in rows:
        inside.setdefault(row.district or "", []).append(row)
    if not inside.keys() - {""}:
        return [], _areas(None, rows, k)
    alone, pool = pooled({x: sum(row.n_people for row in inside[x]) for x in inside}, k)
    districts: list[Group] = []
    areas: list[Group] = []
    for names in (*([name] for name in sorted(alone)), *([pool] if pool else [])):
        some = [row for name in names for row in inside[name]]
        known = ", ".join(name for name in names if name)
        district = Group(
            id=f"district:{known}",
            kind="district" if known else "others",
            name=known,
            members=tuple(sorted(row.id for row in some)),
        )
        districts.append(district)
        areas += _areas(district, some, k)
    return districts, areas


def _areas(district: Group | None, rows: Sequence[GroupRow], k: int) -> list[Group]:
    names = {row.id: row.name for row in rows}
    alone, pool = pooled({row.id: row.n_people for row in rows}, k)
    district_id = district.id if district else None
    groups = [
        Group(
            id=area_id or f"nowhere:{district_id or ''}",
            kind="area" if area_id else "others",
            name=names[area_id],
            district=district_id,
            members=(area_id,),
        )
        for area_id in sorted(alone)
    ]
    if pool and not alone and district:
        return [replace(district, district=district.id, members=tuple(pool))]
    if pool:
        groups.append(
            Group(
                id=f"others:{district_id or ''}",
                kind="others" if alone else "total",
                name=district.name if district else "",
                district=district_id,
                members=tuple(pool),
            )
        )
    return groups


def summed_rows(rows: Sequence[GroupRow]) -> GroupRow:
    """Add groups up; the population is known where that of each is that has an id."""
    populations = [row.population for row in rows if row.id]
    known = [n for n in populations if n is not None]
    sums = {
        name: sum(getattr(row, name) for row in rows)
        for name in (field.name for field in fields(GroupRow))
        if name not in {"id", "name", "district", "population"}
    }
    is_known = bool(known) and len(known) == len(populations)
    return GroupRow(id="", name="", population=sum(known) if is_known else None, **sums)
