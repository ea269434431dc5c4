"""A month's accounts made by hand, whose sums can be checked with a pencil."""

from __future__ import annotations

import datetime as dt
import math
from zoneinfo import ZoneInfo

from outreach.coverage.accounts_result import (
    PARTNER_CATEGORY,
    UNKNOWN,
    Accounts,
    Cases,
    CountRow,
    Interruption,
    Overdue,
    Period,
    ReasonRow,
    Travel,
    VisitCounts,
    WeekCovered,
    WorkerMoney,
)
from outreach.coverage.actual_result import (
    LegRow,
    Punctuality,
    Riding,
    SpeedEvidence,
    TeamPunctuality,
)
from outreach.errors import Message
from outreach.lineage import Happening
from outreach.units import DAY_S, HOUR_S, MINUTE_S

JAMBI = ZoneInfo("Asia/Jakarta")
MONDAYS = tuple(dt.date(2026, 11, day) for day in (2, 9, 16, 23))
NEGLECT = VisitCounts(
    planned=100, added=2, done=81, not_met=9, refused=2, moved=1, fell_out=3, no_word=6, left_out=8
)
VIOLENCE = VisitCounts(planned=60, added=4, done=58, not_met=2, closed=1, fell_out=1, no_word=2)
PARTNERS = VisitCounts(planned=8, done=7, cancelled=1, unplanned_done=2)
TOTAL = NEGLECT + VIOLENCE + PARTNERS
"""174 in plans, 146 done, 173 to be made: 84 %."""


SWAPPED = Message(
    "longitude %(lon)s and latitude %(lat)s are swapped", {"lon": "-1.57977", "lat": "103.59321"}
)
CLOSED = "POINT (103.61234 -1.61234)"
PLACES = ("1.57977", "103.59321", "103.61234", "1.61234")
"""Digits by which a home, or a closed road, could be found."""


def accounts_sample() -> Accounts:
    """
    Give the accounts of November 2026: four planned weeks, two interruptions.

    The month's last day is a Monday that no plan covers. Kota has spent more than its budget.
    """
    return Accounts(
        period=Period(kind="month", first=dt.date(2026, 11, 1), last=dt.date(2026, 11, 30)),
        until=dt.date(2026, 11, 30),
        weeks=tuple(
            WeekCovered(starts_on=day, last=day + dt.timedelta(days=6), n_revisions=2 * (i == 1))
            for i, day in enumerate(MONDAYS)
        ),
        n_days_unplanned=2,
        total=TOTAL,
        by_category=(
            CountRow(id="Anak terlantar", counts=NEGLECT),
            CountRow(id="Korban kekerasan", counts=VIOLENCE),
            CountRow(id=PARTNER_CATEGORY, counts=PARTNERS),
        ),
        by_area=(
            CountRow(id="15.71.01", name="Telanaipura", counts=NEGLECT + VIOLENCE),
            CountRow(id=UNKNOWN, counts=PARTNERS),
        ),
        by_team=(
            CountRow(id="kota", worker_ids=("kota",), counts=NEGLECT + PARTNERS),
            CountRow(id="sad", worker_ids=("muaro", "tksk-1"), counts=VIOLENCE),
        ),
        n_people_planned=120,
        n_people_met=101,
        reasons=_reasons(),
        cases=Cases(
            n_at_start=124,
            n_at_end=125,
            new=("K-130", "K-131", "K-132"),
            closed=("K-017",),
            gone=("K-099",),
            moved=("K-031",),
        ),
        overdue=_overdue(),
        travel=Travel(
            n_days=40,
            n_ridden_days=36,
            distance_km=1420.5,
            ridden_km=1300.25,
            riding_h=61.5,
            ridden_h=56.25,
            n_nights=12,
            n_ridden_nights=12,
            cost_idr=3_900_000,
            ridden_idr=3_600_000,
        ),
        workers=_workers(),
        interruptions=_interruptions(),
        punctuality=_punctuality(146, 120, 96),
        by_team_punctuality=(
            TeamPunctuality(team_id="kota", punctuality=_punctuality(88, 70, 50)),
            TeamPunctuality(team_id="sad", punctuality=_punctuality(58, 50, 46)),
        ),
        riding=_riding(),
        speeds=_speeds(),
        n_entries=160,
        n_doubled=1,
    )


def _reasons() -> tuple[ReasonRow, ...]:
    return (
        ReasonRow(
            kind="unserved",
            reason="hours",
            detail=Message(
                "%(team)s would need %(minutes)d more minutes on %(date)s",
                {"team": "kota", "minutes": 25, "date": "2026-11-05"},
            ),
            is_example=True,
            n_visits=8,
            n_people=6,
        ),
        ReasonRow(
            kind="fell_out",
            reason="hours",
            detail=None,
            is_example=False,
            n_visits=4,
            n_people=4,
        ),
        ReasonRow(
            kind="unsnapped",
            reason="no-road",
            detail=Message("no road near"),
            is_example=False,
            n_visits=0,
            n_people=2,
        ),
        *(
            ReasonRow(
                kind="invalid",
                reason=reason,
                detail=SWAPPED,
                is_example=False,
                n_visits=0,
                n_people=1,
            )
            for reason in ("swapped", "no-place")
        ),
    )


def _overdue() -> tuple[Overdue, ...]:
    first = Overdue(
        id="K-044",
        category="Anak terlantar",
        area="15.71.01",
        area_name="Telanaipura",
        due_on=dt.date(2026, 10, 1),
        days=60,
        why="not_met",
        n_missed=3,
        planned_on=dt.date(2026, 12, 2),
    )
    return (
        first,
        Overdue(
            id="K-101",
            category="Korban kekerasan",
            area=UNKNOWN,
            due_on=None,
            days=28,
            why="left_out",
            detail=Message("no road near"),
        ),
        *(
            Overdue(
                id=f"K-2{i:02d}",
                category="Anak terlantar",
                area="15.71.01",
                area_name="Telanaipura",
                due_on=dt.date(2026, 11, 20),
                days=10,
                why="no_word",
            )
            for i in range(39)
        ),
        Overdue(
            id="K-300",
            category="Anak terlantar",
            area=UNKNOWN,
            due_on=dt.date(2026, 11, 29),
            days=1,
            why="unusable",
            detail=SWAPPED,
        ),
    )


def _workers() -> tuple[WorkerMoney, ...]:
    return (
        WorkerMoney(
            worker_id="kota",
            travel=Travel(
                n_days=20, n_ridden_days=18, ridden_km=620.0, ridden_h=30.0, ridden_idr=2_100_000
            ),
            budget_idr=2_000_000,
            month_idr=2_100_000,
            unsure_idr=100_000,
            ahead_idr=0,
        ),
        WorkerMoney(
            worker_id="muaro",
            travel=Travel(
                n_days=20, n_ridden_days=18, ridden_km=680.25, ridden_h=26.25, ridden_idr=1_500_000
            ),
            budget_idr=2_000_000,
            month_idr=1_500_000,
            unsure_idr=200_000,
            ahead_idr=0,
        ),
        WorkerMoney(
            worker_id="tksk-1",
            travel=Travel(),
            budget_idr=None,
            month_idr=0,
            unsure_idr=0,
            ahead_idr=0,
        ),
    )


def _interruptions() -> tuple[Interruption, ...]:
    monday = MONDAYS[1]
    told = 1 * DAY_S + 10 * HOUR_S + 20 * MINUTE_S
    return (
        Interruption(
            at=dt.datetime(2026, 11, 10, 10, 20, tzinfo=JAMBI),
            starts_on=monday,
            number=1,
            happened=(
                Happening(kind="urgent", at_s=told, id="K-130", deadline_s=told + DAY_S),
                Happening(kind="road_closed", at_s=told, area_wkt=CLOSED),
            ),
            n_moved=2,
            n_new=1,
            fell_out=("K-020", "K-021"),
            n_late=0,
            riding_s=25 * MINUTE_S,
            cost_idr=12_000,
        ),
        Interruption(
            at=dt.datetime(2026, 11, 11, 6, 0, tzinfo=JAMBI),
            starts_on=monday,
            number=2,
            happened=(
                Happening(
                    kind="absent",
                    at_s=2 * DAY_S + 6 * HOUR_S,
                    id="muaro",
                    from_s=2 * DAY_S,
                    to_s=4 * DAY_S,
                ),
            ),
            n_moved=6,
            n_new=0,
            fell_out=("K-030", "K-031"),
            n_late=1,
            riding_s=-40 * MINUTE_S,
            cost_idr=-50_000,
        ),
    )


def _punctuality(n_done: int, n_timed: int, n_on_time: int) -> Punctuality:
    n_early = (n_timed - n_on_time) // 4
    return Punctuality(
        n_done=n_done,
        n_timed=n_timed,
        n_on_time=n_on_time,
        n_early=n_early,
        n_late=n_timed - n_on_time - n_early,
        within_s=30 * MINUTE_S,
        median_late_s=8.0 * MINUTE_S,
    )


def _riding() -> Riding:
    return Riding(
        n_legs=80,
        n_untold=30,
        planned_s=20 * HOUR_S,
        real_s=23 * HOUR_S,
        median_ratio=1.12,
        legs=(
            LegRow(
                from_kind="visit",
                from_area="15.71.01",
                to_kind="visit",
                to_area=UNKNOWN,
                n=14,
                planned_s=4 * HOUR_S,
                real_s=6 * HOUR_S,
                median_ratio=1.5,
            ),
            LegRow(
                from_kind="partner",
                from_area=UNKNOWN,
                to_kind="visit",
                to_area="15.71.01",
                n=20,
                planned_s=3 * HOUR_S,
                real_s=3 * HOUR_S - 10 * MINUTE_S,
                median_ratio=0.95,
            ),
        ),
    )


def _speeds() -> tuple[SpeedEvidence, ...]:
    return (
        SpeedEvidence(
            highway="tertiary",
            surface="laterite",
            season="wet",
            now_kph=25.0,
            suggested_kph=18.5,
            key="roads.surface_kph.wet.laterite",
            key_kph=18.5,
            n_legs=22,
            n_pairs=15,
            distance_km=140.0,
            ratio=1.35,
            ratio_low=1.2,
            ratio_high=1.5,
            start_s=45.0,
            verdict="slower",
        ),
        SpeedEvidence(
            highway="residential",
            surface=None,
            season="wet",
            now_kph=25.0,
            suggested_kph=None,
            key=None,
            key_kph=None,
            n_legs=4,
            n_pairs=3,
            distance_km=9.0,
            ratio=math.nan,
            ratio_low=math.nan,
            ratio_high=math.nan,
            start_s=math.nan,
            verdict="few",
        ),
    )


def quiet_accounts() -> Accounts:
    """Give the accounts of the same month, in which there was nothing."""
    none = Punctuality(
        n_done=0,
        n_timed=0,
        n_on_time=0,
        n_early=0,
        n_late=0,
        within_s=30 * MINUTE_S,
        median_late_s=None,
    )
    return Accounts(
        period=Period(kind="month", first=dt.date(2026, 11, 1), last=dt.date(2026, 11, 30)),
        until=dt.date(2026, 11, 30),
        weeks=(),
        n_days_unplanned=0,
        total=VisitCounts(),
        by_category=(),
        by_area=(),
        by_team=(),
        n_people_planned=0,
        n_people_met=0,
        reasons=(),
        cases=Cases(n_at_start=0, n_at_end=0),
        overdue=(),
        travel=Travel(),
        workers=(),
        interruptions=(),
        punctuality=none,
        by_team_punctuality=(),
        riding=Riding(n_legs=0, n_untold=0, planned_s=0, real_s=0, median_ratio=None),
    )
