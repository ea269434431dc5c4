"""README says what is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from outreach.cli import main
from outreach.routing.plan import SOLVERS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", sorted(main.commands))
def test_every_command_stands_in_the_readme(command: str) -> None:
    """Whoever reads it knows what there is."""
    assert f"`outreach {command}" in README


def test_readme_gives_exactly_two_commands() -> None:
    """One to run, one to test, each a single line."""
    blocks = re.findall(r"```sh\n(.*?)```", README, flags=re.DOTALL)
    assert len(blocks) == 2
    assert all(len(block.strip().splitlines()) == 1 for block in blocks)


def test_continuous_integration_runs_the_readme_s_test_command() -> None:
    """The markers that .ci/run looks for enclose that command."""
    found = re.search(r"<!-- test -->\n```sh\n(.*?)```\n<!-- /test -->", README, flags=re.DOTALL)
    assert found is not None
    assert "pytest" in found[1]
    assert "<!-- test -->" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_file_that_the_readme_links_is_there() -> None:
    """No dead link, no missing picture."""
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if "://" not in target:
            assert (ROOT / target).exists(), target


def test_every_dependency_has_its_reason() -> None:
    """One line each in pyproject.toml, with a comment."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    lists = re.findall(
        r"^(?:dependencies|test|benchmark) = \[\n(.*?)^\]", text, re.DOTALL | re.MULTILINE
    )
    lines = [line for block in lists for line in block.splitlines() if line.strip()]
    assert lines
    assert [line for line in lines if "#" not in line] == []


def test_the_readme_names_every_solver_and_no_other() -> None:
    """Whoever copies a setting from it gets no error."""
    assert set(re.findall(r'`solver = "(\w+)"`', README)) == set(SOLVERS)


def test_the_readme_tells_the_options_of_plan() -> None:
    """To ask for a reason, and to keep what a hand changed."""
    for option in ("--explain ID", "--keep FILE"):
        assert f"`outreach plan {option}`" in README
