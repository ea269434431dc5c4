"""Every error is rooted, and says its sentence."""

from __future__ import annotations

import inspect

import pytest

from outreach import errors
from outreach.errors import ExportError, LayerError, OutreachError

ALL = [
    e
    for _, e in inspect.getmembers(errors, inspect.isclass)
    if issubclass(e, Exception) and e.__module__ == errors.__name__
]


@pytest.mark.parametrize("error", ALL)
def test_every_error_is_an_outreach_error_and_stands_in_the_tree(error: type[Exception]) -> None:
    """One except clause catches all, and the docstring draws each."""
    assert issubclass(error, OutreachError)
    assert error.__name__ in str(errors.__doc__)


def test_a_message_keeps_template_and_values_apart() -> None:
    """So that it can be said in another language."""
    error = LayerError("%(file)s: no sheet", file="a.xlsx")
    assert str(error) == "a.xlsx: no sheet"
    assert error.message.template == "%(file)s: no sheet"


def test_an_export_error_is_an_oserror_with_its_sentence() -> None:
    """Who catches OSError catches it, and reads the same words."""
    error = ExportError("%(file)s: disk full", file="a")
    assert isinstance(error, OSError)
    assert str(error) == "a: disk full"
