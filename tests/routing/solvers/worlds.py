"""Worlds that hold every rule alone, and all of them together."""

from __future__ import annotations

from dataclasses import replace

from outreach.model import TimeWindow
from outreach.routing.problem import Circuit, CostParams, Lodging, Night, Problem, Team
from outreach.units import HOUR_S
from tests.routing.problems import Rest, Road, circuit_world, need, problem, shift, worker

TRIP_IDR = 60 * 300 + 50_000 + 2 * 50_000
"""Two days with a night thirty kilometres away: fuel, lodging, meals."""


def two_circuits(
    *, inn_beds: int, shares_days: bool = True, budget_idr: int | None = None
) -> Problem:
    """Give two trips of two workers each, or of the same two on other days."""
    days = {"a": (0, 1), "b": (0, 1) if shares_days else (3, 4)}
    teams = tuple(
        Team(
            id=name,
            worker_ids=(f"{name}1", f"{name}2") if shares_days else ("a1", "a2"),
            base_id="base",
            shifts=tuple(shift(d) for d in when),
            circuit_id=name,
            nights=(Night(day=when[0], place_ids=("hut", "inn")),),
        )
        for name, when in days.items()
    )
    return problem(
        Road({"base": 0.0, "inn": 30.0, "hut": 95.0, "x": 100.0, "y": 100.0}),
        (
            need("x", days=tuple((d,) for d in days["a"]), circuit_id="a"),
            need("y", days=tuple((d,) for d in days["b"]), circuit_id="b"),
        ),
        teams,
        lodgings=(
            Lodging(id="hut", nights=(0, 1, 3, 4), beds=4, cost_idr=50_000),
            Lodging(id="inn", nights=(0, 1, 3, 4), beds=inn_beds, cost_idr=50_000),
        ),
        circuits=tuple(Circuit(id=t, team_id=t, days=when) for t, when in days.items()),
        budget_idr={} if budget_idr is None else {"a1": budget_idr},
    )


def pinned_night(*, beds: int) -> Problem:
    """Give a worker who was told to sleep at the inn on Tuesday, if there is a bed."""
    return problem(
        Road({"base": 0.0, "inn": 30.0, "a": 30.0}),
        (need("a"),),
        (worker(nights=(Night(day=1, place_ids=("inn",)),)),),
        lodgings=(Lodging(id="inn", nights=(1,), beds=beds, cost_idr=0),),
    )


def far_child(km: float, **changes: Night) -> Problem:
    """Give a worker who sees one child on Monday and Tuesday, and may sleep beside it."""
    free = Night(day=0, place_ids=("base", "inn"))
    return problem(
        Road({"base": 0.0, "inn": km, "a": km}),
        (need("a", days=((0,), (1,))),),
        (worker(nights=(changes.get("night", free),)),),
        lodgings=(Lodging(id="inn", nights=(0, 4), beds=1, cost_idr=50_000),),
    )


LUNCH = Rest(11.5, 12.5)
PRAYER = Rest(15.0, 15.25, 0.25, "prayer")
WEEK = (0, 1, 2, 3, 4)
NOON = (TimeWindow(opens_s=12 * HOUR_S, closes_s=13 * HOUR_S),)
FREE = tuple(Night(day=d, place_ids=("base", "inn")) for d in WEEK[:-1])


def line(n: int, step_km: float = 1.0) -> dict[str, float]:
    """Give children along a road, at every step."""
    return {f"c{i:02d}": i * step_km for i in range(n)}


def colleagues(n_motorbikes: int = 2, **changes: object) -> tuple[Team, ...]:
    """Give u and w, and the team that they form where two are needed."""
    both = worker("u+w", worker_ids=("u", "w"), n_motorbikes=n_motorbikes)
    return worker("u"), worker("w"), replace(both, **changes)  # type: ignore[arg-type]


def inn(*, beds: int = 2, nights: tuple[int, ...] = WEEK) -> tuple[Lodging, ...]:
    """Give a lodging."""
    return (Lodging(id="inn", nights=nights, beds=beds, cost_idr=50_000),)


def away(*, beds: int = 2, nights: tuple[int, ...] = WEEK) -> Problem:
    """Give two who are needed far away together, and may sleep there if there are beds."""
    return problem(
        Road({"base": 0.0, "inn": 110.0, "a": 100.0, "b": 120.0, "c": 2.0}),
        (
            need("a", n_workers=2, service_s=2 * HOUR_S, priority=3.0),
            need("b", n_workers=2, service_s=2 * HOUR_S, priority=3.0),
            need("c"),
        ),
        colleagues(nights=FREE),
        lodgings=inn(beds=beds, nights=nights),
    )


def everything() -> Problem:
    """Give all rules at once: two workers, their team, a circuit, and twenty children."""
    km = {f"c{i:02d}": float(17 * i % 131 - 50) for i in range(20)}
    cases = [
        need(
            c,
            days=((WEEK,), (WEEK, WEEK), ((0, 1, 2),) * 3)[i % 3],
            service_s=HOUR_S,
            min_gap_days=1 + i % 2,
            deadline_day=i % 5 if i % 4 == 1 else None,
            windows=NOON if i % 7 == 2 else (),
            priority=1.0 + i % 3,
            n_workers=2 if i % 5 == 3 else 1,
            known_worker_id=(None, "u", "w")[i % 3],
            circuit_id="sad" if i % 4 == 0 else None,
            worker_ids=("u",) if i == 1 else (),
            order=("first", i) if i in {5, 6, 7} else None,
            is_pinned=i in {2, 10},
            overdue_days=i,
        )
        for i, c in enumerate(km)
    ]
    rests = (LUNCH, PRAYER)
    circuit = Team(
        id="sad",
        worker_ids=("x", "y"),
        base_id="base",
        shifts=tuple(shift(d, rests=rests) for d in (0, 1, 2)),
        circuit_id="sad",
        nights=tuple(Night(day=d, place_ids=("hut", "inn")) for d in (0, 1)),
        n_motorbikes=1,
    )
    pinned = Night(day=2, place_ids=("inn",))
    return problem(
        Road({"base": 0.0, "inn": 40.0, "hut": -30.0, **km}, ferries_km=(15.0,)),
        tuple(cases),
        (
            circuit,
            worker("u", rests=rests, nights=(*FREE[:2], pinned)),
            worker("u+w", worker_ids=("u", "w"), rests=rests, nights=FREE[:1], n_motorbikes=1),
            worker("w", ends_h=14, rests=(LUNCH,)),
        ),
        lodgings=(Lodging(id="hut", nights=(0, 1), beds=2, cost_idr=0), *inn(beds=3)),
        circuits=(Circuit(id="sad", team_id="sad", days=(0, 1, 2), lodging_ids=("hut", "inn")),),
        costs=CostParams(ferry_idr=10_000),
        budget_idr={"u": 250_000, "w": 60_000, "x": 400_000},
    )


WORLDS = {
    "nothing to do": problem(Road({"base": 0.0}), (), (worker(),)),
    "nobody to do it": problem(Road({"base": 0.0, "a": 1.0}), (need("a"),), ()),
    "more than fits": problem(
        Road({"base": 0.0, **line(30)}),
        tuple(need(c, service_s=2 * HOUR_S) for c in line(30)),
        (worker("u"), worker("w", days=(0,))),
    ),
    "doors open at lunch": problem(
        Road({"base": 0.0, "a": 10.0, "b": -10.0}),
        (need("a", windows=NOON), need("b", windows=NOON)),
        (worker(),),
    ),
    "a gap": problem(
        Road({"base": 0.0, "a": 5.0}), (need("a", days=(WEEK,) * 3, min_gap_days=3),), (worker(),)
    ),
    "three meetings of a circuit": circuit_world(
        {"v": 50.0, "w": 70.0}, {"inn": 55.0}, n_days=3, visits=((0, 1, 2),) * 3
    ),
    "two are needed": problem(
        Road({"base": 0.0, "z": 3.0, **line(12, 2.0)}),
        (need("z", n_workers=2), *(need(c, service_s=3 * HOUR_S) for c in line(12))),
        colleagues(),
    ),
    "two on one motorbike": problem(
        Road({"base": 0.0, "a": 30.0, "b": -30.0}),
        (need("a", n_workers=2), need("b")),
        colleagues(n_motorbikes=1),
        budget_idr={"u": 15_000, "w": 15_000},
    ),
    "a night away": away(),
    "a bed short": away(beds=1),
    "a closed lodging": away(nights=(4,)),
    "two circuits and few beds": two_circuits(inn_beds=2),
    "two trips and little money": two_circuits(
        inn_beds=4, shares_days=False, budget_idr=2 * TRIP_IDR - 1
    ),
    "no money for a circuit": replace(
        circuit_world({"v": 50.0}, {"inn": 55.0}), budget_idr={"w0": 50_000}
    ),
    "little money": problem(
        Road({"base": 0.0, **line(8, 20.0)}),
        tuple(need(c) for c in line(8, 20.0)),
        (worker(),),
        budget_idr={"w": 60_000},
    ),
    "deadlines": problem(
        Road({"base": 0.0, **line(9)}),
        tuple(need(c, service_s=3 * HOUR_S, deadline_day=0) for c in line(9)),
        (worker(),),
    ),
    "lunch and prayer": problem(
        Road({"base": 0.0, **line(12, 4.0)}),
        tuple(need(c, service_s=2 * HOUR_S) for c in line(12, 4.0)),
        (worker(rests=(LUNCH, PRAYER)),),
    ),
    "orders": problem(
        Road({"base": 0.0, **line(6, 5.0)}),
        tuple(need(c, order=("a", -i)) for i, c in enumerate(line(6))),
        (worker(days=(0,)),),
    ),
    "promises and pinned workers": problem(
        Road({"base": 0.0, **line(6, 20.0)}),
        tuple(
            need(
                c, days=((1,),), service_s=3 * HOUR_S, is_pinned=i > 2, worker_ids=("w",) * (i % 2)
            )
            for i, c in enumerate(line(6))
        ),
        (worker("u"), worker("w")),
    ),
    "a pinned night": pinned_night(beds=1),
    "a pinned night without a bed": pinned_night(beds=0),
    "a free night": far_child(100.0),
    "a ferry": problem(
        Road({"base": 0.0, "a": 20.0, "b": 25.0, "c": -5.0}, ferries_km=(10.0,)),
        (need("a", days=((0,),)), need("b", days=((1,),)), need("c")),
        (worker(),),
        costs=CostParams(ferry_idr=30_000),
        budget_idr={"w": 80_000},
    ),
    "everything": everything(),
}
