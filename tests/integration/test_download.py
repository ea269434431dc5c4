"""Roads by name, from a map server on 127.0.0.1 to the plan's maps."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from outreach.cli import main
from tests.layers.overpass_server import TownServer, town_server
from tests.projects import town_project, write_csv

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[TownServer]:
    """Run the map server, and let nobody sleep between tries."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(time, "sleep", lambda _: None)
    with town_server() as town:
        yield town


@pytest.fixture
def project(tmp_path: Path, server: TownServer) -> Path:
    """Give a project whose roads are still to be downloaded."""
    folder = town_project(
        tmp_path / "town", children=[("c1", 103.604, -1.6, "neglect", 30, "", "", "")]
    )
    write_csv(
        folder / "workers.csv",
        ("id", "base_id", "lon", "lat", "nights_allowed"),
        [(w, "office", 103.6, -1.6, "ya") for w in ("w1", "w2")],
    )
    settings = folder / "outreach.toml"
    text = settings.read_text(encoding="utf-8").replace(
        'source = "roads.osm"', 'place = "Kota Kecil, Indonesia"'
    )
    download = (
        f'\n[download]\noverpass_url = "{server.overpass_url}"\n'
        f'nominatim_url = "{server.url}"\ntimeout_s = 2\nn_tries = 2\n'
    )
    settings.write_text(text + download, encoding="utf-8")
    return folder


def call(folder: Path, command: str, *args: str) -> tuple[int, str, str]:
    """Run a command with a cache of its own."""
    result = CliRunner().invoke(
        main, [command, str(folder), "--cache", str(folder / "cache"), *args]
    )
    return result.exit_code, result.stdout, result.stderr


def test_a_place_is_downloaded_once_and_planned_without_internet(
    project: Path, server: TownServer
) -> None:
    """The roads are kept in the project; the run after that asks nobody."""
    code, out, err = call(project, "network", "--place", "Kota Kecil, Indonesia")
    assert code == 0, err
    assert "roads.graphml" in out
    n_asked = len(server.asked)
    assert n_asked >= 2
    code, _, err = call(project, "run")
    assert code == 0, err
    assert len(server.asked) == n_asked
    plan = json.loads((project / "maps" / "plan.json").read_text(encoding="utf-8"))
    assert {s["beneficiary_id"] for r in plan["day_routes"] for s in r["stops"]} == {None, "c1"}


def test_nothing_of_a_beneficiary_is_sent(project: Path, server: TownServer) -> None:
    """The requests hold the area, and neither an id nor a position from the tables."""
    call(project, "network", "--place", "Kota Kecil, Indonesia")
    sent = " ".join(f"{a.path} {a.fields} {a.headers}" for a in server.asked)
    assert "c1" not in sent
    assert "103.604" not in sent


def test_a_busy_server_is_one_sentence_and_nothing_is_written(
    project: Path, server: TownServer
) -> None:
    """After its tries the user is told what to do; no half file stays."""
    server.always = "busy"
    code, _, err = call(project, "network")
    assert code == 1
    assert "Traceback" not in err
    assert ".osm.pbf" in err
    assert not (project / "roads.graphml").exists()


def test_what_lies_in_a_polygon_is_downloaded(project: Path, server: TownServer) -> None:
    """With --area the outline is sent to Overpass, and no place is looked up."""
    area = project / "area.geojson"
    ring = [[103.59, -1.62], [103.63, -1.62], [103.63, -1.58], [103.59, -1.58], [103.59, -1.62]]
    feature = {
        "type": "Feature",
        "properties": {"id": "1"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    area.write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8"
    )
    code, out, err = call(project, "network", "--area", str(area))
    assert code == 0, err
    assert "roads.graphml" in out
    assert not [asked for asked in server.asked if asked.path.startswith("/search")]
