"""The printed itinerary: everything of one worker, nothing of anybody else, as text."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import resources
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader

from outreach.output.itinerary import entries, routes_of, worker_ids
from outreach.output.page_data import ways_of
from outreach.output.print_pdf import itinerary_pdf
from outreach.output.words import Words
from tests.output.hostile import EVIL, hostile
from tests.output.sample import PHONE, PINNED, sample_traces

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.model import Plan
    from outreach.output.basemap import Roads
    from outreach.routing.trace import Traces

A4_POINTS = (595.3, 841.9)


@pytest.fixture(scope="module")
def town(plan: Plan, traces: Traces, words: Words, roads: Roads) -> bytes:
    """Give the town worker's print: a page for each of five days."""
    return itinerary_pdf(plan, traces, words, worker_id="KOTA", roads=roads)


@pytest.fixture(scope="module")
def circuit(plan: Plan, traces: Traces, words: Words, roads: Roads) -> bytes:
    """Give a print of the circuit: a page for the whole, and one for each of four days."""
    return itinerary_pdf(plan, traces, words, worker_id="SAD-1", roads=roads)


def pages_of(pdf: bytes) -> list[str]:
    """Read the text of each page, without what only says where a word may be broken."""
    return [page.extract_text().replace("\u200b", "") for page in PdfReader(BytesIO(pdf)).pages]


def bare(text: str) -> str:
    """Leave out blanks and line ends, which a page sets as it likes."""
    return re.sub(r"[\s\u200b]", "", text)


def test_a_day_is_a_page(town: bytes) -> None:
    """Five days in town are five pages, each with its date."""
    pages = pages_of(town)
    assert len(pages) == 5
    for page, day in zip(pages, ("Senin", "Selasa", "Rabu", "Kamis", "Jumat"), strict=True):
        assert f"{day}, " in page


def test_a_circuit_begins_with_its_nights(circuit: bytes) -> None:
    """The page before the circuit's four days lists their dates and where each night is slept."""
    first, *days = pages_of(circuit)
    assert len(days) == 4
    for date in ("Senin, 2", "Selasa, 3", "Rabu, 4", "Kamis, 5"):
        assert f"{date} Maret 2026" in first
    nights = first[first.index("Menginap di") : first.index("Kontak")]
    assert nights.count("Rumah Kepala Desa") == 3
    assert nights.count("pulang") == 1


def test_pages_are_a4(town: bytes) -> None:
    """Every page is upright A4."""
    for page in PdfReader(BytesIO(town)).pages:
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(
            A4_POINTS, abs=0.1
        )


@pytest.mark.parametrize("worker_id", ["KOTA", "SAD-2"])
def test_every_stop_is_listed_with_its_time(
    plan: Plan, traces: Traces, words: Words, worker_id: str
) -> None:
    """Number, time and name of each stop stand in its row on the page of its day."""
    pages = pages_of(itinerary_pdf(plan, traces, words, worker_id=worker_id))
    routes = routes_of(plan, worker_id)
    for route, page in zip(routes, pages[-len(routes) :], strict=True):
        for entry in entries(route, plan.starts_at):
            time = words.clock(entry.departs if entry.leg_in is None else entry.starts)
            name = entry.stop.label or entry.stop.beneficiary_id or ""
            number = "" if entry.number is None else entry.number
            assert bare(f"{number}{time}{name}") in bare(page)


def test_breaks_nights_promises_and_contacts_are_told(town: bytes, circuit: bytes) -> None:
    """What a worker must know beside the stops is on the page."""
    monday = pages_of(town)[0]
    assert "10.02–10.32" in monday
    assert "dzuhur" in monday
    assert bare(f"Unit PPA {PHONE}") in bare(monday)
    promised = next(page for page in pages_of(town) if PINNED in page)
    assert "dijanjikan" in promised
    assert "Menginap di Rumah Kepala Desa" in pages_of(circuit)[1]


def test_a_soft_way_is_printed_with_its_second_way(
    plan: Plan, traces: Traces, words: Words
) -> None:
    """Where the rain may shut the road, paper says so and how else; of firm roads only the way."""
    plain = ways_of(traces)
    first, *others = plain.legs["KOTA", 0]
    line = first.path
    ways = replace(
        plain,
        detours={
            (leg.from_id, leg.to_id): (3900, 15_000.0, line)
            for leg in routes_of(plan, "KOTA")[0].legs
        },
    )
    soft = replace(ways, legs={**plain.legs, ("KOTA", 0): (replace(first, soft_m=1200.0), *others)})
    other = bare("bila jalan tertutup: 15,0 km, 1 jam 5 menit")
    firm_page, soft_page = (
        bare(pages_of(itinerary_pdf(plan, traces, words, worker_id="KOTA", ways=told))[0])
        for told in (ways, soft)
    )
    assert other not in firm_page
    assert soft_page.count(other) == 1
    assert bare("1,2 km di antaranya lambat saat hujan") + other in soft_page


def test_nobody_else_is_printed(plan: Plan, town: bytes, circuit: bytes) -> None:
    """A print holds no case of another worker, and none of those left out."""
    town_text, circuit_text = "".join(pages_of(town)), "".join(pages_of(circuit))
    cases = {
        worker_id: {s.beneficiary_id for r in routes_of(plan, worker_id) for s in r.stops} - {None}
        for worker_id in ("KOTA", "SAD-1")
    }
    left_out = {loss.beneficiary_id for loss in plan.losses}
    assert not any(str(case) in town_text for case in cases["SAD-1"] | left_out)
    assert not any(str(case) in circuit_text for case in cases["KOTA"] | left_out)


def test_every_page_says_what_it_is(town: bytes) -> None:
    """Each page warns that it is confidential, counts itself, and repeats the notices."""
    for number, page in enumerate(pages_of(town), start=1):
        assert "RAHASIA – memuat data anak" in page
        assert f"{number} / 5" in page
        assert "synthetic" in page


def test_hostile_text_is_printed_as_it_stands(plan: Plan, words: Words) -> None:
    """Text that would be code in a page or a template is just text."""
    evil = hostile(replace(plan, day_routes=routes_of(plan, "KOTA")[:1]))
    worker_id = next(worker for worker in worker_ids(evil) if worker.startswith("KOTA"))
    told = "".join(pages_of(itinerary_pdf(evil, sample_traces(evil), words, worker_id=worker_id)))
    # What disarranges a page is left out: signs that turn text round, and line ends.
    shown = re.sub(r"[\u2028\u202e]", "", EVIL)
    assert bare(shown) in bare(told)


def test_the_typesetters_own_signs_are_printed(plan: Plan, words: Words) -> None:
    """Text that would be code in the typesetter's language is just text."""
    signs = '#eval(1) #sys.inputs $x$ \\u{41} *b* _c_ @d <e> = f // g #import "h" ~ ]'
    stops = tuple(
        replace(stop, area=signs) if stop.kind == "visit" else stop
        for stop in routes_of(plan, "KOTA")[0].stops
    )
    one_day = replace(routes_of(plan, "KOTA")[0], stops=stops)
    other = replace(plan, day_routes=(one_day,))
    told = "".join(pages_of(itinerary_pdf(other, sample_traces(other), words, worker_id="KOTA")))
    assert bare(signs) in bare(told)


def test_equal_plans_give_equal_bytes(
    plan: Plan,
    traces: Traces,
    words: Words,
    roads: Roads,
    town: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither the hour nor the folder in which it is made changes a print."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert itinerary_pdf(plan, traces, words, worker_id="KOTA", roads=roads) == town
    assert not list(tmp_path.iterdir())


def test_nothing_but_the_program_is_named_in_the_properties(town: bytes) -> None:
    """The file's properties tell neither worker nor date nor path."""
    told = PdfReader(BytesIO(town)).metadata
    assert told is not None
    assert set(told) == {"/Title", "/Author", "/Creator"}
    assert (told.title, told.author) == ("Jadwal perjalanan", "outreach")


def test_maps_stand_on_plain_paper_without_roads(
    plan: Plan, traces: Traces, words: Words, town: bytes
) -> None:
    """Without a network all pages are there, and smaller."""
    plain = itinerary_pdf(plan, traces, words, worker_id="KOTA")
    assert len(PdfReader(BytesIO(plain)).pages) == 5
    assert len(plain) < len(town)


def test_a_worker_without_days_gets_a_page_that_says_so(plan: Plan, traces: Traces) -> None:
    """Who has nothing to do reads that, in the language of the project."""
    (page,) = pages_of(itinerary_pdf(plan, traces, Words("en"), worker_id="NOBODY"))
    assert "No visits are planned in these days." in page
    assert "CONFIDENTIAL" in page


def test_the_template_asks_for_no_other_file() -> None:
    """The typesetter fetches packages that a template imports; this one imports nothing."""
    template = (
        resources.files("outreach.output").joinpath("assets/itinerary.typ").read_text("utf-8")
    )
    assert not re.search(r"#?\b(import|include)\b|@preview|\bread\(|\bplugin\(", template)
