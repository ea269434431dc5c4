"""Read the JSON files that outreach writes, and say all that is wrong with one that is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from outreach.errors import LayerError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Json = dict[str, Any]


def read_json(path: Path, *, form: str, command: str) -> object:
    """
    Read a file that should be of a form.

    Parameters
    ----------
    form
        Such as ``"outreach/plan/3"``; other versions of it are refused.
    command
        What makes such a file.

    Returns
    -------
    document
        Still to be checked by its schema.

    Raises
    ------
    LayerError
        When the file is absent, is not JSON, or is of another version.
    """
    try:
        # Notepad puts a mark before the text that JSON does not know.
        document = json.loads(path.read_text(encoding="utf-8-sig"), parse_constant=_no_constant)
    except OSError as error:
        raise LayerError(
            "%(file)s cannot be read (%(reason)s); make it with '%(command)s'",
            file=str(path),
            reason=error.strerror or str(error),
            command=command,
        ) from error
    except (ValueError, RecursionError) as error:
        raise LayerError(
            "%(file)s is not JSON (%(reason)s); make it anew with '%(command)s'",
            file=str(path),
            reason=str(error),
            command=command,
        ) from error
    said = document.get("schema") if isinstance(document, dict) else None
    kind = form.rpartition("/")[0] + "/"
    if isinstance(said, str) and said != form and said.startswith(kind):
        raise LayerError(
            "%(file)s is of another version of outreach (%(form)s; this one reads %(known)s);"
            " make it anew with '%(command)s'",
            file=str(path),
            form=said,
            known=form,
            command=command,
        )
    return document


def schema_faults(document: object, schema: Json) -> Iterator[str]:
    """Name each place where a document breaks a schema (2020-12)."""
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    errors = sorted(validator.iter_errors(document), key=lambda e: (e.json_path, e.message))
    yield from (f"{error.json_path.removeprefix('$.')}: {error.message}" for error in errors)


def _no_constant(name: str) -> float:
    # Python would read NaN and Infinity, which JSON does not have and no map can draw.
    raise ValueError(name)
