"""The sample week."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from outreach.output.basemap import prepare_roads
from outreach.output.words import Words
from tests.output.sample import sample_network, sample_plan, sample_traces

if TYPE_CHECKING:
    from outreach.model import Plan
    from outreach.output.basemap import Roads
    from outreach.routing.trace import Traces


@pytest.fixture(scope="session")
def plan() -> Plan:
    """Give the sample week."""
    return sample_plan()


@pytest.fixture(scope="session")
def traces(plan: Plan) -> Traces:
    """Give the sample week's paths."""
    return sample_traces(plan)


@pytest.fixture(scope="session")
def roads() -> Roads:
    """Give the roads around the sample week."""
    return prepare_roads(sample_network())


@pytest.fixture(scope="session")
def words() -> Words:
    """Give Bahasa Indonesia."""
    return Words("id")
