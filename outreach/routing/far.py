"""Reasons of the road: too far for one day, no bed, a circuit that is not ridden, a rival."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.errors import Message
from outreach.routing.insertion import cheapest_insertion, open_days
from outreach.routing.relaxations import NightAway, with_night
from outreach.routing.solvers.nights import obstacle

if TYPE_CHECKING:
    from outreach.routing.case import Case
    from outreach.routing.problem import Team

    Said = tuple[str, Message]


def too_far(case: Case) -> Said | None:
    """Say whether the visit takes too long or costs too much even alone, and which night helps."""
    alone = cheapest_insertion(case.alone, case.requirement, case.visit)
    if alone is None or alone.fits:
        return None
    values = case.values(alone, worker=case.alone.poorest(alone.team))
    if alone.short_s == 0:
        return "too_dear", Message(
            "even alone on %(date)s the way costs Rp %(rupiah)d more than %(worker)s may spend",
            values,
        )
    night = with_night(case.days, case.requirement, case.visit)
    if night is not None:
        return _night(case, night)
    night = with_night(case.alone, case.requirement, case.visit)
    if night and night.insertion.fits and night.is_allowed and not night.beds_short:
        return "needs_night", Message(
            "too far for one day; with a night at %(lodging)s after %(night)s, and less else to"
            " do, %(team)s could make it",
            case.values(night.insertion, lodging=night.lodging_id, night=case.date(night.day)),
        )
    return "too_far", Message(
        "even alone on %(date)s the way there and back and the visit take %(minutes)d minutes"
        " more than the shift or the riding limit of %(team)s",
        values,
    )


def _night(case: Case, night: NightAway) -> Said:
    insertion = night.insertion
    values = case.values(
        insertion,
        lodging=night.lodging_id,
        night=case.date(night.day),
        beds=night.beds_left,
        n=len(insertion.team.worker_ids),
    )
    if night.beds_short:
        return "no_bed", Message(
            "too far for one day; a night at %(lodging)s after %(night)s would do, but of the"
            " %(n)d beds that %(team)s needs %(beds)d are free",
            values,
        )
    if insertion.short_s:
        return "needs_night", Message(
            "too far for one day; with a night at %(lodging)s after %(night)s %(team)s would"
            " need %(minutes)d more minutes on %(date)s",
            values,
        )
    if insertion.short_idr:
        return "needs_night", Message(
            "too far for one day; for a night at %(lodging)s after %(night)s %(worker)s would"
            " need Rp %(rupiah)d more",
            values,
        )
    if not night.is_allowed:
        return "needs_night", Message(
            "too far for one day; with a night at %(lodging)s after %(night)s %(team)s could make"
            " it, but may not sleep there",
            values,
        )
    return "needs_night", Message(
        "too far for one day; with a night at %(lodging)s after %(night)s %(team)s could make it",
        values,
    )


def closed(case: Case) -> Said | None:
    """Say why teams that may go and work on the days have no route that could take it."""
    if next(open_days(case.days, case.requirement, case.visit), None) is not None:
        return None
    kept = case.days.days_kept(case.requirement, case.visit)
    for team in case.able:
        for shift in team.shifts:
            if shift.day not in kept:
                continue
            for worker_id, other in case.days.rivals(team, shift.day):
                return "rival", _rival(case, team, shift.day, worker_id, other)
    for team in case.able:
        if team.circuit_id is not None:
            return _not_ridden(case, team)
    bound = next(t for t in case.able if {s.day for s in t.shifts} & set(kept))
    return "pinned_night", Message(
        "%(team)s must sleep away on the days on which the visit may be, but does not set out",
        {"team": bound.id},
    )


def _rival(case: Case, team: Team, day: int, worker_id: str, other_id: str) -> Message:
    values = {"team": team.id, "date": case.date(day), "worker": worker_id, "other": other_id}
    if case.problem.team[other_id].worker_ids == (worker_id,):
        # Nobody is "with" the team that bears their own name.
        return Message(
            "%(team)s cannot set out on %(date)s: %(worker)s is on the road alone then", values
        )
    return Message("%(team)s cannot set out on %(date)s: %(worker)s is with %(other)s", values)


def _not_ridden(case: Case, team: Team) -> Said:
    n_workers = len(team.worker_ids)
    for night in team.nights:
        if all(
            place != team.base_id and case.days.beds_left(place, night.day) < n_workers
            for place in night.place_ids
        ):
            return "no_bed", Message(
                "circuit %(circuit)s finds no lodging with %(n)d free beds after %(date)s",
                {"circuit": team.circuit_id, "n": n_workers, "date": case.date(night.day)},
            )
    found = obstacle(case.problem, team)
    if found is not None:
        return found
    return "circuit_not_ridden", Message(
        "circuit %(circuit)s is not ridden in these days", {"circuit": team.circuit_id}
    )
