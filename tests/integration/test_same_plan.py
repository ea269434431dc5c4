"""Equal input, seed and iterations give an equal plan, on however many cores."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.projects import BLOCK_DEG, SOUTH, WEST, town_project

if TYPE_CHECKING:
    from pathlib import Path

ON_ONE_CORE = """
import os, sys
if sys.argv.pop(1) == "one" and hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
from outreach.cli import main
sys.exit(main())
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a town with more children than can be seen, so that there is much to choose."""
    spots = [(i % 6, i // 6) for i in range(36)]
    children = [
        (
            *(f"c{i}", WEST + x * BLOCK_DEG, SOUTH + y * BLOCK_DEG),
            *(("neglect", "violence")[i % 2], "", 3, "", f"Anak {i}"),
        )
        for i, (x, y) in enumerate(spots)
    ]
    far = (WEST + 5 * BLOCK_DEG, SOUTH + 5 * BLOCK_DEG)
    children.append(("s1", *far, "neglect", "", 3, "sad", "Ani"))
    return town_project(tmp_path_factory.mktemp("town"), children=children)


def planned(project: Path, out: Path, *, cores: str, hash_seed: int) -> bytes:
    """Plan the project in a process of its own and give the bytes of its plan.json."""
    done = subprocess.run(
        [
            *(sys.executable, "-c", ON_ONE_CORE, cores, "plan", str(project)),
            *("--iterations", "30", "--seed", "5", "--out", str(out)),
            *("--cache", str(project / "cache")),
        ],
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return (out / "plan.json").read_bytes()


def test_cores_and_hashes_change_nothing(project: Path, tmp_path: Path) -> None:
    """One core or all, and sets in whatever order: the plan is equal, byte for byte."""
    on_all = planned(project, tmp_path / "all", cores="all", hash_seed=1)
    on_one = planned(project, tmp_path / "one", cores="one", hash_seed=2)
    assert json.loads(on_all)["unserved"]
    assert on_one == on_all
