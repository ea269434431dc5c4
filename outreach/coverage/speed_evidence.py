"""What ridden legs say of the table of speeds: a suggestion with its evidence, never a change."""

from __future__ import annotations

import logging
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from outreach.coverage.actual_result import SpeedEvidence
from outreach.coverage.speed_fit import fit_speeds
from outreach.routing.impedance import ImpedanceParams
from outreach.routing.paths import CRS, Paths
from outreach.routing.snap import SnapParams, snap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import geopandas as gpd

    from outreach.coverage.actual_result import EvidenceVerdict
    from outreach.coverage.punctuality import TimedLeg
    from outreach.coverage.speed_fit import SpeedFit
    from outreach.model import Season, Stop
    from outreach.routing.paths import Path
    from outreach.routing.road_network import RoadNetwork

logger = logging.getLogger(__name__)

LEAST_S = 60.0
"""With less on a kind of road a leg says nothing of it."""
LEAST_LEGS = 10
LEAST_PAIRS = 3
LEAST_DAYS = 8
MATTERS = 0.1
"""By less, a speed is not called wrong."""
SURE = 1.25
"""A speed is called right where the interval reaches no further than this, up and down."""
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


class _Ridden(NamedTuple):
    """A leg, and the seconds and metres of it on each kind of road."""

    leg: TimedLeg
    seconds: Mapping[_Kind, float]
    metres: Mapping[_Kind, float]


def speed_evidence(legs: Sequence[TimedLeg], roads: Roads) -> tuple[SpeedEvidence, ...]:
    """
    Find the speeds that explain best how long legs took.

    A leg takes some minutes beside riding, however short it is, and runs over several kinds of
    road. So the times of all legs of a season are explained together: by so much for getting
    going, and so many minutes for each planned minute on each kind of road; see
    `outreach.coverage.speed_fit`. Kinds that too few legs have are explained as one. A speed is
    called slower or faster than planned only where ten legs between three pairs of places on
    eight days have a minute of it, the ratio is a tenth away from 1, and its interval leaves
    out 1; it is called right where the interval is narrow. All else is too little.

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
        Of every kind of road of which a leg has a minute; what loses most time first.
    """
    found: list[tuple[float, SpeedEvidence]] = []
    for season in sorted({leg.season for leg in legs}):
        own = [leg for leg in legs if leg.season == season]
        ridden = [_split(leg, path, roads, season) for leg, path in _paths(own, roads, season)]
        logger.info("%d of %d timed legs agree with the roads", len(ridden), len(own))
        found += _judged(ridden, roads.impedance)
    return tuple(evidence for _, evidence in sorted(found, key=_by_loss))


def _by_loss(item: tuple[float, SpeedEvidence]) -> tuple[bool, bool, float, str, str]:
    lost_s, evidence = item
    is_few = evidence.verdict == "few"
    return (
        is_few,
        evidence.verdict == "agrees",
        -lost_s,
        evidence.highway,
        evidence.surface or "",
    )


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


def _split(leg: TimedLeg, path: Path, roads: Roads, season: Season) -> _Ridden:
    """Tell how much of a leg runs on which kind of road."""
    network = roads.network
    seconds: Counter[_Kind] = Counter()
    metres: Counter[_Kind] = Counter()
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
        seconds[kind] += share * float(network.duration_s[season][edge])  # type: ignore[assignment]
        metres[kind] += hop.distance_m  # type: ignore[assignment]
    return _Ridden(leg, seconds, metres)


def _judged(
    ridden: Sequence[_Ridden], impedance: ImpedanceParams
) -> Iterator[tuple[float, SpeedEvidence]]:
    """Yield what the legs of a season say, with the seconds that it loses."""
    having: dict[_Kind, list[_Ridden]] = {}
    for one in ridden:
        for kind, seconds in one.seconds.items():
            # A ferry goes when it goes.
            if seconds >= LEAST_S and kind.highway != "ferry":
                having.setdefault(kind, []).append(one)
    told = [kind for kind, some in sorted(having.items(), key=_by_kind) if _is_enough(some)]
    fit = _fit(ridden, told)
    for kind, some in having.items():
        on_it_s = sum(one.seconds[kind] for one in some)
        metres = sum(one.metres[kind] for one in some)
        ratio = low = high = start_s = math.nan
        if fit is not None and kind in told:
            at = told.index(kind)
            ratio, low, high = (float(x[at]) for x in (fit.ratio, fit.low, fit.high))
            start_s = fit.start_s
        verdict = _verdict(ratio, low, high)
        now_kph = metres * 3.6 / on_it_s
        is_wrong = verdict in {"slower", "faster"}
        key, key_kph = _figure(kind, now_kph, ratio, impedance) if is_wrong else (None, None)
        evidence = SpeedEvidence(
            highway=kind.highway,
            surface=kind.surface,
            season=kind.season,
            now_kph=now_kph,
            suggested_kph=now_kph / ratio if is_wrong else None,
            key=key,
            key_kph=key_kph,
            n_legs=len(some),
            n_pairs=len(_pairs(some)),
            n_days=len({one.leg.date for one in some}),
            distance_km=metres / 1000,
            ratio=ratio,
            ratio_low=low,
            ratio_high=high,
            start_s=start_s,
            verdict=verdict,
        )
        yield (on_it_s if math.isnan(ratio) else (ratio - 1) * on_it_s), evidence


def _by_kind(item: tuple[_Kind, list[_Ridden]]) -> tuple[str, str]:
    return item[0].highway, item[0].surface or ""


def _pairs(ridden: Iterable[_Ridden]) -> set[frozenset[str]]:
    return {frozenset((_key(one.leg.start), _key(one.leg.end))) for one in ridden}


def _is_enough(ridden: Sequence[_Ridden]) -> bool:
    return (
        len(ridden) >= LEAST_LEGS
        and len(_pairs(ridden)) >= LEAST_PAIRS
        and len({one.leg.date for one in ridden}) >= LEAST_DAYS
    )


def _fit(ridden: Sequence[_Ridden], told: Sequence[_Kind]) -> SpeedFit | None:
    """Explain the legs by the kinds of road, and by one more for all others and the walks."""
    if not told:
        return None
    planned_s = np.array([[one.seconds.get(kind, 0.0) for kind in told] for one in ridden])
    others_s = np.array([float(one.leg.planned_s) for one in ridden]) - planned_s.sum(axis=1)
    # A second is what a plan rounds by.
    if others_s.max() > 1:
        planned_s = np.column_stack([planned_s, others_s])
    return fit_speeds(
        planned_s,
        np.array([float(one.leg.real_s) for one in ridden]),
        np.array([one.leg.date.toordinal() for one in ridden]),
    )


def _verdict(ratio: float, low: float, high: float) -> EvidenceVerdict:
    if math.isnan(ratio):
        return "few"
    # A ratio of nothing and less is chance, not a speed.
    if ratio > 0 and abs(ratio - 1) >= MATTERS and not low <= 1 <= high:
        return "slower" if ratio > 1 else "faster"
    return "agrees" if low >= 1 / SURE and high <= SURE else "few"


def _figure(
    kind: _Kind, now_kph: float, ratio: float, impedance: ImpedanceParams
) -> tuple[str | None, float | None]:
    """Find the figure of outreach.toml that decides a speed, and what it would have to be."""
    surface = kind.surface or ""
    caps = {
        ("speeds_kph", kind.highway): impedance.speeds_kph.get(kind.highway),
        ("surface_kph", kind.season, surface): impedance.surface_kph[kind.season].get(surface),
    }
    known = sorted((kph, path) for path, kph in caps.items() if kph)
    if not known or abs(known[0][0] - now_kph) > _SAME_KPH * now_kph:
        # Another tag rules here, such as smoothness, or several together.
        return None, None
    kph, path = known[0]
    would_be = round(kph / ratio, 1)
    if any(other <= max(kph, would_be) for other, _ in known[1:]):
        # Two figures would have to change.
        return None, None
    return _toml_key(("roads", *path)), would_be


def _toml_key(path: Iterable[str]) -> str:
    return ".".join(part if _BARE_KEY.fullmatch(part) else f'"{part}"' for part in path)
