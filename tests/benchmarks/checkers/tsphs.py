"""Recompute and check a tour of the travelling salesperson with hotel selection."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

TENTHS = 10
ROUNDING = 1e-6


def faults(file: Path, answer: Mapping[str, Any]) -> list[str]:
    """
    List what is wrong with an answer.

    Parameters
    ----------
    answer
        `trips`, `length`, `tour` (ids, hotels between the trips and at both ends) and
        `unreachable` (ids).
    """
    words = iter(file.read_text().split("\n"))
    n_hotels, n_customers, most = (int(word) for word in next(words).split())
    spot: dict[int, tuple[int, int]] = {}
    service: dict[int, int] = {}
    for _ in range(n_hotels + n_customers):
        number, x, y, *rest = (int(word) for word in next(words).split())
        spot[number] = x, y
        service[number] = sum(rest)
    hotels = set(list(spot)[:n_hotels])
    customers = spot.keys() - hotels

    def tenths(a: int, b: int) -> int:
        (ax, ay), (bx, by) = spot[a], spot[b]
        # The root of a whole number of hundredths, rounded down, needs no floating point.
        return math.isqrt(TENTHS**2 * ((ax - bx) ** 2 + (ay - by) ** 2))

    found: list[str] = []
    tour, unreachable = answer["tour"], answer["unreachable"]
    if unknown := [node for node in [*tour, *unreachable] if node not in spot]:
        return [f"{node} is not in the file" for node in unknown]
    if not tour or tour[0] != 0 or tour[-1] != 0:
        found.append("the tour does not start and end at hotel 0")
    met = Counter(node for node in tour if node in customers)
    for customer in sorted(customers):
        times = met[customer] + unreachable.count(customer)
        if times != 1:
            found.append(f"customer {customer}: {times} times in the tour or unreachable")
    found += [f"hotel {node} is called unreachable" for node in unreachable if node in hotels]
    for node in unreachable:
        pairs = ((g, h) for g in hotels for h in hotels)
        if node in customers and any(
            tenths(g, node) + tenths(node, h) + TENTHS * service[node] <= TENTHS * most
            for g, h in pairs
        ):
            found.append(f"customer {node} is within reach of two hotels")
    trips, length, time = 0, 0, 0
    for before, after in pairwise(tour):
        length += tenths(before, after)
        time += tenths(before, after) + TENTHS * service[after]
        if after in hotels:
            trips += 1
            if time > TENTHS * most:
                found.append(f"trip {trips} takes {time / TENTHS} of {most}")
            time = 0
    if trips != answer["trips"]:
        found.append(f"{trips} trips, not {answer['trips']}")
    if abs(length / TENTHS - answer["length"]) > ROUNDING:
        found.append(f"{length / TENTHS} long, not {answer['length']}")
    return found
