"""Compile the search in another process, while the tables and roads are read."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CALL = "from outreach.routing.solvers.ahead import compile_now; compile_now()"


@contextmanager
def compiling_ahead() -> Iterator[Callable[[], None]]:
    """
    Let the search be compiled meanwhile, where that has not been done on this machine.

    Yields a function that waits for it. The other process is ended with the block: a plan that
    fails before its search needs none.
    """
    if is_compiled() or not sys.executable:
        yield lambda: None
        return
    # Whatever goes wrong there goes wrong again here, where it is told.
    silent = subprocess.DEVNULL
    with subprocess.Popen([sys.executable, "-c", CALL], stdout=silent, stderr=silent) as process:  # noqa: S603
        try:
            yield lambda: _wait(process)
        finally:
            process.terminate()


def _wait(process: subprocess.Popen[bytes]) -> None:
    process.wait()


def is_compiled() -> bool:
    """Whether the search has been compiled before; perhaps by an earlier version."""
    from outreach.routing.solvers.sisr_kernel import search

    return any(Path(search.stats.cache_path).glob("sisr_kernel.search-*.nbi"))


def compile_now() -> None:
    """Compile the search, and keep the result in numba's cache."""
    import numpy as np

    from outreach.routing.solvers.protocol import Limit
    from outreach.routing.solvers.sisr import SisrParams, anneal
    from outreach.routing.solvers.sisr_model import model_of

    model = model_of(
        np.array([[0.0, 1.0], [1.0, 0.0]]),
        n_customers=1,
        n_days=1,
        out=np.array([9.0]),
        day=np.array([0]),
        home=np.array([1]),
    )
    anneal(model, limit=Limit(iterations=1), seed=0, params=SisrParams(n_runs=2))
