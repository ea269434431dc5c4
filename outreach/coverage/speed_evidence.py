"""What ridden legs say of the table of speeds: a suggestion with its evidence, never a change."""

from __future__ import annotations

import logging
import math
import re
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from outreach.coverage.actual_result import SpeedEvidence
from outreach.routing.impedance import ImpedanceParams
from outreach.routing.paths import CRS, Paths
from outreach.routing.snap import SnapParams, snap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import geopandas as gpd

    from outreach.coverage.actual_result import EvidenceVerdict
    from outreach.coverage.punctuality import TimedLeg
    from outreach.model import Season, Stop
    from outreach.routing.paths import Path
    from outreach.routing.road_network import RoadNetwork

logger = logging.getLogger(__name__)

MOSTLY = 0.6
"""So much of a leg's time must be ridden on one kind of road for it to speak of that kind."""
LEAST_LEGS = 10
LEAST_PAIRS = 3
LEAST_SPREAD = 1.5
"""The longest of the legs, in times of the shortest, that tells riding from getting going."""
MATTERS = 0.1
"""By less, a speed is not called wrong."""
_CONFIDENCE = 0.95
_AGREES_S = 2.0
_SAME_KPH = 0.02
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Roads:
    """The roads that the plans were made on, and the speeds and snapping behind them."""

    network: RoadNetwork
    impedance: ImpedanceParams = field(default_factory=ImpedanceParams)
    snap: SnapParams = field(default_factory=SnapParams)


class _Kind(NamedTuple):
    season: Season
    highway: str
    surface: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ridden:
    """A leg that lies mostly on one kind of road, and what of it does."""

    pair: tuple[str, str]
    planned_s: float
    real_s: float
    on_it_s: float
    on_it_m: float


def speed_evidence(legs: Sequence[TimedLeg], roads: Roads) -> tuple[SpeedEvidence, ...]:
    """
    Compare planned and real times of legs that lie mostly on one kind of road.

    A leg takes some minutes beside riding, however short it is. So the speed is judged by how
    much *more* time longer legs took: the slope of real over planned times, the median of the
    slopes between each two legs (Theil 1950, Sen 1968; as scipy has it), with its interval. A
    speed is called slower or faster than planned only if the interval leaves out 1, the slope
    is a tenth away from it, and there are ten legs between three pairs of places, of which the
    longest is half as long again as the shortest.

    Parameters
    ----------
    legs
        Ridden as planned.
    roads
        Those of the plans. Legs that do not agree with them, such as detours of a closed road,
        say nothing.

    Returns
    -------
    evidence
        Of every kind of road that a leg lies mostly on, what loses most time first.
    """
    ridden: dict[_Kind, list[_Ridden]] = defaultdict(list)
    n_used = 0
    for season in sorted({leg.season for leg in legs}):
        own = [leg for leg in legs if leg.season == season]
        for leg, path in _paths(own, roads, season):
            for kind, told in _mostly(leg, path, roads, season):
                ridden[kind].append(told)
                n_used += 1
    logger.info("%d of %d legs lie mostly on one kind of road", n_used, len(legs))
    found = [_judged(kind, some, roads.impedance) for kind, some in sorted(ridden.items(), key=_by)]
    lost = {kind: sum(r.real_s - r.planned_s for r in some) for kind, some in ridden.items()}
    return tuple(
        sorted(
            found,
            key=lambda e: (
                e.verdict in {"few", "agrees"},
                -lost[_Kind(e.season, e.highway, e.surface)],
            ),
        )
    )


def _by(item: tuple[_Kind, list[_Ridden]]) -> tuple[str, str, str]:
    kind, _ = item
    return kind.season, kind.highway, kind.surface or ""


def _key(stop: Stop) -> str:
    # Somebody may have moved since: a place is where it is, whoever lives there.
    return f"{stop.place_id} {stop.lon:.6f} {stop.lat:.6f}"


def _paths(
    legs: Sequence[TimedLeg], roads: Roads, season: Season
) -> Iterator[tuple[TimedLeg, Path]]:
    """Yield the legs that agree with the roads, each with its way."""
    places = {_key(s): (s.lon, s.lat) for leg in legs for s in (leg.start, leg.end)}
    snapped = snap(_points(places), roads.network, params=roads.snap)
    paths = Paths(snapped, roads.network, season, places)
    known = set(snapped.ids)
    found: dict[tuple[str, str], Path | None] = {}
    for leg in legs:
        ends = _key(leg.start), _key(leg.end)
        if ends not in found:
            found[ends] = paths.between(*ends) if known.issuperset(ends) else None
        path = found[ends]
        if path is not None and abs(path.duration_s - leg.planned_s) <= _AGREES_S:
            yield leg, path


def _points(places: Mapping[str, tuple[float, float]]) -> gpd.GeoDataFrame:
    import geopandas as gpd

    lon, lat = zip(*places.values(), strict=True)
    return gpd.GeoDataFrame({"id": list(places)}, geometry=gpd.points_from_xy(lon, lat), crs=CRS)


def _mostly(
    leg: TimedLeg, path: Path, roads: Roads, season: Season
) -> Iterator[tuple[_Kind, _Ridden]]:
    """Yield the kind of road that makes most of a leg, if one does."""
    network = roads.network
    seconds: dict[_Kind, float] = defaultdict(float)
    metres: dict[_Kind, float] = defaultdict(float)
    for hop in path.hops:
        edge = hop.run.edge
        highway = network.highway_classes[network.highway[edge]]
        tagged = int(network.surface[edge])
        surface = (
            network.surface_classes[tagged]
            if tagged >= 0
            else roads.impedance.assumed_surface.get(highway)
        )
        kind = _Kind(season, highway, surface)
        share = abs(hop.run.ends_at - hop.run.starts_at)
        seconds[kind] += share * float(network.duration_s[season][edge])
        metres[kind] += hop.distance_m
    if not seconds:
        return
    kind = max(seconds, key=lambda k: seconds[k])
    if kind.highway != "ferry" and seconds[kind] >= MOSTLY * path.duration_s:
        pair = min(_key(leg.start), _key(leg.end)), max(_key(leg.start), _key(leg.end))
        yield (
            kind,
            _Ridden(
                pair=pair,
                planned_s=leg.planned_s,
                real_s=leg.real_s,
                on_it_s=seconds[kind],
                on_it_m=metres[kind],
            ),
        )


def _judged(kind: _Kind, ridden: Sequence[_Ridden], impedance: ImpedanceParams) -> SpeedEvidence:
    planned = [one.planned_s for one in ridden]
    n_pairs = len({one.pair for one in ridden})
    metres = sum(one.on_it_m for one in ridden)
    now_kph = metres * 3.6 / sum(one.on_it_s for one in ridden)
    evidence = SpeedEvidence(
        highway=kind.highway,
        surface=kind.surface,
        season=kind.season,
        now_kph=now_kph,
        suggested_kph=None,
        key=None,
        key_kph=None,
        n_legs=len(ridden),
        n_pairs=n_pairs,
        distance_km=metres / 1000,
        ratio=math.nan,
        ratio_low=math.nan,
        ratio_high=math.nan,
        start_s=math.nan,
        verdict="few",
    )
    is_spread = max(planned) >= LEAST_SPREAD * min(planned)
    if len(ridden) < LEAST_LEGS or n_pairs < LEAST_PAIRS or not is_spread:
        return evidence
    from scipy.stats import theilslopes

    told = theilslopes([one.real_s for one in ridden], planned, alpha=_CONFIDENCE)
    ratio, low, high = float(told.slope), float(told.low_slope), float(told.high_slope)
    verdict: EvidenceVerdict = "agrees"
    # A slope of nothing and less is chance, not a speed.
    if ratio > 0 and abs(ratio - 1) >= MATTERS and not low <= 1 <= high:
        verdict = "slower" if ratio > 1 else "faster"
    suggested = now_kph / ratio if verdict != "agrees" else None
    key, key_kph = (None, None) if suggested is None else _figure(kind, now_kph, ratio, impedance)
    return replace(
        evidence,
        suggested_kph=suggested,
        key=key,
        key_kph=key_kph,
        ratio=ratio,
        ratio_low=low,
        ratio_high=high,
        start_s=float(told.intercept),
        verdict=verdict,
    )


def _figure(
    kind: _Kind, now_kph: float, ratio: float, impedance: ImpedanceParams
) -> tuple[str | None, float | None]:
    """Find the figure of outreach.toml that decides a speed, and what it would have to be."""
    caps: dict[tuple[str, ...], float | None] = {
        ("speeds_kph", kind.highway): impedance.speeds_kph.get(kind.highway),
        ("surface_kph", kind.season, kind.surface or ""): impedance.surface_kph[kind.season].get(
            kind.surface or ""
        ),
    }
    known = sorted((kph, path) for path, kph in caps.items() if kph)
    if not known or abs(known[0][0] - now_kph) > _SAME_KPH * now_kph:
        # Another tag rules here, such as smoothness, or several together.
        return None, None
    kph, path = known[0]
    would_be = round(kph / ratio, 1)
    if any(other < would_be for other, _ in known[1:]):
        return None, None
    return _toml_key(("roads", *path)), would_be


def _toml_key(path: Iterable[str]) -> str:
    return ".".join(part if _BARE_KEY.fullmatch(part) else f'"{part}"' for part in path)
