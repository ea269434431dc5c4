"""Text shows itself and runs nothing."""

from __future__ import annotations

import html

import folium
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Template

from outreach.output.safe_text import safe_text, writable

DANGEROUS = frozenset("<>\"'`{}$\\")


@given(st.text())
def test_no_dangerous_sign_is_left(text: str) -> None:
    """Nothing that HTML, Jinja or a JavaScript template literal would act on comes through."""
    assert not DANGEROUS & set(safe_text(text))


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_html_shows_the_text_itself(text: str) -> None:
    """A browser reads back what went in."""
    assert html.unescape(safe_text(text)) == writable(text)


@given(st.text(st.sampled_from("{}%#$\\`' 7*")))
def test_a_template_leaves_it_as_it_is(text: str) -> None:
    """A second pass through Jinja, as folium makes it, changes nothing."""
    assert Template(safe_text(text)).render() == safe_text(text)


def test_what_utf8_and_html_cannot_hold_is_replaced() -> None:
    """Lone surrogates and control characters become the replacement character."""
    assert safe_text("a\ud800b\x00c\td") == "a\ufffdb\ufffdc\td"


def test_folium_runs_text_that_is_not_made_safe() -> None:
    """What this guards against is real: folium 0.20 evaluates a popup's text in Python."""
    drawn = folium.Map(tiles=None)
    folium.Marker((0, 0), popup="{{ 7 * 191 }}").add_to(drawn)
    assert "1337" in drawn.get_root().render()


def test_folium_runs_nothing_in_safe_text() -> None:
    """The same text made safe comes out as it went in."""
    drawn = folium.Map(tiles=None)
    folium.Marker((0, 0), popup=safe_text("{{ 7 * 191 }}")).add_to(drawn)
    rendered = drawn.get_root().render()
    assert "1337" not in rendered
    assert "{{ 7 * 191 }}" in html.unescape(rendered)
