"""Roads from wherever the user has them: an OSM extract, a GraphML file, or a place by name."""

from __future__ import annotations

import contextlib
import gzip
import logging
import os
import zlib
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from outreach.errors import EmptyNetworkError, NetworkError
from outreach.layers.osm_extract import EXTRACT_SUFFIXES, read_extract
from outreach.progress import SILENT

if TYPE_CHECKING:
    import networkx as nx
    from shapely import MultiPolygon, Polygon

    from outreach.layers.osm_extract import RoadWays
    from outreach.layers.overpass_client import OverpassParams
    from outreach.progress import Progress

logger = logging.getLogger(__name__)

GRAPHML_SUFFIXES = (".graphml", ".graphml.gz")


def read_roads(
    source: Path | str | Polygon | MultiPolygon,
    *,
    download: OverpassParams | None = None,
    progress: Progress = SILENT,
) -> RoadWays | nx.MultiDiGraph:
    """
    Read or download roads.

    Parameters
    ----------
    source
        A path is a file: an OSM extract, or a GraphML file as osmnx saves it. A string is a
        place by name and a polygon (EPSG:4326) an area: these are downloaded.
    download
        How to download.

    Returns
    -------
    roads
        Ways as drawn for an extract, else a simplified MultiDiGraph in EPSG:4326.

    Raises
    ------
    NetworkError
        When a file is absent, damaged or of an unknown kind.
    DownloadError
        When the roads could not be fetched.
    EmptyNetworkError
        When there are no roads.
    """
    if not isinstance(source, Path):
        from outreach.layers.overpass import download_roads
        from outreach.layers.overpass_client import OverpassParams

        return download_roads(source, params=download or OverpassParams(), progress=progress)
    name = source.name.lower()
    if name.endswith(EXTRACT_SUFFIXES):
        return read_extract(source, progress=progress)
    if name.endswith(GRAPHML_SUFFIXES):
        return _read_graphml(source, progress=progress)
    raise NetworkError(
        "%(file)s: not a kind of file that roads are read from; give %(kinds)s",
        file=str(source),
        kinds=", ".join((*EXTRACT_SUFFIXES, *GRAPHML_SUFFIXES)),
    )


def download_to(
    path: Path,
    place: str | Polygon | MultiPolygon,
    *,
    params: OverpassParams | None = None,
    progress: Progress = SILENT,
) -> None:
    """
    Download the roads of a place and keep them as GraphML, whole or not at all.

    Parameters
    ----------
    path
        A ``.graphml`` or ``.graphml.gz`` file; the old one stays until the new one is there.
    place
        A place by name, or a polygon (EPSG:4326).
    params
        How to download.

    Raises
    ------
    DownloadError
        When the roads could not be fetched.
    NetworkError
        When the file cannot be written.
    """
    import osmnx as ox

    graph = read_roads(place, download=params, progress=progress)
    part = path.with_name(f".part-{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        ox.save_graphml(graph, part)
        part.replace(path)
    except OSError as error:
        raise NetworkError(
            "%(file)s: cannot be written (%(reason)s); free some room, or choose another folder",
            file=str(path),
            reason=error.strerror or str(error),
        ) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _read_graphml(path: Path, *, progress: Progress) -> nx.MultiDiGraph:
    import networkx as nx
    import osmnx as ox

    progress("read roads", 0, 1)
    try:
        content = path.read_bytes()
        text = gzip.decompress(content) if path.suffix.lower() == ".gz" else content
        graph = ox.load_graphml(graphml_str=text.decode("utf-8"))
        if not graph.number_of_edges():
            raise EmptyNetworkError(
                "%(file)s: holds no road; give a graph with roads", file=str(path)
            )
        graph = _unprojected(graph)
        if not graph.graph.get("simplified"):
            graph = ox.simplify_graph(graph)
    except FileNotFoundError as error:
        raise NetworkError(
            "%(file)s: no such file; put the road graph there", file=str(path)
        ) from error
    # What a damaged or foreign file runs into depends on where it breaks.
    except (
        OSError,
        EOFError,
        zlib.error,
        ET.ParseError,
        AttributeError,
        LookupError,
        RuntimeError,
        SyntaxError,
        TypeError,
        ValueError,
        nx.NetworkXException,
    ) as error:
        raise NetworkError(
            "%(file)s: cannot be read as a GraphML road graph (%(reason)s); it may be cut off or"
            " from another program: save it again with osmnx",
            file=str(path),
            reason=str(error) or type(error).__name__,
        ) from error
    progress("read roads", 1, 1)
    logger.info(
        "read %d nodes and %d edges from %s", len(graph), graph.number_of_edges(), path.name
    )
    return graph


def _unprojected(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    import osmnx as ox
    from pyproj import CRS

    if CRS.from_user_input(graph.graph["crs"]).is_geographic:
        return graph
    return ox.project_graph(graph, to_latlong=True)
