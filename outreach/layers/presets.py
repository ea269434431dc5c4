"""What a category needs where a row does not say it."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from outreach.errors import ConfigError
from outreach.layers.columns import fold
from outreach.layers.times import pair_windows
from outreach.layers.values import (
    CellError,
    nearest,
    parse_clocks,
    parse_weekdays,
    parse_words,
    quote,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outreach.layers.times import Windows

# Contact by risk, as practised abroad (FIELD: foreign practice, no Indonesian standard):
# days between visits, and working days to the first contact.
_CONTACT = MappingProxyType({"high": (7, 2), "medium": (14, 5), "low": (30, 10)})
_NUMBERS = frozenset(
    {
        *("every_days", "visits_per_week", "min_gap_days", "first_contact_days"),
        *("service_minutes", "priority", "workers_needed"),
    }
)
_CONTACT_NAMES = MappingProxyType(
    {"tinggi": "high", "sedang": "medium", "rendah": "low"} | {name: name for name in _CONTACT}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryPreset:
    """
    What rows of a category mean when they leave something out.

    Parameters
    ----------
    every_days, visits_per_week
        How often; one of both. Neither: monthly, as at low risk.
    min_gap_days
        Least days between two visits.
    first_contact_days
        Working days from the referral to the first contact.
    skills
        What a worker must know, lower case.
    weekdays
        Allowed days, Monday 0; empty: any.
    opens, closes
        Times of day when a visit may begin, such as ``"08:00; 13:00"``; empty: any.
    short
        Short form for maps.
    aliases
        Other names under which rows may know the category.
    """

    every_days: float | None = None
    visits_per_week: float | None = None
    min_gap_days: int = 1
    service_minutes: float = 45
    priority: float = 1
    workers_needed: int = 1
    skills: tuple[str, ...] = ()
    weekdays: tuple[int, ...] = ()
    opens: str = ""
    closes: str = ""
    first_contact_days: int = 10
    short: str = ""
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.every_days is not None and self.visits_per_week is not None:
            raise ConfigError("a category takes every_days or visits_per_week, not both")
        if self.every_days is None and self.visits_per_week is None:
            object.__setattr__(self, "every_days", _CONTACT["low"][0])
        if (
            min(self.every_days or 0, self.visits_per_week or 0) < 0
            or 0 in {self.every_days, self.visits_per_week}
            or self.service_minutes <= 0
            or self.workers_needed < 1
            or min(self.min_gap_days, self.priority, self.first_contact_days) < 0
        ):
            raise ConfigError("a category's numbers must not be negative, nor its visits nothing")
        if (self.visits_per_week or 0) % 1:
            raise ConfigError(
                "a category's visits_per_week must be a whole number; of fewer than one a week"
                " write every_days"
            )
        try:
            windows = pair_windows(parse_clocks(self.opens), parse_clocks(self.closes))
        except CellError as error:
            raise ConfigError(error.what.template, **error.what.values) from error
        if windows is None:
            raise ConfigError(
                "a category opens at %(opens)s but closes at %(closes)s",
                opens=self.opens,
                closes=self.closes,
            )

    @property
    def windows(self) -> Windows:
        """Pairs of seconds after midnight between which a visit may begin; empty: any time."""
        return pair_windows(parse_clocks(self.opens), parse_clocks(self.closes)) or ()

    @classmethod
    def from_table(
        cls, table: Mapping[str, Any], base: CategoryPreset | None = None
    ) -> CategoryPreset:
        """
        Read a preset from a table of ``outreach.toml``.

        Parameters
        ----------
        table
            The parameters of this class; or ``contact = "high"`` (weekly), ``"medium"``
            (every two weeks), ``"low"`` (monthly) instead of a frequency.
        base
            What the table leaves out.

        Raises
        ------
        ConfigError
            On an unknown key or a value that cannot be.
        """
        values = dict(table)
        given: dict[str, Any] = {}
        if "contact" in values:
            given = _from_contact(values.pop("contact"))
        known = {field.name for field in dataclasses.fields(cls)}
        if unknown := sorted(values.keys() - known):
            raise ConfigError(
                "a category has no '%(key)s'; perhaps '%(near)s'? It may have: %(known)s",
                key=unknown[0],
                near=nearest(unknown[0], known) or "contact",
                known=", ".join(sorted(known | {"contact"})),
            )
        _check_numbers(values)
        try:
            given |= {key: _tidy(key, value) for key, value in values.items()}
        except CellError as error:
            raise ConfigError(error.what.template, **error.what.values) from error
        start = {} if base is None else {name: getattr(base, name) for name in known}
        if {"every_days", "visits_per_week"} & given.keys():
            start |= {"every_days": None, "visits_per_week": None}
        return cls(**(start | given))


def read_presets(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, CategoryPreset]:
    """
    Put a project's categories over the default ones.

    Parameters
    ----------
    tables
        By category; of a default category only what is to be different.

    Raises
    ------
    ConfigError
        Naming the category.
    """
    presets = dict(DEFAULT_PRESETS)
    names = {fold(name): name for name in presets}
    for category, table in tables.items():
        name = names.get(fold(category), category)
        base = presets.pop(name, None)
        try:
            presets[category] = CategoryPreset.from_table(table, base=base)
        except ConfigError as error:
            raise ConfigError(
                "[categories.%(category)s]: %(cause)s", category=category, cause=str(error)
            ) from error
    return presets


def _from_contact(risk: object) -> dict[str, Any]:
    level = _CONTACT_NAMES.get(fold(str(risk)))
    if level is None:
        raise ConfigError("contact must be high, medium or low, not '%(risk)s'", risk=str(risk))
    every_days, first_contact_days = _CONTACT[level]
    return {"every_days": every_days, "first_contact_days": first_contact_days}


def _check_numbers(values: Mapping[str, Any]) -> None:
    for key in sorted(values.keys() & _NUMBERS):
        value = values[key]
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not math.isfinite(value):
            raise ConfigError(
                "%(key)s of a category must be a number, not '%(value)s'",
                key=key,
                value=quote(value),
            )


def _tidy(key: str, value: Any) -> Any:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    if key == "weekdays":
        return parse_weekdays(text)
    if key == "skills":
        return parse_words(text)
    if key == "aliases":
        return tuple(map(str, value)) if isinstance(value, list) else (text,)
    return text if key in {"opens", "closes"} else value


def _by_risk(risk: str, **values: Any) -> CategoryPreset:
    return CategoryPreset(**_from_contact(risk), **values)


DEFAULT_PRESETS: Mapping[str, CategoryPreset] = MappingProxyType(
    {
        "AMPK": _by_risk(
            "high",
            priority=4,
            short="AMPK",
            aliases=("anak memerlukan perlindungan khusus", "special protection", "exploitation"),
        ),
        "Korban kekerasan": _by_risk(
            "high",
            service_minutes=60,
            priority=5,
            short="KK",
            aliases=("anak korban kekerasan", "kekerasan", "victim of violence", "violence"),
        ),
        "Perdagangan anak": _by_risk(
            "high", service_minutes=60, priority=5, short="PA", aliases=("trafficking",)
        ),
        "Balita terlantar": _by_risk(
            "medium", priority=3, short="BT", aliases=("under-five neglect", "neglected under-five")
        ),
        "Anak terlantar": _by_risk(
            "medium", priority=2, short="AT", aliases=("terlantar", "neglect", "neglected child")
        ),
        "Anak jalanan": _by_risk(
            "medium", priority=2, short="AJ", aliases=("anjal", "street child", "street children")
        ),
        "ABH": _by_risk(
            "medium",
            priority=3,
            short="ABH",
            aliases=("anak berhadapan dengan hukum", "conflict with the law"),
        ),
        "NAPZA": _by_risk("medium", priority=3, short="NZ", aliases=("narkoba", "drugs")),
        "Disabilitas": _by_risk(
            "low",
            short="DIS",
            aliases=("anak dengan disabilitas", "ADK", "disability", "child with disability"),
        ),
        "Yatim piatu": _by_risk(
            "low", short="YP", aliases=("yatim", "piatu", "anak yatim piatu", "orphan")
        ),
        # FIELD: three meetings a week with each child of the settled families.
        "Suku Anak Dalam": CategoryPreset(
            visits_per_week=3,
            service_minutes=60,
            priority=3,
            short="SAD",
            aliases=("SAD", "Orang Rimba"),
        ),
    }
)
"""The categories of FIELD.md; every one can be changed in `outreach.toml`."""
