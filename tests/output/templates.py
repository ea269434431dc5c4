"""Find in the source every sentence that a reader may meet: the keys of the catalogues."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.pofile import read_po

from outreach import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(__file__).resolve().parents[2] / "outreach"

# Other errors speak to programmers, or carry codes.
_SPEAKERS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.OutreachError)
} | {"Message", "say"}


def templates() -> dict[str, str]:
    """Give each literal template with the file that says it first."""
    found: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for template in _templates(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(template, str(path.relative_to(PACKAGE)))
    return found


def catalogue() -> dict[str, str]:
    """Give the Indonesian of each template, plural forms too."""
    po = PACKAGE / "output" / "locale" / "id" / "LC_MESSAGES" / "outreach.po"
    with po.open("rb") as file:
        messages = list(read_po(file, locale="id"))
    said: dict[str, str] = {}
    for message in messages:
        keys = (message.id,) if isinstance(message.id, str) else message.id
        strings = (message.string,) if isinstance(message.string, str) else message.string
        said |= dict.fromkeys(keys, (strings or ("",))[0])
    said.pop("", None)
    return said


def _templates(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        if name == "_broken":  # the audit's violations: rule, where, template
            arguments = node.args[2:3]
        else:
            arguments = node.args[: 2 if name == "plural" else int(name in _SPEAKERS)]
        for argument in arguments:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value


def missing() -> str:
    """Give entries to fill in for what the catalogue lacks, and name what it holds in vain."""
    said, spoken = catalogue(), templates()
    lacking = [
        f'#: {spoken[text]}\nmsgid {_quoted(text)}\nmsgstr ""\n'
        for text in spoken
        if not said.get(text)
    ]
    return "\n".join(
        [*lacking, *(f"# no longer said: {text}" for text in said if text not in spoken)]
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


if __name__ == "__main__":
    sys.stdout.write(f"{missing()}\n")
