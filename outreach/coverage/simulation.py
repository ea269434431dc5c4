"""Plan week after week, and let each happen: what so many workers really get done."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from outreach.coverage.books import Books
from outreach.coverage.living import Week, live
from outreach.coverage.luck import Luck
from outreach.coverage.roll import Roll
from outreach.routing.due import WEEK_DAYS
from outreach.routing.horizon import Horizon

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from outreach.coverage.living import Outlived
    from outreach.coverage.weeks import Setting, Weeks
    from outreach.routing.assemble import Assembled
    from outreach.routing.problem import Problem
    from outreach.routing.schedule import Route


def simulate(setting: Setting, *, told: Callable[[float], None] = lambda _: None) -> Weeks:
    """
    Plan week after week: what was not made stays due, what was made is due again later.

    Money that was spent before, and pins, are left aside: the question is the ordinary month.

    Parameters
    ----------
    told
        Called with the part that is done.
    """
    roll = Roll(setting)
    books = Books(roll)
    for week in range(setting.n_weeks):
        _live_through(week, roll, books)
        told((week + 1) / setting.n_weeks)
    return books.closed()


def _live_through(week: int, roll: Roll, books: Books) -> None:
    """Plan a week, let it happen, and enter it into the books."""
    from outreach.routing.assemble import build_problem
    from outreach.routing.plan import solver_named
    from outreach.routing.solvers.protocol import Limit

    setting = roll.setting
    starts_on = setting.starts_on + dt.timedelta(days=WEEK_DAYS * week)
    people = setting.tables.beneficiaries.assign(
        last_visit=books.last_visit, deadline=books.deadline
    )
    is_open = roll.is_open(week)
    workers = setting.tables.workers.assign(spent_idr=np.nan)
    assembled = build_problem(
        replace(
            setting.tables,
            beneficiaries=people if is_open.all() else people[is_open].reset_index(drop=True),
            workers=workers,
        ),
        setting.matrix,
        horizon=Horizon(starts_on=starts_on, n_days=WEEK_DAYS, timezone=setting.timezone),
        arranged=setting.arranged,
        costs=setting.costs,
        weights=setting.weights,
    )
    unknown = roll.unknown(week)
    known = tuple(r for r in assembled.problem.requirements if r.id not in unknown)
    problem = replace(assembled.problem, requirements=known) if unknown else assembled.problem
    routes: Sequence[Route] = ()
    if problem.teams and problem.requirements:
        limit = Limit(iterations=setting.iterations)
        solver = solver_named("periodic")
        routes = solver.solve(problem, limit=limit, seed=setting.seed + week).routes
    outlived = None
    if setting.interruptions is not None:
        luck = Luck(params=setting.interruptions.params, seed=setting.seed)
        outlived = _outlived(week, roll, luck, problem, assembled, routes)
    roll.mark(week)
    books.enter(week, problem, routes, outlived)


def _outlived(
    week: int,
    roll: Roll,
    luck: Luck,
    problem: Problem,
    assembled: Assembled,
    routes: Sequence[Route],
) -> Outlived:
    setting = roll.setting
    ids = setting.tables.beneficiaries["id"]
    floods = () if setting.interruptions is None else setting.interruptions.floods
    flood = None
    if floods and luck.happens(luck.params.flood_share, "flood", week):
        flood = floods[int(luck.lot("which flood", week).integers(len(floods)))]
    due = {need.id for need in problem.requirements}
    unknown = (need for need in assembled.problem.requirements if need.id not in due)
    return live(
        Week(
            problem=problem,
            dormant=(*assembled.dormant, *unknown),
            routes=routes,
            calls=[(call, str(ids.iloc[call.row])) for call in roll.calls(week)],
            number=week,
            season=setting.season,
            flood=flood,
        ),
        luck,
    )
