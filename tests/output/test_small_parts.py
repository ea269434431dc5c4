"""Names, numbers, colours and summaries."""

from __future__ import annotations

import itertools
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.model import DayRoute, Leg, Pause, Stop
from outreach.output.itinerary import Entry, Rest, compact_numbers, entries, listed
from outreach.output.judgement import price_sentences
from outreach.output.names import file_names, unique_names
from outreach.output.palette import WEEKDAY_COLOURS
from outreach.output.summary import summary
from outreach.output.words import Words
from tests.output.sample import STARTS_AT

if TYPE_CHECKING:
    from outreach.model import Plan

# Machado, Oliveira and Fernandes (2009), severity 1, in linear RGB.
EYES = {
    "normal": np.eye(3),
    "protan": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deutan": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritan": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)


def _linear(colour: str) -> np.ndarray:
    signs = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(signs <= 0.04045, signs / 12.92, ((signs + 0.055) / 1.055) ** 2.4)


def _lab(linear: np.ndarray) -> np.ndarray:
    x, y, z = TO_XYZ @ linear / np.array([0.95047, 1, 1.08883])
    f = [np.cbrt(v) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z)]
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_white_text_stands_on_every_colour() -> None:
    """The contrast is that of WCAG AA, 4.5."""
    for colour in WEEKDAY_COLOURS:
        luminance = TO_XYZ[1] @ _linear(colour)
        assert 1.05 / (luminance + 0.05) >= 4.5


def test_colour_blind_eyes_tell_the_days_apart() -> None:
    """Any two days differ by far more than can just be seen (2.3), whatever the eyes."""
    for eye in EYES.values():
        labs = [_lab(np.clip(eye @ _linear(colour), 0, 1)) for colour in WEEKDAY_COLOURS]
        for a, b in itertools.combinations(labs, 2):
            assert np.linalg.norm(a - b) >= 25


@given(st.lists(st.text(max_size=80), unique=True))
def test_file_names_are_plain_and_different(ids: list[str]) -> None:
    """No two ids share a file, not even where big and small letters are the same."""
    names = file_names(ids)
    assert list(names) == ids
    assert len({name.casefold() for name in names.values()}) == len(ids)
    for name in names.values():
        assert name.strip(".")
        assert len(name) <= 60
        assert not set(name) & set('/\\:*?"<>|\0\n ')


def test_names_that_are_cut_alike_are_numbered() -> None:
    """Excel's 31 signs are not passed by the number."""
    assert unique_names(["a" * 40, "A" * 41, "b"], 31) == ["a" * 31, "A" * 29 + "~2", "b"]


def test_numbers_are_written_in_runs() -> None:
    """Many children in one village need one label."""
    assert compact_numbers((1, 2, 3, 7)) == "1–3, 7"
    assert compact_numbers((4,)) == "4"
    assert compact_numbers(()) == ""


def test_stops_at_one_spot_share_a_marker(plan: Plan) -> None:
    """Two children metres apart share the first one's marker; the third has its own."""
    circuit = next(r for r in plan.day_routes if r.team_id == "SAD" and r.day == 1)
    listed = entries(circuit, plan.starts_at)
    assert [entry.spot for entry in listed] == [0, 1, 1, 3, 0]
    assert [entry.number for entry in listed] == [None, 1, 2, 3, None]


def test_the_summary_counts_and_names_reasons(plan: Plan) -> None:
    """Visits, distance, nights, and the losses by their reason."""
    said = summary(plan, Words("en"))
    assert "27 visits" in said
    assert "3 nights away" in said
    assert "Left out: 4" in said
    assert "1 × KOTA would need 25 more minutes on Tuesday, 3 March 2026" in said


def test_the_summary_tells_prices_and_the_weight(plan: Plan) -> None:
    """What a little more brings, and the parts of the score that are not nought."""
    said = summary(plan, Words("en")).splitlines()
    assert "One more hour for KOTA on Tuesday, 3 March 2026: 1 more child (K-101)" in said
    assert (
        "Weight in hours: 40.5 (Other visits left out, by priority 10.0 · Riding of all workers"
        " 25.0 · Money, counted as time 5.0 · Load shared unevenly 0.5)"
    ) in said


def test_workers_who_ride_together_share_a_price(plan: Plan) -> None:
    """An hour more for one of a team is an hour more for all of it: said once, in its place."""
    hour = plan.prices[0]
    team = [replace(hour, worker_id=worker_id, day=0) for worker_id in ("SAD-1", "SAD-2")]
    said = price_sentences(replace(plan, prices=(team[0], hour, team[1])), Words("en"))
    assert said == (
        "One more hour for SAD-1 or SAD-2 on Monday, 2 March 2026: 1 more child (K-101)",
        "One more hour for KOTA on Tuesday, 3 March 2026: 1 more child (K-101)",
    )


def test_a_price_that_reaches_no_child_tells_the_visits(plan: Plan) -> None:
    """A partner is no child, but the visit is worth telling."""
    money = replace(plan.prices[1], visit_ids=("RPSA/1",), beneficiary_ids=())
    said = price_sentences(replace(plan, prices=(money,)), Words("en"))
    assert said == ("Rp 100,000 more for SAD-1: 1 more visit (RPSA/1)",)


@pytest.mark.parametrize(
    ("starts_m", "before", "is_on_the_way"),
    [
        (0, "KOTA-BASE", False),  # before the day sets out
        (15, "K-001", True),  # on the way there
        (30, "K-001", False),  # at the door, which opens later
        (100, "KOTA-BASE", False),  # after the visit
        (115, "KOTA-BASE", True),  # on the way home
        (150, None, False),  # at home
    ],
)
def test_a_break_is_listed_before_what_follows_it(
    starts_m: int,
    before: str | None,
    is_on_the_way: bool,  # noqa: FBT001
) -> None:
    """Leaves after 10 minutes, there from 30, begins at 60, until 100, home at 130."""
    times = (("KOTA-BASE", 0, 10), ("K-001", 30, 60), ("KOTA-BASE", 130, 130))
    stops = tuple(
        Stop(
            kind="base" if i != 1 else "visit",
            place_id=place_id,
            lon=103.6,
            lat=-1.6,
            arrives_s=60 * arrives_m,
            starts_s=60 * starts_m,
            departs_s=60 * (starts_m if i != 1 else 100),
        )
        for i, (place_id, arrives_m, starts_m) in enumerate(times)
    )
    legs = tuple(
        Leg(from_id=a.place_id, to_id=b.place_id, duration_s=1200, distance_m=1, walk_m=0)
        for a, b in pairwise(stops)
    )
    route = DayRoute(
        team_id="KOTA",
        worker_ids=("KOTA",),
        circuit_id=None,
        day=0,
        starts_from="KOTA-BASE",
        sleeps_at="KOTA-BASE",
        stops=stops,
        legs=legs,
        pauses=(Pause(break_id="rest", starts_s=60 * starts_m, ends_s=60 * starts_m + 600),),
    )
    day = listed(route, STARTS_AT)
    at = next(i for i, item in enumerate(day) if isinstance(item, Rest))
    rest, after = day[at], day[at + 1] if at + 1 < len(day) else None
    assert isinstance(rest, Rest)
    assert rest.is_on_the_way == is_on_the_way
    assert (after.stop.place_id if isinstance(after, Entry) else None) == before
