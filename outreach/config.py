"""outreach.toml → one frozen `Config`, made of the stages' parameters."""

from __future__ import annotations

import dataclasses
import datetime as dt
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from outreach.errors import ConfigError, Message
from outreach.layers.checks import CheckParams
from outreach.layers.overpass_client import OverpassParams
from outreach.layers.presets import DEFAULT_PRESETS, CategoryPreset
from outreach.layers.tables import TableSource, parse_source
from outreach.layers.values import CellError, parse_weekdays
from outreach.model import Season
from outreach.routing.horizon import Horizon
from outreach.routing.impedance import ImpedanceParams
from outreach.routing.plan import PlanParams
from outreach.routing.problem import CostParams, Weights
from outreach.routing.snap import SnapParams
from outreach.routing.teams import CircuitSpec, TeamSpec
from outreach.units import parse_duration_s

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

FILE = "outreach.toml"
LAYERS = ("beneficiaries", "workers", "lodgings", "partners", "areas")
NEEDED_LAYERS = ("beneficiaries", "workers")
DOWNLOADED_ROADS = "roads.graphml"
MOST_DAYS = 28

Language = Literal["id", "en"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Roads:
    """
    Where the roads come from.

    `source` is a file, or None until `place` has been downloaded into the project folder.
    """

    source: Path | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that outreach.toml says, checked; `out` is where the outputs go."""

    folder: Path
    name: str
    language: Language
    season: Season
    horizon: Horizon
    notices: tuple[Message, ...]
    files: Mapping[str, TableSource]
    roads: Roads
    impedance: ImpedanceParams
    download: OverpassParams
    snap: SnapParams
    checks: CheckParams
    presets: Mapping[str, CategoryPreset]
    circuits: tuple[CircuitSpec, ...]
    teams: tuple[TeamSpec, ...]
    costs: CostParams
    weights: Weights
    plan: PlanParams
    out: Path
    cache: Path | None = None

    def with_options(
        self,
        *,
        out: Path | None = None,
        cache: Path | None = None,
        seed: int | None = None,
        time_limit_s: float | None = None,
        iterations: int | None = None,
    ) -> Config:
        """Give the configuration with what the command line says instead."""
        plan = dataclasses.replace(
            self.plan,
            seed=self.plan.seed if seed is None else seed,
            time_limit_s=self.plan.time_limit_s if time_limit_s is None else time_limit_s,
            # A time limit on the command line is meant, also where the file counts iterations.
            iterations=iterations or (None if time_limit_s is not None else self.plan.iterations),
        )
        return dataclasses.replace(self, plan=plan, out=out or self.out, cache=cache or self.cache)


@dataclass(slots=True)
class _Reader:
    """Reads sections one by one and keeps every fault for the end."""

    tables: dict[str, Any]
    faults: list[str] = field(default_factory=list)

    def section(self, name: str) -> dict[str, Any]:
        table = self.tables.pop(name, {})
        if isinstance(table, dict):
            return dict(table)
        self.faults.append(f"[{name}] must be a section")
        return {}

    def rows(self, name: str) -> list[dict[str, Any]]:
        rows = self.tables.pop(name, [])
        if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
            return [dict(row) for row in rows]
        self.faults.append(f"[[{name}]] must be written with double brackets")
        return []

    def take(self, where: str, table: dict[str, Any], key: str, kind: type[T], default: T) -> T:
        value = table.pop(key, default)
        if isinstance(value, bool) != (kind is bool) or not isinstance(value, kind):
            self.faults.append(f"[{where}] {key} must be a {_KINDS.get(kind, kind.__name__)}")
            return default
        return value

    def names(self, where: str, table: dict[str, Any], key: str) -> tuple[str, ...]:
        value = table.pop(key, [])
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            return tuple(value)
        self.faults.append(f'[{where}] {key} must be a list of ids, such as ["a", "b"]')
        return ()

    def build(self, where: str, make: Callable[[], T], default: T) -> T:
        try:
            return make()
        except CellError as error:
            self.faults.append(f"[{where}] {error.what}; {error.mend}")
            return default
        except (ConfigError, TypeError, ValueError) as error:
            self.faults.append(f"[{where}] {error}")
            return default

    def params(self, where: str, table: dict[str, Any], kind: type[T]) -> T:
        known = {f.name for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
        self.unknown(where, table, known)
        wanted = {k: v for k, v in table.items() if k in known}
        return self.build(where, lambda: kind(**wanted), kind())

    def unknown(self, where: str, table: Mapping[str, Any], known: set[str]) -> None:
        for key in table:
            if key not in known:
                self.faults.append(
                    f"[{where}] does not know '{key}'; it knows {', '.join(sorted(known))}"
                )


_KINDS: dict[type, str] = {
    str: "text in quotes",
    int: "whole number",
    dt.date: "date such as 2026-11-30",
}


def read_config(folder: Path) -> Config:
    """
    Read and check the project's outreach.toml.

    Raises
    ------
    ConfigError
        When the file is missing, is no TOML, or says something that cannot be; all faults at
        once.
    """
    path = folder / FILE
    if not path.is_file():
        raise ConfigError(
            "%(folder)s holds no outreach.toml; make a project with: outreach init %(folder)s",
            folder=str(folder),
        )
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            "%(file)s cannot be read: %(error)s", file=str(path), error=str(error)
        ) from error
    reader = _Reader(tables)
    config = _config(reader, folder)
    reader.unknown("top level", reader.tables, set(_SECTIONS))
    if reader.faults:
        raise ConfigError(
            "%(file)s: %(faults)s", file=str(path), faults="\n  ".join(["", *reader.faults])
        )
    return config


_SECTIONS = (
    "project",
    "files",
    "roads",
    "download",
    "snap",
    "checks",
    "categories",
    "circuits",
    "teams",
    "costs",
    "weights",
    "plan",
)


def _config(reader: _Reader, folder: Path) -> Config:
    project = reader.section("project")
    name = reader.take("project", project, "name", str, folder.resolve().name)
    language = reader.take("project", project, "language", str, "id")
    season = reader.take("project", project, "season", str, "dry")
    notice = reader.take("project", project, "notice", str, "")
    horizon = _horizon(reader, project)
    if language not in {"id", "en"}:
        reader.faults.append('[project] language must be "id" or "en"')
    if season not in get_args(Season):
        reader.faults.append('[project] season must be "dry" or "wet"')
    known = {"name", "language", "season", "notice", "timezone", "starts_on", "horizon_days"}
    reader.unknown("project", project, known)
    roads, impedance = _roads(reader, folder)
    return Config(
        folder=folder,
        name=name,
        language="en" if language == "en" else "id",
        season="wet" if season == "wet" else "dry",
        horizon=horizon,
        notices=(Message(notice.replace("%", "%%")),) if notice else (),
        files=_files(reader, folder),
        roads=roads,
        impedance=impedance,
        download=reader.params("download", reader.section("download"), OverpassParams),
        snap=reader.params("snap", reader.section("snap"), SnapParams),
        checks=reader.params("checks", reader.section("checks"), CheckParams),
        presets=_presets(reader),
        circuits=tuple(_circuit(reader, row) for row in reader.rows("circuits")),
        teams=tuple(_team(reader, row) for row in reader.rows("teams")),
        costs=reader.params("costs", reader.section("costs"), CostParams),
        weights=reader.params("weights", reader.section("weights"), Weights),
        plan=_plan(reader),
        out=folder / "maps",
    )


def _horizon(reader: _Reader, project: dict[str, Any]) -> Horizon:
    fallback = dt.date(2000, 1, 3)
    starts_on = reader.take("project", project, "starts_on", dt.date, fallback)
    if starts_on is fallback:
        reader.faults.append("[project] starts_on is missing: the first day to plan")
    n_days = reader.take("project", project, "horizon_days", int, 7)
    timezone = reader.take("project", project, "timezone", str, "Asia/Jakarta")
    if not 1 <= n_days <= MOST_DAYS:
        reader.faults.append(f"[project] horizon_days must be from 1 to {MOST_DAYS}")
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        reader.faults.append(f"[project] there is no timezone '{timezone}'; try Asia/Jakarta")
        timezone = "Asia/Jakarta"
    return Horizon(starts_on=starts_on, n_days=n_days, timezone=timezone)


def _files(reader: _Reader, folder: Path) -> dict[str, TableSource]:
    table = reader.section("files")
    reader.unknown("files", table, set(LAYERS))
    sources = {}
    for layer in LAYERS:
        text = reader.take("files", table, layer, str, "")
        if not text:
            if layer in NEEDED_LAYERS:
                reader.faults.append(f'[files] {layer} is missing: "file" or "file#sheet"')
            continue
        source = parse_source(text, folder)
        if not source.path.is_file():
            reader.faults.append(f"[files] {layer}: there is no file {source.path}")
        sources[layer] = source
    return sources


def _roads(reader: _Reader, folder: Path) -> tuple[Roads, ImpedanceParams]:
    table = reader.section("roads")
    source = reader.take("roads", table, "source", str, "")
    place = reader.take("roads", table, "place", str, "")
    # The other keys are the speeds; their own room knows which there are.
    impedance = reader.build("roads", lambda: ImpedanceParams.from_table(table), ImpedanceParams())
    if source and not (folder / source).is_file():
        reader.faults.append(f"[roads] source: there is no file {folder / source}")
    if not source and not place:
        reader.faults.append("[roads] needs a source (a file) or a place (a name)")
    if not source and (folder / DOWNLOADED_ROADS).is_file():
        source = DOWNLOADED_ROADS
    return Roads(source=folder / source if source else None, place=place or None), impedance


def _presets(reader: _Reader) -> dict[str, CategoryPreset]:
    presets = dict(DEFAULT_PRESETS)
    for category, table in reader.section("categories").items():
        where = f"categories.{category}"
        if not isinstance(table, dict):
            reader.faults.append(f"[{where}] must be a section")
            continue
        presets[category] = reader.build(
            where,
            lambda category=category, table=table: CategoryPreset.from_table(  # type: ignore[misc]
                table, base=presets.get(category)
            ),
            CategoryPreset(every_days=30),
        )
    return presets


def _circuit(reader: _Reader, row: dict[str, Any]) -> CircuitSpec:
    id_ = reader.take("circuits", row, "id", str, "")
    where = f"circuits, {id_ or 'without an id'}"
    if not id_:
        reader.faults.append("[[circuits]] each needs an id")
    spec = CircuitSpec(
        id=id_,
        worker_ids=tuple(sorted(reader.names(where, row, "workers"))),
        leaves=_weekday(reader, where, row, "leaves"),
        returns=_weekday(reader, where, row, "returns"),
        lodging_ids=reader.names(where, row, "lodgings"),
    )
    reader.unknown(where, row, {"id", "workers", "leaves", "returns", "lodgings"})
    return spec


def _team(reader: _Reader, row: dict[str, Any]) -> TeamSpec:
    id_ = reader.take("teams", row, "id", str, "")
    where = f"teams, {id_ or 'without an id'}"
    if not id_:
        reader.faults.append("[[teams]] each needs an id")
    weekdays = reader.names(where, row, "weekdays")
    nothing: tuple[int, ...] = ()
    spec = TeamSpec(
        id=id_,
        worker_ids=tuple(sorted(reader.names(where, row, "workers"))),
        weekdays=reader.build(where, lambda: parse_weekdays(", ".join(weekdays)), nothing),
    )
    reader.unknown(where, row, {"id", "workers", "weekdays"})
    return spec


def _weekday(reader: _Reader, where: str, row: dict[str, Any], key: str) -> int:
    text = reader.take(where, row, key, str, "")
    nothing: tuple[int, ...] = ()
    days = reader.build(f"{where}: {key}", lambda: parse_weekdays(text), nothing)
    if len(days) != 1:
        reader.faults.append(f"[{where}] {key} must be one day of the week, such as monday")
        return 0
    return days[0]


def _plan(reader: _Reader) -> PlanParams:
    table = reader.section("plan")
    limit = reader.take("plan", table, "time_limit", str, "30s")
    table["time_limit_s"] = reader.build("plan", lambda: parse_duration_s(limit), 30.0)
    return reader.params("plan", table, PlanParams)
