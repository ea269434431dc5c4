"""What is found out about coverage, from tables to the argument: on ground that is not in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from outreach import assessment
from outreach.assessment import Question, assess, find_out, inquire
from outreach.config import read_config
from outreach.errors import ConfigError, Message, PrivacyError
from outreach.ground import read_ground
from outreach.output.coverage_told import tell
from outreach.pipeline import prepare_network
from tests.projects import BLOCK_DEG, SOUTH, WEST, write_csv
from tests.villages import (
    HOMES,
    INVALID,
    LOST,
    MIDDLE,
    OFFICE,
    PEOPLE,
    SIDE,
    UNSNAPPED,
    WORKERS,
    area,
    quarters,
    ring,
    village_project,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from outreach.coverage.result import Coverage, CoverageMap

    Found = tuple[Coverage, CoverageMap]
    Find = Callable[..., Found]

LABELS = {"Dinas Sosial", "PPA", "Barat", "Timur", "Kota", "Rimba"}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder for built networks that the tests of this file share."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def find(cache: Path) -> Find:
    """Give what finds out about a project, as briefly as can be."""

    def found(folder: Path, *, add: int = 1, scenario: str | None = None) -> Found:
        asked = Question(add=add, weeks=1, scenario=scenario)
        config, arranged = asked.of(read_config(folder).with_options(cache=cache, iterations=1))
        ground, network = read_ground(config), prepare_network(config)
        inquiry, snapped = inquire(config, ground, network, scenario=arranged)
        return find_out(inquiry, network, snapped, walk=config.snap)

    return found


def said(messages: tuple[Message, ...]) -> str:
    """Say them all."""
    return "\n".join(str(message) for message in messages)


def test_everybody_is_counted_once(tmp_path: Path, find: Find) -> None:
    """By category, district and area; the lost too, each under one kind."""
    coverage, charted = find(village_project(tmp_path, people=(*PEOPLE, *LOST)))
    n_usable = len(HOMES) + len(UNSNAPPED)
    assert coverage.n_people == n_usable
    for rows in (coverage.categories, coverage.districts, coverage.areas):
        assert sum(row.n_people for row in rows) == n_usable
        assert sum(row.required_visits for row in rows) == coverage.present.required_visits
    assert {row.id for row in coverage.areas if row.n_people} == {"barat", "kota", "rimba", "timur"}
    assert {row.name for row in coverage.districts if row.n_people} == {"Hilir", "Hulu"}
    kinds = {loss.beneficiary_id: loss.kind for loss in coverage.losses}
    assert [kinds[id_] for id_ in (*INVALID, *UNSNAPPED)] == ["invalid", "unsnapped"]
    assert coverage.quality.n_rows == n_usable + 1
    assert {n_added for n_added, _ in charted.by_area} == {0, 1}
    assert tell(coverage, map_=charted).reached_k >= coverage.k


def test_who_lives_far_from_roads_is_beyond_any_worker(tmp_path: Path, find: Find) -> None:
    """The visit counts as due, and as one that more workers could not make."""
    coverage, _ = find(village_project(tmp_path, people=(*PEOPLE, *LOST)), add=2)
    assert coverage.present.hopeless_visits == 1
    assert coverage.steps[-1].realised.gap_visits >= 1


def test_a_lost_row_is_not_quoted(tmp_path: Path, find: Find) -> None:
    """It says where somebody lives, although the wrong way round."""
    coverage, _ = find(village_project(tmp_path, people=(*PEOPLE, *LOST)))
    details = [loss.detail for loss in coverage.losses if loss.kind == "invalid"]
    assert [dict(detail.values) for detail in details] == [{}]


def test_areas_that_overlap_are_told_and_nobody_counts_twice(tmp_path: Path, find: Find) -> None:
    """The smaller of two areas counts; the report names the overlap."""
    half = ring(WEST - 0.002, SOUTH - 0.002, MIDDLE[0], SOUTH + SIDE + 0.002)
    areas = [area("besar", "Hilir", whole()), area("kecil", "Hilir", half)]
    coverage, _ = find(village_project(tmp_path, areas=areas))
    assert sum(row.n_people for row in coverage.areas) == coverage.n_people == len(HOMES)
    assert "overlaps" in said(coverage.quality.findings)


def test_who_lives_in_a_hole_between_areas_is_named(tmp_path: Path, find: Find) -> None:
    """As a row to mend, and the hole is told."""
    hole = ring(WEST, SOUTH, WEST + BLOCK_DEG, SOUTH + 2 * BLOCK_DEG)
    coverage, _ = find(village_project(tmp_path, areas=[area("kota", "Hulu", whole(), hole)]))
    inside = ["KASUS-7301", "KASUS-7306"]
    assert [loss.beneficiary_id for loss in coverage.losses if loss.kind == "invalid"] == inside
    assert "holes" in said(coverage.quality.findings)
    assert coverage.n_people == len(HOMES) - len(inside)


def test_an_unknown_population_stays_unknown(tmp_path: Path, find: Find) -> None:
    """It is no 0, neither of areas nor of bands, and who is reached is counted all the same."""
    coverage, _ = find(village_project(tmp_path, areas=quarters(population=None)))
    assert coverage.quality.n_areas_without_population == 4
    assert {row.population for row in coverage.areas} == {None}
    assert {band.population for band in coverage.access.bands} == {None}
    assert {band.n_people for band in coverage.access.bands} == {len(HOMES)}


def test_without_areas_categories_are_what_is_told(tmp_path: Path, find: Find) -> None:
    """No row of areas, no choropleth; the sites are bases and partners."""
    coverage, charted = find(village_project(tmp_path, areas=None))
    assert (coverage.areas, coverage.districts, charted.by_area) == ((), (), ())
    assert not len(charted.areas)
    assert len(charted.isochrones)
    assert {site.label for site in coverage.steps[1].sites} <= {"Dinas Sosial", "PPA"}
    assert tell(coverage, map_=charted).reached_k >= coverage.k


def test_the_sites_are_those_that_were_asked_for(tmp_path: Path, find: Find) -> None:
    """By default all bases, partners and villages; a table alone where that is said."""
    coverage, _ = find(village_project(tmp_path / "all"))
    assert {site.label for site in coverage.steps[1].sites} <= LABELS
    folder = village_project(tmp_path / "table", extra='[coverage]\ncandidates = ["places.csv"]')
    write_csv(folder / "places.csv", ("id", "lon", "lat"), [("pos", *OFFICE)])
    coverage, _ = find(folder)
    assert [(site.id, site.kind) for site in coverage.steps[1].sites] == [("pos", "table")]


def test_more_workers_than_places_sit_together(tmp_path: Path, find: Find) -> None:
    """One base, three workers more: all there, and none makes it worse."""
    folder = village_project(tmp_path, areas=None, extra='[coverage]\ncandidates = ["bases"]')
    coverage, _ = find(folder, add=3)
    assert [site.id for site in coverage.steps[3].sites] == ["office"] * 3
    made = [step.realised.delivered_visits for step in coverage.steps]
    assert made == sorted(made)
    # 24 hours of visits, and a worker has twelve a week, some of them on the road.
    assert coverage.planned[0].n_required == 3
    assert coverage.recommended == 2


def test_nobody_is_added_where_nothing_is_missing(tmp_path: Path, find: Find) -> None:
    """All visits are made, so nothing is looked at, and no worker is asked for."""
    people = [(*row[:4], 30, 10) for row in PEOPLE]
    coverage, charted = find(village_project(tmp_path, people=people), add=5)
    assert coverage.present.gap_visits == 0
    assert [step.n_added for step in coverage.steps] == [0]
    assert coverage.recommended == 0
    assert coverage.planned[0].n_required == len(WORKERS)
    assert tell(coverage, map_=charted).total.n_with_gap == 0


def test_where_nothing_is_due_nothing_is_missing(tmp_path: Path, find: Find) -> None:
    """All were seen last week and are seen once a year: the workload of a year is left to tell."""
    folder = village_project(tmp_path)
    header = ("id", "lon", "lat", "category", "every_days", "last_visit")
    write_csv(folder / "children.csv", header, [(*r[:4], 365, "2026-11-24") for r in PEOPLE])
    coverage, charted = find(folder)
    assert (coverage.present.required_visits, coverage.recommended) == (0, 0)
    assert coverage.wisn.n_required > 0
    assert tell(coverage, map_=charted).total.share_delivered == 1


def test_a_shift_too_short_for_any_visit_is_no_lack_of_workers(tmp_path: Path, find: Find) -> None:
    """More with the same hours could not do it either: that is told, and none is asked for."""
    workers = [(*WORKERS[0][:6], "08:00", "08:20")]
    coverage, _ = find(village_project(tmp_path, workers=workers))
    assert coverage.present.hopeless_visits == coverage.present.gap_visits == len(HOMES)
    assert coverage.recommended == 0
    assert {loss.reason for loss in coverage.losses if loss.kind == "unserved"} == {"nobody_can"}


def test_a_worker_without_a_shift_has_the_usual_week(tmp_path: Path, find: Find) -> None:
    """As in every plan of the project."""
    workers = [(*WORKERS[0][:5], "", "", "")]
    coverage, _ = find(village_project(tmp_path, workers=workers))
    assert coverage.present.available_h > 30
    assert coverage.wisn.n_present == 1


def test_one_of_two_bases_far_from_roads_leaves_the_other_at_work(
    tmp_path: Path, find: Find
) -> None:
    """The worker there does nothing, and that is part of the gap."""
    away = ("w2", "moon", "Bulan", 104.5, -2.0, *WORKERS[0][5:])
    one, _ = find(village_project(tmp_path / "one", areas=None))
    two, _ = find(village_project(tmp_path / "two", areas=None, workers=(*WORKERS, away)))
    assert two.present.delivered_visits == one.present.delivered_visits > 0
    assert [site.id for site in two.present_sites] == ["office"]
    assert "moon (a base, lodging or partner) is not used" in said(two.notices)


def test_pins_are_left_aside_and_that_is_told(tmp_path: Path, find: Find) -> None:
    """The question is the ordinary month."""
    pin = f'[[pins]]\nid = "{PEOPLE[0][0]}"\nweekday = "monday"\n'
    coverage, _ = find(village_project(tmp_path, extra=pin))
    assert "Pins are not looked at" in said(coverage.notices)


SHELTER = """
[[scenarios]]
name = "shelter"
everybody_at = "ppa"

[[scenarios]]
name = "local"
candidates = ["villages"]
"""


def test_scenarios_stand_beside_the_present(tmp_path: Path, find: Find) -> None:
    """Everybody at one place, or added workers from the villages alone."""
    coverage, _ = find(village_project(tmp_path, extra=SHELTER))
    shelter, local = coverage.scenarios
    assert [site.id for site in shelter.sites] == ["ppa"]
    assert {site.kind for site in local.sites} == {"village"}
    assert local.present == coverage.present
    assert local.realised.n_workers == shelter.realised.n_workers == 2


def test_a_scenario_that_is_asked_for_is_the_present(tmp_path: Path, find: Find) -> None:
    """All sit there, and nothing else stands beside it."""
    coverage, _ = find(village_project(tmp_path, extra=SHELTER), scenario="shelter")
    assert coverage.scenario == "shelter"
    assert {site.id for site in (*coverage.present_sites, *coverage.steps[1].sites)} == {"ppa"}
    assert coverage.scenarios == ()


@pytest.fixture
def unplanned(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let planning fail: what is asked must be refused before."""

    def planned(*_: object, **__: object) -> None:
        raise AssertionError("the weeks were planned")

    monkeypatch.setattr("outreach.coverage.trials.simulate", planned)
    monkeypatch.setattr(assessment, "background", planned)


@pytest.mark.usefixtures("unplanned")
def test_a_place_that_is_not_there_is_told_before_weeks_are_planned(
    tmp_path: Path, find: Find
) -> None:
    """Of all scenarios, also those that come last."""
    folder = village_project(tmp_path, extra=SHELTER.replace('"ppa"', '"moon"'))
    with pytest.raises(ConfigError, match="'moon' is no base or partner"):
        find(folder)


@pytest.mark.usefixtures("unplanned")
def test_points_that_cannot_hide_are_told_before_weeks_are_planned(
    tmp_path: Path, cache: Path
) -> None:
    """Nobody waits for an answer that does not come."""
    folder = village_project(tmp_path, people=PEOPLE[:5], areas=None)
    config = read_config(folder).with_options(cache=cache, iterations=1)
    with pytest.raises(PrivacyError, match="none of 5 points"):
        assess(config, Question(weeks=1, with_points=True))


def test_too_few_people_are_told_before_weeks_are_planned(tmp_path: Path, cache: Path) -> None:
    """Of four people nothing can be published."""
    folder = village_project(tmp_path, people=PEOPLE[:4], areas=None)
    config = read_config(folder).with_options(cache=cache, iterations=1)
    with pytest.raises(PrivacyError, match="only 4 beneficiaries"):
        assess(config, Question(weeks=1))
    assert not (folder / "maps").exists()
