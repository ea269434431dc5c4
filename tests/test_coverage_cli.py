"""`outreach coverage` on the command line: what it writes and prints, and what it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import jsonschema
import pytest
from click.testing import CliRunner, Result

from outreach.cli import main
from outreach.output import coverage_write
from outreach.output.coverage_told import tell
from tests.projects import write_csv
from tests.villages import LOST, OFFICE, PEOPLE, WORKERS, village_project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from outreach.coverage.result import Coverage, CoverageMap
    from outreach.output.coverage_rows import Told

FILES = {
    "coverage.json",
    "coverage.xlsx",
    "coverage.gpkg",
    "coverage.html",
    "coverage-report-id.html",
    "coverage-report-id.pdf",
    "coverage-report-en.html",
    "coverage-report-en.pdf",
}
SCENARIOS = """
[[scenarios]]
name = "shelter"
everybody_at = "ppa"
"""
SHORT = ("--weeks", "1", "--iterations", "1", "--add", "1")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder for built networks that the tests of this file share."""
    return tmp_path_factory.mktemp("cache")


def call(folder: Path, cache: Path, *args: str) -> Result:
    """Ask about coverage, as briefly as can be."""
    options = ("--cache", str(cache), *SHORT, *args)
    return CliRunner().invoke(main, ("coverage", str(folder), *options))


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> tuple[Path, Result]:
    """Give the project with all outputs, once with masked points in maps, again in again."""
    folder = village_project(tmp_path_factory.mktemp("town"), people=(*PEOPLE, *LOST))
    result = call(folder, cache, "--json", "--points")
    assert result.exit_code == 0, result.output
    # What one mask cannot tell, two could: points are not drawn the same way twice.
    assert call(folder, cache, "--quiet", "--out", str(folder / "again")).output == ""
    return folder, result


@pytest.fixture
def unwritten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing be written, which other tests do: what is told is the question."""

    def told_alone(
        coverage: Coverage, map_: CoverageMap, _words: object, folder: Path, **_: object
    ) -> tuple[tuple[Path, ...], Told]:
        return (folder / "coverage.json",), tell(coverage, map_=map_)

    monkeypatch.setattr(coverage_write, "write_coverage_outputs", told_alone)


def test_every_file_is_there_and_for_its_maker_alone(answered: tuple[Path, Result]) -> None:
    """And none of them half written."""
    made = {path.name: path for path in (answered[0] / "maps").iterdir()}
    assert set(made) == FILES | {"coverage-points.gpkg"}
    assert {path.stat().st_mode & 0o777 for path in made.values()} == {0o600}


def test_json_tells_the_figures_and_the_files(answered: tuple[Path, Result]) -> None:
    """All of stdout is one document, and it agrees with coverage.json."""
    folder, result = answered
    told = json.loads(result.stdout)
    office = json.loads((folder / "maps" / "coverage.json").read_text(encoding="utf-8"))
    assert {*told["files"]} == {str(path) for path in (folder / "maps").iterdir()}
    assert (told["people"], told["required"]) == (25, 25)
    assert told["delivered"] == office["present"]["delivered_visits"] < told["required"]
    assert [step["added"] for step in told["steps"]] == [0, 1]
    assert told["losses"]["invalid"] == told["losses"]["unsnapped"] == 1
    assert told["reached_k"] >= 5
    assert told["points_k"] >= 5


def test_coverage_json_fits_the_schema_that_is_printed(answered: tuple[Path, Result]) -> None:
    """`outreach schema coverage` describes what was written."""
    schema = json.loads(CliRunner().invoke(main, ["schema", "coverage"]).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    office = (answered[0] / "maps" / "coverage.json").read_text(encoding="utf-8")
    jsonschema.validate(json.loads(office), schema)


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_same_question_gives_the_same_bytes(answered: tuple[Path, Result], name: str) -> None:
    """Every file, though it was written at another time into another folder."""
    one, two = ((answered[0] / out / name).read_bytes() for out in ("maps", "again"))
    assert one == two


@pytest.mark.usefixtures("unwritten")
def test_the_text_tells_the_argument(tmp_path: Path, cache: Path) -> None:
    """In Indonesian without an English word that has a translation."""
    english = call(village_project(tmp_path / "en"), cache).output
    assert "24 visits that are due are made" in english
    assert "Recommended: 1 worker more" in english
    indonesian = call(village_project(tmp_path / "id", language="id"), cache).output
    assert "24 kunjungan yang jatuh tempo terlaksana" in indonesian
    assert "Disarankan menambah 1 petugas" in indonesian
    assert not {"visits", "workers", "people", "weeks"} & set(indonesian.split())


@pytest.mark.usefixtures("unwritten")
def test_season_and_scenario_are_taken_from_the_command_line(tmp_path: Path, cache: Path) -> None:
    """A scenario answers for itself: everybody sits at the shelter, also the added one."""
    folder = village_project(tmp_path, extra=SCENARIOS)
    result = call(folder, cache, "--json", "--season", "wet", "--scenario", "shelter")
    told = json.loads(result.stdout)
    assert (told["season"], told["scenario"]) == ("wet", "shelter")
    assert told["steps"][1]["sites"] == ["ppa"]
    told = json.loads(call(folder, cache, "--json").stdout)
    assert (told["season"], told["scenario"]) == ("dry", None)


@pytest.mark.usefixtures("unwritten")
def test_strict_exits_3_when_anyone_is_lost(tmp_path: Path, cache: Path) -> None:
    """Here most visits don't fit."""
    folder = village_project(tmp_path)
    assert call(folder, cache).exit_code == 0
    assert call(folder, cache, "--strict").exit_code == 3


@pytest.mark.usefixtures("unwritten")
def test_nothing_looked_at_is_no_advice(tmp_path: Path, cache: Path) -> None:
    """With --add 0 the answer does not say that no worker is missing."""
    output = call(village_project(tmp_path), cache, "--add", "0").output
    assert "none can be recommended" in output
    assert "Recommended:" not in output


def test_help_says_what_is_written() -> None:
    """And how to call it."""
    told = " ".join(CliRunner().invoke(main, ["coverage", "--help"]).output.split())
    for words in ("who is missed", "Indonesian and English", "coverage.json", "masked points"):
        assert words in told


@pytest.mark.parametrize(
    "args", [("--add", "21"), ("--weeks", "0"), ("--season", "autumn"), ("--iterations", "0")]
)
def test_impossible_options_are_refused(tmp_path: Path, cache: Path, args: tuple[str, ...]) -> None:
    """As every command refuses them: exit 2."""
    assert call(tmp_path, cache, *args).exit_code == 2


def coverage_says(text: str) -> Callable[[Path, str], Path]:
    """Give a maker of projects whose settings say this."""
    return lambda folder, language: village_project(folder, extra=text, language=language)


def candidates(*rows: tuple[object, ...]) -> Callable[[Path, str], Path]:
    """Give a maker of projects with a table of candidates."""

    def make(folder: Path, language: str) -> Path:
        made = village_project(
            folder,
            areas=None,
            extra='[coverage]\ncandidates = ["places.csv"]',
            language=language,
        )
        write_csv(folder / "places.csv", ("id", "label", "lon", "lat"), rows)
        return made

    return make


FAR = (104.5, -2.0)
BAD: dict[str, tuple[Callable[[Path, str], Path], str, str]] = {
    "no worker": (
        lambda f, x: village_project(f, workers=(), language=x),
        "there is no worker",
        "tidak ada petugas",
    ),
    "base far from roads": (
        lambda f, x: village_project(
            f, workers=[("w1", "o", "O", *FAR, *WORKERS[0][5:])], areas=None, language=x
        ),
        "none of their bases lies near a road",
        "tidak satu pun pangkalannya dekat jalan",
    ),
    "nobody": (
        lambda f, x: village_project(f, people=(), language=x),
        "nobody needs a visit",
        "tidak ada yang perlu dikunjungi",
    ),
    "fewer than k": (
        lambda f, x: village_project(f, people=PEOPLE[:3], language=x),
        "only 3 beneficiaries",
        "hanya 3 penerima manfaat",
    ),
    "bands that fall": (
        coverage_says("[coverage]\nbands_minutes = [60, 30]"),
        "bands_minutes must be whole minutes that ascend",
        "bands_minutes harus",
    ),
    "threshold of 0": (
        coverage_says("[coverage]\nthreshold_minutes = 0"),
        "at least 1",
        "sedikitnya 1",
    ),
    "unknown key": (
        coverage_says("[coverage]\nbands = [30]"),
        "does not know 'bands'",
        "tidak mengenal 'bands'",
    ),
    "unknown model worker": (
        coverage_says('[coverage]\nnew_worker_like = "w9"'),
        "'w9' is not among the workers: w1",
        "'w9' tidak ada di antara petugas: w1",
    ),
    "unknown place": (
        coverage_says('[[scenarios]]\nname = "a"\neverybody_at = "moon"'),
        "'moon' is no base or partner near a road; there are: office, ppa",
        "'moon' bukan pangkalan atau mitra",
    ),
    "scenario of nothing": (
        coverage_says('[[scenarios]]\nname = "a"'),
        "needs everybody_at",
        "memerlukan everybody_at",
    ),
    "no working time": (
        coverage_says("[coverage.wisn]\nleave_days = 300"),
        "leave no working time",
        "tidak menyisakan waktu kerja",
    ),
    "villages without areas": (
        lambda f, x: village_project(
            f, areas=None, extra='[coverage]\ncandidates = ["villages"]', language=x
        ),
        "the project has no areas",
        "proyek ini tidak punya wilayah",
    ),
    "no such table": (
        coverage_says('[coverage]\ncandidates = ["moon.csv"]'),
        "there is no file",
        "tidak ada",
    ),
    "empty table": (candidates(), "names no candidates", "tidak berisi calon pangkalan"),
    "malformed table": (
        candidates(("k1", "Pos", "east", "south")),
        "[places.csv:2] 'east' is not a number",
        "[places.csv:2] 'east' bukan angka",
    ),
    "table without places": (
        candidates(("k1", "Pos", *FAR)),
        "none of the candidates lies near a road",
        "tidak satu pun calon pangkalan dekat jalan",
    ),
}


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_told_in_a_sentence(
    tmp_path: Path, cache: Path, name: str, language: str
) -> None:
    """In the project's language, exit 1, and nothing is written."""
    make, english, indonesian = BAD[name]
    folder = make(tmp_path / "town", language)
    result = call(folder, cache)
    assert result.exit_code == 1, result.output
    assert result.output.startswith("outreach: ")
    assert (english if language == "en" else indonesian) in result.output
    assert "Traceback" not in result.output
    assert "unexpected fault" not in result.output
    assert not (folder / "maps").exists()


@pytest.mark.parametrize(
    ("extra", "known"), [("", "–"), (SCENARIOS, "shelter")], ids=["none", "some"]
)
def test_an_unknown_scenario_is_told_with_those_that_are(
    tmp_path: Path, cache: Path, extra: str, known: str
) -> None:
    """Before anything is read."""
    result = call(village_project(tmp_path, extra=extra), cache, "--scenario", "moon")
    assert result.exit_code == 1
    assert f"there is no scenario 'moon' in outreach.toml; it has: {known}" in result.output


def test_points_that_cannot_hide_are_refused_before_planning(tmp_path: Path, cache: Path) -> None:
    """Five people cannot each hide among five others; the error says what would help."""
    folder = village_project(tmp_path, people=PEOPLE[:5], areas=None)
    result = call(folder, cache, "--points")
    assert result.exit_code == 1
    assert "none of 5 points has enough others around it" in result.output
    assert not (folder / "maps").exists()


@pytest.mark.usefixtures("unwritten")
def test_bad_rows_of_a_table_of_candidates_are_told(tmp_path: Path, cache: Path) -> None:
    """And the good ones are used."""
    rows = (("k1", "Pos", "east", "south"), ("k2", "Pos Dua", *OFFICE), ("k3", "Bulan", *FAR))
    output = call(candidates(*rows)(tmp_path, "en"), cache).output
    assert "+1 (Pos Dua)" in output
    assert "places.csv: rows of the candidates that cannot be used: 1, the first is row 2" in output
    assert "Candidate bases without a road near, so not looked at: 1" in output
