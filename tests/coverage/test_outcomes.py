"""Each visit that was planned has one outcome, and each entry of the log one place."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.coverage.outcomes import Outcomes, ever_planned, outcomes
from outreach.layers.log import STATES, standing
from tests.coverage.diary import LATER, MONDAY, change, plan, revised, route, said, visit, week


def told(found: Outcomes) -> dict[str, str]:
    """Give the outcome of each visit."""
    return {v.visit_id: v.outcome for v in found.visits}


def test_each_state_of_the_log_is_an_outcome() -> None:
    """Five visits of a Monday, and five words on them; of the sixth there is none."""
    people = "abcdef"
    clocks = [f"{8 + i}:00" for i in range(6)]
    monday = route(*(visit(p, 0, clock) for p, clock in zip(people, clocks, strict=True)))
    log = [said(p, 0, state) for p, state in zip(people, STATES, strict=False)]
    found = outcomes([week(plan(monday))], log, today=LATER)
    assert told(found) == {
        "a/1": "done",
        "b/1": "not_met",
        "c/1": "refused",
        "d/1": "moved",
        "e/1": "closed",
        "f/1": "no_word",
    }
    assert found.unplanned == found.doubled == ()


def test_what_is_not_over_is_ahead() -> None:
    """On Tuesday, Monday's visit has no word, Tuesday's is ahead unless it is told of already."""
    made = plan(
        route(visit("a", 0, "09:00")), route(visit("b", 1, "09:00"), visit("c", 1, "10:00"))
    )
    found = outcomes([week(made)], [said("c", 1)], today=MONDAY + dt.timedelta(days=1))
    assert told(found) == {"a/1": "no_word", "b/1": "ahead", "c/1": "done"}


def test_a_visit_a_day_late_is_made() -> None:
    """The entry of Wednesday tells of Tuesday's visit, for there is no other."""
    made = plan(route(visit("a", 1, "09:00")))
    found = outcomes([week(made)], [said("a", 2)], today=LATER)
    assert told(found) == {"a/1": "done"}


def test_a_visit_after_all_is_made() -> None:
    """Nobody at home on Tuesday, met on Thursday: done, and two words on one visit."""
    made = plan(route(visit("a", 1, "09:00")))
    log = [said("a", 1, "not met"), said("a", 3)]
    found = outcomes([week(made)], log, today=LATER)
    assert told(found) == {"a/1": "done"}
    assert [e.state for e in found.doubled] == ["not met"]


def test_of_two_equal_words_that_with_a_time_decides() -> None:
    """The table of Friday has hours, the page handed in after it has none."""
    made = plan(route(visit("a", 1, "09:00")))
    table = said("a", 1, at="09:05")
    page = said("a", 1, number=1, entered_at="2026-12-30T12:00:00Z")
    assert page.entered_at > table.entered_at
    for log in ([table, page], [page, table]):
        (record,) = outcomes([week(made)], log, today=LATER).visits
        assert record.entry == table


def test_the_nearest_of_several_visits_is_meant() -> None:
    """Of Monday's and Friday's visit, Thursday's entry tells of Friday's."""
    made = plan(route(visit("a", 0, "09:00")), route(visit("a", 4, "09:00", number=2)))
    found = outcomes([week(made)], [said("a", 3)], today=LATER)
    assert told(found) == {"a/1": "no_word", "a/2": "done"}


def test_an_entry_that_names_its_visit_tells_of_that_one() -> None:
    """Handed in from the page of Monday's plan, and ridden on Friday."""
    made = plan(route(visit("a", 0, "09:00")), route(visit("a", 4, "09:00", number=2)))
    entry = said("a", 4, visit_id="a/1", plan_starts_on=MONDAY)
    found = outcomes([week(made)], [entry], today=LATER)
    assert told(found) == {"a/1": "done", "a/2": "no_word"}


def test_a_corrected_entry_does_not_count() -> None:
    """Done was wrong: nobody was met."""
    made = plan(route(visit("a", 0, "09:00")))
    wrong = said("a", 0)
    right = said("a", 0, "not met", corrects=wrong.id)
    found = outcomes([week(made)], [wrong, right], today=LATER)
    assert told(found) == {"a/1": "not_met"}
    assert found.doubled == ()


def test_a_visit_that_no_plan_held_is_unplanned() -> None:
    """Somebody who was not due, and somebody of a week without a plan."""
    made = plan(route(visit("a", 0, "09:00")))
    log = [said("b", 0), said("a", 0, week=3)]
    found = outcomes([week(made)], log, today=LATER)
    assert told(found) == {"a/1": "no_word"}
    assert [e.beneficiary_id for e in found.unplanned] == ["b", "a"]


def test_a_changed_plan_displaces_and_adds() -> None:
    """One falls out, one is cancelled, one moves to Tuesday, and one comes in."""
    out, off = visit("a", 0, "13:00"), visit("b", 0, "14:00")
    first = plan(route(visit("c", 0, "09:00"), out, off))
    after = plan(route(visit("u", 0, "13:00")), route(visit("c", 1, "09:00")), left_out=["a"])
    both = week(first, revised(after, "10:00"))
    found = outcomes([both], [said("c", 1), said("u", 0)], today=LATER)
    assert told(found) == {"a/1": "fell_out", "b/1": "cancelled", "c/1": "done", "u/1": "done"}
    by_id = {v.visit_id: v for v in found.visits}
    assert [i for i, v in by_id.items() if v.is_added] == ["u/1"]
    assert by_id["c/1"].date == MONDAY + dt.timedelta(days=1)
    assert ever_planned(both) == {"a/1", "b/1", "c/1", "u/1"}


def test_what_fell_out_and_was_made_all_the_same_is_done() -> None:
    """The worker passed by although the plan had given it up."""
    first = plan(route(visit("a", 0, "13:00")))
    after = revised(plan(route(visit("u", 0, "13:00")), left_out=["a"]), "10:00")
    found = outcomes([week(first, after)], [said("a", 0)], today=LATER)
    assert told(found) == {"a/1": "done", "u/1": "no_word"}


def test_where_the_first_plan_is_gone_its_successor_tells() -> None:
    """What fell out is in the changes, and what is new was not planned at first."""
    out, new = visit("a", 0, "13:00"), visit("u", 0, "13:00")
    changes = (change(out), change(new, "new"))
    only = revised(plan(route(new), left_out=["a"]), "10:00", changes=changes)
    found = outcomes([week(only)], [], today=LATER)
    assert {v.visit_id: (v.outcome, v.is_added) for v in found.visits} == {
        "a/1": ("fell_out", False),
        "u/1": ("no_word", True),
    }


def test_a_closed_case_waits_for_no_word() -> None:
    """After the case is closed on Tuesday, Thursday's visit is not one that nobody told of."""
    made = plan(*(route(visit("a", d, "09:00", number=n)) for n, d in ((1, 0), (2, 1), (3, 3))))
    found = outcomes([week(made)], [said("a", 1, "closed")], today=LATER)
    assert told(found) == {"a/1": "no_word", "a/2": "closed", "a/3": "closed"}


def test_the_last_visit_may_close_the_case() -> None:
    """Met and closed on one day: the visit is done, and Thursday's is not waited for."""
    made = plan(*(route(visit("a", d, "09:00", number=n)) for n, d in ((1, 1), (2, 3))))
    log = [said("a", 1, at="09:00"), said("a", 1, "closed")]
    found = outcomes([week(made)], log, today=LATER)
    assert told(found) == {"a/1": "done", "a/2": "closed"}


def test_a_later_plan_takes_over_from_its_first_day() -> None:
    """Of a week replanned on Wednesday, the old Thursday does not count."""
    old = plan(route(visit("a", 0, "09:00")), route(visit("b", 3, "09:00")))
    found = outcomes([week(old, until=MONDAY + dt.timedelta(days=2))], [said("b", 3)], today=LATER)
    assert told(found) == {"a/1": "no_word"}
    assert [e.beneficiary_id for e in found.unplanned] == ["b"]


@settings(max_examples=80, deadline=None)
@given(
    planned=st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 6)), max_size=8),
    log=st.lists(
        st.tuples(st.sampled_from("abcd"), st.integers(0, 8), st.sampled_from(STATES)), max_size=8
    ),
    today=st.integers(0, 10),
)
def test_nothing_is_lost_and_nothing_counts_twice(
    planned: list[tuple[str, int]], log: list[tuple[str, int, str]], today: int
) -> None:
    """Every visit has an outcome, and every standing entry one place."""
    number: Counter[str] = Counter()
    routes = []
    for who, day in planned:
        number[who] += 1
        routes.append(route(visit(who, day, "09:00", number=number[who])))
    entries = [said(w, d, s, id=str(i)) for i, (w, d, s) in enumerate(log)]  # type: ignore[arg-type]
    found = outcomes([week(plan(*routes))], entries, today=MONDAY + dt.timedelta(days=today))
    assert len(found.visits) == len(planned)
    explained = [v.entry.id for v in found.visits if v.entry is not None]
    others = [e.id for e in (*found.unplanned, *found.doubled)]
    assert sorted(explained + others) == sorted(e.id for e in standing(entries))
