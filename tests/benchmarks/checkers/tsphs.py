"""Recompute and check a tour of the travelling salesperson with hotel selection."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
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
    country = _Country(file)
    hotels, customers = country.hotels, country.customers
    tour, unreachable = answer["tour"], answer["unreachable"]
    if unknown := {*tour, *unreachable} - hotels - customers:
        return [f"{node} is not in the file" for node in sorted(unknown)]
    found: list[str] = []
    if not tour or tour[0] != 0 or tour[-1] != 0:
        found.append("the tour does not start and end at hotel 0")
    met = Counter([node for node in tour if node in customers] + unreachable)
    found += [
        f"customer {customer}: {met[customer]} times in the tour or unreachable"
        for customer in sorted(customers)
        if met[customer] != 1
    ]
    found += [f"hotel {node} is called unreachable" for node in unreachable if node in hotels]
    found += [
        f"customer {node} is within reach of the hotels"
        for node in country.within_reach().intersection(unreachable)
    ]
    trips, length, time = 0, 0, Fraction(0)
    for before, after in pairwise(tour):
        leg = country.tenths(before, after)
        length += leg
        time += leg + country.service[after]
        if after in hotels:
            trips += 1
            if time > country.most:
                found.append(f"trip {trips} takes {float(time / TENTHS)}")
            time = Fraction(0)
    if trips != answer["trips"]:
        found.append(f"{trips} trips, not {answer['trips']}")
    if abs(length / TENTHS - answer["length"]) > ROUNDING:
        found.append(f"{length / TENTHS} long, not {answer['length']}")
    return found


class _Country:
    """A file; lengths and times are in tenths, without floating point."""

    def __init__(self, file: Path) -> None:
        rows = [line.split() for line in file.read_text().splitlines() if line.strip()]
        n_hotels, n_customers = int(rows[0][0]), int(rows[0][1])
        rows, self.most = rows[1:], TENTHS * Fraction(rows[0][2])
        ids = [int(row[0]) for row in rows]
        self.hotels = set(ids[:n_hotels])
        self.customers = set(ids[n_hotels : n_hotels + n_customers])
        self._spot = {int(row[0]): (Fraction(row[1]), Fraction(row[2])) for row in rows}
        self.service = {
            int(row[0]): TENTHS * sum(map(Fraction, row[3:]), Fraction(0)) for row in rows
        }

    def tenths(self, a: int, b: int) -> int:
        """Give a length, rounded down: the whole root of so many hundredths."""
        (ax, ay), (bx, by) = self._spot[a], self._spot[b]
        return math.isqrt(math.floor(TENTHS**2 * ((ax - bx) ** 2 + (ay - by) ** 2)))

    def within_reach(self) -> set[int]:
        """List the customers whom one can visit from the hotels that one can get to."""
        usable = {0}
        while more := {
            hotel
            for hotel in self.hotels - usable
            if any(self.tenths(hotel, other) <= self.most for other in usable)
        }:
            usable |= more
        return {
            node
            for node in self.customers
            if 2 * min(self.tenths(node, hotel) for hotel in usable) + self.service[node]
            <= self.most
        }
