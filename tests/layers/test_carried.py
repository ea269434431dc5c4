"""What was done last week is where the next week starts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from outreach.errors import ConfigError
from outreach.layers.carried import LogParams
from outreach.layers.log import STATES
from outreach.lineage import Figures, Happening, Revision
from outreach.output.words import Words
from tests.layers.past import LAST_MONDAY, MONDAY, carry, day, row, said, tables, week

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.layers.carried import Carried
    from outreach.layers.layer import Layer

ENGLISH = Words("en")
WEEK_BEFORE = LAST_MONDAY - dt.timedelta(days=7)


def _codes(carried: Carried) -> list[tuple[str, str | None]]:
    return [(f.code, f.id) for f in carried.findings]


def _lines(carried: Carried) -> list[str]:
    return [ENGLISH.say(line) for line in carried.told]


def test_without_a_word_before_the_week_nothing_changes(tmp_path: Path) -> None:
    """Not even the objects; what was done from the first day on is not yet known."""
    layers = tables(tmp_path, {})
    for entries in ((), (said("K1", MONDAY), said("K1", MONDAY + dt.timedelta(days=1)))):
        carried = carry(layers, *entries, plans=[week(left=["K1"])])
        assert carried.layers is layers
        assert (carried.findings, carried.notices, carried.told) == ((), (), ())


@pytest.mark.parametrize(
    ("in_table", "last"), [(None, day(1)), (day(0), day(1)), (day(3), day(3)), (day(1), day(1))]
)
def test_the_last_visit_is_the_later_of_log_and_table(
    tmp_path: Path, in_table: dt.date | None, last: dt.date
) -> None:
    """Whoever knows of a later one is right."""
    layers = tables(tmp_path, {"last_visit": in_table})
    assert row(carry(layers, said("K1", 1), said("K1", MONDAY)))["last_visit"] == last


def test_what_was_corrected_does_not_count(tmp_path: Path) -> None:
    """Also where the correction was about another day."""
    wrong = said("K1", 2)
    mended = said("K1", 1, "not met", corrects=wrong.id)
    carried = carry(tables(tmp_path, {}), wrong, mended)
    assert row(carried)["last_visit"] is None
    assert [(debt.beneficiary_id, debt.n_missed) for debt in carried.debts] == [("K1", 1)]


@pytest.mark.parametrize(
    ("states", "n_missed"),
    [
        (["done"], 0),
        (["not met"], 1),
        (["not met", "not met"], 2),
        (["not met", "done", "not met"], 1),
        (["not met", "not met", "done"], 0),
        (["refused"], 0),
        (["not met", "refused", "not met"], 2),
    ],
)
def test_priority_rises_with_each_time_in_a_row(
    tmp_path: Path, states: list[str], n_missed: int
) -> None:
    """By a quarter each; a refusal is nobody's debt, and a visit settles it."""
    carried = carry(tables(tmp_path, {}), *(said("K1", i, s) for i, s in enumerate(states)))
    assert row(carried)["priority"] == pytest.approx(2 * 1.25**n_missed)
    assert [debt.n_missed for debt in carried.debts] == [n_missed] * (n_missed > 0)


def test_priority_rises_no_more_than_told(tmp_path: Path) -> None:
    """Waiting alone puts no orphan before a child that was hurt."""
    entries = [said("K1", day(0) - dt.timedelta(days=7 * i), "not met") for i in range(9)]
    carried = carry(tables(tmp_path, {}), *entries)
    assert row(carried)["priority"] == 6
    assert (carried.debts[0].n_missed, carried.debts[0].rises) == (9, 3)
    assert row(carry(tables(tmp_path, {}), *entries, rising=1.0, rising_most=1.0))["priority"] == 2


def test_of_two_words_about_a_day_being_met_counts(tmp_path: Path) -> None:
    """Nobody at home in the morning, but in the afternoon."""
    carried = carry(
        tables(tmp_path, {}),
        said("K1", 2, "done", begins_s=50_000),
        said("K1", 2, "not met", begins_s=30_000),
    )
    assert (row(carried)["last_visit"], carried.debts) == (day(2), ())


@pytest.mark.parametrize(
    ("entries", "n_missed"),
    [
        # The log has a word of another one: the week was carried out.
        ([said("K2", 0)], 1),
        # Somebody went there all the same.
        ([said("K2", 0), said("K1", 3)], 0),
        # Who was not at home was not left out as well.
        ([said("K1", 3, "not met")], 1),
        ([said("K1", 0, "not met")], 1),
        # Of the week nothing is known.
        ([said("K2", day(-1))], 0),
    ],
)
def test_who_was_left_out_is_owed_a_visit(
    tmp_path: Path, entries: list[Any], n_missed: int
) -> None:
    """Once a week, where the plan was carried out and nobody came after all."""
    carried = carry(tables(tmp_path, {}, {}), *entries, plans=[week(left=["K1"])])
    assert sum(d.n_missed for d in carried.debts if d.beneficiary_id == "K1") == n_missed


def test_weeks_in_a_row_add_up(tmp_path: Path) -> None:
    """A visit between them starts anew."""
    before = week(left=["K1"], starts_on=WEEK_BEFORE)
    words = [said("K2", WEEK_BEFORE), said("K2", 0)]
    carried = carry(tables(tmp_path, {}, {}), *words, plans=[week(left=["K1"]), before])
    assert [d.n_missed for d in carried.debts] == [2]
    met = said("K1", WEEK_BEFORE + dt.timedelta(days=5))
    carried = carry(tables(tmp_path, {}, {}), *words, met, plans=[week(left=["K1"]), before])
    assert [d.n_missed for d in carried.debts] == [1]


def test_what_a_later_plan_took_over_is_not_owed(tmp_path: Path) -> None:
    """Of overlapping horizons the later one says who is left out."""
    long = week(left=["K1"], starts_on=WEEK_BEFORE, n_days=14)
    words = [said("K2", WEEK_BEFORE), said("K2", 0)]
    assert carry(tables(tmp_path, {}, {}), *words, plans=[long, week()]).debts == ()


def test_a_child_that_lacks_one_of_three_meetings_is_owed_one(tmp_path: Path) -> None:
    """Two were held, the third did not fit; with a third one held nothing is owed."""
    layers = tables(tmp_path, {"category": "forest"})
    plan = week({(0, "w1"): ["K1"], (2, "w1"): ["K1"]}, left=["K1"])
    met = [said("K1", 0), said("K1", 2)]
    assert [d.n_missed for d in carry(layers, *met, plans=[plan]).debts] == [1]
    assert carry(layers, *met, said("K1", 4), plans=[plan]).debts == ()


@pytest.mark.parametrize(
    ("entries", "due"),
    [
        ([said("K1", 1, next_due=day(20))], day(20)),
        ([said("K1", 1, next_due=day(4))], day(4)),
        # Of two words about a day the one about the later hour.
        (
            [
                said("K1", 1, next_due=day(9), begins_s=50_000),
                said("K1", 1, next_due=day(8), begins_s=30_000),
            ],
            day(9),
        ),
        ([said("K1", 1, next_due=day(20)), said("K1", 3)], day(17)),
        ([said("K1", 1), said("K1", 3, "not met", next_due=day(9))], day(9)),
        ([said("K1", 1, next_due=day(3)), said("K1", 3, "not met")], day(3)),
    ],
)
def test_the_day_that_was_agreed_on_wins(tmp_path: Path, entries: list[Any], due: dt.date) -> None:
    """Over the rhythm of 14 days, until a visit makes it void."""
    last: dt.date = row(carry(tables(tmp_path, {}), *entries))["last_visit"]
    assert last + dt.timedelta(days=14) == due


def test_a_later_visit_of_the_table_makes_an_agreement_void(tmp_path: Path) -> None:
    """The table knows more than the log."""
    layers = tables(tmp_path, {"last_visit": day(5)})
    assert row(carry(layers, said("K1", 1, next_due=day(20))))["last_visit"] == day(5)


def test_who_is_seen_each_week_keeps_the_rhythm(tmp_path: Path) -> None:
    """And it is told that the agreed day is not."""
    layers = tables(tmp_path, {"category": "forest"})
    carried = carry(layers, said("K1", 1, next_due=day(20)))
    assert row(carried)["last_visit"] == day(1)
    assert _codes(carried) == [("next-due-unused", "K1")]


@pytest.mark.parametrize(
    ("done_on", "deadline", "left"),
    [
        # Ten working days for the first contact: set on 16 February at the earliest.
        (day(3), MONDAY, None),
        (day(-7), MONDAY, None),
        (day(-10), MONDAY, MONDAY),
        (day(6), day(1), None),
    ],
)
def test_a_deadline_is_gone_once_it_is_met(
    tmp_path: Path, done_on: dt.date, deadline: dt.date, left: dt.date | None
) -> None:
    """In time or late; but not by a visit before anybody can have set it."""
    layers = tables(tmp_path, {"deadline": deadline})
    assert row(carry(layers, said("K1", done_on)))["deadline"] == left


def test_what_the_log_answers_is_doubted_no_more(tmp_path: Path) -> None:
    """A deadline that passed, a visit long ago."""
    layers = tables(
        tmp_path,
        {"deadline": day(2)},
        {"last_visit": dt.date(2025, 9, 1)},
        {"deadline": day(2)},
        {"deadline": day(2)},
    )
    assert [f.code for f in layers["beneficiaries"].findings] == [
        *("deadline-past", "stale-visit", "deadline-past", "deadline-past")
    ]
    # The last one was visited before anybody can have set the deadline.
    carried = carry(layers, said("K1", 1), said("K2", 1), said("K4", -20))
    left = carried.layers["beneficiaries"].findings
    assert [(f.code, f.id) for f in left] == [("deadline-past", "K3"), ("deadline-past", "K4")]


def _called(who: str, *, gone: bool = False) -> Revision:
    """Make what a plan says of a call on Tuesday at ten: within 24 hours."""
    at_s = 86_400 + 36_000
    call = Happening(kind="urgent", at_s=at_s, id=who, visit_id="u1", deadline_s=at_s + 86_400)
    back = Happening(kind="cancelled", at_s=at_s + 60, id=who, visit_id="u1")
    figures = Figures(n_moved=0, n_fell_out=0, n_new=1, n_late=0, riding_s=0, cost_idr=0, score_s=0)
    return Revision(
        number=1,
        revises="",
        at_s=at_s,
        happened=(call, back) if gone else (call,),
        n_told=1,
        changes=(),
        figures=figures,
    )


def test_a_call_that_nobody_followed_is_not_lost(tmp_path: Path) -> None:
    """Its deadline goes into the table, until a visit after the call, or a withdrawal."""
    layers = tables(tmp_path, {"last_visit": day(0)}, {})
    plan = week(revision=_called("K1"))
    carried = carry(layers, said("K1", 0), plans=[plan])
    assert row(carried)["deadline"] == day(2)
    assert "called for by telephone and not visited since: K1" in _lines(carried)
    assert row(carry(layers, said("K1", 1), plans=[plan]))["deadline"] is None
    withdrawn = week(revision=_called("K1", gone=True))
    assert row(carry(layers, said("K1", 0), plans=[withdrawn]))["deadline"] is None


def test_long_lists_of_ids_are_cut_short(tmp_path: Path) -> None:
    """Ten are named, the others counted; check names them all."""
    for n, end in ((10, "K9"), (12, "K7 (+2)")):
        layers = tables(tmp_path, *({} for _ in range(n)))
        carried = carry(layers, *(said(f"K{i}", 1, "closed") for i in range(1, n + 1)))
        assert _lines(carried)[-1].endswith(end)
        assert len(carried.findings) == n


def test_partners_have_a_last_visit_too(tmp_path: Path) -> None:
    """So that one who is seen once a month is not due each week."""
    layers = tables(tmp_path, {})
    partner = replace(layers["workers"], name="partners")
    carried = carry({**layers, "partners": partner}, said("w2", 1), said("w2", -5))
    assert list(carried.layers["partners"].rows["last_visit"]) == [None, day(1)]
    assert carry({**layers, "partners": partner}, said("K1", 1)).layers["partners"] is partner


def test_what_nobody_told_of_is_said_to_be_assumed(tmp_path: Path) -> None:
    """Of planned visits without a word, and of a week without any."""
    plan = week({(0, "w1"): ["K1", "K2"], (2, "w1"): ["K1"]})
    layers = tables(tmp_path, {}, {})
    carried = carry(layers, said("K1", 1), plans=[plan])
    (notice,) = carried.notices
    assert ENGLISH.say(notice) == (
        "the log says nothing of 2 visits planned in the week from Monday, 23 February 2026;"
        " they count as not made"
    )
    calls = week({(0, "w1"): ["P1", "P2"]})
    assert carry(layers, said("P1", 0), said("P2", 3, "not met"), plans=[calls]).notices == ()
    assert carry(layers, said("P1", 0), plans=[calls]).notices[0].values["n"] == 1
    carried = carry(layers, said("K1", day(-3)), plans=[plan])
    (notice,) = carried.notices
    assert ENGLISH.say(notice) == (
        "the log says nothing of the week from Monday, 23 February 2026; its plan counts as not"
        " carried out"
    )


def test_the_office_is_told_what_was_carried_over(tmp_path: Path) -> None:
    """First what came of the visits of the week."""
    carried = carry(
        tables(tmp_path, {}, {}, {}),
        said("K1", day(-5)),
        said("K1", 0),
        said("K2", 1, "not met"),
        plans=[week({(0, "w1"): ["K1"], (1, "w1"): ["K2"]}, left=["K3"])],
    )
    assert _lines(carried) == [
        (
            "From the log since Monday, 23 February 2026: 1 visited, 1 not met, 0 refused, 0 moved"
            " away, 0 closed"
        ),
        "left out or not met, and more urgent now: 2; most often in a row: 1",
        "known to a worker by the log, and planned with that one where it can be: 1",
    ]


@st.composite
def _logs(draw: st.DrawFn) -> list[Any]:
    words = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["K1", "K2", "K3", "P9"]),
                st.integers(-20, 12),
                st.sampled_from(STATES),
                st.sampled_from(["w1", "w9", None]),
                st.sampled_from([None, day(15)]),
            ),
            max_size=12,
        )
    )
    return [
        said(who, day(d), state, worker_id=worker, next_due=due, id=f"x{i}")
        for i, (who, d, state, worker, due) in enumerate(words)
    ]


@pytest.fixture(scope="module")
def layers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Layer]:
    """Give three beneficiaries, one of them with a deadline, and one who cannot be read."""
    folder = tmp_path_factory.mktemp("tables")
    return tables(
        folder,
        {"last_visit": day(-30)},
        {"category": "forest"},
        {"deadline": day(3)},
        {"lon": None},
    )


@given(entries=_logs(), seed=st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_nobody_vanishes(layers: dict[str, Layer], entries: list[Any], seed: Any) -> None:
    """Everybody is in the table, invalid with a reason, or closed; in whatever order it is told."""
    plans = [week({(0, "w1+w2"): ["K1", "K2"]}, left=["K3", "K2"]), week(starts_on=WEEK_BEFORE)]
    carried = carry(layers, *entries, plans=plans)
    people = carried.layers["beneficiaries"]
    ids = [*people.rows["id"], *(x.beneficiary_id for x in people.invalid), *carried.closed]
    assert sorted(ids) == ["K1", "K2", "K3", "K4"]
    assert all(a >= b for a, b in zip(people.rows["priority"], [2, 1, 2], strict=False) if b == 1)
    last = dict(zip(people.rows["id"], people.rows["last_visit"], strict=True))
    assert all(d is None or d < MONDAY or d == day(15) for d in last.values())
    told = [e for e in entries if e.date < MONDAY]
    seed.shuffle(told)
    again = carry(layers, *told, plans=plans[::-1])
    assert again.layers["beneficiaries"].rows.equals(people.rows)
    assert (again.findings, again.debts) == (carried.findings, carried.debts)


@pytest.mark.parametrize(
    "wrong",
    [
        {"service_minutes": "guessed"},
        {"learn_from": 0},
        {"familiar_from": 0},
        {"least_share": 1.5},
        {"rising": 0.9},
        {"rising": 4.0},
        {"rising_most": float("inf")},
    ],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, Any]) -> None:
    """With a word about what may be."""
    with pytest.raises(ConfigError, match="must be"):
        LogParams(**wrong)


def test_settings_may_be_as_far_as_they_go() -> None:
    """No floor, or all of the preset; nothing that rises."""
    assert LogParams(least_share=0.0).least_share == 0
    assert LogParams(least_share=1.0, rising=1.0, rising_most=1.0).rising == 1
