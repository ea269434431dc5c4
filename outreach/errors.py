"""
Everything that may go wrong, in one tree.

    OutreachError
    ├─ ConfigError (ValueError)
    ├─ LayerError (ValueError)
    │  ├─ MissingColumnError
    │  ├─ DuplicateIdError
    │  ├─ MissingCrsError
    │  └─ InvalidGeometryError
    ├─ NetworkError
    │  ├─ DownloadError
    │  └─ EmptyNetworkError
    ├─ PlanningError
    │  ├─ InfeasibleError
    │  └─ SolverError
    ├─ PrivacyError (ValueError)
    └─ ExportError (OSError)

A beneficiary who cannot be planned is a result (`outreach.model.Loss`), never an exception:
errors are raised only when nothing useful remains.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Message:
    """
    A sentence with its values still apart, so that it can be said in any language.

    Parameters
    ----------
    template
        English, with ``%(name)s`` places; it is the key in the gettext catalogues.
    values
        What goes into the places; strings and numbers only, so that JSON can hold them.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template % dict(self.values)


Detail = tuple[str, Message]
"""A place, such as a section of a file, and what is wrong there."""


class OutreachError(Exception):
    """
    Base of all errors that a user may meet.

    Parameters
    ----------
    template
        What is wrong, which, and what to do; ``%(name)s`` places take `values`.
    values
        Keyword values for the template.
    """

    exit_code = 1
    details: tuple[Detail, ...] = ()

    def __init__(self, template: str, /, **values: object) -> None:
        self.message = Message(template, values)
        super().__init__(template, values)

    def with_details(self, details: Iterable[Detail]) -> Self:
        """Name several things that are wrong, each with its place."""
        self.details = tuple(details)
        return self

    def __str__(self) -> str:
        lines = [f"  [{place}] {message}" for place, message in self.details]
        return "\n".join([str(self.message), *lines])


class ConfigError(OutreachError, ValueError):
    """`outreach.toml` says something that cannot be."""


class LayerError(OutreachError, ValueError):
    """A table cannot be used at all; single bad rows are losses instead."""


class MissingColumnError(LayerError):
    """A column that the layer cannot do without is absent."""


class DuplicateIdError(LayerError):
    """Ids that must be unique are not."""


class MissingCrsError(LayerError):
    """A spatial file does not say which coordinates it is in."""


class InvalidGeometryError(LayerError):
    """Geometries of a kind that the layer cannot use."""


class NetworkError(OutreachError):
    """The roads cannot be used."""


class DownloadError(NetworkError):
    """The roads could not be fetched."""


class EmptyNetworkError(NetworkError):
    """No road is left that a motorbike may use."""


class PlanningError(OutreachError):
    """No plan can be made."""


class InfeasibleError(PlanningError):
    """What was fixed beforehand cannot be kept."""


class SolverError(PlanningError):
    """The solver failed or answered with something that is not a plan."""


class PrivacyError(OutreachError, ValueError):
    """A passphrase cannot be used or does not open what it should; it is never named."""


class ExportError(OutreachError, OSError):
    """An output could not be written."""

    def __init__(self, template: str, /, **values: object) -> None:
        OutreachError.__init__(self, template, **values)
