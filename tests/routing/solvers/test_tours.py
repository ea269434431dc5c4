"""Tours over several days, against answers that are counted out and an exact method."""

from __future__ import annotations

import argparse
import itertools
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.routing.solvers.protocol import Limit
from outreach.routing.solvers.tours import Tour, TourParams, TourProblem, find_tour
from tests.benchmarks import tsphs
from tests.benchmarks.checkers import tsphs as checker
from tests.routing.solvers.exact_tours import least_days_and_riding

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[3]
QUICK = Limit(iterations=1_000)
NO_WAY = float("inf")


def on_a_line(
    *, lodgings: Sequence[float], places: Sequence[float], most: float, service: float = 0
) -> TourProblem:
    """Make a straight road; the first lodging is the base."""
    x = np.array([*lodgings, *places], np.float64)
    return TourProblem(
        travel_s=np.abs(x[:, None] - x),
        service_s=np.full(len(places), service, np.float64),
        most_day_s=most,
    )


def without(problem: TourProblem, nodes: Sequence[int]) -> TourProblem:
    """Take some places out."""
    kept = [i for i in range(len(problem.travel_s)) if i not in nodes]
    places = [i - problem.n_lodgings for i in kept if i >= problem.n_lodgings]
    return TourProblem(
        travel_s=problem.travel_s[np.ix_(kept, kept)],
        service_s=problem.service_s[places],
        most_day_s=problem.most_day_s,
    )


def check(problem: TourProblem, tour: Tour) -> None:
    """Assert that a tour is one: joined, from base to base, each place once, no day too long."""
    n_lodgings = problem.n_lodgings
    ends = [(day[0], day[-1]) for day in tour.days]
    assert [end for _, end in ends[:-1]] == [start for start, _ in ends[1:]]
    if ends:
        assert (ends[0][0], ends[-1][1]) == (0, 0)
    riding = 0.0
    for day in tour.days:
        legs = sum(problem.travel_s[a, b] for a, b in itertools.pairwise(day))
        service = sum(problem.service_s[node - n_lodgings] for node in day[1:-1])
        assert legs + service <= problem.most_day_s + 1e-6
        assert max(day[0], day[-1]) < n_lodgings
        riding += legs
    assert tour.riding_s == pytest.approx(riding)
    visited = [node for day in tour.days for node in day[1:-1]]
    assert sorted([*visited, *tour.unreachable]) == list(range(n_lodgings, len(problem.travel_s)))


def test_a_day_without_visits_leads_to_a_far_place() -> None:
    """The place at 14 is out of reach from the base, and on from it: ride, visit, ride."""
    # From 0 by 14 to the lodging at 10 are 18, more than 15; 10-14-10 are 8.
    found = find_tour(on_a_line(lodgings=[0, 10], places=[14], most=15), limit=QUICK, seed=0)
    assert found == Tour(days=((0, 1), (1, 2, 1), (1, 0)), riding_s=28.0, unreachable=())


def test_a_day_starts_where_the_one_before_ended() -> None:
    """Two days on a line: out to the lodging by one place, home by the other."""
    problem = on_a_line(lodgings=[0, 10], places=[4, 6, 12], most=16, service=1)
    # All in one day are 24 + 3. Of the two days the longer one has 12 and the way back to 10.
    found = find_tour(problem, limit=QUICK, seed=0)
    assert len(found.days) == 2
    assert found.riding_s == 24
    check(problem, found)


def test_a_lodging_is_used_again() -> None:
    """Four places around a lodging, one a day, with the days there and back before and after."""
    spots = np.array([(0, 0), (20, 0), (20, 10), (30, 0), (20, -10)], np.float64)
    travel = np.hypot(*(spots[:, None] - spots).transpose(2, 0, 1))
    problem = TourProblem(travel_s=travel, service_s=np.full(3, 4.0), most_day_s=24.0)
    # 10 + 4 + 10 fill a day; any two places are 14.1 apart.
    found = find_tour(problem, limit=QUICK, seed=0)
    assert len(found.days) == 5
    assert found.riding_s == pytest.approx(20 + 3 * 20 + 20)
    check(problem, found)


def test_a_chain_of_lodgings_leads_far() -> None:
    """Two days without visits, one after the other, each way."""
    problem = on_a_line(lodgings=[0, 10, 20], places=[24], most=10)
    found = find_tour(problem, limit=QUICK, seed=0)
    assert found.days == ((0, 1), (1, 2), (2, 3, 2), (2, 1), (1, 0))


def test_fewer_days_go_before_less_riding() -> None:
    """One day of 10 rather than two of 7 in all by way of the lodging."""
    travel = np.array([[0, 1, 5], [1, 0, 1], [5, 1, 0]], np.float64)
    problem = TourProblem(travel_s=travel, service_s=np.zeros(1), most_day_s=10.0)
    assert find_tour(problem, limit=QUICK, seed=0).days == ((0, 2, 0),)
    tighter = TourProblem(travel_s=travel, service_s=np.ones(1), most_day_s=10.0)
    found = find_tour(tighter, limit=QUICK, seed=0)
    assert len(found.days) == 2
    assert found.riding_s == 7


def test_one_way_roads_are_kept() -> None:
    """A ring is ridden in its direction."""
    around = np.array([[(b - a) % 6 for b in range(6)] for a in range(6)], np.float64)
    problem = TourProblem(travel_s=around, service_s=np.zeros(5), most_day_s=6.0)
    found = find_tour(problem, limit=QUICK, seed=0)
    assert found.days == ((0, 1, 2, 3, 4, 5, 0),)


def test_what_is_out_of_reach_is_named() -> None:
    """A place too far from every lodging, and one beside a lodging that itself is too far."""
    problem = on_a_line(lodgings=[0, 10, 40], places=[5, 16, 17, 41], most=12)
    found = find_tour(problem, limit=QUICK, seed=0)
    # 10-16-10 are 12; 10-17-10 are 14; nobody gets to the lodging at 40.
    assert found.unreachable == (5, 6)
    check(problem, found)


def test_a_lodging_that_nobody_leaves_is_not_used() -> None:
    """Where a road leads there but not back, the place beside it is out of reach."""
    travel = np.array(
        [[0, 5, 6, 3], [NO_WAY, 0, 1, NO_WAY], [NO_WAY, 1, 0, NO_WAY], [3, NO_WAY, NO_WAY, 0]]
    )
    problem = TourProblem(travel_s=travel, service_s=np.zeros(2), most_day_s=10.0)
    found = find_tour(problem, limit=QUICK, seed=0)
    assert found == Tour(days=((0, 3, 0),), riding_s=6.0, unreachable=(2,))


def test_nothing_to_visit_is_no_day() -> None:
    """Without places, or without any in reach, one stays at the base."""
    nobody = find_tour(on_a_line(lodgings=[0, 3], places=[], most=5), limit=QUICK, seed=0)
    assert nobody == Tour(days=(), riding_s=0.0, unreachable=())
    far = find_tour(on_a_line(lodgings=[0], places=[9], most=5), limit=QUICK, seed=0)
    assert far == Tour(days=(), riding_s=0.0, unreachable=(1,))


def test_places_at_the_lodging_itself_take_no_riding() -> None:
    """Three places at the base, of which two fill a day."""
    problem = on_a_line(lodgings=[0], places=[0, 0, 0], most=8, service=4)
    found = find_tour(problem, limit=QUICK, seed=0)
    assert len(found.days) == 2
    assert found.riding_s == 0
    check(problem, found)


@st.composite
def worlds(draw: st.DrawFn) -> TourProblem:
    """Draw lodgings and places on a small map, distances as those of the benchmark."""
    n_lodgings = draw(st.integers(1, 3))
    n = draw(st.integers(0, 6))
    # Services of at least 1 make up for what rounding down takes from a detour.
    spots = draw(
        st.lists(
            st.tuples(st.integers(0, 20), st.integers(0, 20)),
            min_size=n_lodgings + n,
            max_size=n_lodgings + n,
        )
    )
    xy = np.array(spots, np.float64).reshape(-1, 2)
    length = np.hypot(*(xy[:, None] - xy).transpose(2, 0, 1))
    return TourProblem(
        travel_s=np.floor(length * 10 + 1e-9) / 10,
        service_s=np.array(draw(st.lists(st.integers(1, 6), min_size=n, max_size=n)), np.float64),
        most_day_s=float(draw(st.integers(8, 50))),
    )


@settings(max_examples=60, deadline=None)
@given(worlds(), st.integers(0, 3))
def test_small_worlds_are_solved_exactly(problem: TourProblem, seed: int) -> None:
    """As many days and as much riding as the exact method; who is left out can't be visited."""
    found = find_tour(problem, limit=QUICK, seed=seed)
    check(problem, found)
    places = range(problem.n_lodgings, len(problem.travel_s))
    for place in found.unreachable:
        alone = without(problem, [other for other in places if other != place])
        assert least_days_and_riding(alone) is None
    least = least_days_and_riding(without(problem, found.unreachable))
    assert least is not None
    assert len(found.days) == least[0]
    assert found.riding_s == pytest.approx(least[1])


@pytest.mark.parametrize("name", [*tsphs.TRIAL, "h05_c50_l100_01"])
def test_cut_down_instances_are_solved_exactly(shared: Path, name: str) -> None:
    """Nine of the customers and four of the hotels of a shared instance, drawn twice."""
    file = shared / "benchmarks" / "tsphs" / f"{name}.txt"
    if not file.is_file():
        pytest.skip("the folder of benchmarks, ../shared/benchmarks, is absent")
    whole = tsphs.read(file).problem
    for seed in range(2):
        draw = random.Random(seed)
        lodgings = [0, *draw.sample(range(1, whole.n_lodgings), 3)]
        places = draw.sample(range(whole.n_lodgings, len(whole.travel_s)), 9)
        nodes = [*lodgings, *places]
        problem = TourProblem(
            travel_s=whole.travel_s[np.ix_(nodes, nodes)],
            service_s=whole.service_s[np.array(places) - whole.n_lodgings],
            most_day_s=whole.most_day_s,
        )
        found = find_tour(problem, limit=Limit(iterations=3_000), seed=seed)
        check(problem, found)
        least = least_days_and_riding(without(problem, found.unreachable))
        assert least is not None
        assert len(found.days) == least[0]
        assert found.riding_s == pytest.approx(least[1])


def clustered() -> TourProblem:
    """Make a world with thirty places, that no short search is done with."""
    draw = random.Random(3)
    xy = np.array([(draw.random(), draw.random()) for _ in range(35)]) * 100
    length = np.hypot(*(xy[:, None] - xy).transpose(2, 0, 1))
    return TourProblem(travel_s=length, service_s=np.full(30, 10.0), most_day_s=150.0)


def test_the_same_iterations_give_the_same_tour() -> None:
    """Threads do not change the answer: it is the best of both runs, whichever ends first."""
    problem = clustered()
    twice = [find_tour(problem, limit=Limit(iterations=500), seed=5) for _ in range(2)]
    assert twice[0] == twice[1]
    alone = find_tour(problem, limit=Limit(iterations=500), seed=5, params=TourParams(n_runs=1))
    measures = [(len(t.days), t.riding_s) for t in (twice[0], alone)]
    assert measures[0] <= measures[1]
    check(problem, alone)


def test_a_limit_in_seconds_is_kept() -> None:
    """A tour is found, and progress goes from part to part up to one."""
    told: list[float] = []
    problem = clustered()
    check(problem, find_tour(problem, limit=Limit(time_s=0.3), seed=0, progress=told.append))
    assert told == sorted(told)
    assert told[-1] == 1


def test_a_longer_search_does_better() -> None:
    """Many iterations empty a day, or save riding, against only going on to the nearest."""
    short, long = (find_tour(clustered(), limit=Limit(iterations=n), seed=1) for n in (1, 5_000))
    assert len(long.days) <= len(short.days)
    assert long.riding_s < short.riding_s


@pytest.fixture
def small_file(tmp_path: Path) -> Path:
    """Write a road with two hotels, two customers, and a third one out of reach."""
    file = tmp_path / "tiny.txt"
    file.write_text("2\t3\t22\t\n0 0 0\n1 10 0\n10 5 0 1\n11 15 0 1\n12 50 50 1\n")
    return file


def asked(file: Path, **options: object) -> argparse.Namespace:
    """Make what the command line of the benchmark gives."""
    given: dict[str, object] = {"file": file, "time_limit": 1.0, "iterations": 1_000, "seed": 0}
    return argparse.Namespace(**given | options)


def test_the_benchmark_answers_in_ids(small_file: Path) -> None:
    """Of 30 there and back no trip can be made, with 2 of service and 22 at most; of two it can."""
    found = tsphs.solve(small_file, asked(small_file))
    assert found["trips"] == 2
    assert found["length"] == 30
    assert found["unreachable"] == [12]
    assert checker.faults(small_file, found) == []


RIGHT: dict[str, Any] = {
    "trips": 2,
    "length": 30.0,
    "tour": [0, 10, 11, 1, 0],
    "unreachable": [12],
}


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({}, ""),
        ({"trips": 1}, "2 trips"),
        ({"length": 29.9}, "30.0 long"),
        ({"tour": [0, 10, 11, 0], "trips": 1}, "trip 1 takes 32.0"),
        ({"tour": [0, 10, 1, 11, 1]}, "start and end"),
        ({"tour": [0, 10, 1, 0]}, "customer 11: 0 times"),
        ({"tour": [0, 10, 11, 1, 10, 0]}, "customer 10: 2 times"),
        ({"tour": [0, 10, 1, 0], "unreachable": [11, 12]}, "11 is within reach"),
        ({"unreachable": [12, 1]}, "hotel 1"),
        ({"unreachable": []}, "customer 12"),
        ({"tour": [0, 10, 11, 7, 0]}, "7 is not in the file"),
        ({"tour": []}, "start and end"),
    ],
)
def test_the_checker_finds_what_is_wrong(
    small_file: Path, wrong: dict[str, Any], word: str
) -> None:
    """A trip too long, a customer missed, met twice or called unreachable, a false sum."""
    found = checker.faults(small_file, RIGHT | wrong)
    assert any(word in fault for fault in found) if wrong else found == []


def test_the_checker_knows_hotels_that_nobody_gets_to(tmp_path: Path) -> None:
    """A customer beside a hotel that is out of reach itself is rightly called unreachable."""
    file = tmp_path / "far.txt"
    file.write_text("2 2 10\n0 0 0\n1 30 0\n5 2 0 1\n6 31 0 1\n")
    found = tsphs.solve(file, asked(file))
    assert found == {"trips": 1, "length": 4.0, "tour": [0, 5, 0], "unreachable": [6]}
    assert checker.faults(file, found) == []


def test_lengths_are_rounded_down_to_tenths(tmp_path: Path) -> None:
    """The root of 2 is 1.4, and of 1.96 exactly so."""
    file = tmp_path / "roots.txt"
    file.write_text("1 2 10\n0 0 0\n5 1 1\n6 1.4 0\n")
    travel = tsphs.read(file).problem.travel_s
    assert travel[0].tolist() == [0.0, 1.4, 1.4]
    there_and_back = {"trips": 2, "length": 5.6, "tour": [0, 5, 0, 6, 0], "unreachable": []}
    assert checker.faults(file, there_and_back) == []


def test_the_command_prints_one_document(small_file: Path) -> None:
    """What others check is printed as JSON, the solution with it."""
    command = ["-m", "tests.benchmarks", "tsphs", str(small_file), "--iterations", "100", "--json"]
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    assert set(found) == {"trips", "length", "tour", "unreachable"}
    assert checker.faults(small_file, found) == []


def test_the_infeasible_instance_names_whom_nobody_reaches(shared: Path) -> None:
    """Fourteen customers are out of reach of all hotels; the others are planned."""
    file = shared / "benchmarks" / "tsphs" / "h05_c50_l100_01.txt"
    if not file.is_file():
        pytest.skip("the folder of benchmarks, ../shared/benchmarks, is absent")
    found = tsphs.solve(file, asked(file))
    assert len(found["unreachable"]) == 14
    assert checker.faults(file, found) == []


def test_a_shared_instance_comes_close_in_no_time(shared: Path) -> None:
    """As many trips as a trial of 18 seconds, and hardly longer, after a second."""
    file = shared / "benchmarks" / "tsphs" / "h10_c50_l150_02.txt"
    if not file.is_file():
        pytest.skip("the folder of benchmarks, ../shared/benchmarks, is absent")
    found = tsphs.solve(file, asked(file, iterations=20_000))
    trips, length = tsphs.TRIAL["h10_c50_l150_02"]
    assert checker.faults(file, found) == []
    assert found["trips"] <= trips
    assert found["length"] <= 1.05 * length
