"""What was done in past weeks, carried into the tables from which the next week is planned."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from outreach.errors import ConfigError, Message

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from outreach.layers.layer import Layer
    from outreach.layers.log import LogEntry
    from outreach.layers.presets import CategoryPreset
    from outreach.model import Finding, Plan

ServiceMinutes = Literal["preset", "learned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogParams:
    """
    How the log changes what is planned next.

    Parameters
    ----------
    service_minutes
        ``"learned"``: visits take as long as they took, by category, where enough of them are
        in the log; ``"preset"``: as the categories say.
    learn_from
        So many visits of a category, at least, before anything is learned of them.
    least_share
        What is learned is no less than this part of the preset.
    rising
        Each time in a row that somebody was left out or not met multiplies the priority by this.
    rising_most
        But all of them together by no more than this.
    familiar_from
        Who met a child so often is known to it, where the table names nobody.
    """

    service_minutes: ServiceMinutes = "preset"
    learn_from: int = 10
    least_share: float = 0.5
    rising: float = 1.25
    rising_most: float = 3.0
    familiar_from: int = 2

    def __post_init__(self) -> None:
        if self.service_minutes not in get_args(ServiceMinutes):
            raise ConfigError('service_minutes must be "preset" or "learned"')
        if min(self.learn_from, self.familiar_from) < 1:
            raise ConfigError("learn_from and familiar_from must be at least 1")
        if not 0 <= self.least_share <= 1:
            raise ConfigError("least_share must be from 0 to 1")
        if not 1 <= self.rising <= self.rising_most < math.inf:
            raise ConfigError("rising must be at least 1, and rising_most no less than rising")


class Costs(Protocol):
    """What moving about costs; the planner's own."""

    @property
    def fuel_idr_per_km(self) -> int:
        """Of one motorbike."""

    @property
    def meal_idr_per_day_away(self) -> int:
        """For each worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Debt:
    """
    Somebody who was due and not visited, so many times in a row.

    `rises` is by how much that multiplies the priority.
    """

    beneficiary_id: str
    n_missed: int
    rises: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Carried:
    """
    The tables after what was done, and what that changed.

    Parameters
    ----------
    layers
        Those that were given, with other rows of beneficiaries, partners and workers.
    findings
        What the log says of rows that should be mended in their tables.
    notices
        What every reader of the next plan must know; no ids.
    told
        What was carried over, in short lines for the office.
    debts
        By beneficiary.
    closed
        Beneficiaries whose case is closed: they are in no table any more.
    """

    layers: Mapping[str, Layer]
    findings: tuple[Finding, ...] = ()
    notices: tuple[Message, ...] = ()
    told: tuple[Message, ...] = ()
    debts: tuple[Debt, ...] = ()
    closed: tuple[str, ...] = field(default=())


def carry_over(
    layers: Mapping[str, Layer],
    entries: Iterable[LogEntry],
    *,
    starts_on: dt.date,
    params: LogParams,
    presets: Mapping[str, CategoryPreset],
    plans: Sequence[Plan] = (),
    costs: Costs | None = None,
) -> Carried:
    """
    Put what the log says, and past plans left out, into the tables.

    Parameters
    ----------
    layers
        By name, with beneficiaries and workers at least.
    entries
        The log; what a later entry corrects, and what happened from `starts_on` on, does not
        count.
    starts_on
        First day that is planned.
    plans
        Of past weeks, of each the last one.
    costs
        Needed to know on which days of a week the money was spent.
    """
    del entries, starts_on, params, presets, plans, costs
    return Carried(layers=layers)
