"""outreach.toml → one frozen `Config`, made of the stages' parameters."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from outreach.arrangements import read_arrangements
from outreach.coverage.interruptions import InterruptionParams
from outreach.errors import ConfigError, Message
from outreach.layers.carried import LogParams
from outreach.layers.checks import CheckParams
from outreach.layers.overpass_client import OverpassParams
from outreach.layers.pins import PIN_FIELDS, pins_table
from outreach.layers.presets import DEFAULT_PRESETS, CategoryPreset
from outreach.layers.tables import Table, TableSource, parse_source
from outreach.model import Season
from outreach.questions import read_questions
from outreach.routing.horizon import Horizon
from outreach.routing.impedance import ImpedanceParams
from outreach.routing.plan import PlanParams
from outreach.routing.problem import CostParams, Weights
from outreach.routing.snap import SnapParams
from outreach.sections import TOP, Sections
from outreach.units import parse_duration_s

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from outreach.coverage.params import CoverageParams
    from outreach.routing.specs import Arrangements

FILE = "outreach.toml"
LAYERS = ("beneficiaries", "workers", "lodgings", "partners", "areas", "pins")
NEEDED_LAYERS = ("beneficiaries", "workers")
DOWNLOADED_ROADS = "roads.graphml"
MOST_DAYS = 28

Language = Literal["id", "en"]


ATTRIBUTION = "© OpenStreetMap"
# No more than an address needs: it stands in the page's Content-Security-Policy.
_TILES = re.compile(
    r"https://[\w.-]+(:\d+)?/(?=.*\{z\})(?=.*\{x\})(?=.*\{y\})[\w./{}?&=@%~+-]*", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roads:
    """
    Where the roads come from.

    `source` is a file, or None until `place` has been downloaded into the project folder.
    `attribution` is whom the maps name as the makers of the roads.
    """

    source: Path | None = None
    place: str | None = None
    attribution: str = ATTRIBUTION


@dataclass(frozen=True, slots=True, kw_only=True)
class MapParams:
    """
    How maps are drawn.

    `online_tiles` is the address of map pictures, with {z}, {x} and {y}, that the supervisor's
    page asks for; by default no page asks anybody, since that tells where one looks.
    """

    online_tiles: str = ""

    def __post_init__(self) -> None:
        if self.online_tiles and not _TILES.fullmatch(self.online_tiles):
            raise ConfigError(
                "online_tiles must be an address that begins with https:// and holds {z}, {x}"
                " and {y}"
            )


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
    arranged: Arrangements
    pins: Table
    costs: CostParams
    weights: Weights
    plan: PlanParams
    maps: MapParams
    coverage: CoverageParams
    cycle: InterruptionParams | None
    log: LogParams
    out: Path
    cache: Path | None = None

    def for_week(self, starts_on: dt.date, n_days: int | None = None) -> Config:
        """Give the configuration of other days; as many as the file says where none are told."""
        n_days = self.horizon.n_days if n_days is None else n_days
        horizon = dataclasses.replace(self.horizon, starts_on=starts_on, n_days=n_days)
        return dataclasses.replace(self, horizon=horizon)

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


def language_of(folder: Path) -> Language:
    """Give the project's language, also where nothing else of outreach.toml can be used."""
    try:
        tables = tomllib.loads((folder / FILE).read_text(encoding="utf-8-sig"))
        return "en" if tables["project"]["language"] == "en" else "id"
    except (OSError, ValueError, KeyError, TypeError):
        return "id"


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
    except UnicodeDecodeError as error:
        raise ConfigError(
            "%(file)s is not saved as UTF-8; save it again as UTF-8", file=str(path)
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            "%(file)s cannot be read: %(error)s", file=str(path), error=str(error)
        ) from error
    sections = Sections(tables)
    config = _config(sections, folder)
    sections.unknown(TOP, sections.tables, _SECTIONS)
    if sections.faults:
        raise ConfigError("%(file)s says what cannot be:", file=str(path)).with_details(
            sections.faults
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
    "breaks",
    "bookings",
    "pins",
    "costs",
    "weights",
    "plan",
    "maps",
    "coverage",
    "scenarios",
    "cycle",
    "log",
)


def _config(sections: Sections, folder: Path) -> Config:
    project = sections.section("project")
    name = sections.take("project", project, "name", str, folder.resolve().name)
    language = sections.take("project", project, "language", str, "id")
    season = sections.take("project", project, "season", str, "dry")
    notice = sections.take("project", project, "notice", str, "")
    horizon = _horizon(sections, project)
    if language not in {"id", "en"}:
        sections.fault("project: language", Message('must be "id" or "en"'))
    if season not in get_args(Season):
        sections.fault("project: season", Message('must be "dry" or "wet"'))
    known = {"name", "language", "season", "notice", "timezone", "starts_on", "horizon_days"}
    sections.unknown("project", project, known)
    roads, impedance = _roads(sections, folder)
    plan, arranged = _plan(sections)
    return Config(
        folder=folder,
        name=name,
        language="en" if language == "en" else "id",
        season="wet" if season == "wet" else "dry",
        horizon=horizon,
        notices=(Message(notice.replace("%", "%%")),) if notice else (),
        files=_files(sections, folder),
        roads=roads,
        impedance=impedance,
        download=sections.params("download", sections.section("download"), OverpassParams),
        snap=sections.params("snap", sections.section("snap"), SnapParams),
        checks=sections.params("checks", sections.section("checks"), CheckParams),
        presets=_presets(sections),
        arranged=arranged,
        pins=_pins(sections),
        costs=sections.params("costs", sections.section("costs"), CostParams),
        weights=sections.params("weights", sections.section("weights"), Weights),
        plan=plan,
        maps=sections.params("maps", sections.section("maps"), MapParams),
        coverage=read_questions(sections, folder),
        cycle=sections.params("cycle", sections.section("cycle"), InterruptionParams)
        if "cycle" in sections.tables
        else None,
        log=sections.params("log", sections.section("log"), LogParams),
        out=folder / "maps",
    )


def _horizon(sections: Sections, project: dict[str, Any]) -> Horizon:
    if "starts_on" not in project:
        sections.fault("project: starts_on", Message("is missing: the first day that is planned"))
    starts_on = sections.take("project", project, "starts_on", dt.date, dt.date(2000, 1, 3))
    n_days = sections.take("project", project, "horizon_days", int, 7)
    timezone = sections.take("project", project, "timezone", str, "Asia/Jakarta")
    if not 1 <= n_days <= MOST_DAYS:
        sections.fault(
            "project: horizon_days",
            Message("must be from 1 to %(most)d", {"most": MOST_DAYS}),
        )
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        sections.fault(
            "project: timezone",
            Message("there is no '%(timezone)s'; try Asia/Jakarta", {"timezone": timezone}),
        )
        timezone = "Asia/Jakarta"
    return Horizon(starts_on=starts_on, n_days=n_days, timezone=timezone)


def _files(sections: Sections, folder: Path) -> dict[str, TableSource]:
    table = sections.section("files")
    sections.unknown("files", table, set(LAYERS))
    sources = {}
    for layer in LAYERS:
        text = sections.take("files", table, layer, str, "")
        if not text:
            if layer in NEEDED_LAYERS:
                sections.fault(
                    f"files: {layer}", Message('is missing: write "file" or "file#sheet"')
                )
            continue
        source = parse_source(text, folder)
        if not source.path.is_file():
            sections.fault(
                f"files: {layer}",
                Message("there is no file %(file)s", {"file": str(source.path)}),
            )
        sources[layer] = source
    return sources


def _roads(sections: Sections, folder: Path) -> tuple[Roads, ImpedanceParams]:
    table = sections.section("roads")
    source = sections.take("roads", table, "source", str, "")
    place = sections.take("roads", table, "place", str, "")
    attribution = sections.take("roads", table, "attribution", str, ATTRIBUTION)
    # The other keys are the speeds; their own room knows which there are.
    impedance = sections.build(
        "roads", lambda: ImpedanceParams.from_table(table), ImpedanceParams()
    )
    if source and not (folder / source).is_file():
        sections.fault(
            "roads: source",
            Message("there is no file %(file)s", {"file": str(folder / source)}),
        )
    if not source and not place:
        sections.fault("roads", Message("needs a source (a file) or a place (a name)"))
    if not source and (folder / DOWNLOADED_ROADS).is_file():
        source = DOWNLOADED_ROADS
    return (
        Roads(
            source=folder / source if source else None,
            place=place or None,
            attribution=attribution,
        ),
        impedance,
    )


def _presets(sections: Sections) -> dict[str, CategoryPreset]:
    presets = dict(DEFAULT_PRESETS)
    for category, table in sections.section("categories").items():
        where = f"categories.{category}"
        if not isinstance(table, dict):
            sections.fault(where, Message("must be a section"))
            continue
        presets[category] = sections.build(
            where,
            lambda category=category, table=table: CategoryPreset.from_table(  # type: ignore[misc]
                table, base=presets.get(category)
            ),
            CategoryPreset(every_days=30),
        )
    return presets


def _pins(sections: Sections) -> Table:
    rows = []
    for number, row in enumerate(sections.rows("pins"), start=1):
        where = f"pins, number {number}"
        # People say circuit where a circuit's team is meant.
        if "circuit" in row:
            row.setdefault("team", row.pop("circuit"))
        sections.unknown(where, row, PIN_FIELDS)
        rows.append(row)
    return pins_table(rows, file=FILE)


def _plan(sections: Sections) -> tuple[PlanParams, Arrangements]:
    table = sections.section("plan")
    nights = sections.take("plan", table, "nights", str, "found")
    arranged = read_arrangements(sections, nights=nights)
    limit = sections.take("plan", table, "time_limit", str, "30s")
    table["time_limit_s"] = sections.build("plan", lambda: parse_duration_s(limit), 30.0)
    return sections.params("plan", table, PlanParams), arranged
