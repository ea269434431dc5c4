"""Recompute and check a solution of a Solomon instance of routing with time windows."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ROUNDING = 1e-6
WIDTH = 7


def faults(file: Path, routes: Sequence[Sequence[int]], cost: float) -> list[str]:
    """List what is wrong with the routes (ids of customers in order) and the claimed length."""
    lines = [line.split() for line in file.read_text().splitlines()]
    numbers = [[float(w) for w in line] for line in lines if line and line[0].isdigit()]
    (n_vehicles, most_load), *rows = numbers
    at = {int(row[0]): row for row in rows if len(row) == WIDTH}
    seen = Counter(c for route in routes for c in route)
    found = [
        f"customer {customer}: visited {seen[customer]} times"
        for customer in sorted(at.keys() - {0})
        if seen[customer] != 1
    ]
    if len(routes) > n_vehicles:
        found.append(f"{len(routes)} routes, {n_vehicles:.0f} vehicles")
    total = 0.0
    for route in routes:
        if sum(at[c][3] for c in route) > most_load + ROUNDING:
            found.append(f"the route {route} carries too much")
        now = 0.0
        for a, b in pairwise([0, *route, 0]):
            leg = math.dist(at[a][1:3], at[b][1:3])
            total += leg
            now = max(now + leg, at[b][4])
            if now > at[b][5] + ROUNDING:
                found.append(f"comes to {b} at {now}, after {at[b][5]}")
            now += at[b][6]
    if abs(total - cost) > ROUNDING * max(1.0, total):
        found.append(f"costs {total}, not {cost}")
    return found
