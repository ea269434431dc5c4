"""Plan the weeks of several settings, two at a time, each once."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from outreach.coverage.simulation import simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from outreach.coverage.weeks import Setting, Weeks

AT_ONCE = 2
"""The search leaves the interpreter free, assembling a week does not: more gain nothing."""


class Trials:
    """
    Weeks by name, each planned when it is first asked for.

    Parameters
    ----------
    told
        Called with the name of weeks that are planned now and how many have been.
    """

    def __init__(self, told: Callable[[str, int], None]) -> None:
        self._told = told
        self._found: dict[Hashable, Weeks] = {}

    def plan(self, named: Mapping[Hashable, tuple[str, Callable[[], Setting]]]) -> list[Weeks]:
        """
        Plan weeks, or take those of an earlier call.

        Parameters
        ----------
        named
            By key: what they are called, and how their setting is made.
        """
        wanted = {key: value for key, value in named.items() if key not in self._found}
        with ThreadPoolExecutor(min(AT_ONCE, os.cpu_count() or 1)) as pool:
            running = {key: pool.submit(simulate, make()) for key, (_, make) in wanted.items()}
            for key, future in running.items():
                self._told(wanted[key][0], len(self._found))
                self._found[key] = future.result()
        return [self._found[key] for key in named]
