"""How long stages tell that they move on; display is the caller's."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called with the stage's name, how much is done, and of how much (None: unknown)."""

    def __call__(self, stage: str, done: float, total: float | None) -> None:
        """Take note of the progress."""


def silent(stage: str, done: float, total: float | None) -> None:
    """Show nothing."""


SILENT: Progress = silent
