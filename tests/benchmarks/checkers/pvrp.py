"""Recompute and check a solution of Cordeau's periodic vehicle routing problem."""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ROUNDING = 1e-6


def faults(file: Path, days: Sequence[Sequence[Sequence[int]]], cost: float) -> list[str]:
    """
    List what is wrong with a solution.

    Parameters
    ----------
    days
        For each day its routes, each the ids of the customers in order, the depot left out.
    cost
        The total length that is claimed.
    """
    words = iter(file.read_text().split())
    _, n_vehicles, n_customers, n_days = (int(next(words)) for _ in range(4))
    limits = [(float(next(words)), float(next(words))) for _ in range(n_days)]
    spot: dict[int, tuple[float, float]] = {}
    service: dict[int, float] = {}
    demand: dict[int, float] = {}
    allowed: dict[int, set[str]] = {}
    for _ in range(n_customers + 1):
        number = int(next(words))
        spot[number] = float(next(words)), float(next(words))
        service[number], demand[number] = float(next(words)), float(next(words))
        frequency, n_combinations = int(next(words)), int(next(words))
        allowed[number] = {
            format(int(next(words)), f"0{n_days}b") for _ in range(n_combinations)
        } or {"0" * n_days}
        if any(mask.count("1") != frequency for mask in allowed[number]):
            return [f"{file.name}: combinations of {number} do not have {frequency} days"]
    depot = min(spot)
    found: list[str] = []
    if len(days) != n_days:
        found.append(f"{len(days)} days instead of {n_days}")
    seen: dict[int, list[int]] = defaultdict(list)
    total = 0.0
    for day, routes in enumerate(days):
        if len(routes) > n_vehicles:
            found.append(f"day {day + 1}: {len(routes)} routes, {n_vehicles} vehicles")
        most_time, most_load = limits[day]
        for route in routes:
            path = [depot, *route, depot]
            length = sum(math.dist(spot[a], spot[b]) for a, b in pairwise(path))
            total += length
            time = length + sum(service[c] for c in route)
            load = sum(demand[c] for c in route)
            if most_time and time > most_time + ROUNDING:
                found.append(f"day {day + 1}: a route takes {time} of {most_time}")
            if most_load and load > most_load + ROUNDING:
                found.append(f"day {day + 1}: a route carries {load} of {most_load}")
            for customer in route:
                seen[customer].append(day)
    for customer in sorted(spot.keys() - {depot}):
        on = seen[customer]
        mask = "".join("1" if day in on else "0" for day in range(n_days))
        if len(set(on)) != len(on) or mask not in allowed[customer]:
            found.append(f"customer {customer}: visited on days {[d + 1 for d in on]}")
    if abs(total - cost) > ROUNDING * max(1.0, total):
        found.append(f"costs {total}, not {cost}")
    return found
