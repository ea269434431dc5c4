"""The public interface is what it says."""

from __future__ import annotations

import subprocess
import sys

import pytest

import outreach

MOST_NAMES = 15
HEAVY = {"pandas", "numpy", "geopandas", "osmnx", "networkx", "folium", "scipy", "shapely"}


def test_the_public_interface_is_small() -> None:
    """At most fifteen names, sorted, each once."""
    assert len(outreach.__all__) <= MOST_NAMES
    assert outreach.__all__ == sorted(set(outreach.__all__))


@pytest.mark.parametrize("name", outreach.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    """Each name can be imported and tells what it is."""
    assert getattr(outreach, name).__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A slip of the pen is told as Python tells it."""
    with pytest.raises(AttributeError, match="no attribute"):
        outreach.nonsense  # noqa: B018


def test_help_loads_nothing_heavy() -> None:
    """The command line answers `--help` without a single heavy library."""
    script = (
        "import sys; from click.testing import CliRunner; from outreach.cli import main;"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0;"
        "print(' '.join(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert not HEAVY & set(done.stdout.split())
