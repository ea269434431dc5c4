"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browsing import CHROMIUM, chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder of real extracts beside the checkout, or skip where it is absent."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not (folder / "data").is_dir():
        pytest.skip("the folder of real extracts, ../shared, is absent")
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Give Chromium without a network, one for all tests, or skip where Debian's is absent."""
    if not CHROMIUM.exists():
        pytest.skip("Debian's Chromium is not installed")
    with chromium() as running:
        yield running
