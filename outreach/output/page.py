"""Make a drawn map and its text one HTML file that needs nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib import resources
from typing import TYPE_CHECKING, cast

from outreach.errors import ExportError
from outreach.output.files import write_text_whole
from outreach.output.palette import WEEKDAY_COLOURS
from outreach.output.safe_text import safe_text

if TYPE_CHECKING:
    from pathlib import Path

    import folium

    from outreach.output.words import Language

GENERATOR = "outreach"
"""What pages and tracks of ours say of where they come from."""

_MARK = f'<meta name="generator" content="{GENERATOR}">'
# Leaflet's plain files, as a package carries them.
_LEAFLET = {name: f"static/js_lib_leaflet/{name}" for name in ("leaflet.js", "leaflet.css")}
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def page_html(drawn: folium.Map, *, title: str, header: str, panel: str, language: Language) -> str:
    """
    Put a map beside its text.

    Parameters
    ----------
    drawn
        A map of `outreach.output.maps`; it is rendered once only.
    title
        Plain text.
    header, panel
        HTML, all of whose text went through `safe_text`.
    language
        What the text is written in.

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
    head += f"<style>{_asset('page.css')}{_colours()}</style>"
    body = (
        f"<header>{header}</header><main>"
        f'<div class="map">{figure.html.render()}</div>'
        f'<div class="panel">{panel}</div></main>'
        f"<script>{figure.script.render()}</script><script>{_asset('page.js')}</script>"
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n{_MARK}\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(head + body)}">\n'
        f'<meta name="referrer" content="no-referrer">\n<title>{safe_text(title)}</title>\n'
        f"{head}\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def write_page(html: str, path: Path) -> None:
    """Write a page, whole or not at all."""
    write_text_whole(path, html)


def is_own_page(path: Path) -> bool:
    """Tell whether a file is a page that `page_html` made."""
    with path.open(encoding="utf-8", errors="replace") as file:
        return _MARK in file.read(512)


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


def _asset(name: str) -> str:
    return (resources.files("outreach.output") / "assets" / name).read_text(encoding="utf-8")


def _colours() -> str:
    return "".join(f".weekday-{i}{{--day:{colour}}}" for i, colour in enumerate(WEEKDAY_COLOURS))


def _policy(html: str) -> str:
    # Exactly these scripts and styles, by their hashes; no request to anywhere.
    return (
        f"default-src 'none'; script-src {_hashes(_SCRIPT, html)};"
        f" style-src {_hashes(_STYLE, html)}; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hashes(pattern: re.Pattern[str], html: str) -> str:
    digests = (hashlib.sha256(text.encode()).digest() for text in pattern.findall(html))
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
