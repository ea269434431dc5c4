"""Categories say what rows leave out."""

from __future__ import annotations

import pytest

from outreach.errors import ConfigError
from outreach.layers.presets import DEFAULT_PRESETS, CategoryPreset, read_presets


@pytest.mark.parametrize(("contact", "days"), [("high", 7), ("sedang", 14), ("low", 30)])
def test_contact_by_risk(contact: str, days: int) -> None:
    """High risk is seen weekly, medium every two weeks, low monthly."""
    assert CategoryPreset.from_table({"contact": contact}).every_days == days


def test_a_table_changes_only_what_it_says() -> None:
    """A default category keeps what the project does not change."""
    preset = read_presets({"suku anak dalam": {"service_minutes": 90}})["suku anak dalam"]
    assert (preset.service_minutes, preset.visits_per_week) == (90, 3)


def test_a_new_frequency_replaces_the_old_kind() -> None:
    """Giving days takes the visits a week away."""
    preset = read_presets({"Suku Anak Dalam": {"every_days": 10}})["Suku Anak Dalam"]
    assert (preset.every_days, preset.visits_per_week) == (10, None)


def test_a_changed_default_is_not_doubled() -> None:
    """The project's spelling replaces the default's."""
    assert len(read_presets({"anak JALANAN": {"priority": 9}})) == len(DEFAULT_PRESETS)


def test_weekdays_may_be_a_list_or_a_text() -> None:
    """TOML has lists, people write ranges."""
    listed = CategoryPreset.from_table({"every_days": 7, "weekdays": ["mon", "tue"]})
    assert listed == CategoryPreset.from_table({"every_days": 7, "weekdays": "Senin-Selasa"})


def test_windows() -> None:
    """Opening hours of the category come as seconds."""
    preset = CategoryPreset.from_table({"every_days": 7, "opens": "08:00", "closes": "12:00"})
    assert preset.windows == ((28800, 43200),)


@pytest.mark.parametrize(
    "table",
    [
        {"every_days": 7, "visits_per_week": 1},
        {"every_days": 0},
        {"every_days": 7, "service_minutes": -1},
        {"every_days": 7, "prioritas": 1},
        {"every_days": 7, "weekdays": "Snin"},
        {"every_days": 7, "opens": "12:00", "closes": "08:00"},
        {"every_days": 7, "opens": "noon"},
        {"every_days": "often"},
        {"contact": "sometimes"},
        {"every_days": 7, "priority": "high"},
        {"every_days": 7, "skills": 5, "workers_needed": "x"},
    ],
)
def test_impossible_presets_are_named(table: dict[str, object]) -> None:
    """What cannot be is refused with the category's name."""
    with pytest.raises(ConfigError, match="new one"):
        read_presets({"new one": table})


@pytest.mark.parametrize("value", ["often", True, [7], float("nan"), float("inf")])
def test_what_is_no_number_is_named_with_its_key(value: object) -> None:
    """The user learns which setting is wrong, not what Python thought of it."""
    with pytest.raises(ConfigError, match="every_days of a category must be a number"):
        CategoryPreset.from_table({"every_days": value})


def test_a_category_that_says_nothing_is_seen_monthly() -> None:
    """Where neither row nor category gives a frequency, low risk is taken."""
    assert CategoryPreset.from_table({}) == CategoryPreset.from_table({"contact": "low"})
