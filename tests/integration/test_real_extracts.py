"""The whole job on real roads: 250 made-up beneficiaries on two extracts."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from outreach.cli import main
from outreach.layers.roads import read_roads
from outreach.routing.impedance import ImpedanceParams
from outreach.routing.network import build_network
from tests.projects import write_csv

if TYPE_CHECKING:
    from pathlib import Path

N_CHILDREN = 250
SETTINGS = """
[project]
name = "Real roads"
language = "en"
starts_on = 2026-11-30

[files]
beneficiaries = "children.csv"
workers = "workers.csv"
lodgings = "lodgings.csv"

[roads]
source = "{roads}"

[[circuits]]
id = "far"
workers = ["w3", "w4"]
leaves = "monday"
returns = "thursday"

[plan]
iterations = 200
"""


def project(folder: Path, roads: Path, seed: int) -> Path:
    """Put 250 beneficiaries near junctions of the roads, drawn by seed."""
    rng = random.Random(seed)
    network = build_network(read_roads(roads), impedance=ImpedanceParams())
    nodes = [i for i in range(network.n_nodes) if network.is_main[i]]

    def somewhere() -> tuple[float, float]:
        node = rng.choice(nodes)
        return (
            round(float(network.lon[node]) + rng.uniform(-1e-3, 1e-3), 6),
            round(float(network.lat[node]) + rng.uniform(-1e-3, 1e-3), 6),
        )

    categories = ("violence", "neglect", "disability", "orphan")
    write_csv(
        folder / "children.csv",
        ("id", "lon", "lat", "category", "every_days", "visits_per_week", "circuit"),
        (
            (f"c{i:03d}", *somewhere(), rng.choice(categories), "", 3, "far")
            if i < 12
            else (
                f"c{i:03d}",
                *somewhere(),
                rng.choice(categories),
                rng.choice((7, 14, 30)),
                "",
                "",
            )
            for i in range(N_CHILDREN)
        ),
    )
    base = somewhere()
    write_csv(
        folder / "workers.csv",
        ("id", "base_id", "lon", "lat", "nights_allowed"),
        ((f"w{i}", "office", *base, "yes") for i in range(1, 5)),
    )
    write_csv(
        folder / "lodgings.csv",
        ("id", "label", "lon", "lat", "beds", "cost_idr"),
        ((f"inn{i}", f"Inn {i}", *somewhere(), 4, 50000) for i in range(3)),
    )
    (folder / "outreach.toml").write_text(SETTINGS.format(roads=roads.as_posix()), encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", ["balikpapan_kota_drive.graphml.gz", "liechtenstein.osm.pbf"])
def test_the_whole_job_runs_on_real_roads(shared: Path, tmp_path: Path, name: str) -> None:
    """Plan, audit and every output; everybody is planned or lost with a reason."""
    folder = project(tmp_path, shared / "data" / "osm" / name, seed=1)
    cache = str(tmp_path / "cache")
    result = CliRunner().invoke(main, ["run", str(folder), "--cache", cache, "--json"])
    assert result.exit_code == 0, result.output
    plan = json.loads((folder / "maps" / "plan.json").read_text(encoding="utf-8"))
    planned = {s["beneficiary_id"] for r in plan["day_routes"] for s in r["stops"]} - {None}
    lost = {
        loss["beneficiary_id"]
        for kind in ("unserved", "invalid", "unsnapped", "unreachable")
        for loss in plan[kind]
    }
    assert planned | lost == {f"c{i:03d}" for i in range(N_CHILDREN)}
    assert all(
        loss["reason"] and loss["detail"]["template"]
        for kind in ("unserved", "unreachable")
        for loss in plan[kind]
    )
    audit = CliRunner().invoke(main, ["audit", str(folder), "--cache", cache, "--json"])
    assert json.loads(audit.stdout)["violations"] == []
    for file in ("plan.xlsx", "plan.gpkg", "supervisor.html", "worker-w1.html"):
        assert (folder / "maps" / file).stat().st_size > 1000
