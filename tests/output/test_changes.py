"""What pages, workbook, paper and calendar tell of a changed plan, and to whom."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import icalendar
import openpyxl
import pypdf
import pytest

from outreach.lineage import Happening
from outreach.output.agenda import agenda_of
from outreach.output.changes_seen import Before, Changes, changes_for
from outreach.output.changes_since import revision_since
from outreach.output.changes_told import ChangeTeller
from outreach.output.page_data import ways_of, worker_data
from outreach.output.page_keys import PageKeys
from outreach.output.print_pdf import itinerary_pdf
from outreach.output.summary import summary
from outreach.output.supervisor_data import supervisor_data
from outreach.output.words import Words
from outreach.output.workbook import worker_workbook, write_workbook
from outreach.units import DAY_S, HOUR_S
from tests.output.changed import (
    AT_S,
    CANCELLED,
    GIVEN,
    LATER,
    MOVED,
    NEW,
    OTHERS,
    OUT,
    changed_plan,
)
from tests.output.sample import sample_traces

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.model import Plan
    from outreach.output.page_data import Json, Ways


@pytest.fixture(scope="module")
def changed(plan: Plan) -> Plan:
    """Give the week as it was changed on Tuesday."""
    return changed_plan(plan)


@pytest.fixture(scope="module")
def ways(changed: Plan) -> Ways:
    """Give its paths."""
    return ways_of(sample_traces(changed))


@pytest.fixture(scope="module")
def before(plan: Plan) -> Before:
    """Give what it was changed from."""
    left = {("KOTA", 1): tuple(leg.path for leg in ways_of(sample_traces(plan)).legs["KOTA", 1])}
    return Before(earlier=(plan,), left=left)


def of_worker(changed: Plan, ways: Ways, before: Before, worker_id: str) -> Json:
    """Give what a worker's page shows."""
    return worker_data(changed, ways, worker_id, Words("id"), before=before)


def marks(data: Json) -> dict[str, str]:
    """List the stops of a page that are marked, and what is said of them."""
    items = [item for route in data["routes"] for item in route["items"]]
    return {item["name"]: item["change"]["said"] for item in items if item.get("change")}


def test_a_first_plan_tells_nothing_of_changes(plan: Plan, words: Words) -> None:
    """Its pages have none of the words, lists and marks."""
    ways = ways_of(sample_traces(plan))
    pages = [worker_data(plan, ways, "KOTA", words), supervisor_data(plan, ways, words, links={})]
    for data in pages:
        assert not {"changes", "closed", "before"} & data.keys()
        assert "calls" not in data["words"]
        assert not any("off" in route for route in data["routes"])


def test_a_worker_reads_what_becomes_of_each_own_visit(
    changed: Plan, ways: Ways, before: Before
) -> None:
    """New, moved, later, handed over, fallen out and not needed: each with its before and now."""
    told = of_worker(changed, ways, before, "KOTA")["changes"]
    assert told["title"] == "Perubahan ke-2, Sel 3 Mar, 10.20"
    rows = {row["who"]: (row["kind"], row["label"], row["was"], row["now"]) for row in told["rows"]}
    assert rows == {
        NEW: ("new", "baru", None, "Sel 3 Mar, 09.22"),
        MOVED: ("moved", "pindah", "Sel 3 Mar, 09.23", "Kam 5 Mar, 11.34"),
        OUT: ("off", "tidak jadi", "Sel 3 Mar, 10.47", None),
        LATER: ("time", "jam berubah", "Jum 6 Mar, 08.07", "Jum 6 Mar, 09.07"),
        GIVEN: ("off", "dialihkan", "Jum 6 Mar, 09.17", "Jum 6 Mar, 08.08, SAD-1"),
        CANCELLED: ("off", "tidak perlu lagi", "Jum 6 Mar, 10.41", None),
    }


def test_a_colleague_reads_the_same_visit_as_new(changed: Plan, ways: Ways, before: Before) -> None:
    """And nothing of the changes in town; the night of the own team is another."""
    data = of_worker(changed, ways, before, "SAD-1")
    assert [(row["who"], row["kind"]) for row in data["changes"]["rows"]] == [(GIVEN, "new")]
    assert data["changes"]["nights"] == [
        {"team": "SAD", "day": "Rab 4 Mar", "was": "Rumah Kepala Desa", "now": "Balai Desa"}
    ]
    assert marks(data) == {GIVEN: "baru, semula Jum 6 Mar, 09.17, KOTA"}


def test_stops_that_are_other_are_marked_in_the_list(
    changed: Plan, ways: Ways, before: Before
) -> None:
    """With what they were."""
    assert marks(of_worker(changed, ways, before, "KOTA")) == {
        NEW: "baru",
        MOVED: "pindah, semula Sel 3 Mar, 09.23",
        LATER: "jam berubah, semula 08.07",
    }


def test_what_is_off_stands_where_it_was_in_the_day(
    changed: Plan, ways: Ways, before: Before
) -> None:
    """After the stops that begin sooner, before those that begin later, and before going home."""
    routes = {r["day"]: r for r in of_worker(changed, ways, before, "KOTA")["routes"]}
    tuesday = routes[1]
    assert [(off["name"], off["time"]) for off in tuesday["off"]] == [
        (MOVED, "09.23"),
        (OUT, "10.47"),
    ]
    names = [item["name"] for item in tuesday["items"]]
    assert names[tuesday["off"][0]["at"] - 1] == NEW
    assert names[tuesday["off"][1]["at"] - 1] == "dzuhur"
    assert tuesday["off"][1]["at"] == len(names) - 1
    assert [off["name"] for off in routes[4]["off"]] == [GIVEN, CANCELLED]
    assert routes[0]["off"] == []


def test_a_worker_reads_nothing_of_others(changed: Plan, ways: Ways, before: Before) -> None:
    """Neither cases of the team that is away, nor who is ill, nor whose call it was."""
    assert changed.revision is not None
    ill = Happening(kind="absent", at_s=AT_S, id="SAD-2", from_s=AT_S, to_s=2 * DAY_S)
    call = Happening(kind="urgent", at_s=AT_S, id=OTHERS, visit_id=f"{OTHERS}:1")
    told = (*changed.revision.happened, ill, call)
    more = replace(changed, revision=replace(changed.revision, happened=told, n_told=5))
    page = json.dumps(of_worker(more, ways, before, "KOTA"))
    assert OTHERS not in page
    assert "SAD-2" not in page
    assert "K-300 mendesak" in page
    assert "SAD-2 tidak masuk" in json.dumps(of_worker(more, ways, before, "SAD-2"))


def test_who_is_not_concerned_has_a_page_without_a_notice(
    changed: Plan, ways: Ways, before: Before
) -> None:
    """But with the road that is closed; without one, the page is as ever."""
    assert changed.revision is not None
    assert changed.revision.nights
    others = replace(changed, revision=replace(changed.revision, nights=()))
    data = of_worker(others, ways, before, "SAD-2")
    assert data["changes"] is None
    assert len(data["closed"]) == 1
    assert others.revision is not None
    told = tuple(x for x in others.revision.happened if x.kind != "road_closed")
    calm = replace(others, revision=replace(others.revision, happened=told))
    assert "closed" not in of_worker(calm, ways, before, "SAD-2")


def test_ticks_stay_on_the_phone(
    changed: Plan, ways: Ways, before: Before, plan: Plan, words: Words
) -> None:
    """A visit that stays on its day keeps the name of its tick, and so does the page."""
    first = worker_data(plan, ways_of(sample_traces(plan)), "KOTA", words)
    data = of_worker(changed, ways, before, "KOTA")
    assert data["key"] == first["key"] == PageKeys(plan, "KOTA").page()

    def ticks(page: Json) -> dict[str, str]:
        return {
            f"{item['name']} {route['day']}": item["tick"]
            for route in page["routes"]
            for item in route["items"]
            if item.get("tick")
        }

    was, now = ticks(first), ticks(data)
    assert {name for name in was.keys() & now.keys() if was[name] != now[name]} == set()
    assert len(was.keys() & now.keys()) > 8


def test_the_office_reads_everything_and_whom_to_phone(
    changed: Plan, ways: Ways, before: Before, words: Words
) -> None:
    """What was told before is apart; calls have their numbers, where they are known, and order."""
    data = supervisor_data(changed, ways, words, links={}, before=before)
    told = data["changes"]
    assert [one["is_new"] for one in told["happened"]] == [False, True, True, True]
    assert told["figures"][:4] == [
        "1 kunjungan berubah jam",
        "2 kunjungan pindah",
        "1 kunjungan tidak jadi",
        "1 kunjungan baru",
    ]
    assert told["figures"][4:] == ["perjalanan +25 menit", "biaya +Rp 12.000"]
    assert [(call["name"], call["phone"], call["by"]) for call in told["calls"]] == [
        ("KOTA", None, "segera"),
        ("SAD-1", None, "sebelum malam Rab 4 Mar"),
        ("Balai Desa", "0741000003", "sebelum malam Rab 4 Mar"),
        ("keluarga K-005", None, "sebelum Sel 3 Mar, 11.20"),
    ]
    assert told["calls"][-1]["about"] == ["pindah, Kam 5 Mar, 11.34, KOTA"]
    why = {row["who"]: row["why"] for row in told["rows"]}
    assert why[OUT] == "KOTA perlu 25 menit lagi pada Selasa, 3 Maret 2026"
    assert why[MOVED] is None


def test_the_office_finds_each_changed_visit_on_the_page(
    changed: Plan, ways: Ways, words: Words
) -> None:
    """The place of a row is that of the stop; what is off has none."""
    data = supervisor_data(changed, ways, words, links={})
    for row in data["changes"]["rows"]:
        if row["place"] is not None:
            route, item = row["place"]
            assert data["routes"][route]["items"][item]["name"] == row["who"]
    off = {row["who"] for row in data["changes"]["rows"] if row["place"] is None}
    assert off == {OUT, CANCELLED}


def test_the_map_shows_how_it_was(changed: Plan, ways: Ways, before: Before, words: Words) -> None:
    """The ways that are left, and where nobody goes any more, by team and day."""
    data = supervisor_data(changed, ways, words, links={}, before=before)
    tuesday = next(day for day in data["before"] if day["day"] == 1)
    assert tuesday["workers"] == [data["workers"].index("KOTA")]
    assert len(tuesday["legs"]) == 5
    gone = {stop["name"]: stop["said"] for day in data["before"] for stop in day["gone"]}
    assert set(gone) == {MOVED, OUT, GIVEN, CANCELLED}
    assert gone[GIVEN] == "pindah, semula Jum 6 Mar, 09.17, KOTA"
    (flood,) = data["closed"]
    assert (flood["lon"], flood["lat"]) == (pytest.approx(103.602), pytest.approx(-1.628))
    assert len(flood["rims"]) == 1


def test_an_urgent_case_without_room_is_told_to_the_office(changed: Plan, words: Words) -> None:
    """It was in no plan, and is in none: nobody but the office hears of it."""
    assert changed.revision is not None
    out = replace(changed.revision.changes[2], kind="stays_out", before=None, after=None)
    revision = replace(changed.revision, changes=(out,))
    (mark,) = Changes(changed, revision, words).marks
    assert (mark.kind, mark.label) == ("off", "tidak jadi")
    assert Changes(changed, revision, words, reader="KOTA").marks == ()


def test_a_visit_that_stays_is_told_as_planned(changed: Plan, words: Words) -> None:
    """An urgent case may have had the best time already."""
    assert changed.revision is not None
    new = changed.revision.changes[0]
    stays = replace(new, kind="kept", before=new.after)
    (mark,) = Changes(changed, replace(changed.revision, changes=(stays,)), words).marks
    assert (mark.label, mark.said) == ("sesuai rencana", "sesuai rencana")


def test_every_happening_is_said(changed: Plan) -> None:
    """With the moment at which it was told."""
    tell = ChangeTeller(changed, Words("en"))
    said = [
        Happening(kind="late", at_s=AT_S, id="KOTA", delay_s=2700),
        Happening(kind="urgent", at_s=AT_S, id=NEW),
        Happening(kind="season", at_s=AT_S, season="wet"),
        Happening(kind="absent", at_s=AT_S, id="KOTA", from_s=AT_S, to_s=AT_S + HOUR_S),
        Happening(kind="absent", at_s=AT_S, id="KOTA", from_s=2 * DAY_S, to_s=4 * DAY_S),
        Happening(kind="urgent", at_s=AT_S, id=NEW, deadline_s=2 * DAY_S - 1),
        Happening(kind="cancelled", at_s=AT_S, id=OUT, visit_id=f"{OUT}:1"),
    ]
    assert [tell.happening(one) for one in said] == [
        "Tue 3 Mar, 10:20: KOTA is late by 45 min",
        "Tue 3 Mar, 10:20: K-300 is urgent",
        "Tue 3 Mar, 10:20: the roads are as in the rainy season",
        "Tue 3 Mar, 10:20: KOTA is absent, Tue 3 Mar, 10:20 – Tue 3 Mar, 11:20",
        "Tue 3 Mar, 10:20: KOTA is absent, Wed 4 Mar – Thu 5 Mar",
        "Tue 3 Mar, 10:20: K-300 is urgent: a visit by Tue 3 Mar",
        "Tue 3 Mar, 10:20: the visit K-006:1 is not needed any more",
    ]


def test_the_difference_of_two_plans_is_that_of_the_revision(plan: Plan, changed: Plan) -> None:
    """Seen from the plan before, what differs by the plans alone is what the revision says."""
    assert changed.revision is not None
    since = revision_since(plan, changed)
    assert since is not None
    assert {(c.visit_id, c.kind, c.before, c.after) for c in since.changes} == {
        (c.visit_id, c.kind, c.before, c.after) for c in changed.revision.changes
    }
    assert since.nights == changed.revision.nights
    # The first plan knew nothing of what was told.
    assert since.told == changed.revision.happened
    assert revision_since(changed, changed) is not None
    assert revision_since(plan, plan) is None


def test_a_worker_is_told_what_differs_from_the_pack_in_hand(
    changed: Plan, plan: Plan, words: Words
) -> None:
    """Whoever missed a change reads both at once; who has this plan reads of nothing."""
    assert changed.revision is not None
    quiet = replace(changed.revision, number=3, n_told=0, changes=(), nights=())
    third = replace(changed, revision=quiet)
    missed = Before(earlier=(changed, plan), held={"KOTA": plan})
    changes = changes_for(third, words, "KOTA", before=missed)
    assert changes is not None
    assert len(changes.marks) == 6
    assert changes_for(third, words, "KOTA", before=Before(earlier=(changed, plan))) is not None
    assert not changes_for(third, words, "SAD-1").is_concerned  # type: ignore[union-attr]


def test_a_calendar_cancels_what_is_off(changed: Plan, plan: Plan, words: Words) -> None:
    """Moved events keep their UID and have a later edition; those that are off are cancelled."""
    was = {str(x["uid"]): x for x in _events(agenda_of(plan, "KOTA", words))}
    now = _events(agenda_of(changed, "KOTA", words, earlier=(plan,)))
    cancelled = {str(x["summary"]).split(". ")[-1] for x in now if x.get("status") == "CANCELLED"}
    assert cancelled == {OUT, GIVEN, CANCELLED}
    moved = next(x for x in now if str(x["summary"]).endswith(MOVED))
    assert str(was[str(moved["uid"])]["summary"]).endswith(MOVED)
    assert moved.start.day == 5
    assert {x["sequence"] for x in now} == {2}
    assert len({str(x["uid"]) for x in now}) == len(now)


def _events(content: bytes) -> list[icalendar.Event]:
    calendar = icalendar.Calendar.from_ical(content)
    return [x for x in calendar.walk("VEVENT") if isinstance(x, icalendar.Event)]


def test_the_workbook_has_a_sheet_of_changes(changed: Plan, words: Words, tmp_path: Path) -> None:
    """Dates and times as such, before and now, and below them whom to phone."""
    write_workbook(changed, words, tmp_path / "plan.xlsx")
    book = openpyxl.load_workbook(tmp_path / "plan.xlsx")
    assert book.sheetnames[:3] == ["Ringkasan", "Perubahan", "KOTA"]
    rows = list(book["Perubahan"].iter_rows(values_only=True))
    assert rows[0][0] == "Perubahan ke-2, Sel 3 Mar, 10.20"
    moved = next(row for row in rows if row[1] == MOVED)
    assert (moved[3].day, moved[4].hour, moved[5]) == (3, 9, "KOTA")  # type: ignore[union-attr]
    assert (moved[6].day, moved[7].hour, moved[8]) == (5, 11, "KOTA")  # type: ignore[union-attr]
    assert any(row[:2] == ("3. Balai Desa", "0741000003") for row in rows)
    assert any("Rumah Kepala Desa → Balai Desa" in row for row in rows)


def test_a_workers_workbook_tells_of_the_own_changes(
    changed: Plan, before: Before, words: Words
) -> None:
    """Above the table what is off, in a column what is other; of the team that is away nothing."""
    book = openpyxl.load_workbook(BytesIO(worker_workbook(changed, "KOTA", words, before=before)))
    rows = [
        [cell for cell in row if cell] for row in book.worksheets[0].iter_rows(values_only=True)
    ]
    told = [row[0] for row in rows[:12]]
    assert "K-006, Sel 3 Mar, 10.47: tidak jadi" in told
    assert "K-014, Jum 6 Mar, 09.17: dialihkan: Jum 6 Mar, 08.08, SAD-1" in told
    assert any(MOVED in row and "pindah, semula Sel 3 Mar, 09.23" in row for row in rows)


def test_paper_says_of_which_change_it_is(changed: Plan, before: Before, words: Words) -> None:
    """Every page its number and moment; beside the stops what is other, below them what is off."""
    pdf = itinerary_pdf(changed, sample_traces(changed), words, worker_id="KOTA", before=before)
    pages = [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(BytesIO(pdf)).pages]
    assert len(pages) == 5
    assert all("Perubahan ke-2, Sel 3 Mar, 10.20" in page for page in pages)
    assert "Tidak lagi: 09.23 K-005 pindah: Kam 5 Mar, 11.34 10.47 K-006 tidak jadi" in pages[1]
    assert "semula" in pages[3]


def test_the_summary_names_the_change(changed: Plan, plan: Plan, words: Words) -> None:
    """In one line, with what it comes to."""
    assert "Perubahan ke-2, Sel 3 Mar, 10.20 · 1 kunjungan berubah jam" in summary(changed, words)
    assert "Perubahan" not in summary(plan, words)
