"""The one way in which text of ours or of the user's gets into a page."""

from __future__ import annotations

import re

# Beside HTML's own signs: folium compiles what it rendered as a Jinja template once more ({ } $),
# and puts popups and tooltips into JavaScript template literals ($ ` \).
_ENTITIES = {ord(sign): f"&#{ord(sign)};" for sign in "&<>\"'`{}$\\"}
# HTML has no place for control characters, nor UTF-8 for lone surrogates.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def writable(text: object) -> str:
    """Replace by U+FFFD the characters that neither HTML nor XML can hold."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", str(text))


def safe_text(text: object) -> str:
    r"""
    Turn text into HTML that shows it literally and runs nothing, nowhere.

    It holds between tags and in quoted attributes, in a template that folium compiles again,
    and in a JavaScript string or template literal whose value becomes HTML: each of
    ``& < > " ' ` { } $ \`` becomes a character reference.
    """
    return writable(text).translate(_ENTITIES)
