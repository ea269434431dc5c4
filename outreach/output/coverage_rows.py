"""What is told of a coverage: groups of at least k people, and what they are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.output.coverage_groups import OTHERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from outreach.model import Season
    from outreach.output.coverage_groups import ToldKind
    from outreach.output.words import Words

_JOINED = ", "
_MOST_NAMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldRow:
    """
    A group of at least k people (or of nobody) as it may be shown; None: withheld.

    Say its name by `name_of`.

    Parameters
    ----------
    id
        Of the area, category or district; of several together, one of its own.
    kind
        ``"others"``: several areas of one district, or several categories, together, or people
        whose area is not known. In `Told.areas`, ``"district"`` is one that is told as a whole.
    name
        Of the area or category; of the districts, also those that others belong to; or ``""``.
    district
        The `id` in `Told.districts` of what it belongs to; None: districts are not known.
    n_people, visits_per_week, service_h_per_week, required_visits
        As in `outreach.coverage.result.GroupRow`.
    delivered_visits, gap_h, n_with_gap
        Told together, or not at all.
    n_uncovered
        People beyond the threshold.
    mean_minutes
        Of the ride from the nearest base; None also where nobody can be reached.
    population
        Who lives there; None: not known.
    members
        Ids of the areas, or categories, in it.
    has_nowhere
        Whether people are among them whose area is not known.
    """

    id: str
    kind: ToldKind
    name: str
    district: str | None = None
    n_people: int
    visits_per_week: float
    service_h_per_week: float
    required_visits: int
    delivered_visits: int | None
    gap_h: float | None
    n_with_gap: int | None
    n_uncovered: int | None
    mean_minutes: float | None
    population: int | None
    members: tuple[str, ...]
    has_nowhere: bool = False

    @property
    def gap_visits(self) -> int | None:
        """Visits that were due and not made."""
        if self.delivered_visits is None:
            return None
        return self.required_visits - self.delivered_visits

    @property
    def share_delivered(self) -> float | None:
        """Delivered, as a part of required; 1 where nothing is required."""
        if self.delivered_visits is None:
            return None
        return self.delivered_visits / self.required_visits if self.required_visits else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldBand:
    """Who is reached within so many minutes; `n_people` None: withheld."""

    minutes: int
    season: Season
    n_people: int | None
    population: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldStep:
    """The same groups with so many workers added."""

    n_added: int
    total: ToldRow
    districts: tuple[ToldRow, ...]
    areas: tuple[ToldRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """
    What is told of a `Coverage`; see `tell` for what is protected.

    Parameters
    ----------
    k
        The fewest people that a number may tell of.
    reached_k
        The smallest group that any number shown, or a difference of some, does tell of.
    total, categories, districts, areas
        Of the present. `districts` is empty where none is known, `areas` where there are none.
    bands
        Of the present bases.
    merged_of
        Id of the row in `areas`, by the id of the area.
    steps
        With 0, 1, … workers added: always the same groups.
    """

    k: int
    reached_k: int
    total: ToldRow
    categories: tuple[ToldRow, ...]
    districts: tuple[ToldRow, ...]
    areas: tuple[ToldRow, ...]
    bands: tuple[ToldBand, ...]
    merged_of: Mapping[str, str]
    steps: tuple[ToldStep, ...]

    def step(self, n_added: int) -> ToldStep:
        """Give the groups with so many workers added."""
        return next(step for step in self.steps if step.n_added == n_added)

    def by_area(self, n_added: int) -> tuple[ToldRow, ...]:
        """Give the areas with so many workers added."""
        return self.step(n_added).areas

    def shown(self, n_added: int) -> dict[str, ToldRow]:
        """Give, by area id, the smallest group around it whose gap is told, for a map."""
        step = self.step(n_added)
        districts = {row.id: row for row in step.districts}
        found: dict[str, ToldRow] = {}
        for row in step.areas:
            around = (row, districts.get(row.district or ""), step.total)
            told = next(x for x in around if x and (x.gap_h is not None or x is step.total))
            found |= dict.fromkeys(row.members, told)
        return found


def name_of(row: ToldRow, words: Words) -> str:
    """Say the name of a row that `tell` gave."""
    if row.kind == "total":
        name = words.say("Total")
    elif row.kind != "others":
        name = _short(row.name, words)
    elif not row.members:
        return words.say("area not known")
    elif row.id == OTHERS:
        name = words.say("other categories")
    elif row.name:
        name = words.say("other areas of %(district)s", district=_short(row.name, words))
    else:
        name = words.say("other areas")
    if row.has_nowhere and row.kind != "total":
        name = words.say("%(name)s, and area not known", name=name)
    return name


def _short(name: str, words: Words) -> str:
    """Shorten the names of many that are told together."""
    names = name.split(_JOINED)
    if len(names) <= _MOST_NAMES:
        return name
    first = _JOINED.join(names[: _MOST_NAMES - 1])
    return words.say("%(names)s and %(n)d more", names=first, n=len(names) - _MOST_NAMES + 1)


def worst_served(rows: Iterable[ToldRow]) -> ToldRow | None:
    """Give the row of which the smallest part of the visits is made, of those that are told."""
    known = [row for row in rows if row.gap_visits]
    return min(known, key=lambda x: (x.share_delivered, -(x.gap_h or 0), x.id), default=None)
