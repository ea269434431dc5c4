"""`outreach pack`: one locked archive and page for each worker, and what is said of them."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest
import pyzipper
from click.testing import CliRunner

from outreach.cli import main
from outreach.privacy import Envelope, Passphrase, open_envelope
from tests.projects import town_project

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

TYPED = "Rumah  Panggung di tepi SUNGAI"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a town whose plan is made."""
    folder = tmp_path_factory.mktemp("town") / "town"
    town_project(folder)
    done = CliRunner().invoke(main, ["plan", str(folder), "--cache", str(folder / "cache")])
    assert done.exit_code == 0, done.output
    return folder


def pack(project: Path, out: Path, *options: str) -> Result:
    """Run the command on the plan, which lies in a folder of its own."""
    out.mkdir(exist_ok=True)
    shutil.copy(project / "maps" / "plan.json", out)
    where = ["--cache", str(project / "cache"), "--out", str(out)]
    return CliRunner().invoke(main, ["pack", str(project), *where, *options])


@pytest.fixture(scope="module")
def secret(project: Path) -> Path:
    """Give a file that holds a passphrase, for nobody else to read."""
    file = project / "secret.txt"
    file.write_text(f"{TYPED}\n", encoding="utf-8")
    file.chmod(0o600)
    return file


def members(archive: Path, passphrase: Passphrase) -> dict[str, bytes]:
    """Unlock an archive with another program's library."""
    with pyzipper.AESZipFile(archive) as file:
        file.setpassword(passphrase.reveal().encode())
        return {name: file.read(name) for name in file.namelist()}


def opened(html: str, passphrase: Passphrase) -> dict[str, object]:
    """Unlock a page's data."""
    block = re.search(r'<script type="application/json" id="locked">(.*?)</script>', html)
    assert block is not None
    data: dict[str, object] = json.loads(open_envelope(Envelope.from_json(block[1]), passphrase))
    return data


def test_each_worker_has_a_passphrase_of_its_own(project: Path, tmp_path: Path) -> None:
    """Five words each, said once; each opens its own page and archive, and no other's."""
    done = pack(project, tmp_path, "--json")
    assert done.exit_code == 0, done.output
    said = {key: Passphrase(text) for key, text in json.loads(done.stdout)["passphrases"].items()}
    assert set(said) == {"w1", "w2"}
    assert {len(x.reveal().split()) for x in said.values()} == {5}
    for worker_id, passphrase in said.items():
        files = members(tmp_path / "packs" / f"{worker_id}.zip", passphrase)
        page = (tmp_path / "packs" / f"locked-{worker_id}.html").read_text(encoding="utf-8")
        assert files[f"locked-{worker_id}.html"].decode() == page
        assert opened(page, passphrase)["workers"] == [worker_id]
    with pytest.raises(RuntimeError):
        members(tmp_path / "packs" / "w1.zip", said["w2"])


def test_a_pack_holds_all_that_a_worker_takes(project: Path, secret: Path, tmp_path: Path) -> None:
    """Page, itinerary, workbook, tracks, calendar, places; only those of the worker asked for."""
    done = pack(project, tmp_path, "--worker", "w2", "--passphrase-file", str(secret))
    assert done.exit_code == 0, done.output
    assert {p.name for p in (tmp_path / "packs").iterdir()} == {"w2.zip", "locked-w2.html"}
    files = members(tmp_path / "packs" / "w2.zip", Passphrase(TYPED))
    assert {name for name in files if "/" not in name} == {
        *("locked-w2.html", "w2.pdf", "w2.xlsx", "w2.kml", "w2.ics")
    }
    assert any(name.startswith("gpx/") for name in files)
    assert files["w2.pdf"].startswith(b"%PDF")
    # An encrypted workbook is an OLE container, not a ZIP.
    assert files["w2.xlsx"].startswith(b"\xd0\xcf\x11\xe0")


def test_the_passphrase_is_said_nowhere(project: Path, secret: Path, tmp_path: Path) -> None:
    """Neither in what is printed nor, in the clear, in a file."""
    done = pack(project, tmp_path, "--passphrase-file", str(secret), "-vv")
    assert done.exit_code == 0, done.output
    spoken = Passphrase(TYPED).reveal()
    assert spoken not in done.output.lower()
    for path in tmp_path.rglob("*"):
        if path.is_file():
            assert spoken.encode() not in path.read_bytes().lower()


def test_an_unlocked_pack_says_so(project: Path, tmp_path: Path) -> None:
    """Whoever asks for open packs is told what that means, and gets the same bytes each time."""
    done = pack(project, tmp_path / "a", "--unlocked")
    assert "not locked" in done.output
    pack(project, tmp_path / "b", "--unlocked")
    first, second = (tmp_path / x / "packs" / "w1.zip" for x in "ab")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert b'id="data"' in archive.read("worker-w1.html")


def test_packs_of_those_who_are_gone_go(project: Path, secret: Path, tmp_path: Path) -> None:
    """An old pack tells of places nobody goes to; a file of the user's is not touched."""
    packs = tmp_path / "packs"
    assert pack(project, tmp_path, "--passphrase-file", str(secret)).exit_code == 0
    (packs / "w1.zip").rename(packs / "w1-copy.zip")
    with pyzipper.AESZipFile(packs / "gone.zip", "w") as archive:
        archive.writestr("locked-gone.html", "")
    (packs / "locked-gone.html").write_bytes((packs / "locked-w2.html").read_bytes())
    assert pack(project, tmp_path, "--passphrase-file", str(secret)).exit_code == 0
    assert {p.name for p in packs.iterdir()} == {
        *("w1.zip", "w1-copy.zip", "w2.zip", "locked-w1.html", "locked-w2.html")
    }


def test_one_passphrase_for_all_is_warned_of(project: Path, secret: Path, tmp_path: Path) -> None:
    """Whoever knows it opens everybody's; for one worker there is nothing to warn of."""
    shared = pack(project, tmp_path, "--passphrase-file", str(secret))
    assert "each of these 2 workers can open the others' too" in shared.output
    alone = pack(project, tmp_path, "--passphrase-file", str(secret), "--worker", "w1")
    assert "can open the others'" not in alone.output


def test_a_short_passphrase_is_warned_of(project: Path, tmp_path: Path) -> None:
    """A ZIP gives its key away sooner than a page."""
    file = tmp_path / "short.txt"
    file.write_text("kucing oranye", encoding="utf-8")
    file.chmod(0o600)
    done = pack(project, tmp_path, "--passphrase-file", str(file), "--worker", "w1")
    assert "short for a ZIP" in done.output


def test_no_pack_is_left_that_nobody_opens(project: Path, tmp_path: Path) -> None:
    """Where one cannot be written, its passphrases are never told, so the others go too."""
    (tmp_path / "packs" / "w2.zip").mkdir(parents=True)
    done = pack(project, tmp_path)
    assert done.exit_code == 1
    assert "w2.zip cannot be written" in done.output
    assert [path.name for path in (tmp_path / "packs").iterdir()] == ["w2.zip"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--worker", "w9"), "no worker w9; it has w1, w2"),
        (("--quiet",), "--quiet would hide"),
        (("--unlocked", "--passphrase-file", "TYPED"), "not both"),
    ],
)
def test_what_cannot_be_packed_is_said(
    project: Path, secret: Path, options: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    """One sentence, and no file."""
    given = [str(secret) if x == "TYPED" else x for x in options]
    done = pack(project, tmp_path, *given)
    assert done.exit_code != 0
    assert "Traceback" not in done.output
    assert said in done.output
    assert not (tmp_path / "packs").exists()
