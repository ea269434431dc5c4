"""The study of a road: present, choices, weeks with more workers, and what is argued from it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
from shapely.geometry import box

from outreach.coverage.argument import argue, recommend
from outreach.coverage.crew import site_id
from outreach.coverage.params import Scenario
from outreach.coverage.result import Outcome, Planned, Step
from outreach.coverage.study import Study, shown
from outreach.errors import ConfigError, PlanningError
from outreach.routing.specs import CircuitSpec
from tests.coverage.world import child, inquiry, point, seat, setting, worker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outreach.coverage.result import Coverage
    from outreach.coverage.weeks import Setting

TWO_FIT_H = 2.4
"""Ten minutes there, two hours of service, ten minutes back: 140 of 144 minutes."""
NEAR, FAR, BEYOND = site_id("near"), site_id("far"), site_id("beyond")
SITES = {NEAR: 10.0, FAR: -10.0, BEYOND: 300.0}


def road(**changes: Any) -> Setting:
    """
    Make a worker at kilometre 0 who has time for two of five children each Monday.

    Three live at kilometre 10, two at -10, so one fits in from each side, or two from one.
    """
    rows = [child(f"c{i}", 10) for i in range(3)] + [child(f"d{i}", -10) for i in range(2)]
    given: dict[str, Any] = {"sites": SITES, "n_weeks": 2}
    return setting(rows, [worker("w", hours=TWO_FIT_H)], **(given | changes))


def study(sites: Mapping[str, float] = SITES, **params: Any) -> Study:
    """Study the road."""
    places = {"far": seat(FAR, -10)}
    return Study(inquiry(road(), sites, places=places, **({"add": 3} | params)))


def areas() -> gpd.GeoDataFrame:
    """Make an area on each side of kilometre -5; nobody knows who lives in the western one."""
    return gpd.GeoDataFrame(
        {
            "id": ["east", "west"],
            "name": ["East", "West"],
            "district": ["Kota", None],
            "population": [100.0, float("nan")],
        },
        geometry=[
            box(point(-5).x, -1, point(20).x, 1),
            box(point(-20).x, -1, point(-5).x, 1),
        ],
        crs="EPSG:4326",
    )


def test_the_present_and_what_it_leaves() -> None:
    """Two of five children each week."""
    found = study()
    assert found.present.n_delivered == 4
    assert found.present.curable.sum() == 6
    # They are the same by every search, but less than a visit is never told.
    assert found.noise_visits == 1
    assert found.gaps(0).total().gap_visits == 6


def test_two_more_sit_where_the_children_are() -> None:
    """Whoever sits beside the children has no ride; nobody sits where nobody is within reach."""
    found = study()
    assert found.n_added == 3
    assert {site.id for site in found.sites(2)} <= {NEAR, FAR}
    realised = [step.realised.delivered_visits for step in found.steps]
    assert realised[0] == 4
    assert realised == sorted(realised)
    assert realised[2] == realised[3] == 10


def test_steps_tell_what_was_predicted_and_what_planning_made_of_it() -> None:
    """Each has its sites in the order of adding, by the ids that people know, and a bound."""
    found = study(worker_idr_per_month=7)
    steps = found.steps
    assert [s.n_added for s in steps] == [0, 1, 2, 3]
    assert [s.cost_idr_per_month for s in steps] == [0, 7, 14, 21]
    assert [s.realised.n_workers for s in steps] == [1, 2, 3, 4]
    assert (steps[0].predicted_visits, steps[0].proof) == (4, "proven")
    for before, step in pairwise(steps):
        assert step.sites[:-1] == before.sites
        assert len(step.sites) == len(step.free_sites) == step.n_added
        assert {site.id for site in step.sites} <= {"near", "far", "beyond"}
        assert before.predicted_visits <= step.predicted_visits + 1e-6
        assert step.predicted_visits <= step.free_visits <= step.bound_visits + 1e-6
        assert step.bound_visits <= 10 + 1e-6


def test_more_than_the_candidates_may_be_added() -> None:
    """The only place takes all of them."""
    found = study({NEAR: 10.0}, add=3)
    assert [site.id for site in found.sites(3)] == [NEAR] * 3
    assert found.steps[3].realised.delivered_visits == 10


def test_beyond_those_looked_at_sites_go_on() -> None:
    """Planning may ask for more workers than were chosen for; the first stay where they are."""
    found = study(add=1)
    assert found.sites(4)[:1] == found.sites(1)
    assert len(found.sites(4)) == 4


def test_where_nothing_is_left_nobody_is_added() -> None:
    """The worker sees both children: only the present is told."""
    asked = setting([child("a", 10), child("b", 10)], [worker("w")], sites=SITES, n_weeks=1)
    found = Study(inquiry(asked, SITES))
    assert found.n_added == 0
    assert found.sites(0) == ()
    assert [step.n_added for step in found.steps] == [0]
    coverage = argue(found)
    assert (coverage.recommended, coverage.gap_workers) == (0, 0)
    assert len(coverage.steps) == 1
    assert coverage.planned[0].n_required == 1
    assert not coverage.losses


def test_what_nobody_can_do_adds_nobody() -> None:
    """All that is missing is a skill, and that is told as such."""
    asked = setting(
        [child("a", 10, skills=("sign",)), child("b", 10)], [worker("w")], sites=SITES, n_weeks=1
    )
    coverage = argue(Study(inquiry(asked, SITES)))
    assert len(coverage.steps) == 1
    assert coverage.present.hopeless_visits == 1
    assert [(loss.beneficiary_id, loss.reason) for loss in coverage.losses] == [("a", "nobody_can")]


def test_nobody_to_visit_is_told() -> None:
    """No row of the beneficiaries can be used."""
    with pytest.raises(PlanningError, match="nobody needs a visit"):
        Study(inquiry(setting([], [worker("w")]), SITES))


def test_a_model_that_is_not_there_is_told() -> None:
    """With those who are."""
    with pytest.raises(ConfigError, match=r"new_worker_like: 'x' is not among the workers: w"):
        study(new_worker_like="x")


@pytest.mark.parametrize(
    ("wanted", "like"), [("", "c"), ("b", "b")], ids=["first free with a vehicle", "as asked"]
)
def test_whom_added_workers_are_like(wanted: str, like: str) -> None:
    """One who has a vehicle and is on no circuit, the first by id."""
    asked = setting(
        [child("z", 5)],
        [worker("a", vehicle="none"), worker("b"), worker("d"), worker("c")],
        circuits=(CircuitSpec(id="sad", worker_ids=("b",), leaves=0, returns=0),),
    )
    assert Study(inquiry(asked, {}, new_worker_like=wanted)).like == like


def test_everybody_sits_at_the_scenarios_place() -> None:
    """Present and added workers; the only candidate is that place."""
    shelter = Scenario(name="shelter", everybody_at="near")
    places = {"near": seat(NEAR, 10)}
    found = Study(inquiry(road(), SITES, scenario=shelter, places=places, add=1))
    assert found.present_bases == (NEAR,)
    assert [site.id for site in found.sites(1)] == [NEAR]
    # Two hours of service and twenty minutes each way to the other side do not fit into a day,
    # so two workers make three visits a week.
    assert [step.realised.delivered_visits for step in found.steps] == [4, 6]


def test_a_scenarios_place_that_is_not_there_is_told() -> None:
    """With the places that are."""
    lost = Scenario(name="lost", everybody_at="nowhere")
    with pytest.raises(ConfigError, match=r"scenarios: lost: 'nowhere' .* there are: rpsa"):
        Study(inquiry(road(), SITES, scenario=lost, places={"rpsa": seat("rpsa", 0)}))


def test_no_place_for_another_worker_is_told() -> None:
    """There is work left and no candidate."""
    with pytest.raises(PlanningError, match="coverage: candidates"):
        _ = study({}).steps


def test_a_candidate_of_two_words_counts_once() -> None:
    """Sorted by id, with the ride from each to everybody."""
    found = study().candidates(("partners", "bases", "partners"))
    assert [site.id for site in found.sites] == [BEYOND, FAR, NEAR]
    assert found.seconds[0].tolist() == [290 * 60, 20 * 60, 0]


def test_sites_are_told_by_the_ids_that_people_know() -> None:
    """A base keeps its id."""
    assert [s.id for s in shown([seat(NEAR, 1), seat("office", 0)])] == ["near", "office"]


@pytest.fixture(scope="module")
def told() -> Coverage:
    """Give the whole argument of the road, for areas and with another arrangement."""
    asked = road(areas=areas(), n_weeks=1)
    everybody = Scenario(name="all", label="All at the far one", everybody_at="far")
    local = Scenario(name="local", label="Nearby", candidates=("partners",))
    places = {"far": seat(FAR, -10)}
    found = inquiry(asked, SITES, places=places, add=2, scenarios=(everybody, local))
    return argue(Study(found))


def test_the_gap_is_told_by_category_area_and_district(told: Coverage) -> None:
    """Three of the east and two of the west, of which only the east has a district."""
    assert (told.n_people, told.workers, told.n_weeks) == (5, ("w",), 1)
    assert [(r.id, r.n_people, r.required_visits) for r in told.areas] == [
        ("", 0, 0),
        ("east", 3, 3),
        ("west", 2, 2),
    ]
    assert [(r.id, r.n_people) for r in told.districts] == [("", 2), ("Kota", 3)]
    assert [(r.id, r.n_people) for r in told.categories] == [("neglect", 5)]
    for rows in (told.areas, told.districts, told.categories):
        assert sum(r.gap_visits for r in rows) == told.total.gap_visits == 3
        assert sum(r.gap_h for r in rows) == pytest.approx(told.total.gap_h)
    assert told.total.population is None


def test_who_is_left_out_is_named_once(told: Coverage) -> None:
    """Of whom something is open at the end; nobody lives beyond an hour's ride."""
    assert {loss.kind for loss in told.losses} == {"unserved"}
    assert {loss.reason for loss in told.losses} == {"no_time"}
    assert 1 <= len(told.losses) == len({loss.beneficiary_id for loss in told.losses}) <= 5
    assert "1 workers have no time" in str(told.losses[0].detail)


def test_planning_asks_for_two_more(told: Coverage) -> None:
    """Five visits a week: two from the office, and three by two more workers beside the homes."""
    assert told.planned[0].variation == "as it is"
    assert told.planned[0].n_required == 3
    assert told.recommended == 2
    assert told.steps[told.recommended].realised.gap_visits == 0
    # The seasons are alike, so both ask for as many.
    assert told.planned[1].n_required == 3
    assert told.planned[2].n_required is not None
    assert told.planned[3].n_required is not None
    assert told.planned[2].n_required <= 3 <= told.planned[3].n_required
    assert told.planned[4].n_required == 4


def test_other_arrangements_have_as_many_more(told: Coverage) -> None:
    """All at the far place, and the added ones afresh: the present beside the added."""
    everybody, local = told.scenarios
    assert {row.n_added for row in told.scenarios} == {told.recommended}
    assert [site.id for site in everybody.sites] == ["far", "far"]
    assert everybody.present.n_workers == 1
    assert everybody.realised.n_workers == 3
    assert everybody.present.worst_minutes == 20
    assert local.present == told.present
    assert local.sites == told.steps[told.recommended].sites


def test_equal_input_gives_an_equal_argument(told: Coverage) -> None:
    """Figure by figure, though two weeks are planned at a time."""
    everybody = Scenario(name="all", label="All at the far one", everybody_at="far")
    local = Scenario(name="local", label="Nearby", candidates=("partners",))
    places = {"far": seat(FAR, -10)}
    found = inquiry(
        road(areas=areas(), n_weeks=1), SITES, places=places, add=2, scenarios=(everybody, local)
    )
    assert argue(Study(found)) == told


def outcome(n_workers: int, delivered: int) -> Outcome:
    """Make what workers got done of a hundred visits."""
    return Outcome(
        n_workers=n_workers,
        required_visits=100,
        delivered_visits=delivered,
        hopeless_visits=0,
        service_h=0,
        travel_h=0,
        available_h=0,
        n_with_gap=0,
        n_without_gap=0,
        longest_overdue_days=0,
        worst_minutes=0,
        distance_km=0,
        moving_idr=0,
    )


def steps_of(*delivered: int, present: int = 6) -> list[Step]:
    """Make steps that deliver so many visits each."""
    return [
        Step(
            n_added=n,
            sites=(),
            predicted_visits=made,
            bound_visits=made,
            proof="proven",
            gap_share=0,
            free_sites=(),
            free_visits=made,
            realised=outcome(present + n, made),
            cost_idr_per_month=0,
        )
        for n, made in enumerate(delivered)
    ]


def planned(n_required: int | None) -> list[Planned]:
    """Make what planning asks for beside six present ones."""
    return [
        Planned(
            variation="as it is",
            season="dry",
            service_factor=1,
            n_ill=0,
            n_present=6,
            n_required=n_required,
            n_tried=9,
            left_visits=0,
        )
    ]


@pytest.mark.parametrize(
    ("delivered", "n_required", "noise", "recommended"),
    [
        # As many as planning needs, where so many were looked at.
        ((80, 90, 95, 100), 8, 0, 2),
        ((80, 90, 95, 100), 9, 0, 3),
        ((100,), 6, 0, 0),
        # More than were looked at, or not known: as long as each brings more than the noise.
        ((80, 90, 95, 96), 10, 0, 3),
        ((80, 90, 95, 96), 10, 1, 2),
        ((80, 90, 95, 96), None, 5, 1),
        ((80, 81, 80, 81), None, 2, 0),
        ((80,), None, 0, 0),
        # A number that only seems to bring nothing does not end it; five for five visits are none.
        ((80, 80, 95, 96), None, 1, 2),
        ((80, 80, 80, 80, 80, 85), None, 1, 0),
    ],
)
def test_how_many_to_ask_for(
    delivered: tuple[int, ...], n_required: int | None, noise: int, recommended: int
) -> None:
    """Constructed steps, and the number that follows."""
    found = recommend(steps_of(*delivered), planned(n_required), noise_visits=noise)
    assert found == recommended


def test_how_many_to_ask_for_when_nothing_was_planned() -> None:
    """By what each step brings alone."""
    assert recommend(steps_of(80, 90), [], noise_visits=0) == 1
