"""Days that Hypothesis draws."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from outreach.model import TimeWindow
from outreach.routing.problem import Break, Shift, Team
from outreach.units import HOUR_S
from tests.routing.problems import Road, need, problem

if TYPE_CHECKING:
    from outreach.routing.problem import Problem


@st.composite
def days_with_breaks(draw: st.DrawFn) -> tuple[Problem, tuple[str, ...]]:
    """Draw one worker's day whose hours are seconds: up to three doors, one or two breaks."""
    at = draw(st.lists(st.integers(-6, 6), min_size=1, max_size=4))
    needs = []
    for i in range(1, len(at)):
        edges = sorted(draw(st.lists(st.integers(0, 30), max_size=4, unique=True)))
        windows = tuple(
            TimeWindow(opens_s=a, closes_s=b) for a, b in zip(edges[::2], edges[1::2], strict=False)
        )
        needs.append(need(f"c{i}", service_s=draw(st.integers(0, 8)), windows=windows))
    breaks, closes_s = [], 0
    for i in range(draw(st.integers(1, 2))):
        opens_s = closes_s + draw(st.integers(1, 12))
        closes_s = opens_s + draw(st.integers(0, 5))
        length_s = draw(st.integers(1, 6))
        breaks.append(Break(id=f"b{i}", opens_s=opens_s, closes_s=closes_s, length_s=length_s))
    shift = Shift(
        day=0,
        starts_s=draw(st.integers(0, 5)),
        ends_s=draw(st.integers(20, 50)),
        max_riding_s=HOUR_S,
        breaks=tuple(breaks),
    )
    # At 3.6 km/h a metre takes a second.
    km = {"base": at[0] / 1000, **{n.id: x / 1000 for n, x in zip(needs, at[1:], strict=True)}}
    team = Team(id="w", worker_ids=("w",), base_id="base", shifts=(shift,))
    world = problem(Road(km, kph=3.6), tuple(needs), (team,))
    return world, tuple(f"{n.id}/1" for n in needs)
