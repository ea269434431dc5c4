"""The same number of added workers under other arrangements, side by side."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from outreach.coverage.access import reach
from outreach.coverage.crew import everybody_at, with_workers
from outreach.coverage.placement import follow
from outreach.coverage.result import ScenarioRow
from outreach.coverage.study import shown
from outreach.errors import Message

if TYPE_CHECKING:
    from collections.abc import Hashable

    from outreach.coverage.params import Scenario
    from outreach.coverage.result import Site
    from outreach.coverage.study import Study
    from outreach.coverage.weeks import Setting


def compare(study: Study, n_added: int) -> tuple[tuple[ScenarioRow, ...], tuple[Message, ...]]:
    """
    Plan the weeks of the other arrangements, with the present workers and with more.

    Returns
    -------
    rows, notices
        Of the scenarios; which of them could not be looked at.
    """
    if study.inquiry.scenario is not None or not study.params.scenarios:
        return (), ()
    if not study.n_added:
        return (), (
            Message("Scenarios are not looked at, as they compare where added workers sit"),
        )
    usable = [s for s in study.params.scenarios if _has_seats(study, s)]
    notices = tuple(
        Message(
            "The scenario %(name)s is not looked at: none of its candidates lies near a road",
            {"name": scenario.name},
        )
        for scenario in study.params.scenarios
        if scenario not in usable
    )
    arranged = [_Arranged(study, scenario, n_added) for scenario in usable]
    planned = study.trials.plan(
        {
            one.key(n): (f"{one.scenario.label}, {n} more", partial(one.setting, n))
            for one in arranged
            for n in (0, n_added)
        }
    )
    outcomes = [
        weeks.outcome(worst_minutes=one.worst_minutes(n))
        for weeks, (one, n) in zip(
            planned, ((one, n) for one in arranged for n in (0, n_added)), strict=True
        )
    ]
    rows = tuple(
        ScenarioRow(
            name=one.scenario.name,
            label=one.scenario.label,
            n_added=n_added,
            sites=shown(one.sites),
            present=present,
            realised=realised,
        )
        for one, present, realised in zip(arranged, outcomes[::2], outcomes[1::2], strict=True)
    )
    return rows, notices


def _has_seats(study: Study, scenario: Scenario) -> bool:
    return bool(scenario.everybody_at) or bool(study.candidates(scenario.candidates).sites)


class _Arranged:
    """One scenario: who sits where, with the present workers and with more."""

    def __init__(self, study: Study, scenario: Scenario, n_added: int) -> None:
        self._study = study
        self.scenario = scenario
        self._everybody = study.place_of(scenario) if scenario.everybody_at else None
        self.sites: tuple[Site, ...]
        if self._everybody is not None:
            self.sites = (self._everybody,) * n_added
        else:
            here = study.candidates(scenario.candidates)
            chosen = follow(here, study.residual(here), (), n_added)
            self.sites = tuple(here.sites[j] for j in chosen)

    def key(self, n_added: int) -> Hashable:
        """Name the weeks; nobody of the present ones sits elsewhere unless everybody does."""
        if not n_added and self._everybody is None:
            return (self._study.as_it_is, 0)
        return (self.scenario, n_added)

    def setting(self, n_added: int) -> Setting:
        """Give the setting with so many more."""
        present = self._study.setting
        if self._everybody is not None:
            present = everybody_at(present, self._everybody)
        return with_workers(present, self.sites[:n_added], like=self._study.like)

    def worst_minutes(self, n_added: int) -> float:
        """Give the longest ride from the nearest base."""
        bases = set(self.setting(n_added).tables.workers["base_id"])
        matrix = self._study.setting.matrix
        return self._study.worst_minutes(reach(matrix, self._study.need.ids, sorted(bases)))
