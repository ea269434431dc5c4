"""A thousand beneficiaries and twenty workers, from the tables to the outputs, stage by stage."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.run import ROOT, measured
from tests.projects import write_csv

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

DEMO = ROOT / "data" / "jambi"
WEEK = dt.date(2026, 11, 30)
KM_PER_DEGREE = 111.2
LANES = ("residential", "living_street")
# The offices: one in town and three in the country around, each with its share of the workers.
BASES = (
    ("kota", 103.5945, -1.6105, 11),
    ("utara", 103.55, -1.45, 3),
    ("timur", 103.75, -1.58, 3),
    ("selatan", 103.51, -1.82, 3),
)
CIRCUIT_WORKERS = 3
# How many of a hundred cases each category has, and how often it is seen.
CATEGORIES = {
    "Anak terlantar": 28,
    "Disabilitas": 16,
    "Yatim piatu": 14,
    "AMPK": 10,
    "Korban kekerasan": 10,
    "Balita terlantar": 9,
    "ABH": 7,
    "NAPZA": 6,
}
PART_IN_TOWN, TOWN_KM, COUNTRY_KM = 0.7, 10.0, 30.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the benchmark takes."""
    parser.add_argument("--beneficiaries", type=int, default=1000)
    parser.add_argument("--weeks", type=int, default=1, help="length of the horizon")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds of search")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="make the project here, and leave it there")


def run(args: argparse.Namespace) -> list[dict[str, object]]:
    """Make the project and run it once with an empty cache, in a process of its own."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.keep or Path(temporary, "project")
        make_project(folder, n=args.beneficiaries, weeks=args.weeks, seed=args.seed)
        row = measured(folder, Path(temporary, "cache"), args.time_limit)
    return [{"beneficiaries": args.beneficiaries, "workers": sum(b[3] for b in BASES)} | row]


def make_project(folder: Path, *, n: int, weeks: int, seed: int) -> None:
    """Write tables of `n` beneficiaries who live by the demo's roads, and its settings."""
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    corners = _corners()
    bases = [_Base(i, corners) for i in range(len(BASES))]
    write_csv(
        folder / "workers.csv",
        (
            *("id", "base_id", "base_label", "lon", "lat", "shifts", "max_riding_minutes"),
            *("skills", "nights_allowed", "monthly_budget_idr"),
        ),
        _workers(bases),
    )
    write_csv(
        folder / "children.csv",
        (
            *("id", "lon", "lat", "category", "visits_per_week", "min_gap_days", "weekdays"),
            *("opens", "closes", "service_minutes", "last_visit", "deadline", "workers_needed"),
            *("skills", "worker", "circuit"),
        ),
        [*_circuit_cases(), *_cases(rng, bases, n)][:n],
    )
    settings = (DEMO / "outreach.toml").read_text(encoding="utf-8")
    on_circuit = ", ".join(f'"{w}"' for w in _worker_ids()[:CIRCUIT_WORKERS])
    for demos, own in (
        ('"caseload.xlsx#beneficiaries"', '"children.csv"'),
        ('"caseload.xlsx#workers"', '"workers.csv"'),
        ('"caseload.xlsx', f'"{DEMO}/caseload.xlsx'),
        ('"areas.geojson"', f'"{DEMO}/areas.geojson"'),
        ("horizon_days = 7", f"horizon_days = {7 * weeks}"),
        ('"roads.osm.pbf"', f'"{DEMO}/roads.osm.pbf"'),
        ('"muaro", "tksk-1", "tksk-2"', on_circuit),
    ):
        if demos not in settings:
            raise ValueError(f"the demo's settings have no {demos} any more")
        settings = settings.replace(demos, own)
    (folder / "outreach.toml").write_text(settings, encoding="utf-8")


def _corners() -> NDArray[np.float64]:
    """Read the corners of the demo's lanes; shape (n, 2), degrees."""
    import numpy as np
    import osmium

    places: dict[int, tuple[float, float]] = {}
    corners: set[int] = set()
    for item in osmium.FileProcessor(DEMO / "roads.osm.pbf"):
        if isinstance(item, osmium.osm.Node):
            places[item.id] = (item.location.lon, item.location.lat)
        elif isinstance(item, osmium.osm.Way) and item.tags.get("highway") in LANES:
            corners.update(node.ref for node in item.nodes)
    return np.array([places[node] for node in sorted(corners)])


def _km(points: NDArray[np.float64], lon: float, lat: float) -> NDArray[np.float64]:
    """Measure roughly how far the points are; near the equator all degrees are as long."""
    import numpy as np

    east, north = (points - np.array([lon, lat])).T * KM_PER_DEGREE
    away: NDArray[np.float64] = np.hypot(east, north)
    return away


class _Base:
    """An office, and the lanes that are nearest to it."""

    def __init__(self, index: int, corners: NDArray[np.float64]) -> None:
        import numpy as np

        self.id, _, _, n_workers = BASES[index]
        away = np.array([_km(corners, lon, lat) for _, lon, lat, _ in BASES])
        reach = TOWN_KM if index == 0 else COUNTRY_KM
        self.lanes = corners[(away.argmin(axis=0) == index) & (away[index] < reach)]
        self.spot = corners[away[index].argmin()]
        before = sum(n for _, _, _, n in BASES[:index])
        self.workers = _worker_ids()[before : before + n_workers]


def _worker_ids() -> list[str]:
    return [f"p{i:02d}" for i in range(1, 1 + sum(b[3] for b in BASES))]


def _workers(bases: list[_Base]) -> Iterator[tuple[Any, ...]]:
    skills = ("kekerasan, konseling", "disabilitas", "konseling", "kekerasan, disabilitas")
    for base in bases:
        lon, lat = base.spot
        for i, worker in enumerate(base.workers):
            # Only some of those in town have long days, and may sleep away.
            rides_far = base is not bases[0] or i < CIRCUIT_WORKERS
            hours = "Senin-Kamis 07:00-17:00" if rides_far else "Senin-Kamis 08:00-16:00"
            yield (
                *(worker, base.id, f"Kantor {base.id}", lon, lat, f"{hours}; Jumat 08:00-15:00"),
                *(420 if rides_far else 240, skills[i % len(skills)]),
                *("ya" if i < CIRCUIT_WORKERS + 1 else "tidak", 2_000_000),
            )


def _circuit_cases() -> Iterator[tuple[Any, ...]]:
    """Take the children of the demo's circuit, whom three of these workers meet."""
    import pandas as pd

    rows = pd.read_excel(DEMO / "caseload.xlsx", sheet_name="beneficiaries")
    for child in rows[rows["sirkuit"] == "sad"].itertuples():
        yield (
            *(child.id, child.bujur, child.lintang, child.kategori, 3, 1, "Senin-Kamis"),
            *("", "", child.menit_layanan, WEEK - dt.timedelta(days=11), "", "", "", "", "sad"),
        )


def _cases(rng: np.random.Generator, bases: list[_Base], n: int) -> Iterator[tuple[Any, ...]]:
    import numpy as np

    names = list(CATEGORIES)
    shares = np.array([CATEGORIES[name] for name in names]) / sum(CATEGORIES.values())
    for i in range(n):
        in_town = rng.random() < PART_IN_TOWN
        base = bases[0] if in_town else bases[1 + int(rng.integers(len(bases) - 1))]
        lon, lat = base.lanes[rng.integers(len(base.lanes))] + rng.normal(0.0, 0.0002, 2)
        category = names[rng.choice(len(names), p=shares)]
        has_hours, is_new = rng.random() < 0.15, rng.random() < 0.05
        is_weekly_twice = category == "AMPK" and rng.random() < 0.5
        needs = "disabilitas" if category == "Disabilitas" and i % 4 == 0 else ""
        needs = "kekerasan" if category == "Korban kekerasan" and i % 2 == 0 else needs
        days_ago = 3 + int(rng.exponential(35))
        yield (
            *(f"b{i:04d}", round(float(lon), 5), round(float(lat), 5), category),
            *(2 if is_weekly_twice else "", 2 if is_weekly_twice else "", "Senin-Jumat"),
            *(("13:00", "16:00") if has_hours else ("", "")),
            "",
            "" if is_new else WEEK - dt.timedelta(days=days_ago),
            WEEK + dt.timedelta(days=1 + i % 4) if is_new else "",
            2 if rng.random() < 0.03 else "",
            needs,
            "" if is_new or needs else str(rng.choice(base.workers)),
            "",
        )
