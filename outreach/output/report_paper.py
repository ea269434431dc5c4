"""A report of numbered parts, as one page of HTML and as PDF on A4."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import asdict, dataclass, replace
from importlib import resources
from typing import TYPE_CHECKING, Any

from outreach.output.report_parts import Figure, Heading, Table, is_told, part_html
from outreach.output.safe_text import safe_text
from outreach.output.typesetting import typeset

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from outreach.output.report_parts import Part
    from outreach.output.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """
    What is written: a title with a line below it, the parts, and what every page bears.

    Parameters
    ----------
    name
        Of the project, for the title of a browser's tab.
    parts
        Made by `numbered`.
    """

    name: str
    title: str
    below: str
    footer: str
    parts: tuple[Part, ...]


def numbered(parts: Iterable[Part], words: Words) -> Iterator[Part]:
    """Leave out the parts that tell nothing, and count headings, tables and figures."""
    n_headings = n_tables = n_figures = 0
    for part in parts:
        if not is_told(part):
            continue
        if isinstance(part, Heading):
            n_headings += 1
            yield replace(part, text=f"{n_headings}. {part.text}")
        elif isinstance(part, Table):
            n_tables += 1
            caption = words.say("Table %(n)d. %(caption)s", n=n_tables, caption=part.caption)
            yield replace(part, caption=caption)
        elif isinstance(part, Figure):
            n_figures += 1
            caption = words.say("Figure %(n)d. %(caption)s", n=n_figures, caption=part.caption)
            yield replace(part, caption=caption)
        else:
            yield part


def paper_html(paper: Paper, words: Words) -> str:
    """
    Write a report as one page that needs nothing else, neither a net nor a script.

    Parameters
    ----------
    paper
        What it says.
    words
        The reader's language.
    """
    style = resources.files("outreach.output").joinpath("assets/report.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    # Drawings have a style of their own: how wide they may become.
    styles = f"style-src-elem 'sha256-{digest}'; style-src-attr 'unsafe-inline'"
    policy = f"default-src 'none'; img-src data:; {styles}"
    body = "\n".join(part_html(part) for part in paper.parts)
    return (
        f'<!DOCTYPE html>\n<html lang="{words.language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{safe_text(paper.title)} – {safe_text(paper.name)}</title>\n"
        f"<style>{style}</style>\n</head>\n<body>\n<main>\n<h1>{safe_text(paper.title)}</h1>\n"
        f'<p class="below">{safe_text(paper.below)}</p>\n{body}\n</main>\n'
        f"<footer>{safe_text(paper.footer)}</footer>\n</body>\n</html>\n"
    )


def paper_pdf(paper: Paper, words: Words, *, size_pt: float = 10.0) -> bytes:
    """
    Typeset a report as PDF on A4; equal reports give equal bytes.

    Parameters
    ----------
    paper
        What it says.
    words
        The reader's language.
    size_pt
        Of the letters.

    Raises
    ------
    ExportError
        When the pages cannot be typeset.
    """
    document: dict[str, Any] = {
        "language": words.language,
        "title": paper.title,
        "below": paper.below,
        "footer": paper.footer,
        "parts": [{"is": type(part).__name__.lower(), **asdict(part)} for part in paper.parts],
        "size_pt": size_pt,
    }
    return typeset("report.typ", document)
