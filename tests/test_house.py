"""The house's own rules: format, lint, types, the one direction of imports, small rooms."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MOST_LINES = 450
TALK = re.compile(r"\b(?:print|sys\.exit|basicConfig)\(")


def tool(name: str) -> str:
    """Find a tool beside this Python, or on the path."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else str(shutil.which(name) or name)


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "format", "--check", "."),
        ("ruff", "check", "."),
        ("mypy",),
        ("lint-imports",),
    ],
    ids=" ".join,
)
def test_checks_pass(command: tuple[str, ...]) -> None:
    """The same commands as before a commit find nothing."""
    done = subprocess.run(
        [tool(command[0]), *command[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_rooms_are_small() -> None:
    """A file that outgrows its room is cut."""
    large = {
        str(path.relative_to(ROOT)): n
        for path in sorted((ROOT / "outreach").rglob("*.py"))
        if (n := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert large == {}


def test_only_the_command_line_prints_or_exits() -> None:
    """Everything below the command line returns values."""
    talkers = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "outreach").rglob("*.py"))
        if path.name != "cli.py" and TALK.search(path.read_text(encoding="utf-8"))
    ]
    assert talkers == []


def test_every_file_of_the_package_is_installed() -> None:
    """Templates, catalogues and schemas reach a user who installs without the checkout."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = settings["tool"]["setuptools"]["package-data"]["outreach"]
    package = ROOT / "outreach"
    installed = {path for pattern in patterns for path in package.glob(pattern)}
    missing = {
        str(path.relative_to(package))
        for path in package.rglob("*")
        if path.is_file()
        and path.suffix != ".py"
        and path.parent.name != "__pycache__"
        and path not in installed
    }
    assert missing == set()
