"""All outputs together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outreach.output.write import Drawn, write_outputs
from tests.output.hostile import EVIL, hostile
from tests.output.sample import sample_traces

if TYPE_CHECKING:
    from pathlib import Path

    from outreach.model import Plan
    from outreach.output.words import Words
    from outreach.routing.trace import Traces

PAGES = {"worker-KOTA.html", "worker-SAD-1.html", "worker-SAD-2.html", "worker-SAD-3.html"}


def test_every_file_is_there(plan: Plan, traces: Traces, words: Words, tmp_path: Path) -> None:
    """What is returned is what lies in the folder."""
    seen: list[tuple[float, float | None]] = []
    written = write_outputs(
        Drawn.of(plan, traces),
        words,
        tmp_path,
        progress=lambda _, done, total: seen.append((done, total)),
    )
    assert sorted(written) == sorted(path for path in tmp_path.rglob("*") if path.is_file())
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"plan.xlsx", "plan.gpkg", "supervisor.html", "gpx", *PAGES}
    assert seen[-1] == (8, 8)


def test_files_of_an_earlier_run_go_and_others_stay(
    plan: Plan, traces: Traces, words: Words, tmp_path: Path
) -> None:
    """A worker who is gone leaves no page; a file of the user's is not touched."""
    write_outputs(Drawn.of(plan, traces), words, tmp_path)
    (tmp_path / "worker-mine.html").write_text("<html>my own</html>")
    (tmp_path / "gpx" / "mine.gpx").write_text('<gpx creator="OsmAnd"/>')
    town = replace(
        plan,
        day_routes=tuple(r for r in plan.day_routes if r.team_id == "KOTA"),
        totals=tuple(t for t in plan.totals if t[0] in {"KOTA", "all"}),
    )
    write_outputs(Drawn.of(town, sample_traces(town)), words, tmp_path)
    pages = {path.name for path in tmp_path.glob("worker-*.html")}
    assert pages == {"worker-KOTA.html", "worker-mine.html"}
    tracks = {path.name for path in (tmp_path / "gpx").iterdir()}
    assert tracks == {f"KOTA-2026-03-0{day}.gpx" for day in range(2, 7)} | {"mine.gpx"}


def test_ids_cannot_lead_out_of_the_folder(plan: Plan, words: Words, tmp_path: Path) -> None:
    """Whatever workers are called, their files have plain, different names in the folder."""
    evil = hostile(plan)
    routes = tuple(
        replace(r, worker_ids=tuple(f"../../{worker_id}" for worker_id in r.worker_ids))
        for r in evil.day_routes
    )
    evil = replace(evil, day_routes=routes, totals=())
    written = write_outputs(Drawn.of(evil, sample_traces(evil)), words, tmp_path / "out")
    assert {path.parent for path in written} == {tmp_path / "out", tmp_path / "out" / "gpx"}
    assert len(set(written)) == len(written) == 3 + 4 + 5 + 3 * 4
    assert not any(
        set(path.name) & set(EVIL) - set("0123456789_.-+") - set(map(chr, range(97, 123)))
        for path in written
    )


def test_a_plan_of_nobody_is_written_too(plan: Plan, words: Words, tmp_path: Path) -> None:
    """Without a single day route every file still opens, and tells who is left out."""
    empty = replace(plan, day_routes=(), totals=())
    written = write_outputs(Drawn.of(empty, sample_traces(empty)), words, tmp_path)
    assert {path.name for path in written} == {"plan.xlsx", "plan.gpkg", "supervisor.html"}
    assert "K-101" in (tmp_path / "supervisor.html").read_text(encoding="utf-8")
