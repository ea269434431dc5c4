"""Download roads from OpenStreetMap's public servers through osmnx."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from outreach.errors import DownloadError
from outreach.layers.overpass_client import Client, OverpassParams, RefusedError, json_of
from outreach.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import networkx as nx
    import requests
    from shapely import MultiPolygon, Polygon

    from outreach.progress import Progress

__all__ = ["OverpassParams", "download_roads"]

logger = logging.getLogger(__name__)

T = TypeVar("T")

# Tags that may differ along one edge, since they change neither speed nor permission.
_PASSING_TAGS = frozenset({"name", "oneway", "junction"})


def download_roads(
    place: str | Polygon | MultiPolygon,
    *,
    params: OverpassParams,
    progress: Progress = SILENT,
    sleep: Callable[[float], None] = time.sleep,
) -> nx.MultiDiGraph:
    """
    Download the roads and ferries of a place through osmnx.

    Nothing is sent but the place's name or outline. While it runs, the settings of osmnx, which
    are global, are ours; afterwards they are as before.

    Parameters
    ----------
    place
        Name as OpenStreetMap knows it, or an area in EPSG:4326.
    sleep
        Called with the seconds to wait between tries.

    Returns
    -------
    graph
        Simplified, in EPSG:4326, edges with `length` (m) and the same tags as are read from
        extracts. No edge joins ways whose tags tell different speeds.

    Raises
    ------
    DownloadError
        When the place is unknown, or a server fails as often as `n_tries`.
    """
    key = place if isinstance(place, str) else place.wkt
    with _answers_folder(params, key) as folder:
        client = Client(params=params, folder=folder, progress=progress, sleep=sleep)
        area = _outline(place, client) if isinstance(place, str) else place
        _check_area(area)
        graph = client.ask(params.overpass_url, _judge_roads, lambda: _fetch_roads(area, folder))
    logger.info("downloaded %d nodes and %d edges", len(graph), graph.number_of_edges())
    return graph


def _outline(place: str, client: Client) -> Polygon | MultiPolygon:
    """Look up the outline of a place by its name."""
    import osmnx as ox

    def fetch() -> Polygon | MultiPolygon:
        return ox.geocode_to_gdf(place).union_all()

    try:
        return client.ask(
            client.params.nominatim_url, _judge_places, lambda: _whole(fetch, client.folder)
        )
    except TypeError as error:
        _forget(client.folder)
        raise DownloadError(
            "OpenStreetMap knows '%(place)s' as a point without an outline; name the city or"
            " regency that it lies in, or give the area as a polygon",
            place=place,
        ) from error
    except ValueError as error:
        _forget(client.folder)
        raise DownloadError(
            "OpenStreetMap knows no place '%(place)s'; spell it as on openstreetmap.org, from"
            " small to large, such as 'Kota Jambi, Indonesia'",
            place=place,
        ) from error


def _fetch_roads(area: Polygon | MultiPolygon, folder: Path) -> nx.MultiDiGraph:
    import osmnx as ox

    from outreach.layers.osm_extract import HIGHWAYS, TAG_KEYS

    classes = "|".join(sorted(HIGHWAYS))
    filters = [f'["highway"~"^({classes})$"]["area"!="yes"]', '["route"="ferry"]["area"!="yes"]']

    def fetch() -> nx.MultiDiGraph:
        return ox.graph_from_polygon(
            area,
            simplify=False,
            retain_all=True,
            truncate_by_edge=True,
            custom_filter=filters,
        )

    try:
        graph = _whole(fetch, folder)
    except (ValueError, KeyError) as error:
        _forget(folder)
        raise RefusedError("gave no road in this area") from error
    if not graph.number_of_edges():
        _forget(folder)
        raise RefusedError("gave no road in this area")
    return ox.simplify_graph(
        graph, edge_attrs_differ=[key for key in TAG_KEYS if key not in _PASSING_TAGS]
    )


def _whole(fetch: Callable[[], T], folder: Path) -> T:
    """Call `fetch`, once more without the kept answers if they are damaged."""
    try:
        return fetch()
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError):
        _forget(folder)
        return fetch()


def _judge_roads(response: requests.Response) -> None:
    answer = json_of(response)
    if not isinstance(answer, dict) or not isinstance(answer.get("elements"), list):
        raise RefusedError("answered with something that is not roads")
    # Overpass tells with status 200, below what it had found, that it ran out of time or memory.
    if "remark" in answer:
        raise RefusedError(f"gave up half-way, saying '{answer['remark']}'")


def _judge_places(response: requests.Response) -> None:
    answer = json_of(response)
    needed = {"importance", "boundingbox", "lat", "lon"}
    if not isinstance(answer, list) or not all(
        isinstance(place, dict) and needed <= place.keys() for place in answer
    ):
        raise RefusedError("answered with something that is not places")


@contextlib.contextmanager
def _answers_folder(params: OverpassParams, place: str) -> Iterator[Path]:
    """Give the folder where the answers about a place are kept."""
    if params.cache_dir is None:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
    else:
        yield Path(params.cache_dir) / hashlib.sha256(place.encode()).hexdigest()


def _forget(folder: Path) -> None:
    """Drop kept answers, so that the next try asks afresh."""
    shutil.rmtree(folder, ignore_errors=True)


def _check_area(area: Polygon | MultiPolygon) -> None:
    from shapely import box, is_valid_reason

    if area.is_empty or not area.is_valid:
        raise DownloadError(
            "the area to download roads for cannot be used (%(reason)s); draw it anew as one"
            " closed outline that does not cross itself",
            reason="empty" if area.is_empty else is_valid_reason(area),
        )
    if not box(-180, -90, 180, 90).covers(area):
        raise DownloadError(
            "the area to download roads for lies off the globe (%(bounds)s); give it in degrees"
            " (EPSG:4326), longitude first",
            bounds=", ".join(f"{bound:g}" for bound in area.bounds),
        )
