"""What is on the ground: the project's tables, the cases phoned since, and what was done."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outreach.archive import plans_between
from outreach.logbook import LOG_FILE, read_logbook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outreach.config import Config
    from outreach.layers.carried import Carried
    from outreach.layers.layer import Layer
    from outreach.layers.pins import PinRow
    from outreach.model import Finding, Loss

logger = logging.getLogger(__name__)

_PAST_WEEKS = 8
_WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """
    All tables of a project, read and checked; of the pins, those that can be understood.

    `carried` is what the log changed in them, None where it was not asked.
    """

    layers: Mapping[str, Layer]
    findings: tuple[Finding, ...]
    pins: tuple[PinRow, ...] = ()
    carried: Carried | None = None

    @property
    def invalid(self) -> tuple[Loss, ...]:
        """Beneficiaries whose rows cannot be used."""
        return self.layers["beneficiaries"].invalid


def read_ground(config: Config, *, with_log: bool = True) -> Ground:
    """
    Read every table that the project names, and carry into them what the log holds.

    Parameters
    ----------
    with_log
        Whether what was done before the first day that is planned counts.

    Raises
    ------
    LayerError
        When a table, the log or a past plan cannot be used at all.
    """
    from outreach.layers.pins import check_pins, known_pins, read_pins
    from outreach.layers.references import check_references

    layers = _read_layers(config)
    carried = _carry(config, layers) if with_log else None
    if carried is not None:
        layers = dict(carried.layers)
    findings = [f for layer in layers.values() for f in layer.findings]
    findings += carried.findings if carried is not None else ()
    findings += check_references(layers, circuit_ids=tuple(c.id for c in config.arranged.circuits))
    pins = check_pins(config.pins)
    if "pins" in config.files:
        pins += read_pins(config.files["pins"])
    pins = known_pins(pins, layers)
    return Ground(
        layers=layers, findings=(*findings, *pins.findings), pins=pins.rows, carried=carried
    )


def _read_layers(config: Config) -> dict[str, Layer]:
    from outreach.layers.areas import read_areas
    from outreach.layers.beneficiaries import read_beneficiaries
    from outreach.layers.lodgings import read_lodgings
    from outreach.layers.partners import read_partners
    from outreach.layers.phoned import PHONED_FILE, with_phoned
    from outreach.layers.tables import TableSource
    from outreach.layers.workers import read_workers

    today = config.horizon.starts_on
    files, checks = config.files, config.checks
    layers: dict[str, Layer] = {}
    area = None
    if "areas" in files:
        layers["areas"] = read_areas(files["areas"], params=checks)
        area = layers["areas"].rows.union_all()
    layers["beneficiaries"] = read_beneficiaries(
        files["beneficiaries"], presets=config.presets, params=checks, today=today, area=area
    )
    phoned = config.folder / PHONED_FILE
    if phoned.is_file():
        layers["beneficiaries"] = with_phoned(
            layers["beneficiaries"],
            read_beneficiaries(
                TableSource(path=phoned),
                presets=config.presets,
                params=checks,
                today=today,
                area=area,
            ),
        )
    layers["workers"] = read_workers(files["workers"], params=checks, area=area)
    if "lodgings" in files:
        layers["lodgings"] = read_lodgings(files["lodgings"], params=checks, area=area)
    if "partners" in files:
        layers["partners"] = read_partners(files["partners"], params=checks, area=area)
    return layers


def _carry(config: Config, layers: Mapping[str, Layer]) -> Carried | None:
    from outreach.layers.carried import carry_over

    entries = read_logbook(config.folder / LOG_FILE)
    if not entries:
        return None
    starts_on = config.horizon.starts_on
    first = min(starts_on - _PAST_WEEKS * _WEEK, starts_on.replace(day=1))
    weeks = plans_between(config, first, starts_on - dt.timedelta(days=1))
    carried = carry_over(
        layers,
        entries,
        starts_on=starts_on,
        params=config.log,
        presets=config.presets,
        plans=tuple(week.latest for week in weeks),
        costs=config.costs,
    )
    logger.info("carried over from the log: %s", "; ".join(map(str, carried.told)) or "nothing")
    return carried
