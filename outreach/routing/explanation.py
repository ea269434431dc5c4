"""Everything that a plan can say about one beneficiary: why then, why not, and what else."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from outreach.errors import Message, PlanningError
from outreach.routing.days import Days
from outreach.routing.insertion import (
    Insertion,
    cheapest_fit,
    insert,
    insertion_by_day,
    worth_s,
)
from outreach.routing.reasons import explain
from outreach.routing.relaxations import with_night
from outreach.routing.score import routes_of, score_of
from outreach.units import DAY_S, HOUR_S, MINUTE_S, format_clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outreach.model import Loss, Plan, Stop
    from outreach.routing.problem import Problem, Requirement, Visit

OPTIONS_TOLD = 5
SWAPS_TOLD = 3
_REASONS_OF_AN_OPTION = frozenset({"no_time", "no_money", "not_worth", "overlooked"})
DAYS_SWAPPED = 20
"""Visits are taken out, one at a time, of the days that lack least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What there is to say about a beneficiary or partner."""

    id: str
    sentences: tuple[Message, ...]


def explain_beneficiary(problem: Problem, plan: Plan, beneficiary_id: str) -> Explanation:
    """
    Explain when somebody is visited, or why not, and what else would be possible.

    Other days and teams of a planned visit are told with what they cost in the plan's own score;
    of one that stays out, what lacks on each day, and which visit of less weight could make room.

    Parameters
    ----------
    problem
        That the plan is of.
    plan
        One that fits the problem: the audit finds nothing.
    beneficiary_id
        Of a beneficiary or a partner, planned or lost.

    Raises
    ------
    PlanningError
        When neither the problem nor the plan knows the id; it names those that are spelt alike.
    """
    own = [r for r in problem.requirements if r.id == beneficiary_id]
    losses = [
        loss
        for loss in (*plan.invalid, *plan.unsnapped, *plan.unreachable)
        if loss.beneficiary_id == beneficiary_id
    ]
    not_due = [x for x in plan.not_due if x.beneficiary_id == beneficiary_id]
    if not own and not losses and not not_due:
        raise _unknown(problem, plan, beneficiary_id)
    sentences = [loss.detail for loss in losses]
    sentences += [
        Message("is not due before %(date)s", {"date": x.due_on.isoformat()}) for x in not_due
    ]
    asked = _Asked(problem, plan)
    for requirement in own:
        for visit in requirement.visits:
            sentences += asked.about(requirement, visit)
    if not sentences:
        sentences = [Message("needs no visit in these days")]
    return Explanation(id=beneficiary_id, sentences=tuple(sentences))


def _unknown(problem: Problem, plan: Plan, beneficiary_id: str) -> PlanningError:
    known = {
        *(r.id for r in problem.requirements),
        *(loss.beneficiary_id for loss in plan.losses),
        *(x.beneficiary_id for x in plan.not_due),
    }
    near = get_close_matches(beneficiary_id, sorted(known), n=3)
    if near:
        return PlanningError(
            "%(id)s: nobody has this id; did you mean %(near)s?",
            id=beneficiary_id,
            near=", ".join(near),
        )
    return PlanningError(
        "%(id)s: nobody has this id; the workbook of 'outreach maps' lists them all",
        id=beneficiary_id,
    )


def _told_by(loss: Loss) -> tuple[object, object] | None:
    """Give the team and date of an option, where the reason of the loss is what lacks for it."""
    values = loss.detail.values
    # Of money the reason names who lacks it, and the option also the team they ride along with.
    names_team = "%(team)s" in loss.detail.template or values.get("team") == values.get("worker")
    if loss.reason not in _REASONS_OF_AN_OPTION or not names_team:
        return None
    return values.get("team"), values.get("date")


class _Asked:
    """A plan that is asked about its visits."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self._problem = problem
        self._days = Days(problem, {(r.team_id, r.day): r for r in routes_of(plan.day_routes)})
        self._stops = {s.visit_id: s for r in plan.day_routes for s in r.stops if s.visit_id}
        self._losses = {loss.visit_id: loss for loss in plan.unserved}

    def about(self, requirement: Requirement, visit: Visit) -> Iterator[Message]:
        """Say what is planned or lacks, then what else there is."""
        if visit.id in self._days.key_of:
            yield from self._planned(requirement, visit, self._stops[visit.id])
            yield from self._elsewhere(requirement, visit)
            return
        loss = self._losses.get(visit.id) or explain(self._days, [(requirement, visit)])[0]
        yield Message("%(visit)s stays out", {"visit": visit.id})
        yield loss.detail
        yield from self._lacking(requirement, visit, _told_by(loss))
        yield from self._swaps(requirement, visit)

    def _date(self, day: int) -> str:
        return (self._problem.starts_at.date() + dt.timedelta(days=day)).isoformat()

    def _planned(self, requirement: Requirement, visit: Visit, stop: Stop) -> Iterator[Message]:
        team_id, day = self._days.key_of[visit.id]
        values = {
            "visit": visit.id,
            "date": self._date(day),
            "clock": format_clock(stop.starts_s - day * DAY_S),
            "team": team_id,
        }
        if visit.is_pinned:
            yield Message(
                "%(visit)s is on %(date)s at %(clock)s with %(team)s, as it is pinned", values
            )
        else:
            yield Message("%(visit)s is on %(date)s at %(clock)s with %(team)s", values)
        if visit.deadline_day is not None and day > visit.deadline_day:
            yield Message(
                "it comes after its deadline, %(date)s", {"date": self._date(visit.deadline_day)}
            )
        known = requirement.known_worker_id
        if known is not None and known not in self._problem.team[team_id].worker_ids:
            yield Message("it is with a new face: %(worker)s is the one known", {"worker": known})

    def _elsewhere(self, requirement: Requirement, visit: Visit) -> Iterator[Message]:
        """Tell other days and teams by what the whole plan would cost."""
        key = self._days.key_of[visit.id]
        without = self._days.without_visit(visit.id)
        found = insertion_by_day(without, requirement, visit, most_short_s=0)
        others = [i for k, i in found.items() if k != key and i.fits]
        if not others:
            yield Message("no other day or team has room for it")
            return
        now_s = score_of(self._days).total_s
        others.sort(key=lambda i: (i.price_s, i.day, i.team.id))
        moved = [
            (score_of(insert(without, other, visit)).total_s - now_s, other)
            for other in others[:OPTIONS_TOLD]
        ]
        for more_s, other in sorted(moved, key=lambda m: (m[0], m[1].day, m[1].team.id)):
            minutes = round(more_s / MINUTE_S)
            values = {
                "date": self._date(other.day),
                "team": other.team.id,
                "minutes": abs(minutes),
            }
            if minutes >= 0:
                yield Message(
                    "on %(date)s with %(team)s it would be %(minutes)d minutes of riding dearer",
                    values,
                )
            else:
                yield Message(
                    "on %(date)s with %(team)s it would be %(minutes)d minutes of riding cheaper",
                    values,
                )

    def _options(self, requirement: Requirement, visit: Visit) -> list[Insertion]:
        """List the days by what lacks, the least first."""
        idr_s = HOUR_S / self._problem.weights.idr_per_hour
        found = insertion_by_day(self._days, requirement, visit).values()
        return sorted(
            found,
            key=lambda i: (i.short_s + i.short_idr * idr_s, i.price_s, i.day, i.team.id),
        )

    def _lacking(
        self, requirement: Requirement, visit: Visit, told: tuple[object, object] | None
    ) -> Iterator[Message]:
        """Tell what lacks on the days; `told` is the team and date that the loss names already."""
        options = [
            option
            for option in self._options(requirement, visit)
            if (option.team.id, self._date(option.day)) != told
        ]
        for option in options[:OPTIONS_TOLD]:
            values = {
                "date": self._date(option.day),
                "team": option.team.id,
                "minutes": -(-option.short_s // MINUTE_S),
                "rupiah": option.short_idr,
                "worker": self._days.poorest(option.team),
            }
            if option.short_s and option.short_idr:
                yield Message(
                    "on %(date)s %(team)s lacks %(minutes)d minutes, and %(worker)s Rp %(rupiah)d",
                    values,
                )
            elif option.short_idr and len(option.team.worker_ids) > 1:
                yield Message(
                    "on %(date)s %(worker)s lacks Rp %(rupiah)d to go there with %(team)s", values
                )
            elif option.short_idr:
                yield Message("on %(date)s %(worker)s lacks Rp %(rupiah)d", values)
            elif option.short_s:
                yield Message("on %(date)s %(team)s lacks %(minutes)d minutes", values)
            else:
                yield Message("on %(date)s %(team)s lacks nothing", values)
        night = with_night(self._days, requirement, visit)
        if night is not None and night.beds_short:
            yield Message(
                "beds that %(team)s lacks for a night at %(lodging)s after %(date)s: %(beds)d",
                {
                    "lodging": night.lodging_id,
                    "date": self._date(night.day),
                    "team": night.insertion.team.id,
                    "beds": night.beds_short,
                },
            )

    def _swaps(self, requirement: Requirement, visit: Visit) -> Iterator[Message]:
        """Take out visits of less weight one at a time; tell the lightest that make room."""
        weights = self._problem.weights
        worth = worth_s(weights, requirement, visit)
        found: list[tuple[int, str, Insertion]] = []
        for option in self._options(requirement, visit)[:DAYS_SWAPPED]:
            key = option.team.id, option.day
            route = self._days.routes.get(key)
            for other_id in () if route is None else route.visit_ids:
                other, other_visit = self._problem.visit[other_id]
                weight = worth_s(weights, other, other_visit)
                if weight >= worth or other.id == requirement.id:
                    continue
                fit = cheapest_fit(
                    self._days.without_visit(other_id), requirement, visit, team_days={key}
                )
                if fit is not None:
                    found.append((weight, other_id, fit))
        found.sort(key=lambda swap: swap[:2])
        for _, other_id, fit in found[:SWAPS_TOLD]:
            yield Message(
                "on %(date)s with %(team)s it would fit in place of %(other)s, which weighs less",
                {"date": self._date(fit.day), "team": fit.team.id, "other": other_id},
            )
        if not found:
            yield Message("no single visit that weighs less makes room for it")
