"""Speeds by motorbike follow from the tags by rules that can be checked by hand."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.errors import ConfigError
from outreach.routing.impedance import (
    ACCESS_KEYS,
    IMPEDANCE_TAGS,
    ImpedanceParams,
    durations_s,
    edge_speeds_kph,
    is_ferry,
    parse_maxspeed_kph,
    way_speeds_kph,
)

if TYPE_CHECKING:
    from outreach.model import Season

# Round figures of our own, so that no test depends on the default tables.
PARAMS = ImpedanceParams(
    speeds_kph={"primary": 60, "residential": 30, "track": 25, "motorway": 80, "footway": 8},
    closed_classes=("motorway", "footway"),
    service_kph={"alley": 10},
    surface_kph={
        "dry": {"asphalt": 70, "paved": 50, "laterite": 28, "ground": 20, "concrete": 45, "mud": 5},
        "wet": {"asphalt": 65, "paved": 40, "laterite": 12, "ground": 9, "concrete": 45, "mud": 0},
    },
    tracktype_kph={"dry": {"grade1": 40, "grade5": 10}, "wet": {"grade1": 30, "grade5": 0}},
    smoothness_kph={"good": 50, "bad": 15, "impassable": 0},
    assumed_surface={"primary": "asphalt", "residential": "paved", "track": "ground"},
    named_maxspeeds_kph={"urban": 50, "walk": 6},
    ferry_speed_kph=9,
    ferry_wait_s=600,
)


def speed_kph(season: Season = "dry", params: ImpedanceParams = PARAMS, **tags: Any) -> float:
    """Compute the speed on one way."""
    return float(way_speeds_kph(pd.DataFrame([tags]), params, season)[0])


@pytest.mark.parametrize(
    ("tags", "dry_kph", "wet_kph"),
    [
        # The class alone; its assumed surface is asphalt, which is faster.
        ({"highway": "primary"}, 60, 60),
        # The assumed surface caps: paved 50 and 40 are above 30; ground 20 and 9 are below 25.
        ({"highway": "residential"}, 30, 30),
        ({"highway": "track"}, 20, 9),
        # A tagged surface takes the place of the assumed one, up to the class's 25.
        ({"highway": "track", "surface": "asphalt"}, 25, 25),
        ({"highway": "primary", "surface": "laterite"}, 28, 12),
        ({"highway": "primary", "surface": "mud"}, 5, 0),
        # So does a tracktype; with both tagged, the worse counts.
        ({"highway": "track", "tracktype": "grade1"}, 25, 25),
        ({"highway": "track", "tracktype": "grade5"}, 10, 0),
        ({"highway": "track", "tracktype": "grade5", "surface": "laterite"}, 10, 0),
        ({"highway": "track", "tracktype": "grade1", "surface": "ground"}, 20, 9),
        # Smoothness, service and maxspeed cap too, the same in both seasons.
        ({"highway": "primary", "smoothness": "bad"}, 15, 15),
        ({"highway": "primary", "smoothness": "good"}, 50, 50),
        ({"highway": "primary", "smoothness": "impassable"}, 0, 0),
        ({"highway": "residential", "service": "alley"}, 10, 10),
        ({"highway": "primary", "maxspeed": "40"}, 40, 40),
        ({"highway": "residential", "maxspeed": "80"}, 30, 30),
        # The least of all.
        (
            {
                "highway": "primary",
                "surface": "laterite",
                "smoothness": "good",
                "maxspeed": "20",
            },
            20,
            12,
        ),
        # Unknown values say nothing; then the assumed surface holds again.
        ({"highway": "track", "surface": "lava", "tracktype": "grade9"}, 20, 9),
        ({"highway": "primary", "smoothness": "so-so", "service": "?", "maxspeed": "fast"}, 60, 60),
        # Of several values the worst known counts; refinements fall back to the plain value.
        ({"highway": "primary", "surface": "asphalt;laterite"}, 28, 12),
        ({"highway": "primary", "surface": "asphalt; lava"}, 60, 60),
        ({"highway": "primary", "surface": "concrete:swept"}, 45, 45),
        ({"highway": "primary", "surface": "Laterite "}, 28, 12),
        ({"highway": "primary;residential"}, 30, 30),
        # No road at all, or not all of it.
        ({"highway": "primary;steps"}, 0, 0),
        ({"highway": "steps"}, 0, 0),
        ({"highway": None}, 0, 0),
        ({"surface": "asphalt"}, 0, 0),
        ({"highway": ""}, 0, 0),
        # Ferries go at their own speed, whatever else is tagged, and as fast in the rains.
        ({"route": "ferry"}, 9, 9),
        ({"route": "ferry", "surface": "mud", "highway": "primary"}, 9, 9),
        ({"route": "bus"}, 0, 0),
    ],
)
def test_speed_by_hand(tags: dict[str, Any], dry_kph: float, wet_kph: float) -> None:
    """Each rule gives the figure that the table tells."""
    assert speed_kph("dry", **tags) == dry_kph
    assert speed_kph("wet", **tags) == wet_kph


@pytest.mark.parametrize(
    ("tags", "is_allowed"),
    [
        ({}, True),
        ({"access": "no"}, False),
        ({"access": "private"}, False),
        ({"access": "permissive"}, True),
        ({"access": "destination"}, True),
        ({"access": "customers"}, True),
        ({"access": "delivery"}, True),
        ({"access": "unknown"}, True),
        ({"vehicle": "no"}, False),
        ({"motor_vehicle": "private"}, False),
        ({"motorcycle": "no"}, False),
        # The more special decides.
        ({"access": "no", "vehicle": "yes"}, True),
        ({"vehicle": "no", "motor_vehicle": "yes"}, True),
        ({"motor_vehicle": "no", "motorcycle": "designated"}, True),
        ({"motor_vehicle": "yes", "motorcycle": "no"}, False),
        ({"access": "yes", "motor_vehicle": "agricultural"}, False),
        # What says nothing leaves it to the more general.
        ({"access": "no", "motorcycle": "unknown"}, False),
        ({"access": "no", "vehicle": None}, False),
        # Of several values, one that shuts is enough.
        ({"access": "destination;private"}, False),
    ],
)
def test_access_by_hand(tags: dict[str, Any], *, is_allowed: bool) -> None:
    """Access follows OpenStreetMap's order, for roads and for ferries."""
    assert (speed_kph(highway="primary", **tags) > 0) == is_allowed
    assert (speed_kph(route="ferry", **tags) > 0) == is_allowed


@pytest.mark.parametrize("value", ["private", "permit", "agricultural", "forestry", "residents"])
def test_private_roads_may_be_opened(value: str) -> None:
    """Plantation roads are ridden where the user says so; what is shut stays shut."""
    opened = ImpedanceParams(allow_private=True)
    assert speed_kph(highway="track", access=value) == 0
    assert speed_kph(highway="track", access=value, params=opened) > 0
    assert speed_kph(highway="track", access="no", params=opened) == 0


@pytest.mark.parametrize("highway", ["motorway", "footway"])
def test_closed_classes_open_by_motorcycle_only(highway: str) -> None:
    """Toll roads and footways are ridden only where a sign lets motorbikes in."""
    assert speed_kph(highway=highway) == 0
    assert speed_kph(highway=highway, motor_vehicle="yes") == 0
    assert speed_kph(highway=highway, motorcycle="no") == 0
    assert speed_kph(highway=highway, motorcycle="yes") == PARAMS.speeds_kph[highway]


@pytest.mark.parametrize(
    ("text", "kph"),
    [
        ("40", 40),
        ("40 km/h", 40),
        ("40kmh", 40),
        ("25 mph", 40.2336),
        ("5 knots", 9.26),
        ("12.5", 12.5),
        ("ID:urban", 50),
        ("urban", 50),
        ("walk", 6),
        ("50;30", 30),
        ("50|30", 30),
        ("none;30", 30),
        ("none", math.nan),
        ("signals", math.nan),
        ("ID:hover", math.nan),
        ("0", math.nan),
        ("-40", math.nan),
        ("٤٠", math.nan),
        ("", math.nan),
        (";", math.nan),
    ],
)
def test_maxspeed_by_hand(text: str, kph: float) -> None:
    """Units, words and lists are read; what says nothing sets no limit."""
    read = parse_maxspeed_kph(text, PARAMS.named_maxspeeds_kph)
    assert read == pytest.approx(kph, nan_ok=True)


def test_number_cells_are_read() -> None:
    """A maxspeed that a table holds as a number counts as well."""
    assert speed_kph(highway="primary", maxspeed=40) == 40


def test_categorical_columns_are_read() -> None:
    """Categories, also unused ones, give what strings give."""
    tags = pd.DataFrame({"highway": ["primary", None, "track"], "surface": [None, None, "mud"]})
    categories = tags.astype("category")
    categories["highway"] = categories["highway"].cat.add_categories(["steps"])
    assert way_speeds_kph(categories, PARAMS, "dry").tolist() == [60, 0, 5]


def test_no_ways_give_no_speeds() -> None:
    """An empty table is no problem, with and without columns."""
    for tags in (pd.DataFrame(), pd.DataFrame({"highway": pd.Series(dtype="str")})):
        assert way_speeds_kph(tags, PARAMS, "dry").shape == (0,)
        assert edge_speeds_kph(tags, PARAMS, "dry").shape == (0,)
        assert is_ferry(tags).shape == (0,)


def test_lists_of_an_edge_take_the_slowest() -> None:
    """Of merged ways the slowest combination counts, in the order of the rows."""
    edges = pd.DataFrame(
        {
            "highway": [["residential", "primary"], "primary", ["primary", "track"], "primary"],
            "surface": ["asphalt", ["asphalt", "laterite"], None, "asphalt"],
            "access": [None, None, None, ["yes", "private"]],
            "osmid": [[1, 2], 3, [4, 5], 6],
        },
        index=["d", "b", "b", "a"],
    )
    assert edge_speeds_kph(edges, PARAMS, "dry").tolist() == [30, 28, 20, 0]
    assert edge_speeds_kph(edges, PARAMS, "wet").tolist() == [30, 12, 9, 0]


def test_ferries_are_told() -> None:
    """A ferry is one by its route, alone or in a list."""
    tags = pd.DataFrame({"route": ["ferry", None, ["bus", "ferry"], "bus", "ferry;bus"]})
    assert is_ferry(tags).tolist() == [True, False, True, False, True]
    assert is_ferry(pd.DataFrame({"highway": ["track"]})).tolist() == [False]


def test_durations_by_hand() -> None:
    """1 km at 36 km/h takes 100 s; a ferry waits first; what is shut takes for ever."""
    seconds = durations_s(
        np.array([1000.0, 900.0, 500.0, 0.0]),
        np.array([36.0, 9.0, 0.0, 0.0]),
        np.array([False, True, True, False]),
        PARAMS,
    )
    assert seconds.tolist() == [100, 960, math.inf, math.inf]


def test_default_tables_reach_the_villages_in_over_two_hours() -> None:
    """50 km of national road and 27 km of laterite take two to two and a half hours, dry."""
    ways = pd.DataFrame(
        {"highway": ["primary", "unclassified"], "surface": ["asphalt", "laterite"]}
    )
    length_m, dry_land = np.array([50_000.0, 27_000.0]), np.array([False, False])
    params = ImpedanceParams()
    hours = {
        season: durations_s(length_m, way_speeds_kph(ways, params, season), dry_land, params).sum()
        / 3600
        for season in ("dry", "wet")
    }
    assert 1.9 <= hours["dry"] <= 2.5
    assert hours["wet"] > hours["dry"] + 1


def test_default_tables_fit_each_other() -> None:
    """Each class has an assumed surface, and each table is ordered from good to bad."""
    params = ImpedanceParams()
    assert params.assumed_surface.keys() == params.speeds_kph.keys()
    for table in (*params.tracktype_kph.values(), params.smoothness_kph):
        assert list(table.values()) == sorted(table.values(), reverse=True)


# --- figures of the user


def test_table_lays_figures_over_the_defaults() -> None:
    """What is not named stays as it was; what is named changes; the defaults do not."""
    params = ImpedanceParams.from_table(
        {
            "speeds_kph": {"primary": 55},
            "surface_kph": {"wet": {"laterite": 8}},
            "ferry_wait_s": 0,
            "allow_private": True,
            "closed_classes": ["motorway"],
        }
    )
    assert params.speeds_kph["primary"] == 55
    assert params.speeds_kph["track"] == ImpedanceParams().speeds_kph["track"]
    assert params.surface_kph["wet"]["laterite"] == 8
    assert params.surface_kph["dry"] == ImpedanceParams().surface_kph["dry"]
    assert params.ferry_wait_s == 0
    assert params.allow_private
    assert params.closed_classes == ("motorway",)
    assert ImpedanceParams().speeds_kph["primary"] != 55


def test_wet_default_follows_a_lower_dry_figure() -> None:
    """Who lowers only the dry figure does not get a road that is faster in the rains."""
    params = ImpedanceParams.from_table({"surface_kph": {"dry": {"laterite": 7}}})
    assert params.surface_kph["wet"]["laterite"] == 7


def test_empty_table_gives_the_defaults() -> None:
    """Nothing laid over is nothing changed; the table itself may be laid over as well."""
    assert ImpedanceParams.from_table({}) == ImpedanceParams()
    assert ImpedanceParams.from_table(PARAMS.as_table() | {"speeds_kph": {}}) is not None
    assert ImpedanceParams.from_table(ImpedanceParams().as_table()) == ImpedanceParams()


def test_table_can_be_written_as_json() -> None:
    """A cache hashes the figures as JSON."""
    assert json.loads(json.dumps(PARAMS.as_table())) == PARAMS.as_table()


def test_tables_cannot_be_changed() -> None:
    """Neither the outer nor an inner table."""
    with pytest.raises(TypeError):
        PARAMS.speeds_kph["primary"] = 1  # type: ignore[index]
    with pytest.raises(TypeError):
        PARAMS.surface_kph["wet"]["mud"] = 1  # type: ignore[index]


def test_unknown_keys_and_wrong_types_are_told_together() -> None:
    """Every fault is named, with the keys that are known."""
    with pytest.raises(ConfigError) as caught:
        ImpedanceParams.from_table(
            {
                "speed_kph": {},
                "speeds_kph": {"primry": 50, "track": "slow", "path": True},
                "surface_kph": {"wet": {"lava": 3}, "monsoon": {}},
                "tracktype_kph": 3,
                "allow_private": 1,
                "closed_classes": "motorway",
                "assumed_surface": {"track": 3},
            }
        )
    told = str(caught.value)
    for fault in (
        "unknown key 'speed_kph' (known: speeds_kph, ",
        "unknown key 'speeds_kph.primry' (known: motorway, ",
        "speeds_kph.track must be a number, not 'slow'",
        "speeds_kph.path must be a number, not True",
        "unknown key 'surface_kph.wet.lava'",
        "unknown key 'surface_kph.monsoon' (known: dry, wet)",
        "tracktype_kph must be a table, not 3",
        "allow_private must be true or false, not 1",
        "closed_classes must be a list of texts, not 'motorway'",
        "assumed_surface.track must be a text, not 3",
    ):
        assert fault in told


@pytest.mark.parametrize("figure", [-1, math.nan, math.inf])
def test_impossible_figures_are_told_together(figure: float) -> None:
    """Every figure that cannot be is named."""
    with pytest.raises(ConfigError) as caught:
        ImpedanceParams.from_table(
            {
                "speeds_kph": {"primary": figure},
                "surface_kph": {"wet": {"laterite": 31}},
                "ferry_speed_kph": 0,
                "ferry_wait_s": figure,
                "closed_classes": ["moterway"],
                "assumed_surface": {"track": "lava"},
            }
        )
    told = str(caught.value)
    for fault in (
        f"speeds_kph.primary is {figure}",
        "surface_kph.wet.laterite is 31, faster than the 30 of the dry season",
        "ferry_speed_kph is 0",
        f"ferry_wait_s is {figure}",
        "closed_classes has the unknown 'moterway'",
        "assumed_surface.track is the unknown 'lava'",
    ):
        assert fault in told


def test_seasons_must_name_the_same_surfaces() -> None:
    """A surface without a figure for the rains would seem to have no limit there."""
    with pytest.raises(ConfigError, match="surface_kph has 'peat' for one season only"):
        ImpedanceParams(surface_kph={"dry": {"peat": 5}, "wet": {}}, assumed_surface={})


# --- properties

DEFAULTS = ImpedanceParams()
KNOWN: dict[str, list[str]] = {
    "highway": [*DEFAULTS.speeds_kph, "steps"],
    "route": ["ferry", "bus"],
    "surface": [*DEFAULTS.surface_kph["dry"]],
    "tracktype": [*DEFAULTS.tracktype_kph["dry"]],
    "smoothness": [*DEFAULTS.smoothness_kph],
    "service": [*DEFAULTS.service_kph],
    "maxspeed": ["20", "50", "30 mph", "ID:urban", "walk", "none"],
    **{key: ["yes", "no", "private", "destination", "unknown"] for key in ACCESS_KEYS},
}
ways = st.fixed_dictionaries(
    {}, optional={key: st.sampled_from(values) for key, values in KNOWN.items()}
)
anything = st.fixed_dictionaries(
    {},
    optional={
        key: st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.sampled_from(values))
        for key, values in KNOWN.items()
    },
)
seasons = st.sampled_from(["dry", "wet"])

# A first pandas call on a busy machine takes longer than Hypothesis allows by default.
calm = settings(deadline=None, max_examples=60)


def table_of(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Make a table with all columns."""
    return pd.DataFrame(rows, columns=list(IMPEDANCE_TAGS), dtype=object)


@calm
@given(st.lists(ways, min_size=1, max_size=20))
def test_wet_is_never_faster(rows: list[dict[str, str]]) -> None:
    """The rains slow down or shut, never speed up."""
    tags = table_of(rows)
    assert (way_speeds_kph(tags, DEFAULTS, "wet") <= way_speeds_kph(tags, DEFAULTS, "dry")).all()


@calm
@given(
    ways, seasons, st.sampled_from(["surface", "tracktype", "smoothness", "maxspeed"]), st.data()
)
def test_a_second_value_is_never_faster(
    way: dict[str, str], season: Season, key: str, data: st.DataObject
) -> None:
    """Saying something worse besides, or as well, slows down or changes nothing."""
    first, second = (data.draw(st.sampled_from(KNOWN[key])) for _ in range(2))
    before = speed_kph(season, DEFAULTS, **(way | {key: first}))
    after = speed_kph(season, DEFAULTS, **(way | {key: f"{first};{second}"}))
    assert after <= before


@calm
@given(ways, seasons, st.sampled_from(["smoothness", "service", "maxspeed"]), st.data())
def test_a_further_cap_is_never_faster(
    way: dict[str, str], season: Season, key: str, data: st.DataObject
) -> None:
    """Tags that only cap slow down or change nothing."""
    without = {name: value for name, value in way.items() if name != key}
    with_cap = without | {key: data.draw(st.sampled_from(KNOWN[key]))}
    assert speed_kph(season, DEFAULTS, **with_cap) <= speed_kph(season, DEFAULTS, **without)


@calm
@given(ways, seasons, st.sampled_from(ACCESS_KEYS))
def test_forbidding_is_never_faster(way: dict[str, str], season: Season, key: str) -> None:
    """A no in place of anything shuts or changes nothing."""
    assert speed_kph(season, DEFAULTS, **(way | {key: "no"})) <= speed_kph(season, DEFAULTS, **way)


@calm
@given(st.lists(ways, min_size=1, max_size=6), seasons, st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(
    rows: list[dict[str, str]], season: Season, random: Any
) -> None:
    """Each way's speed depends on that way alone."""
    order = list(range(len(rows)))
    random.shuffle(order)
    tags = table_of(rows)
    speeds = way_speeds_kph(tags, DEFAULTS, season)
    assert (way_speeds_kph(tags.iloc[order], DEFAULTS, season) == speeds[order]).all()
    assert [speed_kph(season, DEFAULTS, **row) for row in rows] == speeds.tolist()


@calm
@given(st.lists(anything, max_size=10), seasons)
def test_anything_gives_a_finite_speed(rows: list[dict[str, Any]], season: Season) -> None:
    """No value of a tag crashes or gives a speed off the tables."""
    speeds = way_speeds_kph(table_of(rows), DEFAULTS, season)
    assert speeds.shape == (len(rows),)
    assert ((speeds >= 0) & (speeds <= max(DEFAULTS.speeds_kph.values()))).all()


@calm
@given(st.lists(st.lists(ways, min_size=1, max_size=3), min_size=1, max_size=6), seasons)
def test_merged_edge_is_never_faster_than_its_ways(
    edges: list[list[dict[str, str]]], season: Season
) -> None:
    """Lists as osmnx makes them give at most the slowest of the merged ways that say all."""
    full = {key: values[0] for key, values in KNOWN.items() if key != "route"}
    parts = [[full | {k: v for k, v in way.items() if k in full} for way in e] for e in edges]
    merged = [{key: [part[key] for part in edge] for key in full} for edge in parts]
    of_parts = way_speeds_kph(table_of([part for edge in parts for part in edge]), DEFAULTS, season)
    ends = np.cumsum([len(edge) for edge in parts])[:-1]
    slowest = [min(speeds) for speeds in np.split(of_parts, ends)]
    assert (edge_speeds_kph(table_of(merged), DEFAULTS, season) <= slowest).all()
