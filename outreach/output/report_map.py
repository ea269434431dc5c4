"""The report's maps: what is not made by area, who can be reached, and where workers sit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.output.print_ground import HERE, ground_svg, names_svg
from outreach.output.print_marks import RADIUS_MM, MapMark, leaders_svg, mark_svg, spread
from outreach.output.print_paper import (
    INK,
    PAPER,
    fit,
    needle_svg,
    path_data,
    scale_bar_svg,
    units,
)
from outreach.output.report_legend import (
    BAND_DASHES,
    BAND_MM,
    BORDER,
    NOBODY,
    Missed,
    fill_of,
    open_svg,
)
from outreach.output.report_parts import Drawing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import numpy as np
    from numpy.typing import NDArray

    from outreach.coverage.result import CoverageMap, Site
    from outreach.model import Season
    from outreach.output.basemap import Place, Roads
    from outreach.output.print_paper import Frame

HEIGHT_MM = 76.0
_OVER_NEAR_MM = 58.0
PAIR_WIDTH_MM, SINGLE_WIDTH_MM = 84.0, 130.0
_LEAST_HEIGHT_MM = 50.0
_NEAR_HEIGHT_MM = 52.0
_WGS84 = "EPSG:4326"
_PADDING_MM = 5.0
_LEAST_WIDTH_M = 3_000.0
# Around the bases: so much at least on each side, and by how much it must be larger than all.
_AROUND_M, _AROUND_SHARE = 2_500.0, 0.15
_LEAST_ENLARGED = 1.6
_NAMED = frozenset({"city", "town"})
_BAND_RIM_MM = 1.3
_CLOSED_MM, _LEAST_MM2 = 2.0, 6.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """
    What one map shows.

    Parameters
    ----------
    n_added
        Whose reach is drawn: of the present bases, or of those and so many more.
    missed
        By area id, what is not made; of an area that is not in it there is nobody to be visited.
    added
        Bases of added workers, in order.
    title
        Written above it.
    """

    n_added: int
    missed: Mapping[str, Missed]
    added: tuple[Site, ...]
    title: str


def draw_views(
    views: Sequence[MapView],
    map_: CoverageMap,
    present: Sequence[Site],
    *,
    minutes: int,
    season: Season,
    roads: Roads | None,
    alt: str,
    around: str,
) -> tuple[Drawing, ...]:
    """
    Draw maps of one scale and extent, and below them the surroundings of the bases, enlarged.

    Parameters
    ----------
    views
        One map, or two side by side.
    map_
        Areas and bands, EPSG:4326; none of a beneficiary.
    present
        Bases of the present workers.
    minutes, season
        Which band is outlined.
    roads
        Waters and main roads under it; None leaves them out.
    alt
        What they show, for whoever cannot see it.
    around
        What is said of the enlarged maps; there are none where they would be hardly larger.
    """
    added = max((view.added for view in views), key=len, default=())
    sites = (*present, *added)
    near = _near(map_, sites, roads)
    whole = _framed(map_, sites, roads, PAIR_WIDTH_MM, _OVER_NEAR_MM)
    if near is None or near.scale < _LEAST_ENLARGED * whole.scale:
        near = None
        width_mm = SINGLE_WIDTH_MM if len(views) == 1 else PAIR_WIDTH_MM
        whole = _framed(map_, sites, roads, width_mm, HEIGHT_MM)
    return tuple(
        Drawing(
            svg=_view_svg(
                *(view, map_, present, (minutes, season), roads, frame),
                inner=None if frame is near else near,
                is_near=frame is near,
            ),
            width_mm=frame.width_mm,
            height_mm=frame.height_mm,
            alt=f"{view.title}{said}. {alt}",
            title=f"{view.title}{said}",
        )
        for frame, said in ((whole, ""), (near, f", {around}"))
        if frame is not None
        for view in views
    )


def has_band(map_: CoverageMap, n_added: int, minutes: int, season: Season) -> bool:
    """Tell whether there is a band to outline."""
    return bool(len(_band(map_, n_added, minutes, season)))


def _framed(
    map_: CoverageMap,
    sites: Sequence[Site],
    roads: Roads | None,
    width_mm: float,
    most_mm: float,
) -> Frame:
    import numpy as np

    crs = _crs_of(map_, sites, roads)
    points = _projected(_degrees(sites), crs)
    # The areas are the ground of the argument; bands may lead far beyond them.
    for shown in (map_.areas, map_.isochrones):
        if len(shown):
            west, south, east, north = shown.to_crs(crs).total_bounds
            points = np.vstack([points, [(west, south), (east, north)]])
            break
    wide, high = np.ptp(points, axis=0) if len(points) else (0.0, 0.0)
    # No paper for what is wide and low.
    needed_mm = high / max(wide, 1.0) * (width_mm - 2 * _PADDING_MM) + 2 * _PADDING_MM
    return fit(
        points,
        crs,
        width_mm=width_mm,
        height_mm=round(float(np.clip(needed_mm, _LEAST_HEIGHT_MM, most_mm)), 1),
        padding_mm=_PADDING_MM,
        least_m=_LEAST_WIDTH_M,
    )


def _near(map_: CoverageMap, sites: Sequence[Site], roads: Roads | None) -> Frame | None:
    """Frame the surroundings of all bases, where there are areas to be read."""
    import numpy as np

    if not sites or not len(map_.areas):
        return None
    crs = _crs_of(map_, sites, roads)
    at = _projected(_degrees(sites), crs)
    around_m = max(_AROUND_M, _AROUND_SHARE * float(np.ptp(at, axis=0).max()))
    return fit(
        np.vstack([at - around_m, at + around_m]),
        crs,
        width_mm=PAIR_WIDTH_MM,
        height_mm=_NEAR_HEIGHT_MM,
        padding_mm=0.0,
        least_m=_LEAST_WIDTH_M,
    )


def _crs_of(map_: CoverageMap, sites: Sequence[Site], roads: Roads | None) -> str:
    import numpy as np

    from outreach.routing.road_network import utm_crs

    if roads is not None:
        return roads.crs
    if len(map_.areas):
        west, south, east, north = map_.areas.total_bounds
        return utm_crs(np.array([west, east]), np.array([south, north]))
    at = _degrees(sites)
    return utm_crs(at[:, 0], at[:, 1])


def _projected(at: NDArray[np.float64], crs: str) -> NDArray[np.float64]:
    import numpy as np
    from pyproj import Transformer

    to_metres = Transformer.from_crs(_WGS84, crs, always_xy=True)
    return np.column_stack(to_metres.transform(at[:, 0], at[:, 1]))


def _view_svg(
    view: MapView,
    map_: CoverageMap,
    present: Sequence[Site],
    banded: tuple[int, Season],
    roads: Roads | None,
    frame: Frame,
    *,
    inner: Frame | None,
    is_near: bool,
) -> str:
    marks = _marks(present, view.added)
    at_mm = frame.to_paper(_projected(_degrees(marks), frame.crs))
    shown_mm = spread(at_mm, marks, frame.width_mm, frame.height_mm)
    boxes = [
        (x - mark.half_width_mm, y - RADIUS_MM, x + mark.half_width_mm, y + RADIUS_MM)
        for mark, (x, y) in zip(marks, shown_mm.tolist(), strict=True)
    ]
    places = _places(view, map_.areas, roads, is_near=is_near, has_near=inner is not None)
    return "".join(
        (
            open_svg(frame.width_mm, frame.height_mm),
            _areas_svg(map_.areas, view.missed, frame),
            '<g fill="none" stroke-linecap="round" stroke-linejoin="round">',
            "" if roads is None else ground_svg(roads, [], frame),
            _outline_svg(_band(map_, view.n_added, *banded), frame),
            "</g>",
            "" if inner is None else _corner_svg(inner, frame),
            names_svg(places, [], frame, boxes),
            leaders_svg(at_mm, shown_mm),
            *(mark_svg(mark, x, y) for mark, (x, y) in zip(marks, shown_mm.tolist(), strict=True)),
            scale_bar_svg(frame),
            needle_svg(frame),
            "</svg>",
        )
    )


def _corner_svg(inner: Frame, frame: Frame) -> str:
    """Draw what part of the ground is enlarged."""
    import numpy as np

    west, south, east, north = inner.bounds
    (left, top), (right, bottom) = frame.to_paper(np.array([(west, north), (east, south)])).tolist()
    return (
        f'<rect x="{units(left)}" y="{units(top)}" width="{units(right - left)}"'
        f' height="{units(bottom - top)}" fill="none" stroke="{INK}" stroke-width="25"/>'
    )


def _marks(present: Sequence[Site], added: Sequence[Site]) -> list[MapMark]:
    """Give a house for each present base, and the numbers of the added at each place."""
    at: dict[tuple[float, float], list[str]] = {}
    for i, site in enumerate(added, start=1):
        at.setdefault((site.lon, site.lat), []).append(str(i))
    houses = dict.fromkeys((site.lon, site.lat) for site in present)
    return [
        *(MapMark(kind="base", lon=lon, lat=lat) for lon, lat in houses),
        *(
            MapMark(kind="number", lon=lon, lat=lat, text=",".join(numbers))
            for (lon, lat), numbers in at.items()
        ),
    ]


def _degrees(marks: Sequence[MapMark | Site]) -> NDArray[np.float64]:
    import numpy as np

    return np.array([(mark.lon, mark.lat) for mark in marks], dtype=np.float64).reshape(-1, 2)


def _places(
    view: MapView, areas: gpd.GeoDataFrame, roads: Roads | None, *, is_near: bool, has_near: bool
) -> tuple[Place, ...]:
    """Give the added bases, but where they are enlarged, and towns, or areas for want of any."""
    named = tuple((site.label, HERE, site.lon, site.lat) for site in view.added if site.label)
    bases = () if has_near else tuple(dict.fromkeys(named))
    towns = () if roads is None else tuple(x for x in roads.places if x[1] in _NAMED)
    if (towns and not is_near) or not len(areas):
        return (*bases, *towns)
    # A base in a village often bears its name.
    areas = areas[~areas["name"].isin([name for name, *_ in bases])]
    middles = areas.geometry.representative_point()
    return (
        *bases,
        *(
            (str(name), "area", float(point.x), float(point.y))
            for name, point in zip(areas["name"], middles, strict=True)
        ),
    )


def _areas_svg(areas: gpd.GeoDataFrame, missed: Mapping[str, Missed], frame: Frame) -> str:
    projected = areas.to_crs(frame.crs) if len(areas) else areas
    drawn = (
        (missed.get(str(area_id)), data)
        for area_id, geometry in zip(projected["id"], projected.geometry, strict=True)
        if (data := _polygon_data(geometry, frame))
    )
    # The strong outlines last, over those of areas where nobody is to be visited.
    looks = sorted(
        (one is not None, NOBODY if one is None else f'fill="{fill_of(one)}" {BORDER}', data)
        for one, data in drawn
    )
    return "".join(f'<path {look} fill-rule="evenodd" d="{data}"/>' for _, look, data in looks)


def _polygon_data(geometry: object, frame: Frame) -> str:
    """Write polygons as closed rings; what leaves the paper is cut by the picture's edge."""
    import shapely

    polygons = shapely.get_parts(geometry)
    polygons = polygons[shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON]
    simple = shapely.simplify(polygons, frame.tolerance_m)
    room_m = frame.width_mm / frame.scale
    west, south, east, north = frame.bounds
    seen = shapely.clip_by_rect(
        simple, *(west - room_m, south - room_m, east + room_m, north + room_m)
    )
    rings = []
    for ring in shapely.get_rings(shapely.get_parts(seen)):
        points = frame.to_paper(shapely.get_coordinates(ring))
        rings.append(" ".join(f"{units(x)},{units(y)}" for x, y in points.tolist()))
    return "".join(f"M{ring}z" for ring in rings)


def _band(map_: CoverageMap, n_added: int, minutes: int, season: Season) -> gpd.GeoDataFrame:
    bands = map_.isochrones
    if not len(bands):
        return bands
    is_meant = (bands["n_added"] == n_added) & (bands["minutes"] == minutes)
    return bands[is_meant & (bands["season"] == season)]


def _outline_svg(band: gpd.GeoDataFrame, frame: Frame) -> str:
    import numpy as np
    import shapely

    if not len(band):
        return ""
    reached = shapely.union_all(band.to_crs(frame.crs).geometry.to_numpy())
    # Fingers along each road would be a blot on paper: what lies between them closes.
    closed_m = _CLOSED_MM / frame.scale
    reached = shapely.buffer(shapely.buffer(reached, closed_m, quad_segs=4), -closed_m, quad_segs=4)
    least_m2 = _LEAST_MM2 / frame.scale**2
    rings = shapely.get_rings(shapely.get_parts(reached))
    shown = [ring for ring in rings if shapely.area(shapely.Polygon(ring)) >= least_m2]
    edges = np.array([shapely.LineString(ring.coords) for ring in shown], dtype=object)
    data = "".join(path_data(edges, frame))
    if not data:
        return ""
    return (
        f'<path stroke="{PAPER}" stroke-width="{units(_BAND_RIM_MM)}" d="{data}"/>'
        f'<path stroke="{INK}" stroke-width="{units(BAND_MM)}" stroke-linecap="butt"'
        f' stroke-dasharray="{BAND_DASHES}" d="{data}"/>'
    )
