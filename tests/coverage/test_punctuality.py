"""Beginnings and riding times are compared with the plan where the log knows them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from outreach.coverage.outcomes import outcomes
from outreach.coverage.punctuality import by_team, punctuality, riding, timed_legs
from outreach.model import Pause
from outreach.units import DAY_S, HOUR_S, MINUTE_S
from tests.coverage.diary import LATER, LEG_S, plan, revised, route, said, visit, week

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outreach.coverage.actual_result import Riding
    from outreach.layers.log import LogEntry
    from outreach.model import DayRoute, Stop


def day(*visits: Stop, pauses: tuple[Pause, ...] = ()) -> DayRoute:
    """Plan a Monday."""
    return replace(route(*visits), pauses=pauses)


def ridden(monday: DayRoute, log: Sequence[LogEntry]) -> Riding:
    """Compare the riding of a Monday with its plan."""
    weeks = [week(plan(monday))]
    found = outcomes(weeks, log, today=LATER)
    return riding(*timed_legs(weeks, found, is_counted=lambda _: True))


# A leg of ten minutes after half an hour: nine, nine forty, ten twenty.
CLOCKS = ("09:00", "09:40", "10:20")
THREE = tuple(visit(who, 0, clock) for who, clock in zip("abc", CLOCKS, strict=True))


def test_half_an_hour_is_on_time() -> None:
    """Of the plan's nine o'clock: 8:29 is early, 8:30 and 9:30 are on time, 9:31 is late."""
    clocks = {"a": "08:29", "b": "08:30", "c": "09:30", "d": "09:31"}
    monday = day(*(visit(who, 0, "09:00") for who in clocks))
    log = [said(who, 0, at=clock) for who, clock in clocks.items()]
    found = punctuality(outcomes([week(plan(monday))], log, today=LATER).visits)
    assert (found.n_done, found.n_timed) == (4, 4)
    assert (found.n_early, found.n_on_time, found.n_late) == (1, 2, 1)
    assert found.share_on_time == 0.5
    assert found.median_late_s == 0


def test_without_times_nothing_is_said() -> None:
    """Two visits were done, and nobody knows when."""
    found = punctuality(
        outcomes([week(plan(day(*THREE)))], [said("a", 0), said("b", 0)], today=LATER).visits
    )
    assert (found.n_done, found.n_timed, found.share_on_time) == (2, 0, None)
    assert found.median_late_s is None


def test_only_done_and_on_the_planned_day_is_timed() -> None:
    """Not met at nine says nothing, and neither does a visit that was made on Tuesday."""
    log = [said("a", 0, "not met", "09:00"), said("b", 1, at="09:40"), said("c", 0, at="10:20")]
    found = punctuality(outcomes([week(plan(day(*THREE)))], log, today=LATER).visits)
    assert (found.n_done, found.n_timed, found.n_on_time) == (2, 1, 1)


def test_a_changed_plan_is_the_plan() -> None:
    """Moved to eleven by telephone, and begun at eleven: on time."""
    first = plan(day(visit("a", 0, "09:00")))
    after = revised(plan(day(visit("a", 0, "11:00"))), "08:00")
    found = outcomes([week(first, after)], [said("a", 0, at="11:00")], today=LATER)
    assert punctuality(found.visits).n_on_time == 1


def test_each_team_has_its_own() -> None:
    """One team is on time, one is not."""
    made = plan(day(visit("a", 0, "09:00")), route(visit("b", 0, "09:00"), team="muaro"))
    log = [said("a", 0, at="09:00"), said("b", 0, at="11:00", worker="muaro")]
    kota, muaro = by_team(outcomes([week(made)], log, today=LATER).visits)
    assert (kota.team_id, kota.punctuality.share_on_time) == ("kota", 1)
    assert (muaro.team_id, muaro.punctuality.median_late_s) == ("muaro", 2 * HOUR_S)


def test_riding_is_what_passes_between_two_visits() -> None:
    """From 9:25 to 9:40 are 15 minutes for 10, from 10:10 to 10:20 the ten that were planned."""
    log = [
        said("a", 0, at="09:00", minutes=25),
        said("b", 0, at="09:40", ends_s=10 * HOUR_S + 10 * MINUTE_S),
        said("c", 0, at="10:20", minutes=30),
    ]
    found = ridden(day(*THREE), log)
    assert (found.n_legs, found.n_untold) == (2, 0)
    assert (found.planned_s, found.real_s) == (2 * LEG_S, 25 * MINUTE_S)
    assert found.median_ratio == pytest.approx(1.25)


@pytest.mark.parametrize(
    "log",
    [
        [said("a", 0), said("b", 0)],
        [said("a", 0, at="09:00"), said("b", 0, at="09:40")],
        [said("a", 0, at="09:00", minutes=30), said("b", 0)],
        [said("a", 0, at="09:00", minutes=50), said("b", 0, at="09:40")],
        [said("a", 0, at="09:00", minutes=30), said("b", 1, at="09:40")],
        [said("a", 0, at="10:00", minutes=30), said("b", 0, at="09:40", minutes=15)],
    ],
    ids=["no times", "no end", "no begin", "overlap", "other day", "other order"],
)
def test_what_cannot_be_told_is_counted_apart(log: list[LogEntry]) -> None:
    """A leg between two visits that were done, of which nobody knows how long it took."""
    found = ridden(day(*THREE[:2]), log)
    assert (found.n_legs, found.n_untold, found.median_ratio) == (0, 1, None)


def test_legs_of_visits_that_were_not_made_are_no_legs() -> None:
    """Whoever was not met was ridden to, but from there on nobody knows."""
    log = [said("a", 0, at="09:00", minutes=30), said("b", 0, "not met", "09:40")]
    assert ridden(day(*THREE), log).n_untold == 0


def test_a_visit_between_is_no_riding() -> None:
    """Between the first and the second the worker saw somebody else."""
    log = [
        said("a", 0, at="09:00", minutes=30),
        said("x", 0, at="09:35", minutes=30),
        said("b", 0, at="10:10", minutes=30),
    ]
    found = ridden(day(*THREE[:2]), log)
    assert (found.n_legs, found.n_untold) == (0, 1)


def test_a_wait_is_no_riding() -> None:
    """The plan arrives at 9:40 and begins at ten, when the door opens."""
    waits = replace(visit("b", 0, "10:00"), arrives_s=9 * HOUR_S + 40 * MINUTE_S)
    log = [said("a", 0, at="09:00", minutes=30), said("b", 0, at="10:00")]
    assert ridden(day(THREE[0], waits), log).n_untold == 1


@pytest.mark.parametrize("begins", ["09:32", "10:05"])
def test_a_break_is_no_riding(begins: str) -> None:
    """The break lies between, as it was planned, or as the day went."""
    at_s = 9 * HOUR_S + 32 * MINUTE_S if begins == "09:32" else 10 * HOUR_S + 5 * MINUTE_S
    pause = Pause(break_id="noon", starts_s=at_s, ends_s=at_s + 5 * MINUTE_S)
    log = [said("a", 0, at="09:20", minutes=40), said("b", 0, at="10:20")]
    assert ridden(day(*THREE[:2], pauses=(pause,)), log).n_untold == 1


def test_a_leg_shorter_than_three_minutes_tells_nothing() -> None:
    """Two minutes, told by clocks that show minutes."""
    monday = day(*THREE[:2])
    short = replace(
        monday, legs=(monday.legs[0], replace(monday.legs[1], duration_s=120), monday.legs[2])
    )
    log = [said("a", 0, at="09:00", minutes=30), said("b", 0, at="09:40")]
    assert ridden(short, log).n_untold == 1


def test_late_legs_are_told_by_areas_never_by_places() -> None:
    """Twice from Jelutung to Bahar: 20 minutes for 10 and 12 for 10; back as planned."""
    first = (visit("a", 0, "09:00", area="Jelutung"), visit("b", 0, "09:40", area="Bahar"))
    back = visit("c", 0, "10:20", area="Jelutung")
    again = visit("d", 0, "11:00", area="Bahar")
    log = [
        said("a", 0, at="09:00", minutes=20),
        said("b", 0, at="09:40", minutes=30),
        said("c", 0, at="10:20", minutes=28),
        said("d", 0, at="11:00", minutes=30),
    ]
    late, on_time = ridden(day(*first, back, again), log).legs
    assert (late.from_kind, late.from_area, late.to_area) == ("visit", "Jelutung", "Bahar")
    assert (late.n, late.planned_s, late.real_s) == (2, 20 * MINUTE_S, 32 * MINUTE_S)
    assert late.median_ratio == pytest.approx(1.6)
    assert (on_time.from_area, on_time.lost_s) == ("Bahar", 0)


def test_small_areas_count_as_their_districts() -> None:
    """Both villages lie in one district: two legs within it."""
    monday = day(*(replace(v, area=a) for v, a in zip(THREE, ("Bahar", "Selat", "?"), strict=True)))
    log = [said(w, 0, at=c, minutes=30) for w, c in zip("abc", CLOCKS, strict=True)]
    weeks = [week(plan(monday))]
    legs, n_untold = timed_legs(weeks, outcomes(weeks, log, today=LATER), is_counted=bool)
    around = {"Bahar": "Sungai Bahar", "Selat": "Sungai Bahar"}
    rows = riding(legs, n_untold, around=around).legs
    assert {(r.from_area, r.to_area) for r in rows} == {
        ("Sungai Bahar", "Sungai Bahar"),
        ("Sungai Bahar", "?"),
    }


def test_only_days_of_the_period_count() -> None:
    """Tuesday's leg is left to another report."""
    tuesday = [replace(v, visit_id=f"{v.place_id}/2") for v in THREE[:2]]
    tuesday = [
        replace(v, **{n: getattr(v, n) + DAY_S for n in ("arrives_s", "starts_s", "departs_s")})
        for v in tuesday
    ]
    weeks = [week(plan(day(*THREE[:2]), route(*tuesday)))]
    log = [
        said(who, d, at=clock, minutes=30)
        for d in (0, 1)
        for who, clock in (("a", "09:00"), ("b", "09:40"))
    ]
    found = outcomes(weeks, log, today=LATER)
    both, _ = timed_legs(weeks, found, is_counted=lambda _: True)
    one, _ = timed_legs(weeks, found, is_counted=lambda date: date == weeks[0].starts_on)
    assert (len(both), len(one)) == (2, 1)
