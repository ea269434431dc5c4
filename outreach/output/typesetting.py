"""Hand data and a template to the typesetter; it reads and writes no file, and asks no net."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

from outreach.errors import ExportError

# Long words may be broken after so many letters, or they would run into the next column.
_LONG_WORD = re.compile(r"\S{20,}")
_PIECE = re.compile(r"\S{10}(?=\S)")
_MAY_BREAK = "\N{ZERO WIDTH SPACE}"
# Who reads on paper cannot select what a sign turned round, or put into a line of its own.
_DISARRANGING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile(r"[\u2028\u2029\r\n\t]+")


def typeset(template: str, document: dict[str, Any]) -> bytes:
    """
    Typeset a document as PDF, in the typesetter's own fonts.

    Parameters
    ----------
    template
        Name of a file in ``assets``; it finds the document as JSON in ``sys.inputs.data``.
    document
        Numbers, texts, lists and dictionaries; what is called ``svg`` goes in as it stands.

    Returns
    -------
    pdf
        Equal documents give equal bytes.

    Raises
    ------
    ExportError
        When the pages cannot be typeset.
    """
    import typst

    source = resources.files("outreach.output").joinpath("assets", template).read_bytes()
    data = json.dumps(_on_paper(document), ensure_ascii=False, sort_keys=True)
    try:
        pdf = typst.compile(
            source, format="pdf", sys_inputs={"data": data}, ignore_system_fonts=True
        )
    except typst.TypstError as error:
        raise ExportError(
            "the pages cannot be typeset (%(reason)s); please report this", reason=str(error)
        ) from error
    return bytes(pdf)


def _on_paper(node: Any, key: str = "") -> Any:
    """Take from texts what disarranges a page, and let long words be broken."""
    if isinstance(node, dict):
        return {name: _on_paper(value, name) for name, value in node.items()}
    if isinstance(node, (list, tuple)):
        return [_on_paper(item) for item in node]
    if isinstance(node, str) and key != "svg":
        text = _LINE_ENDS.sub(" ", _DISARRANGING.sub("", node))
        return _LONG_WORD.sub(lambda word: _PIECE.sub(rf"\g<0>{_MAY_BREAK}", word[0]), text)
    return node
