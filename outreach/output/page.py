"""Make a map and its data one HTML file that needs nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from outreach.errors import ExportError
from outreach.output.files import write_text_whole
from outreach.output.maps import empty_map
from outreach.output.page_words import lock_words
from outreach.output.palette import WEEKDAY_COLOURS
from outreach.output.safe_text import safe_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import folium

    from outreach.output.words import Words

GENERATOR = "outreach"
"""What pages and tracks of ours say of where they come from."""

_MARK = f'<meta name="generator" content="{GENERATOR}">'
# Leaflet's plain files, as a package carries them.
_LEAFLET = {name: f"static/js_lib_leaflet/{name}" for name in ("leaflet.js", "leaflet.css")}
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
# What each kind of page is built from, in the order in which it is loaded.
_OFFICE = ("page", "ways", "board", "print")
_WEEK = ("grid", "dom", "pins", "popup", "ways")
_STYLES: Mapping[str, Sequence[str]] = {
    "worker": ("page", "ways", "sheet"),
    "supervisor": _OFFICE,
    "public": _OFFICE,
    "coverage": ("page", "ways", "coverage", "print"),
}
_SCRIPTS: Mapping[str, Sequence[str]] = {
    "worker": (*_WEEK, "store", "ticks", "list", "locate", "sheet"),
    "supervisor": (*_WEEK, "stops", "figures", "board"),
    "public": (*_WEEK, "shapes", "board"),
    "coverage": (*_WEEK, "coverage_chart", "coverage_map", "coverage"),
}


def page_html(
    data: Mapping[str, Any], words: Words, *, seal: Callable[[bytes], str] | None = None
) -> str:
    """
    Put a page together: folium's map, Leaflet, our scripts, and the data that they draw.

    Parameters
    ----------
    data
        What `outreach.output.page_data` gives.
    words
        The reader's language.
    seal
        Turns the data into what only the passphrase opens; without it the data lie open.

    Raises
    ------
    ExportError
        When the map asks for a script or style that is not at hand.
    """
    kind = data["kind"]
    styles, scripts = [*_STYLES[kind]], [*_SCRIPTS[kind]]
    if "changes" in data:
        styles.append("changes")
        # What it says is called by the page's last script.
        scripts.insert(-1, "changes")
    plain = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if seal is None:
        title, blocks, state = data["title"], _block("data", plain), ""
    else:
        styles.append("lock")
        scripts.append("lock")
        title, state = words.say("Visit map"), " locked"
        blocks = _block("locked", seal(plain.encode()))
        blocks += _block("lock-words", json.dumps(lock_words(words), ensure_ascii=False))
    elsewhere = words.say("Nothing is shown here. Open this file in Chrome or Firefox.")
    frame = _frame()
    head = frame.head + f"<style>{''.join(_asset(f'{name}.css') for name in styles)}</style>"
    body = (
        f"<noscript><p>{safe_text(elsewhere)}</p></noscript>"
        f'<header id="head"></header><main id="main"><div id="map-box">{frame.box}</div>'
        f'<div id="panel"></div></main>{blocks}<script>{frame.script}</script>'
        + "".join(f"<script>{_asset(f'{name}.js')}</script>" for name in (*scripts, "start"))
    )
    policy = _policy(head + body, pictures_from=data.get("tiles"))
    return (
        f'<!DOCTYPE html>\n<html lang="{words.language}">\n<head>\n<meta charset="utf-8">\n'
        f"{_MARK}\n"
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="referrer" content="no-referrer">\n<title>{safe_text(title)}</title>\n'
        f'{head}\n</head>\n<body class="{kind}{state}">\n{body}\n</body>\n</html>\n'
    )


def write_page(html: str, path: Path) -> None:
    """Write a page, whole or not at all."""
    write_text_whole(path, html)


def is_own_page(path: Path) -> bool:
    """Tell whether a file is a page that `page_html` made."""
    with path.open(encoding="utf-8", errors="replace") as file:
        return _MARK in file.read(512)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """What folium gives for the empty map: the head, the map's box, and the script."""

    head: str
    box: str
    script: str


def map_frame(drawn: folium.Map) -> _Frame:
    """
    Take folium's page apart, with its scripts and styles put in.

    Parameters
    ----------
    drawn
        It is rendered once only.

    Raises
    ------
    ExportError
        When the map asks for a script or style that is not at hand.
    """
    from branca.element import Figure, Link

    figure = cast("Figure", drawn.get_root())
    for child in list(figure._children.values()):  # noqa: SLF001
        child.render()
    head = "".join(
        _inlined(child.url) if isinstance(child, Link) else child.render()
        for child in figure.header._children.values()  # noqa: SLF001
    )
    # folium's own line forbids enlarging; ours comes after it and stands.
    head += '<meta name="viewport" content="width=device-width, initial-scale=1">'
    return _Frame(head=head, box=figure.html.render(), script=figure.script.render())


@cache
def _frame() -> _Frame:
    return map_frame(empty_map())


def _block(name: str, content: str) -> str:
    # A < could end the block, or begin a comment that hides its end.
    safe = content.replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{safe}</script>'


def _inlined(url: str) -> str:
    if url not in _LEAFLET:
        raise ExportError(
            "the map asks for %(url)s, which is not at hand; nothing may be loaded from elsewhere",
            url=url,
        )
    file = resources.files("js_lib_leaflet") / _LEAFLET[url]
    text = file.read_text(encoding="utf-8")
    if url.endswith(".css"):
        return f"<style>{text}</style>"
    # The map of the source file would be asked for by a browser's developer tools.
    return f"<script>{re.sub(r'//# sourceMappingURL=.*', '', text)}</script>"


@cache
def _asset(name: str) -> str:
    text = (resources.files("outreach.output") / "assets" / name).read_text(encoding="utf-8")
    return text + _colours() if name == "page.css" else text


def _colours() -> str:
    return "".join(f".weekday-{i}{{--day:{colour}}}" for i, colour in enumerate(WEEKDAY_COLOURS))


def _policy(html: str, *, pictures_from: str | None) -> str:
    # Exactly these scripts and styles, by their hashes; no request to anywhere, but for pictures
    # that the user wants from a server.
    pictures = "data:"
    if pictures_from is not None:
        pictures += f" https://{urlsplit(pictures_from).netloc}"
    return (
        f"default-src 'none'; script-src {_hashes(_SCRIPT, html)};"
        f" style-src {_hashes(_STYLE, html)}; img-src {pictures}; base-uri 'none';"
        " form-action 'none'"
    )


def _hashes(pattern: re.Pattern[str], html: str) -> str:
    digests = (hashlib.sha256(text.encode()).digest() for text in pattern.findall(html))
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
