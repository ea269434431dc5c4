"""Tell how fast a motorbike gets along an OSM way, in the dry and in the wet season."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from outreach.errors import ConfigError
from outreach.routing import speeds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from outreach.model import Season

# From the most special to the most general: the first that says something decides.
ACCESS_KEYS = ("motorcycle", "motor_vehicle", "vehicle", "access")

# All tags that are read here.
IMPEDANCE_TAGS = (
    "highway",
    "route",
    "surface",
    "tracktype",
    "smoothness",
    "maxspeed",
    "service",
    *ACCESS_KEYS,
)

_OPEN = frozenset(
    {
        "yes",
        "permissive",
        "designated",
        "official",
        "public",
        "destination",
        "customers",
        "delivery",
        "discouraged",
    }
)
_PRIVATE = frozenset({"private", "permit", "residents", "agricultural", "forestry"})
_SHUT = frozenset({"no", "military", "emergency", "bus", "psv", "use_sidepath"})

_SEASONAL = ("surface_kph", "tracktype_kph")

_KPH_PER = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": 1.609344, "knots": 1.852}
_MAXSPEED = re.compile(r"(\d+(?:\.\d+)?)\s*(km/h|kmh|kph|mph|knots)?", re.ASCII)
_SEVERAL = re.compile(r"[;|,]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImpedanceParams:
    """
    The figures behind the travel times; the defaults are the tables of `outreach.routing.speeds`.

    In every table of speeds, 0 shuts the road.

    Parameters
    ----------
    speeds_kph
        Speed on a good surface by `highway` class; a class that is absent is never ridden.
    closed_classes
        Classes that are ridden only where `motorcycle` is tagged and allows it.
    service_kph, smoothness_kph
        Caps by `service` and `smoothness`.
    surface_kph, tracktype_kph
        Caps by `surface` and `tracktype` in the ``"dry"`` and in the ``"wet"`` season.
    assumed_surface
        Surface by `highway` class, where neither `surface` nor `tracktype` says anything.
    named_maxspeeds_kph
        What a `maxspeed` in words means: ``walk``, or the part after the colon of ``ID:urban``.
    ferry_speed_kph, ferry_wait_s
        Speed of a ferry, and the wait before each crossing.
    allow_private
        Whether private, forestry and agricultural roads are ridden. Roads of oil-palm companies
        are often tagged so.

    Raises
    ------
    ConfigError
        Naming every figure that cannot be.
    """

    speeds_kph: Mapping[str, float] = field(default_factory=lambda: speeds.SPEEDS_KPH)
    closed_classes: tuple[str, ...] = speeds.CLOSED_CLASSES
    service_kph: Mapping[str, float] = field(default_factory=lambda: speeds.SERVICE_KPH)
    surface_kph: Mapping[Season, Mapping[str, float]] = field(
        default_factory=lambda: speeds.SURFACE_KPH
    )
    tracktype_kph: Mapping[Season, Mapping[str, float]] = field(
        default_factory=lambda: speeds.TRACKTYPE_KPH
    )
    smoothness_kph: Mapping[str, float] = field(default_factory=lambda: speeds.SMOOTHNESS_KPH)
    assumed_surface: Mapping[str, str] = field(default_factory=lambda: speeds.ASSUMED_SURFACE)
    named_maxspeeds_kph: Mapping[str, float] = field(
        default_factory=lambda: speeds.NAMED_MAXSPEEDS_KPH
    )
    ferry_speed_kph: float = speeds.FERRY_SPEED_KPH
    ferry_wait_s: float = speeds.FERRY_WAIT_S
    allow_private: bool = False

    def __post_init__(self) -> None:
        for name in self.__slots__:
            object.__setattr__(self, name, _frozen(getattr(self, name)))
        problems = _problems(self)
        if problems:
            raise ConfigError("%(problems)s", problems="; ".join(problems))

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> ImpedanceParams:
        """
        Lay the figures of ``[roads]`` in outreach.toml over the defaults.

        A cap for the dry season that falls below the default of the wet one takes it along.

        Raises
        ------
        ConfigError
            Naming every key that is unknown, with the known ones, and every impossible figure.
        """
        problems: list[str] = []
        merged = _merged(cls().as_table(), table, (), problems)
        if problems:
            raise ConfigError("%(problems)s", problems="; ".join(problems))
        for name in _SEASONAL:
            dry, wet = merged[name]["dry"], merged[name]["wet"]
            for key in wet.keys() - table.get(name, {}).get("wet", {}).keys():
                wet[key] = min(wet[key], dry[key])
        return cls(**merged)

    def as_table(self) -> dict[str, Any]:
        """Give the figures as plain values that JSON and TOML can hold, and a cache can hash."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__}


def way_speeds_kph(
    tags: pd.DataFrame, params: ImpedanceParams, season: Season
) -> NDArray[np.float64]:
    """
    Compute the speed of a motorbike on each way; 0 where it may not go or cannot.

    The speed is the least of the class's speed and the caps that `surface`, `tracktype`,
    `smoothness`, `service` and `maxspeed` set: whatever is worst about a road rules it. Where
    neither `surface` nor `tracktype` tells, the class's assumed surface does. Values that are not
    known say nothing, but an unknown class is never ridden; of several values
    (``asphalt;gravel``) the worst counts. Whether a motorbike may
    go is said by the most special of `motorcycle`, `motor_vehicle`, `vehicle` and `access`.
    A ferry goes at its own speed. Class speeds with caps are the way of the profiles of OSRM and
    GraphHopper; the figures are our own.

    Parameters
    ----------
    tags
        One row for each way, columns of `IMPEDANCE_TAGS` holding strings or missing values;
        columns may be absent or categorical.
    params
        The tables of speeds.
    season
        ``"dry"`` or ``"wet"``.

    Returns
    -------
    speeds_kph
        Shape (n,), in the order of the rows.
    """
    import numpy as np

    surface_kph = params.surface_kph[season]
    assumed_kph = {name: surface_kph[surface] for name, surface in params.assumed_surface.items()}
    class_kph = _figures(
        tags,
        "highway",
        lambda text: min(params.speeds_kph.get(part, 0.0) for part in _parts(text)),
    )
    by_surface_kph = _figures(tags, "surface", lambda text: _least(text, surface_kph))
    by_tracktype_kph = _figures(
        tags, "tracktype", lambda text: _least(text, params.tracktype_kph[season])
    )
    by_assumption_kph = _figures(tags, "highway", lambda text: _least(text, assumed_kph))
    is_told = ~np.isnan(by_surface_kph) | ~np.isnan(by_tracktype_kph)
    caps_kph = (
        by_surface_kph,
        by_tracktype_kph,
        np.where(is_told, np.nan, by_assumption_kph),
        _figures(tags, "smoothness", lambda text: _least(text, params.smoothness_kph)),
        _figures(tags, "service", lambda text: _least(text, params.service_kph)),
        _figures(
            tags, "maxspeed", lambda text: parse_maxspeed_kph(text, params.named_maxspeeds_kph)
        ),
    )
    # fmin passes over nan, which here means that a tag says nothing.
    ridden_kph = np.fmin.reduce((np.nan_to_num(class_kph, nan=0.0), *caps_kph))
    speed_kph = np.where(is_ferry(tags), params.ferry_speed_kph, ridden_kph)
    return np.where(_is_allowed(tags, params), speed_kph, 0.0)


def edge_speeds_kph(
    edges: pd.DataFrame, params: ImpedanceParams, season: Season
) -> NDArray[np.float64]:
    """
    Compute the speed on each edge of a simplified graph, whose tags may be lists.

    An edge that osmnx joined of several ways holds a list where their tags differ: as anywhere,
    the worst of several values counts.

    Parameters
    ----------
    edges
        One row for each edge, otherwise as for `way_speeds_kph`.

    Returns
    -------
    speeds_kph
        Shape (n,), in the order of the rows.
    """
    return way_speeds_kph(_joined(edges, IMPEDANCE_TAGS), params, season)


def is_ferry(tags: pd.DataFrame) -> NDArray[np.bool_]:
    """Tell which ways are ferries; cells may be lists, of which any value counts."""
    routes = _joined(tags, ("route",))
    ferry: NDArray[np.bool_] = (
        _figures(routes, "route", lambda text: float("ferry" in _parts(text))) == 1
    )
    return ferry


def durations_s(
    length_m: NDArray[np.float64],
    speed_kph: NDArray[np.float64],
    ferry: NDArray[np.bool_],
    params: ImpedanceParams,
) -> NDArray[np.float64]:
    """
    Compute the seconds along each edge, `inf` where the speed is 0; a ferry adds its wait.

    All arrays have shape (n,).
    """
    import numpy as np

    riding_s = np.full(len(length_m), np.inf)
    np.divide(length_m * 3.6, speed_kph, out=riding_s, where=speed_kph > 0)
    return riding_s + np.where(ferry, params.ferry_wait_s, 0.0)


def parse_maxspeed_kph(text: str, named_kph: Mapping[str, float]) -> float:
    """
    Read a `maxspeed` such as ``40``, ``25 mph``, ``ID:urban`` or ``50;30``, of which the least.

    Returns
    -------
    maxspeed_kph
        nan where it sets no limit that is known: ``none``, ``signals``, anything unreadable.
    """
    limits_kph = []
    for part in _parts(text):
        match = _MAXSPEED.fullmatch(part)
        if match:
            limits_kph.append(float(match[1]) * _KPH_PER[match[2] or ""])
        else:
            limits_kph.append(named_kph.get(part.rpartition(":")[2], 0.0))
    return min((limit for limit in limits_kph if limit > 0), default=math.nan)


def _is_allowed(tags: pd.DataFrame, params: ImpedanceParams) -> NDArray[np.bool_]:
    """Tell where the law lets a motorbike go."""
    import numpy as np

    def verdict(text: str) -> float:
        parts = _parts(text)
        if any(part in _SHUT or (part in _PRIVATE and not params.allow_private) for part in parts):
            return 0.0
        return 1.0 if all(part in _OPEN or part in _PRIVATE for part in parts) else math.nan

    verdicts = np.full(len(tags), np.nan)
    for key in ACCESS_KEYS:
        verdicts = np.where(np.isnan(verdicts), _figures(tags, key, verdict), verdicts)
    is_closed = _figures(
        tags, "highway", lambda text: float(any(p in params.closed_classes for p in _parts(text)))
    )
    is_opened = _figures(tags, "motorcycle", verdict) == 1
    allowed: NDArray[np.bool_] = (verdicts != 0) & ((is_closed != 1) | is_opened)
    return allowed


def _figures(tags: pd.DataFrame, key: str, meaning: Callable[[str], float]) -> NDArray[np.float64]:
    """Translate a column of tags, each different value once; nan where it says nothing."""
    import numpy as np
    import pandas as pd

    if key not in tags:
        return np.full(len(tags), np.nan)
    codes, values = pd.factorize(tags[key])
    # A missing value has the code -1, which takes the last figure.
    figures = [meaning(str(value)) for value in values] + [math.nan]
    return np.array(figures, dtype=float)[codes]


def _joined(edges: pd.DataFrame, keys: tuple[str, ...]) -> pd.DataFrame:
    """Write lists in cells as OpenStreetMap writes several values."""
    tags = edges[[key for key in keys if key in edges]].copy()
    for key in tags.columns:
        if tags[key].dtype == object:
            cells = (";".join(map(str, c)) if isinstance(c, list) else c for c in tags[key])
            tags[key] = list(cells)
    return tags


def _parts(text: str) -> list[str]:
    return [part.strip().lower() for part in _SEVERAL.split(text)]


def _least(text: str, table: Mapping[str, float]) -> float:
    """Look up the least figure of a tag's values, ``concrete:new`` as ``concrete``."""
    figures = (table.get(part, table.get(part.partition(":")[0])) for part in _parts(text))
    return min((figure for figure in figures if figure is not None), default=math.nan)


def _merged(
    defaults: dict[str, Any], table: Mapping[str, Any], path: tuple[str, ...], problems: list[str]
) -> dict[str, Any]:
    """Lay `table` over `defaults`, which tell its keys and types; tell what does not fit."""
    merged = dict(defaults)
    for key, value in table.items():
        name = ".".join((*path, str(key)))
        if key not in defaults:
            problems.append(f"unknown key '{name}' (known: {', '.join(defaults)})")
        elif isinstance(defaults[key], dict):
            if isinstance(value, Mapping):
                merged[key] = _merged(defaults[key], value, (*path, key), problems)
            else:
                problems.append(f"{name} must be a table, not {value!r}")
        elif fault := _type_fault(value, defaults[key]):
            problems.append(f"{name} must be {fault}, not {value!r}")
        else:
            merged[key] = value
    return merged


def _type_fault(value: object, default: object) -> str | None:
    """Say what a value must be, if it is not of the default's kind."""
    match default:
        case bool():
            return None if isinstance(value, bool) else "true or false"
        case str():
            return None if isinstance(value, str) else "a text"
        case list():
            fits = isinstance(value, (list, tuple)) and all(isinstance(v, str) for v in value)
            return None if fits else "a list of texts"
        case _:
            fits = isinstance(value, (int, float)) and not isinstance(value, bool)
            return None if fits else "a number"


def _problems(params: ImpedanceParams) -> list[str]:
    """Name every figure that cannot be."""
    problems = [
        f"{name} is {figure}, but must be 0 or more"
        for name, figure in _numbers(params.as_table(), ())
        if not (math.isfinite(figure) and figure >= 0)
    ]
    if params.ferry_speed_kph == 0:
        problems.append("ferry_speed_kph is 0, but must be more")
    for name in _SEASONAL:
        dry, wet = (getattr(params, name)[season] for season in ("dry", "wet"))
        problems += [
            f"{name} has '{key}' for one season only" for key in sorted(dry.keys() ^ wet.keys())
        ]
        problems += [
            f"{name}.wet.{key} is {wet[key]}, faster than the {dry[key]} of the dry season"
            for key in wet
            if key in dry and wet[key] > dry[key]
        ]
    problems += [
        f"closed_classes has the unknown '{name}' (known: {', '.join(params.speeds_kph)})"
        for name in params.closed_classes
        if name not in params.speeds_kph
    ]
    surfaces = params.surface_kph["dry"]
    problems += [
        f"assumed_surface.{name} is the unknown '{surface}' (known: {', '.join(surfaces)})"
        for name, surface in params.assumed_surface.items()
        if surface not in surfaces
    ]
    return problems


def _numbers(table: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _numbers(value, (*path, key))
        elif isinstance(value, (int, float)):
            yield ".".join((*path, key)), value


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return MappingProxyType({key: _frozen(inner) for key, inner in value.items()})
    return tuple(value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(inner) for key, inner in value.items()}
    return list(value) if isinstance(value, tuple) else value
