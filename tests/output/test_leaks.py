"""
What was planted in the tables is in no output: names, addresses, telephone numbers, notes.

A small town is planned and everything drawn from it, locked and open, and every byte of it
searched; a worker's files also for the other worker's children.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from outreach.config import read_config
from outreach.packing import make_packs
from outreach.pipeline import check_tables, draw_outputs, run_all, words_for
from outreach.privacy import Passphrase
from tests.layers.tables import write_workbook
from tests.output.unpacked import find, find_phones, find_places, unpacked, unpacked_folder
from tests.projects import BLOCK_DEG, SOUTH, WEST, town_xml

if TYPE_CHECKING:
    from pathlib import Path

    from tests.output.unpacked import Part

PASSPHRASE = Passphrase("Rumah panggung di tepi sungai")

# In columns that nobody asked for.
NAMES = ("Zulaikha Rahasiawati", "Zainal Rahasiawan", "Zubir Petugaswan", "Zahra Pengurusan")
ADDRESSES = ("Lorong Mangga Dua 77", "belakang surau Al-Zikra")
NOTES = ("bapaknya pemabuk berat", "jangan beri tahu tetangganya")
PHONES = ("0812-9988-7766", "0813 5544 3322", "+62 852 1122 9900", "0811-777-6655")
# In columns that are read, but for something else.
MISPLACED = ("Ibu Zaenab", "Pak Zulkarnain", "Bu Zuraida", "Lorong Jeruk Lima")
TEXTS = (*NAMES, *ADDRESSES, *NOTES, *MISPLACED)
# Institutions have numbers that may be told.
TOLD_PHONES = ("0741-000-0001", "0741-000-0002")

# In the middles of blocks, a hundred metres from every road and from each other's streets.
HOMES = {
    "ALFA-7311": (WEST + 0.0007, SOUTH + 0.0013),
    "ALFA-7312": (WEST + 0.0027, SOUTH + 0.0033),
    "BETA-9142": (WEST + 0.0053, SOUTH + 0.0073),
    "BETA-9143": (WEST + 0.0073, SOUTH + 0.0093),
}
AWAY = {
    # Not due, for want of skills unserved, and far from every road.
    "OMEGA-5501": (WEST + 0.0011, SOUTH + 0.0051),
    "OMEGA-5502": (WEST + 0.0033, SOUTH + 0.0089),
    "OMEGA-5503": (WEST + 0.0931, SOUTH + 0.0431),
}
PLACES = HOMES | AWAY
INVALID = ("SIGMA-6601", "SIGMA-6602")
CASES = (*PLACES, *INVALID)
OWN = {"w-alfa": ("ALFA-7311", "ALFA-7312"), "w-beta": ("BETA-9142", "BETA-9143")}

SETTINGS = """
[project]
name = "Town"
language = "id"
starts_on = 2026-11-30
notice = "100% synthetic roads"

[files]
beneficiaries = "town.xlsx#anak"
workers = "town.xlsx#petugas"
lodgings = "town.xlsx#penginapan"
partners = "town.xlsx#mitra"
areas = "areas.geojson"

[roads]
source = "roads.osm"

[checks]
bounds = [103.0, -2.5, 105.0, -1.0]

[plan]
iterations = 50
"""


def _children() -> list[tuple[object, ...]]:
    header = (
        *("id", "bujur", "lintang", "kategori", "setiap_hari", "hari", "batas_waktu", "keahlian"),
        *("kunjungan_terakhir", "petugas", "mitra", "prioritas"),
        *("Nama anak", "Alamat", "Telepon", "No HP ibu", "Catatan"),
    )
    planted = (NAMES[0], ADDRESSES[0], PHONES[0], PHONES[1], NOTES[0])
    again = (NAMES[1], ADDRESSES[1], PHONES[1], PHONES[0], NOTES[1])

    def row(id_: str, skill: str | None, *rest: object) -> tuple[object, ...]:
        return (id_, *PLACES.get(id_, (WEST, SOUTH)), "neglect", 30, *rest[:2], skill, *rest[2:])

    nothing = (None, None, None)
    return [
        header,
        row("ALFA-7311", "alfa", None, None, None, "w-alfa", "ppa", None, *planted),
        row("ALFA-7312", "alfa", None, None, None, MISPLACED[0], MISPLACED[1], None, *again),
        # Due on Monday, and at home on Wednesdays only: every reader is told that this is late.
        row("BETA-9142", "beta", "Rabu", "30/11/2026", None, "w-beta", "ppa", None, *planted),
        row("BETA-9143", "beta", None, None, None, *nothing, *again),
        row("OMEGA-5501", "alfa", None, None, "25/11/2026", *nothing, *planted),
        row("OMEGA-5502", "gamma", None, None, None, *nothing, *again),
        row("OMEGA-5503", "alfa", None, None, None, *nothing, *planted),
        # Whoever typed these was in the wrong column.
        row("SIGMA-6601", "alfa", None, None, None, None, None, MISPLACED[2], *planted),
        ("SIGMA-6602", MISPLACED[3], SOUTH, "neglect", 30, *[None] * 7, *again),
    ]


def _project(folder: Path) -> Path:
    folder.mkdir()
    (folder / "roads.osm").write_text(town_xml(), encoding="utf-8")
    (folder / "outreach.toml").write_text(SETTINGS, encoding="utf-8")
    office = (WEST + 2 * BLOCK_DEG, SOUTH)
    write_workbook(
        folder / "town.xlsx",
        anak=_children(),
        petugas=[
            ("id", "id_pangkalan", "pangkalan", "bujur", "lintang", "keahlian", "Nama", "Telepon"),
            ("w-alfa", "office", "Dinas Sosial", *office, "alfa", NAMES[2], PHONES[2]),
            ("w-beta", "office", "Dinas Sosial", *office, "beta", NAMES[3], PHONES[3]),
        ],
        penginapan=[
            ("id", "nama", "bujur", "lintang", "ranjang", "telepon", "Pemilik"),
            ("hall", "Balai Desa", WEST + 0.01, SOUTH + 0.008, 4, "0741-000-0002", NAMES[2]),
        ],
        mitra=[
            ("id", "nama", "bujur", "lintang", "kali_per_minggu", "telepon", "Catatan"),
            ("ppa", "Unit PPA", WEST, SOUTH + 0.01, None, "0741-000-0001", NOTES[0]),
            ("rpsa", "RPSA", WEST + 0.01, SOUTH, 1, f"{NAMES[3]} {PHONES[2]}", NOTES[1]),
        ],
    )
    squares = [
        {
            "type": "Feature",
            "properties": {"id": name, "name": name, "catatan": NOTES[0]},
            "geometry": {"type": "Polygon", "coordinates": [_ring(west, east)]},
        }
        for name, west, east in (
            ("Barat", WEST - 0.002, WEST + 0.0046),
            ("Timur", WEST + 0.0046, WEST + 0.1),
        )
    ]
    areas = {"type": "FeatureCollection", "features": squares}
    (folder / "areas.geojson").write_text(json.dumps(areas), encoding="utf-8")
    return folder


def _ring(west: float, east: float) -> list[tuple[float, float]]:
    south, north = SOUTH - 0.002, SOUTH + 0.05
    return [(west, south), (east, south), (east, north), (west, north), (west, south)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """The folders of all that was made, and everything that was said meanwhile."""

    folder: Path
    findings: str
    said: str
    logged: str
    generated: tuple[Passphrase, ...]
    opened: dict[str, tuple[Part, ...]] = field(default_factory=dict)

    def shut(self, name: str) -> tuple[Part, ...]:
        """Take one of the folders apart as far as anybody can."""
        return unpacked_folder(self.folder / name)

    def parts(self, name: str) -> tuple[Part, ...]:
        """Take one of the folders apart with the passphrases that belong to it."""
        if name not in self.opened:
            passphrases = {"locked": (PASSPHRASE,), "own": self.generated}.get(name, ())
            self.opened[name] = unpacked_folder(self.folder / name, passphrases)
        return self.opened[name]


class _Notes(logging.Handler):
    """Writes down what anybody logs."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Write the message down with its values, and the error if there is one."""
        self.lines.append(f"{record.getMessage()} {record.args!r} {record.exc_info!r}")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """
    Plan the town and draw everything: for the office, the public, and the workers' phones.

    Packs are made three times: locked by one passphrase, each by its own, and open.
    """
    folder = tmp_path_factory.mktemp("leaks")
    notes, root, ours = _Notes(), logging.getLogger(), logging.getLogger("outreach")
    before = root.level, ours.level
    root.addHandler(notes)
    # A command that ran before may have told ours to be quiet.
    for logger in (root, ours):
        logger.setLevel(logging.DEBUG)
    try:
        config = read_config(_project(folder / "town")).with_options(cache=folder / "cache")
        words = words_for(config)
        config = config.with_options(out=folder / "office")
        # Findings quote what must be mended, to those who typed it; nothing else may.
        findings = check_tables(config).as_text(words)
        reports = [run_all(config).as_text(words)]
        plan = (folder / "office" / "plan.json").read_bytes()
        generated: tuple[Passphrase, ...] = ()
        for name in ("public", "locked", "own", "open"):
            config = config.with_options(out=folder / name)
            (folder / name).mkdir()
            (folder / name / "plan.json").write_bytes(plan)
            if name == "public":
                reports.append(draw_outputs(config, is_public=True).as_text(words))
            else:
                packed = make_packs(
                    config,
                    passphrase=PASSPHRASE if name == "locked" else None,
                    is_locked=name != "open",
                )
                generated += tuple(packed.generated.values())
                # What was made by lot is said to the supervisor, this once.
                reports += [] if packed.generated else [packed.as_text(words)]
            (folder / name / "plan.json").unlink()
    finally:
        root.removeHandler(notes)
        for logger, level in zip((root, ours), before, strict=True):
            logger.setLevel(level)
    return Made(
        folder=folder,
        findings=findings,
        said="\n".join(reports),
        logged="\n".join(notes.lines),
        generated=generated,
    )


def test_the_plan_is_what_the_tests_need(made: Made) -> None:
    """Each visits those of its own skill, and all that can go wrong with a case went wrong."""
    plan = json.loads((made.folder / "office" / "plan.json").read_text(encoding="utf-8"))
    visited: dict[str, set[str]] = {}
    for route in plan["day_routes"]:
        ids = {s["beneficiary_id"] for s in route["stops"]} - {None}
        visited.setdefault(route["team_id"], set()).update(ids)
    assert visited == {worker: set(ids) for worker, ids in OWN.items()}
    lost = [
        x["beneficiary_id"] for kind in ("invalid", "unsnapped", "unserved") for x in plan[kind]
    ]
    assert set(lost) >= {*INVALID, "OMEGA-5502", "OMEGA-5503"}
    assert [x["beneficiary_id"] for x in plan["not_due"]] == ["OMEGA-5501"]
    assert any("BETA-9142" in str(notice["values"]) for notice in plan["notices"])
    assert [(c["place_id"], c["phone"]) for c in plan["contacts"]] == [
        ("hall", "07410000002"),
        ("ppa", "07410000001"),
        ("rpsa", None),
    ]


@pytest.mark.parametrize("where", ["office", "public", "locked", "own", "open", "cache"])
def test_nothing_that_was_planted_is_in_any_file(made: Made, where: str) -> None:
    """Neither names, addresses, notes nor telephone numbers, not even behind the passphrase."""
    parts = made.parts(where)
    assert find(parts, TEXTS) == []
    assert find_phones(parts, PHONES) == []


def test_nothing_that_was_planted_is_said_or_logged(made: Made) -> None:
    """Reports and logs hold no more than the files; logs hold no place of a child, either."""
    said = [*unpacked("said", made.said.encode()), *unpacked("log", made.logged.encode())]
    assert made.logged.count("\n") > 5
    assert find(said, TEXTS) == []
    assert find_phones(said, PHONES) == []
    assert find_places(unpacked("log", made.logged.encode()), PLACES) == []


def test_findings_quote_nothing_from_columns_that_are_not_read(made: Made) -> None:
    """They name the columns and what is wrong in those that are read, without names of people."""
    findings = [*unpacked("findings", made.findings.encode())]
    assert find(findings, ["Nama anak", "SIGMA-6602"])
    assert find(findings, (*NAMES, *ADDRESSES, *NOTES, *MISPLACED[:2])) == []
    assert find_phones(findings, PHONES) == []


def test_the_passphrase_is_in_no_file_and_no_log(made: Made) -> None:
    """Nor are those made by lot, which nobody but the supervisor is told."""
    spoken = [x.reveal() for x in (PASSPHRASE, *made.generated)]
    assert len(spoken) == 3
    parts = (
        *unpacked("said", f"{made.said}{made.findings}{made.logged}".encode()),
        *(
            part
            for name in ("office", "public", "locked", "own", "open", "cache")
            for part in made.parts(name)
        ),
    )
    assert find(parts, spoken) == []


def _of_worker(made: Made, worker: str) -> tuple[Part, ...]:
    """Take apart all that is meant for one worker: the open pack, and what lies in the office."""
    parts = made.parts("open") + made.parts("office")
    return tuple(
        part
        for part in parts
        if worker in part.path.split(" > ")[0] and "names of files" not in part.path
    )


@pytest.mark.parametrize("worker", OWN)
def test_a_workers_files_tell_of_nobody_elses_cases(made: Made, worker: str) -> None:
    """Neither ids, nor where they live, nor who is left out; where an own child lives is told."""
    parts = _of_worker(made, worker)
    others = [case for case in CASES if case not in OWN[worker]]
    assert find(parts, others) == []
    on_earth = [part for part in parts if ".pdf" not in part.path]
    assert find_places(on_earth, {case: PLACES[case] for case in others if case in PLACES}) == []


@pytest.mark.parametrize("worker", OWN)
def test_a_workers_files_tell_of_the_own_cases(made: Made, worker: str) -> None:
    """Each kind of file does, so that the search before is known to have read all of them."""
    parts = _of_worker(made, worker)
    for case in OWN[worker]:
        found = " ".join(find(parts, [case]))
        for kind in (".html", ".pdf", ".xlsx", ".kml", ".ics", ".gpx"):
            assert kind in found, (case, kind)
        placed = " ".join(find_places(parts, {case: PLACES[case]}))
        for kind in (".html", ".kml", ".gpx"):
            assert kind in placed, (case, kind)


@pytest.mark.parametrize("where", ["locked", "own"])
def test_locked_files_tell_nothing(made: Made, where: str) -> None:
    """No id, no place, no institution, no number: not without the passphrase."""
    told = (*CASES, "Unit PPA", "Balai Desa", "Dinas Sosial", "neglect", "Barat", "Timur")
    shut = made.shut(where)
    assert find(shut, told) == []
    assert find_phones(shut, TOLD_PHONES) == []
    assert find_places(shut, PLACES) == []
    opened = made.parts(where)
    for worker, cases in OWN.items():
        for case in cases:
            found = " ".join(find(opened, [case]))
            for file in (f"{worker}.html", ".pdf", ".xlsx", ".kml", ".ics", ".gpx"):
                assert file in found, (case, file)


def test_ones_own_passphrase_opens_nobody_elses_pack(made: Made) -> None:
    """Of two packs with passphrases made by lot each opens one."""
    first = made.generated[0]
    found = " ".join(find(unpacked_folder(made.folder / "own", [first]), CASES))
    assert [any(case in found for case in cases) for cases in OWN.values()] == [True, False]


def test_the_public_page_tells_of_nobody(made: Made) -> None:
    """No case, no worker, no place of either, no number: sums by area only."""
    parts = made.parts("public")
    assert find(parts, (*CASES, *OWN, "Unit PPA", "Balai Desa")) == []
    assert find_phones(parts, TOLD_PHONES) == []
    assert find_places(parts, PLACES) == []
