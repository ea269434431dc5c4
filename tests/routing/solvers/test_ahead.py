"""The search is compiled once, and meanwhile where it must be."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from outreach.routing.solvers import ahead

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_compiled_is_not_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a cache there is nothing to start, and nothing to wait for."""
    ahead.compile_now()
    assert ahead.is_compiled()
    monkeypatch.setattr(subprocess, "Popen", None)
    with ahead.compiling_ahead() as wait:
        wait()


def test_another_process_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it has done is there afterwards."""
    done = tmp_path / "done"
    monkeypatch.setattr(ahead, "is_compiled", lambda: False)
    monkeypatch.setattr(ahead, "CALL", f"import pathlib; pathlib.Path({str(done)!r}).touch()")
    with ahead.compiling_ahead() as wait:
        wait()
        assert done.exists()


def test_a_plan_that_fails_early_waits_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process that would sleep for a minute is ended with the block."""
    monkeypatch.setattr(ahead, "is_compiled", lambda: False)
    monkeypatch.setattr(ahead, "CALL", "import time; time.sleep(60)")
    began_s = time.perf_counter()
    with pytest.raises(ValueError, match="no table"), ahead.compiling_ahead():
        raise ValueError("no table")
    assert time.perf_counter() - began_s < 30


def test_without_an_interpreter_it_compiles_when_it_is_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A program that was frozen has no Python to start."""
    monkeypatch.setattr(ahead, "is_compiled", lambda: False)
    monkeypatch.setattr(sys, "executable", "")
    with ahead.compiling_ahead() as wait:
        wait()
