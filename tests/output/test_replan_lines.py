"""What is alike in a changed plan stands in one line, and nothing is lost by that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from outreach.errors import Message
from outreach.lineage import Call, Change, Figures, Happening, NightChange, Revision, When
from outreach.output.changes_told import ChangeTeller
from outreach.output.replan_lines import call_lines, change_lines, nearest_lines
from outreach.output.words import Words
from outreach.routing.candidates import Candidate
from outreach.units import DAY_S, HOUR_S
from tests.output.sample import sample_plan

NEEDS = "%(team)s would need %(minutes)d more minutes on %(date)s"
FIGURES = Figures(n_moved=0, n_fell_out=0, n_new=0, n_late=0, riding_s=0, cost_idr=0, score_s=0)
WORDS = Words("en")


def when(day: int, hour: int, *workers: str) -> When:
    """Give a whole hour of one of the days."""
    ids = workers or ("SAD-1", "SAD-2")
    return When(team_id="SAD", worker_ids=ids, day=day, starts_s=day * DAY_S + hour * HOUR_S)


def off(who: str, day: int, hour: int, minutes: int) -> Change:
    """Give a visit for which minutes are missing."""
    return Change(
        kind="fell_out",
        visit_id=f"{who}/{day}",
        beneficiary_id=who,
        before=when(day, hour),
        after=None,
        reason="no_time",
        detail=Message(
            NEEDS, {"team": "KOTA", "minutes": minutes, "date": "2026-03-04", "unsaid": hour}
        ),
    )


def other_hour(who: str, hour: int, *, kind: str = "kept", then: When | None = None) -> Change:
    """Give a visit an hour earlier, or at another moment."""
    return Change(
        kind=kind,  # type: ignore[arg-type]
        visit_id=f"{who}/1",
        beneficiary_id=who,
        before=when(1, hour),
        after=then or when(1, hour - 1),
    )


def family(*changes: Change) -> Call:
    """Give the call to whom changes concern."""
    moments = [c.before.starts_s for c in changes if c.before is not None]
    ids = tuple(change.visit_id for change in changes)
    return Call(kind="family", id=changes[0].beneficiary_id, by_s=min(moments), visit_ids=ids)


def revised(*changes: Change, calls: tuple[Call, ...] = ()) -> tuple[Revision, ChangeTeller]:
    """Give a change at Tuesday 08:00, and who tells it."""
    revision = Revision(
        number=1,
        revises="",
        at_s=DAY_S + 8 * HOUR_S,
        happened=(),
        n_told=0,
        changes=changes,
        calls=calls,
        figures=FIGURES,
    )
    return revision, ChangeTeller(replace(sample_plan(), revision=revision), WORDS)


def changed(*changes: Change) -> list[str]:
    """Give the lines of changes."""
    revision, tell = revised(*changes)
    return list(change_lines(revision, tell, WORDS))


def phoned(*calls: Call, changes: tuple[Change, ...] = ()) -> list[str]:
    """Give the lines of calls."""
    revision, tell = revised(*changes, calls=calls)
    return list(call_lines(revision, tell, WORDS))


def test_visits_that_change_alike_share_a_line() -> None:
    """Day and workers once, each with its hours."""
    assert changed(other_hour("A", 10), other_hour("B", 11)) == [
        "other time, Tue 3 Mar, SAD-1 + SAD-2: A 10:00 → 09:00; B 11:00 → 10:00"
    ]


def test_a_visit_of_its_own_has_a_line_of_its_own() -> None:
    """With all there is to say of it."""
    moved = other_hour("A", 10, kind="moved", then=when(3, 9, "KOTA"))
    new = replace(moved, kind="new", beneficiary_id="B", before=None)
    assert changed(moved, new) == [
        "A: moved, Tue 3 Mar, 10:00, SAD-1 + SAD-2 → Thu 5 Mar, 09:00, KOTA",
        "B: new, Thu 5 Mar, 09:00, KOTA",
    ]


def test_visits_that_move_together_name_both_days_once() -> None:
    """From whom to whom, and each one's hours with the new date."""
    moved = [other_hour(i, 10, kind="moved", then=when(3, 9, "KOTA")) for i in "AB"]
    assert changed(*moved) == [
        (
            "moved, Tue 3 Mar, SAD-1 + SAD-2 → Thu 5 Mar, KOTA:"
            " A 10:00 → Thu 5 Mar, 09:00; B 10:00 → Thu 5 Mar, 09:00"
        )
    ]


def test_a_reason_that_differs_in_minutes_is_told_once() -> None:
    """With the least and the most of them; the visits stand below by day."""
    assert changed(off("A", 1, 9, 206), off("B", 1, 10, 211), off("A", 2, 9, 208)) == [
        "does not take place: KOTA would need 206–211 more minutes on Wednesday, 4 March 2026:",
        "    Tue 3 Mar, SAD-1 + SAD-2: A 09:00, B 10:00",
        "    Wed 4 Mar, SAD-1 + SAD-2: A 09:00",
    ]


def test_one_that_is_off_stands_before_its_reason() -> None:
    """In one line."""
    assert changed(off("A", 1, 9, 25)) == [
        (
            "does not take place: A (Tue 3 Mar, 09:00, SAD-1 + SAD-2):"
            " KOTA would need 25 more minutes on Wednesday, 4 March 2026"
        )
    ]


def test_what_was_never_planned_has_no_hour() -> None:
    """Twice urgent, and twice without a place."""
    out = [replace(off(who, 1, 9, 25), before=None, kind="stays_out") for who in "AB"]
    assert changed(*out)[0].startswith("does not take place: A; B: KOTA would need 25 more")


def test_who_is_urgent_comes_first_and_alone() -> None:
    """Somebody waits on the telephone to hear of it, also that there is no room."""
    known, new = other_hour("B", 12), replace(off("C", 1, 9, 30), before=None, kind="stays_out")
    revision, tell = revised(other_hour("A", 10), off("D", 1, 11, 35), known, new)
    told = tuple(Happening(kind="urgent", at_s=DAY_S, id=i) for i in "BC")
    lines = list(change_lines(replace(revision, happened=told, n_told=2), tell, WORDS))
    assert [line.partition(":")[0] for line in lines] == [
        *("B", "does not take place", "A", "does not take place"),
    ]
    assert lines[1].startswith("does not take place: C: KOTA would need 30 more")


def test_one_day_is_told_once() -> None:
    """Of an absence of whole days both ends are told, of one day its date."""
    _, tell = revised()
    day = Happening(kind="absent", at_s=0, id="X", from_s=DAY_S, to_s=2 * DAY_S)
    assert tell.happening(day) == "Mon 2 Mar, 00:00: X is absent, Tue 3 Mar"
    two = replace(day, to_s=3 * DAY_S)
    assert tell.happening(two).endswith("X is absent, Tue 3 Mar – Wed 4 Mar")


def test_nights_come_last() -> None:
    """By day and team."""
    revision, tell = revised(off("A", 1, 9, 25))
    night = NightChange(team_id="SAD", day=1, before="HALL", after=None)
    lines = list(change_lines(replace(revision, nights=(night,)), tell, WORDS))
    assert lines[-1] == "night of Tue 3 Mar, SAD: HALL → –"


def test_who_hear_the_same_are_one_line_with_all_their_numbers() -> None:
    """Three workers of a circuit, and the numbers go on after them."""
    changes = (off("A", 1, 9, 25), off("B", 1, 10, 25))
    ids = tuple(change.visit_id for change in changes)
    by_s = DAY_S + 9 * HOUR_S
    workers = [Call(kind="worker", id=i, by_s=by_s, visit_ids=ids) for i in ("X", "Y", "Z")]
    families = [family(change) for change in changes]
    assert phoned(*workers, *families, changes=changes) == [
        "1–3. X, Y, Z, before Tue 3 Mar, 09:00: A, B",
        "4–5. families, before Tue 3 Mar, does not take place: A 09:00, B 10:00",
    ]


def test_one_family_is_told_what_becomes_of_its_visits() -> None:
    """Also of those on other days."""
    changes = (other_hour("A", 10), off("A", 2, 9, 25))
    assert phoned(family(*changes), changes=changes) == [
        (
            "1. family of A, before Tue 3 Mar, 10:00: other time, Tue 3 Mar, 09:00, SAD-1 + SAD-2;"
            " does not take place, Wed 4 Mar, 09:00"
        )
    ]


def test_families_whose_visits_change_in_several_ways_have_each_of_them() -> None:
    """A word may not stand for what is none."""
    changes = [(other_hour(i, 10), off(i, 2, 9, 25)) for i in "AB"]
    calls = [family(*of) for of in changes]
    assert phoned(*calls, changes=tuple(c for of in changes for c in of)) == [
        (
            "1–2. families, before Tue 3 Mar:"
            " A other time 10:00 → 09:00, does not take place Wed 4 Mar, 09:00;"
            " B other time 10:00 → 09:00, does not take place Wed 4 Mar, 09:00"
        )
    ]


def test_a_partner_is_told_what_becomes_of_each() -> None:
    """With the date where it is another than the first one's."""
    changes = (other_hour("A", 10), off("B", 1, 11, 25), off("A", 2, 9, 25))
    ids = tuple(change.visit_id for change in changes)
    call = Call(kind="partner", id="RPSA", by_s=DAY_S + 9 * HOUR_S, visit_ids=ids)
    assert phoned(call, changes=changes) == [
        (
            "1. RPSA Alyatama, before Tue 3 Mar, 09:00:"
            " A other time 10:00 → 09:00, does not take place Wed 4 Mar, 09:00;"
            " B does not take place 11:00"
        )
    ]


@pytest.mark.parametrize(("n", "tail"), [(9, ", P8"), (12, ", P7, and 4 more")])
def test_a_long_list_is_cut(n: int, tail: str) -> None:
    """But not by one name: that is no shorter."""
    changes = tuple(off(f"P{i}", 1, 9, 25) for i in range(n))
    call = Call(
        kind="worker",
        id="X",
        by_s=DAY_S,
        visit_ids=tuple(change.visit_id for change in changes),
    )
    (line,) = phoned(call, changes=changes)
    assert line.startswith("1. X, at once: P0, P1")
    assert line.endswith(tail)


def test_who_ride_together_could_come_together() -> None:
    """One line for the team, one for whom another thing keeps."""
    team = [
        Candidate(beneficiary_id="A", worker_id=i, at_place="P", riding_s=600, arrives_s=DAY_S)
        for i in ("X", "Y")
    ]
    far = replace(team[0], worker_id="Z", arrives_s=None, why_not=Message("no way leads there"))
    _, tell = revised()
    assert list(nearest_lines([*team, far], tell, WORDS)) == [
        "A: X, Y, at P, rides 10 min, there Tue 3 Mar, 00:00",
        "A: Z, at P: no way leads there",
    ]
