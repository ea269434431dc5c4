"""The parts that the coverage report is made of, and how a page of HTML writes each of them."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from outreach.output.safe_text import safe_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Align = Literal["left", "right"]
TextStyle = Literal["plain", "lead", "intro", "small"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The title of a section, which is numbered where the report is put together."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A paragraph, left out where it is empty; an intro stays on the page of what follows."""

    text: str
    style: TextStyle = "plain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What is recommended, in a frame."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    """Key figures: each with what it counts under it."""

    tiles: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table, and how many parts of the width it takes."""

    title: str
    align: Align = "right"
    width: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """
    Rows of text under their columns.

    Parameters
    ----------
    caption
        Written above; it gets a number.
    rows
        Each of as many cells as there are columns.
    strong
        Positions of the rows that are written bold, such as a sum.
    notes
        Written below.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    strong: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """An SVG of a size on paper, and what it shows, for whoever cannot see it."""

    svg: str
    width_mm: float
    height_mm: float
    alt: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Drawings side by side, with a common one below, such as a legend, and notes under all."""

    caption: str
    drawings: tuple[Drawing, ...]
    below: Drawing | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A list in small type."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatures:
    """Room for the signatures: place and date above, who signs, and what stands under the line."""

    place: str
    signers: tuple[str, ...]
    below: str


Part = Heading | Text | Advice | Tiles | Table | Figure | Items | Signatures


def is_told(part: Part) -> bool:
    """Tell whether a part holds anything."""
    match part:
        case Text():
            return bool(part.text)
        case Table():
            return bool(part.rows)
        case Items():
            return bool(part.items)
        case Figure():
            return bool(part.drawings)
        case _:
            return True


def part_html(part: Part) -> str:
    """Write a part as HTML in which every text is literal."""
    match part:
        case Table():
            return _table_html(part)
        case Figure():
            return _figure_html(part)
        case Tiles() | Items() | Signatures():
            return _many_html(part)
        case Heading():
            return f"<h2>{safe_text(part.text)}</h2>"
        case Text():
            return f'<p class="{part.style}">{safe_text(part.text)}</p>'
        case Advice():
            title, text = safe_text(part.title), safe_text(part.text)
            return f'<div class="advice"><b>{title}</b><p>{text}</p></div>'


def _many_html(part: Tiles | Items | Signatures) -> str:
    if isinstance(part, Tiles):
        tiles = (
            f"<div><b>{safe_text(figure)}</b><span>{safe_text(said)}</span></div>"
            for figure, said in part.tiles
        )
        return f'<div class="tiles">{"".join(tiles)}</div>'
    if isinstance(part, Items):
        items = "".join(f"<li>{safe_text(item)}</li>" for item in part.items)
        return f'<ul class="small">{items}</ul>'
    below = f"<span>{safe_text(part.below)}</span>"
    signers = "".join(f"<div>{safe_text(signer)}{below}</div>" for signer in part.signers)
    return f'<p class="dated">{safe_text(part.place)}</p><div class="signatures">{signers}</div>'


def _table_html(table: Table) -> str:
    head = "".join(
        f'<th scope="col" class="{column.align}">{safe_text(column.title)}</th>'
        for column in table.columns
    )
    rows = "".join(
        f"<tr{' class=strong' if i in table.strong else ''}>{''.join(_cells(table.columns, row))}"
        "</tr>"
        for i, row in enumerate(table.rows)
    )
    return (
        f'<div class="table"><table><caption>{safe_text(table.caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>{_notes_html(table.notes)}"
    )


def _cells(columns: Sequence[Column], row: Sequence[str]) -> Iterator[str]:
    for column, cell in zip(columns, row, strict=True):
        yield f'<td class="{column.align}">{safe_text(cell)}</td>'


def _figure_html(figure: Figure) -> str:
    drawings = "".join(_drawing_html(drawing) for drawing in figure.drawings)
    below = "" if figure.below is None else _drawing_html(figure.below)
    return (
        f'<figure><figcaption>{safe_text(figure.caption)}</figcaption><div class="drawings">'
        f"{drawings}</div>{below}{_notes_html(figure.notes)}</figure>"
    )


def _notes_html(notes: Sequence[str]) -> str:
    return "".join(f'<p class="note">{safe_text(note)}</p>' for note in notes)


def _drawing_html(drawing: Drawing) -> str:
    # A picture of its own keeps the names within one drawing from those within another.
    coded = base64.b64encode(drawing.svg.encode()).decode()
    title = f"<b>{safe_text(drawing.title)}</b>" if drawing.title else ""
    return (
        f'<div style="max-width:{drawing.width_mm:g}mm">{title}'
        f'<img src="data:image/svg+xml;base64,{coded}" alt="{safe_text(drawing.alt)}"></div>'
    )
