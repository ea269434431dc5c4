"""The report's maps: what is not made by area, who can be reached, and where workers sit."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
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
    text_svg,
    units,
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
    from outreach.output.words import Words

HEIGHT_MM = 76.0
PAIR_WIDTH_MM, SINGLE_WIDTH_MM = 84.0, 130.0
_LEGEND_WIDTH_MM = 170.0
_WGS84 = "EPSG:4326"
_PADDING_MM = 5.0
_LEAST_WIDTH_M = 3_000.0
# Shares up to which a shade goes; apart by lightness, so that grey print keeps their order.
_SHADES = ((0.0, "#f7f4ee"), (0.1, "#edcb92"), (0.25, "#dba45c"), (0.5, "#b8702f"))
_DARKEST = "#6e3510"
_WITHHELD = "url(#withheld)"
_BORDER = 'stroke="#8a8a8a" stroke-width="10"'
_NAMED = frozenset({"city", "town"})
_BAND_MM, _BAND_RIM_MM = 0.6, 1.3
_BAND_DASHES = "170 80"
_CLOSED_MM, _LEAST_MM2 = 2.0, 6.0
_LINE_MM, _SWATCH_MM, _TEXT_MM, _GAP_MM = 5.6, 5.0, 2.9, 4.5
# Of Libertinus at 1 mm: the mean letter, with room.
_LETTER_SHARE = 0.47


@dataclass(frozen=True, slots=True, kw_only=True)
class MapView:
    """
    What one map shows.

    Parameters
    ----------
    n_added
        Whose reach is drawn: of the present bases, or of those and so many more.
    missed
        By area id, which part of the visits that fell due is not made; None: withheld.
    added
        Bases of added workers, in order.
    title
        Written above it.
    """

    n_added: int
    missed: Mapping[str, float | None]
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
) -> tuple[Drawing, ...]:
    """
    Draw maps of one scale and extent.

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
    """
    width_mm = SINGLE_WIDTH_MM if len(views) == 1 else PAIR_WIDTH_MM
    added = max((view.added for view in views), key=len, default=())
    frame = _framed(map_, (*present, *added), roads, width_mm)
    return tuple(
        Drawing(
            svg=_view_svg(view, map_, present, (minutes, season), roads, frame),
            width_mm=width_mm,
            height_mm=HEIGHT_MM,
            alt=f"{view.title}. {alt}",
            title=view.title,
        )
        for view in views
    )


def draw_legend(
    words: Words, *, minutes: int, is_withheld: bool, has_band: bool, has_added: bool
) -> Drawing:
    """
    Draw what the shades, lines and signs of the maps mean.

    Parameters
    ----------
    words
        The reader's language.
    minutes
        Of the band that is outlined.
    is_withheld, has_band, has_added
        Whether the maps show what is withheld, a band, and added bases.
    """
    limits = [words.percent(share) for share, _ in _SHADES]
    said = [words.say("all made"), words.say("up to %(share)s not made", share=limits[1])]
    said += [f"{low} – {high}" for low, high in pairwise(limits[1:])]
    said += [words.say("more than %(n)s", n=limits[-1])]
    entries = [
        (_swatch(colour), text)
        for colour, text in zip((*(c for _, c in _SHADES), _DARKEST), said, strict=True)
    ]
    if is_withheld:
        entries.append((_swatch(_WITHHELD), words.say("no figure: too few people, or none")))
    if has_band:
        text = words.say("within %(minutes)s of a base", minutes=words.duration(60 * minutes))
        entries.append((_band_sign(), text))
    entries.append((mark_svg(MapMark(kind="base", lon=0, lat=0), 0, 0), words.say("present base")))
    if has_added:
        mark = MapMark(kind="number", lon=0, lat=0, text="1")
        entries.append((mark_svg(mark, 0, 0), words.say("base of an added worker, in order")))
    parts, height_mm = _flowed(entries)
    return Drawing(
        svg=f"{_open(_LEGEND_WIDTH_MM, height_mm)}{parts}</svg>",
        width_mm=_LEGEND_WIDTH_MM,
        height_mm=height_mm,
        alt=words.say("What the shades and signs mean"),
    )


def has_band(map_: CoverageMap, n_added: int, minutes: int, season: Season) -> bool:
    """Tell whether there is a band to outline."""
    return bool(len(_band(map_, n_added, minutes, season)))


def _flowed(entries: Sequence[tuple[str, str]]) -> tuple[str, float]:
    """Set signs with their texts in lines, as many as they need."""
    x, y, parts = 0.5, _LINE_MM / 2, []
    for sign, text in entries:
        width_mm = _SWATCH_MM + 1.5 + len(text) * _TEXT_MM * _LETTER_SHARE
        if x > 1 and x + width_mm > _LEGEND_WIDTH_MM:
            x, y = 0.5, y + _LINE_MM
        middle = x + _SWATCH_MM / 2
        parts.append(f'<g transform="translate({units(middle)} {units(y)})">{sign}</g>')
        parts.append(
            text_svg(
                *(x + _SWATCH_MM + 1.2, y + _TEXT_MM * 0.34, text),
                size_mm=_TEXT_MM,
                is_bold=False,
                anchor="start",
            )
        )
        x += width_mm + _GAP_MM
    return "".join(parts), y + _LINE_MM / 2


def _swatch(fill: str) -> str:
    half_width, half_height = units(_SWATCH_MM / 2), units(1.6)
    return (
        f'<rect x="{-half_width}" y="{-half_height}" width="{2 * half_width}"'
        f' height="{2 * half_height}" fill="{fill}" {_BORDER}/>'
    )


def _band_sign() -> str:
    half = units(_SWATCH_MM / 2)
    return (
        f'<path d="M{-half} 0H{half}" fill="none" stroke="{INK}"'
        f' stroke-width="{units(_BAND_MM)}" stroke-dasharray="{_BAND_DASHES}"/>'
    )


def _framed(
    map_: CoverageMap, sites: Sequence[Site], roads: Roads | None, width_mm: float
) -> Frame:
    import numpy as np

    from outreach.routing.road_network import utm_crs

    at = np.array([(site.lon, site.lat) for site in sites], dtype=np.float64).reshape(-1, 2)
    if roads is not None:
        crs = roads.crs
    elif len(map_.areas):
        west, south, east, north = map_.areas.total_bounds
        crs = utm_crs(np.array([west, east]), np.array([south, north]))
    else:
        crs = utm_crs(at[:, 0], at[:, 1])
    points = _projected(at, crs)
    # The areas are the ground of the argument; bands may lead far beyond them.
    for shown in (map_.areas, map_.isochrones):
        if len(shown):
            west, south, east, north = shown.to_crs(crs).total_bounds
            points = np.vstack([points, [(west, south), (east, north)]])
            break
    return fit(
        points,
        crs,
        width_mm=width_mm,
        height_mm=HEIGHT_MM,
        padding_mm=_PADDING_MM,
        least_m=_LEAST_WIDTH_M,
    )


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
) -> str:
    marks = _marks(present, view.added)
    at_mm = frame.to_paper(_projected(_degrees(marks), frame.crs))
    shown_mm = spread(at_mm, marks, frame.width_mm, frame.height_mm)
    boxes = [
        (x - mark.half_width_mm, y - RADIUS_MM, x + mark.half_width_mm, y + RADIUS_MM)
        for mark, (x, y) in zip(marks, shown_mm.tolist(), strict=True)
    ]
    named = tuple((site.label, HERE, site.lon, site.lat) for site in view.added if site.label)
    places = (*dict.fromkeys(named), *_places(map_.areas, roads))
    return "".join(
        (
            _open(frame.width_mm, frame.height_mm),
            _areas_svg(map_.areas, view.missed, frame),
            '<g fill="none" stroke-linecap="round" stroke-linejoin="round">',
            "" if roads is None else ground_svg(roads, [], frame),
            _outline_svg(_band(map_, view.n_added, *banded), frame),
            "</g>",
            names_svg(places, [], frame, boxes),
            leaders_svg(at_mm, shown_mm),
            *(mark_svg(mark, x, y) for mark, (x, y) in zip(marks, shown_mm.tolist(), strict=True)),
            scale_bar_svg(frame),
            needle_svg(frame),
            "</svg>",
        )
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


def _degrees(marks: Sequence[MapMark]) -> NDArray[np.float64]:
    import numpy as np

    return np.array([(mark.lon, mark.lat) for mark in marks], dtype=np.float64).reshape(-1, 2)


def _places(areas: gpd.GeoDataFrame, roads: Roads | None) -> tuple[Place, ...]:
    """Give the towns, or the areas where none is known: more names would cover the shades."""
    towns = () if roads is None else tuple(x for x in roads.places if x[1] in _NAMED)
    if towns or not len(areas):
        return towns
    middles = areas.geometry.representative_point()
    return tuple(
        (str(name), "area", float(point.x), float(point.y))
        for name, point in zip(areas["name"], middles, strict=True)
    )


def _areas_svg(areas: gpd.GeoDataFrame, missed: Mapping[str, float | None], frame: Frame) -> str:
    projected = areas.to_crs(frame.crs) if len(areas) else areas
    return "".join(
        f'<path fill="{_shade(missed.get(str(area_id)))}" fill-rule="evenodd" {_BORDER}'
        f' d="{data}"/>'
        for area_id, geometry in zip(projected["id"], projected.geometry, strict=True)
        if (data := _polygon_data(geometry, frame))
    )


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


def _shade(missed: float | None) -> str:
    if missed is None:
        return _WITHHELD
    return next((colour for limit, colour in _SHADES if missed <= limit), _DARKEST)


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
        f'<path stroke="{INK}" stroke-width="{units(_BAND_MM)}" stroke-linecap="butt"'
        f' stroke-dasharray="{_BAND_DASHES}" d="{data}"/>'
    )


def _open(width_mm: float, height_mm: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width_mm:g}mm" height="{height_mm:g}mm"'
        f' viewBox="0 0 {units(width_mm)} {units(height_mm)}">'
        '<defs><pattern id="withheld" width="160" height="160" patternUnits="userSpaceOnUse"'
        f' patternTransform="rotate(45)"><rect width="160" height="160" fill="{PAPER}"/>'
        '<path d="M0 0V160" stroke="#8a8a8a" stroke-width="36"/></pattern></defs>'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>'
    )
