"""The coverage's file: exact, checked, the same again, and nobody's place in it."""

from __future__ import annotations

import json
import math
import re
import stat
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from outreach.coverage.result import (
    Access,
    Activity,
    Band,
    Caseload,
    Coverage,
    GroupRow,
    Outcome,
    Planned,
    Quality,
    ScenarioRow,
    Site,
    Step,
    Wisn,
)
from outreach.errors import LayerError, Message
from outreach.model import Loss
from outreach.output.coverage_json import (
    coverage_document,
    coverage_schema,
    read_coverage,
    write_coverage,
)
from tests.output.coverage_sample import coverage_sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from outreach.model import LossKind

T = TypeVar("T")
Counted = TypeVar("Counted", GroupRow, Outcome)

SAMPLE = coverage_sample()
KINDS: tuple[LossKind, ...] = ("invalid", "unsnapped", "unreachable", "unserved", "uncovered")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5)
COUNTS = st.integers(0, 10**6)
# Whole millionths, as they are written.
REALS = st.integers(0, 10**10).map(lambda x: x / 10**6)
SHARES = st.integers(0, 10**6).map(lambda x: x / 10**6)
UNBOUNDED = REALS | st.just(math.inf)
SEASONS = st.sampled_from(["dry", "wet"])
MESSAGES = st.builds(
    Message, TEXTS, st.dictionaries(st.text("abc", min_size=1, max_size=3), COUNTS | TEXTS)
)
SITES = st.lists(
    st.builds(
        Site,
        id=IDS,
        label=TEXTS,
        kind=st.sampled_from(["base", "partner", "village", "table"]),
        lon=st.integers(-180 * 10**6, 180 * 10**6).map(lambda x: x / 10**6),
        lat=st.integers(-90 * 10**6, 90 * 10**6).map(lambda x: x / 10**6),
    ),
    max_size=2,
).map(tuple)


def fewer_delivered(value: Counted) -> Counted:
    """Keep what is delivered within what is required."""
    return replace(value, delivered_visits=min(value.delivered_visits, value.required_visits))


GROUPS = st.builds(
    GroupRow,
    id=TEXTS,
    name=TEXTS,
    district=st.none() | TEXTS,
    n_people=COUNTS,
    visits_per_week=REALS,
    service_h_per_week=REALS,
    required_visits=COUNTS,
    delivered_visits=COUNTS,
    gap_h=REALS,
    n_with_gap=COUNTS,
    n_uncovered=COUNTS,
    minutes=REALS,
    n_timed=COUNTS,
    population=st.none() | COUNTS,
).map(fewer_delivered)
ROWS = st.lists(GROUPS, max_size=2).map(tuple)
OUTCOMES = st.builds(
    Outcome,
    **dict.fromkeys(
        (
            "n_workers",
            "required_visits",
            "delivered_visits",
            "hopeless_visits",
            "n_with_gap",
            "n_without_gap",
            "longest_overdue_days",
            "moving_idr",
        ),
        COUNTS,
    ),
    **dict.fromkeys(
        ("service_h", "travel_h", "available_h", "worst_minutes", "distance_km"), REALS
    ),
).map(fewer_delivered)


@st.composite
def steps(draw: st.DrawFn) -> Step:
    """Make a step with as many sites as workers."""
    sites = draw(SITES)
    return Step(
        n_added=len(sites),
        sites=sites,
        predicted_visits=draw(REALS),
        bound_visits=draw(UNBOUNDED),
        proof=draw(st.sampled_from(["proven", "within", "unsolved"])),
        gap_share=draw(UNBOUNDED),
        free_sites=draw(SITES),
        free_visits=draw(REALS),
        realised=draw(OUTCOMES),
        cost_idr_per_month=draw(COUNTS),
    )


@st.composite
def losses(draw: st.DrawFn) -> tuple[Loss, ...]:
    """Make losses in the order in which they are written."""
    some = draw(
        st.lists(
            st.builds(
                Loss,
                kind=st.sampled_from(KINDS),
                beneficiary_id=IDS,
                visit_id=st.none() | IDS,
                reason=IDS,
                detail=MESSAGES,
            ),
            max_size=3,
            unique_by=lambda x: (x.kind, x.beneficiary_id, x.visit_id or "", x.reason),
        )
    )
    return tuple(
        sorted(
            some,
            key=lambda x: (KINDS.index(x.kind), x.beneficiary_id, x.visit_id or "", x.reason),
        )
    )


def several(one: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    """Make up to two."""
    return st.lists(one, max_size=2).map(tuple)


COVERAGES = st.builds(
    Coverage,
    title=TEXTS,
    scenario=st.none() | TEXTS,
    season=SEASONS,
    starts_on=st.dates(),
    n_weeks=st.integers(1, 52),
    seed=st.integers(),
    k=st.integers(1, 99),
    n_people=COUNTS,
    workers=several(IDS),
    present_sites=SITES,
    quality=st.builds(
        Quality,
        **dict.fromkeys(
            (
                "n_rows",
                "n_invalid",
                "n_unsnapped",
                "n_unreachable",
                "n_warnings",
                "n_in_no_area",
                "n_areas",
                "n_areas_without_population",
            ),
            COUNTS,
        ),
        findings=several(MESSAGES),
    ),
    total=GROUPS,
    categories=ROWS,
    districts=ROWS,
    areas=ROWS,
    access=st.builds(
        Access,
        threshold_minutes=COUNTS,
        bands=several(
            st.builds(
                Band,
                minutes=st.integers(1, 600),
                season=SEASONS,
                n_people=COUNTS,
                population=st.none() | COUNTS,
            )
        ),
        median_minutes=REALS,
        worst_minutes=REALS,
        gini=SHARES,
        hours_per_need=REALS,
    ),
    present=OUTCOMES,
    gap_workers=REALS,
    caseloads=several(
        st.builds(
            Caseload,
            standard=IDS,
            cases_per_worker=st.integers(1, 99),
            n_cases=COUNTS,
            n_required=COUNTS,
        )
    ),
    wisn=st.builds(
        Wisn,
        **dict.fromkeys(
            (
                "working_days",
                "hours_per_day",
                "available_h",
                "individual_workers",
                "n_required",
                "n_present",
            ),
            REALS,
        ),
        category_factor=REALS.map(lambda x: x + 1).map(lambda x: round(x, 6)),
        activities=several(
            st.builds(
                Activity,
                name=TEXTS,
                **dict.fromkeys(
                    ("n_per_year", "service_s", "travel_s", "n_per_worker", "n_required"), REALS
                ),
            )
        ),
    ),
    planned=several(
        st.builds(
            Planned,
            variation=IDS,
            season=SEASONS,
            service_factor=REALS,
            n_ill=COUNTS,
            n_present=COUNTS,
            n_required=st.none() | COUNTS,
            n_tried=COUNTS,
            left_visits=COUNTS,
        )
    ),
    steps=several(steps()),
    scenarios=several(
        st.builds(
            ScenarioRow,
            name=IDS,
            label=TEXTS,
            n_added=COUNTS,
            sites=SITES,
            present=OUTCOMES,
            realised=OUTCOMES,
        )
    ),
    recommended=COUNTS,
    noise_visits=COUNTS,
    worker_idr_per_month=COUNTS,
    losses=losses(),
    notices=several(MESSAGES),
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(coverage=COVERAGES)
def test_what_is_written_is_read_back(
    coverage: Coverage, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A coverage comes back equal, and is written a second time to the same bytes."""
    path = tmp_path_factory.getbasetemp() / "coverage.json"
    write_coverage(coverage, path)
    first = path.read_bytes()
    again = read_coverage(path)
    assert again == coverage
    write_coverage(again, path)
    assert path.read_bytes() == first


def test_numbers_of_numpy_are_numbers(tmp_path: Path) -> None:
    """Sums of arrays may go in as they come."""
    total = replace(SAMPLE.total, n_people=np.int64(90), gap_h=np.float32(2.5))  # type: ignore[arg-type]
    write_coverage(replace(SAMPLE, total=total), tmp_path / "coverage.json")
    assert read_coverage(tmp_path / "coverage.json").total.gap_h == 2.5


def test_order_of_the_losses_does_not_change_the_file(tmp_path: Path) -> None:
    """Where order says nothing, the file has an order of its own."""
    write_coverage(SAMPLE, tmp_path / "a.json")
    write_coverage(replace(SAMPLE, losses=SAMPLE.losses[::-1]), tmp_path / "b.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_only_the_office_reads_the_file(tmp_path: Path) -> None:
    """It names who is left out."""
    path = tmp_path / "coverage.json"
    write_coverage(SAMPLE, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "K-081" in path.read_text(encoding="utf-8")


def test_places_are_of_sites_alone() -> None:
    """Longitudes stand in sites only."""
    places = [place for place, x in _objects_at(coverage_document(SAMPLE)) if "lon" in x]
    assert places
    assert [x for x in places if not re.search(r"(^|\.)(present_|free_)?sites\.\d+$", x)] == []


def _objects_at(node: object, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    below: list[tuple[object, object]] = []
    if isinstance(node, dict):
        yield place, node
        below = list(node.items())
    elif isinstance(node, list):
        below = list(enumerate(node))
    for key, item in below:
        yield from _objects_at(item, f"{place}.{key}".lstrip("."))


def test_the_schema_is_valid_strict_and_told() -> None:
    """Every object refuses what it does not know, and every field is described."""
    schema = coverage_schema()
    Draft202012Validator.check_schema(schema)
    objects = [x for _, x in _objects_at(schema) if x.get("type") == "object"]
    assert len(objects) >= 15
    for found in objects:
        assert "additionalProperties" in found
        for name, field in found.get("properties", {}).items():
            assert "$ref" in field or field["description"], name
            assert name in found["required"]


def test_what_follows_from_other_numbers_is_written_for_readers() -> None:
    """And is not read back."""
    document = coverage_document(SAMPLE)
    assert document["total"]["gap_visits"] == SAMPLE.total.gap_visits
    assert document["wisn"]["ratio"] == pytest.approx(2 / 3.4, abs=1e-6)


def test_all_that_is_wrong_is_named_at_once(tmp_path: Path) -> None:
    """Each break of the schema is told with its place."""
    document = coverage_document(SAMPLE)
    document["n_weeks"] = 0
    document["areas"][1]["n_people"] = "many"
    document["extra"] = 1
    path = tmp_path / "coverage.json"
    path.write_text(json.dumps(document))
    with pytest.raises(LayerError) as caught:
        read_coverage(path)
    said = str(caught.value)
    assert "n_weeks" in said
    assert "areas[1].n_people" in said
    assert "'extra' was unexpected" in said
    assert "outreach coverage" in said


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("starts_on",), "2026-02-30", "starts_on: '2026-02-30"),
        (("steps", 2, "sites"), [], "steps[2].sites"),
        (("areas", 0, "delivered_visits"), 999, "areas[0].delivered_visits"),
        (("scenarios", 1, "realised", "required_visits"), 0, "scenarios[1].realised"),
        (("access", "gini"), float("nan"), "NaN"),
    ],
)
def test_what_a_schema_cannot_see_is_named_too(
    tmp_path: Path, place: tuple[str | int, ...], value: object, said: str
) -> None:
    """Days that do not exist, sites without their worker: all are told with their place."""
    document = coverage_document(SAMPLE)
    node: Any = document
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = value
    path = tmp_path / "coverage.json"
    path.write_text(json.dumps(document))
    with pytest.raises(LayerError) as caught:
        read_coverage(path)
    assert said in str(caught.value)


def test_a_coverage_of_another_version_is_told(tmp_path: Path) -> None:
    """One sentence, not a list of all that has changed since."""
    path = tmp_path / "coverage.json"
    path.write_text(json.dumps({"schema": "outreach/coverage/9", "extra": 0}))
    with pytest.raises(LayerError, match=r"coverage/9.* 'outreach coverage'") as caught:
        read_coverage(path)
    assert "extra" not in str(caught.value)


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe\x00", b"[]", b'"x"', b"[" * 99999])
def test_a_file_that_is_no_coverage_is_told(tmp_path: Path, content: bytes) -> None:
    """Whatever the file holds, the user reads a sentence."""
    path = tmp_path / "coverage.json"
    path.write_bytes(content)
    with pytest.raises(LayerError, match=r"(?s)coverage\.json .*'outreach\s+coverage'"):
        read_coverage(path)


def test_an_absent_file_is_told(tmp_path: Path) -> None:
    """The error says how to make the file."""
    with pytest.raises(LayerError, match=r"coverage\.json cannot be read .* 'outreach coverage'"):
        read_coverage(tmp_path / "coverage.json")


def test_what_json_cannot_hold_is_refused() -> None:
    """A slip of a programmer, not of a user."""
    with pytest.raises(TypeError, match="object"):
        coverage_document(replace(SAMPLE, title=object()))  # type: ignore[arg-type]
