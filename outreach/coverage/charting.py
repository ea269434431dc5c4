"""What the maps are drawn from: areas, what is reached in time, catchments, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.access import NO_BASE
from outreach.coverage.crew import SITE_PREFIX
from outreach.coverage.demand import NO_AREA
from outreach.coverage.groups import area_groups
from outreach.coverage.isochrones import isochrones, road_points
from outreach.coverage.result import CoverageMap
from outreach.progress import SILENT, Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from outreach.coverage.isochrones import IsochroneParams
    from outreach.coverage.study import Study
    from outreach.routing.road_network import RoadNetwork
    from outreach.routing.snap import Snapped


def chart(
    study: Study,
    network: RoadNetwork,
    snapped: Snapped,
    *,
    params: IsochroneParams | None = None,
    progress: Progress = SILENT,
) -> CoverageMap:
    """
    Draw the maps' layers for the present and for each number of added workers.

    Parameters
    ----------
    network, snapped
        The roads, and the positions of all places on them.
    params
        Of the isochrones.
    """
    import geopandas as gpd
    import pandas as pd

    points = road_points(network, params=params)
    seasons = sorted(study.inquiry.matrices)
    bands = []
    for n_added in range(study.n_added + 1):
        progress("isochrones", float(n_added), float(study.n_added + 1))
        for season in seasons:
            found = isochrones(
                network,
                snapped.take(_rows(snapped, study.reach(n_added).base_ids)),
                minutes=study.params.bands_minutes,
                season=season,
                params=params,
                points=points,
            )
            bands.append(found.assign(n_added=n_added))
    groups = area_groups(study.areas)
    by_area = [
        (n_added, row)
        for n_added in range(study.n_added + 1)
        for row in study.gaps(n_added).rows(study.need.area, groups)
    ]
    columns = ["id", "name", "district", "geometry"]
    areas = study.areas
    if areas is None:
        areas = gpd.GeoDataFrame({c: [] for c in columns}, geometry="geometry", crs="EPSG:4326")
    table = pd.concat(bands, ignore_index=True)[["n_added", "season", "minutes", "geometry"]]
    return CoverageMap(
        areas=areas[columns].reset_index(drop=True),
        isochrones=gpd.GeoDataFrame(table, geometry="geometry", crs="EPSG:4326"),
        catchments=tuple(_catchments(study)),
        by_area=tuple(by_area) if study.areas is not None else (),
    )


def _rows(snapped: Snapped, ids: tuple[str, ...]) -> NDArray[np.int64]:
    wanted = set(ids)
    return np.array([i for i, place in enumerate(snapped.ids) if place in wanted], dtype=np.int64)


def _catchments(study: Study) -> Iterator[tuple[int, str, str]]:
    """Give each area the base that is nearest to most of its people, of equals the present one."""
    areas = np.array(study.need.area, dtype=str)
    for n_added in range(study.n_added + 1):
        found = study.reach(n_added)
        nearest = found.nearest
        for area_id in sorted(set(study.need.area) - {NO_AREA}):
            own = nearest[(areas == area_id) & (nearest != NO_BASE)]
            if len(own):
                base_id = found.base_ids[int(np.bincount(own).argmax())]
                yield n_added, area_id, base_id.removeprefix(SITE_PREFIX)
