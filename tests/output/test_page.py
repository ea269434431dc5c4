"""A page as a file: what it lets in, what it holds, that it is always the same."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING

import folium
import pytest

from outreach.errors import ExportError
from outreach.output.maps import empty_map
from outreach.output.page import map_frame, page_html
from outreach.output.words import Words
from outreach.output.write import Drawn, supervisor_page, worker_page
from tests.output.hostile import EVIL, hostile
from tests.output.sample import sample_traces

if TYPE_CHECKING:
    from outreach.model import Plan
    from outreach.output.basemap import Roads
    from outreach.routing.trace import Traces


@pytest.fixture(scope="module")
def drawn(plan: Plan, traces: Traces, roads: Roads) -> Drawn:
    """Give the sample week, laid out on its roads."""
    return Drawn.of(plan, traces, roads=roads)


@pytest.fixture(scope="module")
def office(drawn: Drawn, words: Words) -> str:
    """Give the supervisor's page."""
    return supervisor_page(drawn, words)


def test_the_policy_names_exactly_what_is_there(office: str) -> None:
    """Every script and style has its hash in the policy, nothing unsafe, no address."""
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', office)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    assert "http" not in policy[1]
    for directive, tag in (("script-src", "script"), ("style-src", "style")):
        allowed = re.search(rf"{directive} ([^;]*)", policy[1])
        assert allowed is not None
        texts = re.findall(rf"<{tag}>(.*?)</{tag}>", office, re.DOTALL)
        hashes = [base64.b64encode(hashlib.sha256(t.encode()).digest()).decode() for t in texts]
        assert allowed[1].split() == [f"'sha256-{h}'" for h in hashes]


def test_no_address_is_asked_by_a_tag(office: str) -> None:
    """No tag has a source, and no style loads anything that is not there already."""
    assert not re.search(r"<(script|link|img|iframe)[^>]*\b(src|href)=", office)


def test_data_cannot_end_their_block(plan: Plan, words: Words) -> None:
    """Tags in the data stay data, and come back as they were."""
    evil = hostile(plan)
    html = supervisor_page(Drawn.of(evil, sample_traces(evil)), words)
    assert "</script><script>hit()" not in html
    block = re.search(r'<script type="application/json" id="data">([^<]*)</script>', html)
    assert block is not None
    rows = [row["id"] for group in json.loads(block[1])["left_out"] for row in group["rows"]]
    assert all(EVIL[:40] in row for row in rows)


def test_templates_in_the_data_are_not_run(plan: Plan, words: Words) -> None:
    """What folium's engine would compute stands in the page as it was written."""
    evil = hostile(plan)
    html = worker_page(Drawn.of(evil, sample_traces(evil)), "SAD-1" + EVIL, words)
    assert "zigzag" not in html
    assert "ranran" not in html


def test_a_worker_page_holds_no_other_case(plan: Plan, drawn: Drawn, words: Words) -> None:
    """No byte of a worker's page names a case that the worker does not visit."""
    html = worker_page(drawn, "SAD-1", words)
    mine = {s.beneficiary_id for r in plan.day_routes if r.team_id == "SAD" for s in r.stops}
    all_cases = {s.beneficiary_id for r in plan.day_routes for s in r.stops}
    all_cases |= {loss.beneficiary_id for loss in plan.losses}
    all_cases |= {x.beneficiary_id for x in plan.not_due}
    others = sorted(x for x in all_cases - mine if x)
    assert len(others) == 20
    assert [x for x in others if x in html] == []
    assert all(x in html for x in mine if x)


def test_a_sealed_page_shows_nothing_but_the_seal(drawn: Drawn, words: Words) -> None:
    """Neither whose page it is nor any of its data is readable."""
    html = worker_page(drawn, "SAD-1", words, seal=lambda content: f'"{len(content)}"')
    assert "SAD-1" not in html
    assert "Suku Anak" not in html
    assert re.search(r'id="locked">"\d+"</script>', html)


def test_an_unknown_link_is_refused() -> None:
    """A map that asks for something from elsewhere becomes no page."""
    asking = empty_map()
    asking.default_js = [*asking.default_js, ("more", "https://example.org/more.js")]
    with pytest.raises(ExportError, match=r"https://example\.org/more\.js"):
        map_frame(asking)


def test_other_maps_keep_their_links() -> None:
    """Drawing a plan changes nothing for whoever else uses folium."""
    before = list(folium.Map.default_js), list(folium.Map.default_css)
    map_frame(empty_map())
    assert (folium.Map.default_js, folium.Map.default_css) == before
    assert any("http" in url for _, url in folium.Map.default_js)


def test_equal_plans_give_equal_pages(drawn: Drawn, words: Words, office: str) -> None:
    """Nothing random and no moment of making reaches the page."""
    assert supervisor_page(drawn, words) == office


def test_a_page_speaks_english(plan: Plan, traces: Traces) -> None:
    """The same page in the other language."""
    html = supervisor_page(Drawn.of(plan, traces), Words("en"))
    assert '<html lang="en">' in html
    assert "At a glance" in html
    assert "Ikhtisar" not in html


def test_a_page_that_asks_for_pictures_may_ask_only_there(words: Words) -> None:
    """The policy opens for pictures of the one server that the user named."""
    data = {"kind": "public", "title": "", "tiles": "https://tiles.example.org/{z}/{x}/{y}.png"}
    html = page_html(data, words)
    assert "img-src data: https://tiles.example.org;" in html
