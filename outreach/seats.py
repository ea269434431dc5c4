"""Where workers may sit, present and added: bases, partners, villages, and tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.coverage.crew import site_id
from outreach.coverage.params import CANDIDATES
from outreach.coverage.result import Site
from outreach.errors import ConfigError, LayerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import geopandas as gpd

    from outreach.config import Config
    from outreach.coverage.result import SiteKind
    from outreach.layers.layer import Layer
    from outreach.model import Finding
    from outreach.routing.assemble import Tables

BASES, PARTNERS, VILLAGES = CANDIDATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """
    Where workers may sit; `Site.id` is the id of the base that a worker would have there.

    Parameters
    ----------
    by_word
        By the words of the settings, or the name of a table.
    places
        Bases and partners by the id that the tables give them.
    tables
        Tables of candidates, as they were read.
    """

    by_word: Mapping[str, tuple[Site, ...]]
    places: Mapping[str, Site]
    tables: tuple[Layer, ...] = ()

    @property
    def unusable(self) -> Mapping[str, tuple[int, ...]]:
        """Numbers of the rows that cannot be used, by the file of the table."""
        found = {
            layer.file: sorted({f.row for f in _errors(layer) if f.row}) for layer in self.tables
        }
        return {file: tuple(rows) for file, rows in found.items() if rows}

    @property
    def all(self) -> tuple[Site, ...]:
        """Every site once, by id."""
        by_id = {site.id: site for sites in self.by_word.values() for site in sites}
        by_id |= {site.id: site for site in self.places.values()}
        return tuple(by_id[i] for i in sorted(by_id))

    def frame(self, taken: Iterable[str]) -> gpd.GeoDataFrame:
        """Give `id` and `geometry` of those whose ids are not taken, in EPSG:4326."""
        import geopandas as gpd

        known = set(taken)
        free = [site for site in self.all if site.id not in known]
        points = gpd.points_from_xy([s.lon for s in free], [s.lat for s in free])
        return gpd.GeoDataFrame({"id": [s.id for s in free]}, geometry=points, crs="EPSG:4326")


def seats_of(config: Config, tables: Tables) -> Seats:
    """
    Look up all sites that the settings, with their scenarios, may ask for.

    Raises
    ------
    ConfigError
        When villages are asked for, but there are no areas.
    LayerError
        When a table of candidates cannot be used at all.
    """
    from outreach.layers.candidates import read_candidates, village_candidates
    from outreach.layers.tables import parse_source

    coverage = config.coverage
    words = {*coverage.candidates, *(w for s in coverage.scenarios for w in s.candidates)}
    bases = tuple(
        Site(
            id=row.base_id,
            label=row.base_label,
            kind="base",
            lon=row.geometry.x,
            lat=row.geometry.y,
        )
        for row in tables.workers.drop_duplicates("base_id").itertuples()
    )
    partners = () if tables.partners is None else tuple(_sites(tables.partners, "partner"))
    by_word: dict[str, tuple[Site, ...]] = {BASES: bases, PARTNERS: partners, VILLAGES: ()}
    if VILLAGES in words and tables.areas is not None:
        by_word[VILLAGES] = tuple(_sites(village_candidates(tables.areas), "village"))
    elif VILLAGES in words and words == {VILLAGES}:
        raise ConfigError(
            "coverage: candidates: villages are asked for, but the project has no areas; name a"
            " file of areas, or other candidates"
        )
    read = []
    area = None if tables.areas is None else tables.areas.union_all()
    for word in sorted(words - set(CANDIDATES)):
        layer = read_candidates(parse_source(word, config.folder), params=config.checks, area=area)
        _demand(layer)
        read.append(layer)
        by_word[word] = tuple(_sites(layer.rows, "table"))
    places = {site.id.removeprefix(site_id("")): site for site in partners}
    places |= {site.id: site for site in bases}
    return Seats(by_word=by_word, places=places, tables=tuple(read))


def _demand(layer: Layer) -> None:
    if len(layer.rows):
        return
    faults = [(f"{fault.file}:{fault.row}", fault.what) for fault in _errors(layer)]
    if faults:
        raise LayerError(
            "%(file)s: no row of the candidates can be used:", file=layer.file
        ).with_details(faults)
    raise LayerError(
        "%(file)s names no candidates: write a row for each place where a worker could sit",
        file=layer.file,
    )


def _errors(layer: Layer) -> Iterator[Finding]:
    return (finding for finding in layer.findings if finding.severity == "error")


def _sites(frame: gpd.GeoDataFrame, kind: SiteKind) -> Iterator[Site]:
    for row in frame.itertuples():
        label = row.label if isinstance(row.label, str) and row.label else row.id
        yield Site(
            id=site_id(row.id), label=label, kind=kind, lon=row.geometry.x, lat=row.geometry.y
        )
