"""Small whole projects, as a user could have made them."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

WEST, SOUTH = 103.60, -1.62
BLOCK_DEG = 0.002
"""Blocks of about 220 m."""


def town_xml(n: int = 6) -> str:
    """Write a town of n × n crossings, 220 m apart, as an OSM file."""
    nodes, ways = [], []
    for row in range(n):
        for column in range(n):
            lat, lon = SOUTH + row * BLOCK_DEG, WEST + column * BLOCK_DEG
            nodes.append(f'<node id="{row * n + column + 1}" lat="{lat:.6f}" lon="{lon:.6f}"/>')
    lines = [[row * n + c + 1 for c in range(n)] for row in range(n)]
    lines += [[r * n + column + 1 for r in range(n)] for column in range(n)]
    for i, line in enumerate(lines):
        refs = "".join(f'<nd ref="{ref}"/>' for ref in line)
        ways.append(f'<way id="{i + 1}">{refs}<tag k="highway" v="residential"/></way>')
    return f'<osm version="0.6">{"".join(nodes)}{"".join(ways)}</osm>'


def write_csv(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Write a table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def town_project(folder: Path, *, children: Iterable[Iterable[object]] | None = None) -> Path:
    """
    Make a project in a small town: five children, two workers, a circuit to a far corner.

    One of the children has swapped coordinates, one lives far from every road.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "roads.osm").write_text(town_xml(), encoding="utf-8")
    far = WEST + 5 * BLOCK_DEG
    write_csv(
        folder / "children.csv",
        ("id", "lon", "lat", "category", "every_days", "visits_per_week", "circuit", "nama"),
        children
        or (
            ("c1", WEST, SOUTH, "neglect", 30, "", "", "Budi Rahasia"),
            ("c2", WEST + BLOCK_DEG, SOUTH, "violence", 7, "", "", "Siti Rahasia"),
            ("s1", far, SOUTH + 5 * BLOCK_DEG, "neglect", "", 3, "sad", "Ani Rahasia"),
            ("swapped", SOUTH, WEST, "neglect", 30, "", "", "Edi Rahasia"),
            ("remote", WEST + 0.09, SOUTH, "neglect", 30, "", "", "Tuti Rahasia"),
        ),
    )
    write_csv(
        folder / "workers.csv",
        ("id", "base_id", "base_label", "lon", "lat", "nights_allowed"),
        (
            ("w1", "office", "Dinas Sosial", WEST + 2 * BLOCK_DEG, SOUTH, "no"),
            ("w2", "office", "Dinas Sosial", WEST + 2 * BLOCK_DEG, SOUTH, "yes"),
        ),
    )
    write_csv(
        folder / "lodgings.csv",
        ("id", "label", "lon", "lat", "beds", "cost_idr"),
        (("hall", "Balai Desa", far, SOUTH + 4 * BLOCK_DEG, 4, 50000),),
    )
    (folder / "outreach.toml").write_text(
        """
[project]
name = "Town"
language = "en"
starts_on = 2026-11-30
notice = "100% synthetic roads"

[files]
beneficiaries = "children.csv"
workers = "workers.csv"
lodgings = "lodgings.csv"

[roads]
source = "roads.osm"

[checks]
bounds = [103.0, -2.5, 105.0, -1.0]

[[circuits]]
id = "sad"
workers = ["w2"]
leaves = "monday"
returns = "thursday"

[plan]
iterations = 50
""",
        encoding="utf-8",
    )
    return folder
