"""What may be asked about coverage, and what is refused in words."""

from __future__ import annotations

from typing import Any

import pytest

from outreach.coverage.params import MOST_ADDED, MOST_WEEKS, CoverageParams, Scenario
from outreach.errors import ConfigError

SHELTER = Scenario(name="shelter", everybody_at="rpsa")
LOCAL = Scenario(name="local", candidates=("villages",))


def test_the_usual_question() -> None:
    """A month, five more, an hour's ride, and groups of five."""
    params = CoverageParams()
    assert (params.weeks, params.add, params.threshold_minutes, params.k) == (4, 5, 60, 5)
    assert params.candidates == ("bases", "partners", "villages")


@pytest.mark.parametrize(
    "asked",
    [
        {"weeks": 1, "add": 0, "worker_idr_per_month": 0},
        {"weeks": MOST_WEEKS, "add": MOST_ADDED},
        {"threshold_minutes": 1, "k": 1, "iterations": 1, "bands_minutes": (1,)},
    ],
)
def test_the_ends_of_what_is_allowed_are_allowed(asked: dict[str, Any]) -> None:
    """Smallest and largest."""
    CoverageParams(**asked)


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"weeks": 0}, "weeks must be from 1 to 26"),
        ({"weeks": MOST_WEEKS + 1}, "weeks"),
        ({"add": -1}, "add must be from 0 to 20"),
        ({"add": MOST_ADDED + 1}, "add"),
        ({"threshold_minutes": 0}, "at least 1"),
        ({"k": 0}, "at least 1"),
        ({"iterations": 0}, "at least 1"),
        ({"worker_idr_per_month": -1}, "worker_idr_per_month"),
        ({"bands_minutes": ()}, "ascend"),
        ({"bands_minutes": (0, 30)}, "ascend"),
        ({"bands_minutes": (60, 30)}, "ascend"),
        ({"bands_minutes": (30, 30)}, "ascend"),
        ({"bands_minutes": (30, 60.5)}, "whole minutes"),
        ({"bands_minutes": (True, 60)}, "whole minutes"),
        ({"bands_minutes": ("30", "60")}, "whole minutes"),
        ({"scenarios": (SHELTER, LOCAL, SHELTER)}, "shelter: two scenarios"),
    ],
)
def test_what_makes_no_sense_is_refused(asked: dict[str, Any], word: str) -> None:
    """Each with the name of what is wrong."""
    with pytest.raises(ConfigError, match=word):
        CoverageParams(**asked)


def test_a_scenario_is_found_by_name() -> None:
    """An unknown name is told with those that are known."""
    params = CoverageParams(scenarios=(SHELTER, LOCAL))
    assert params.scenario("local") is LOCAL
    with pytest.raises(ConfigError, match=r"'locl'.*shelter, local"):
        params.scenario("locl")
    with pytest.raises(ConfigError, match="–"):
        CoverageParams().scenario("local")


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({}, "needs everybody_at"),
        ({"everybody_at": "rpsa", "candidates": ("villages",)}, "not both"),
    ],
)
def test_a_scenario_says_one_thing(asked: dict[str, Any], word: str) -> None:
    """Where everybody sits, or where those may sit who are added."""
    with pytest.raises(ConfigError, match=word):
        Scenario(name="s", **asked)
