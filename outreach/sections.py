"""Read the sections of a TOML file one by one, and keep every fault for the end."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from outreach.errors import ConfigError, Detail, Message
from outreach.layers.values import CellError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

T = TypeVar("T")

TOP = "outreach.toml"
_KINDS: dict[type, Message] = {
    str: Message("must be text in quotes"),
    int: Message("must be a whole number"),
    float: Message("must be a number"),
    bool: Message("must be true or false"),
    dt.date: Message("must be a date such as 2026-11-30"),
}


@dataclass(slots=True)
class Sections:
    """The tables of a file that are still to be read, and all that was wrong so far."""

    tables: dict[str, Any]
    faults: list[Detail] = field(default_factory=list)

    def fault(self, where: str, template: Message) -> None:
        """Note that something is wrong."""
        self.faults.append((where, template))

    def section(self, name: str) -> dict[str, Any]:
        """Take a section; an absent one is empty."""
        table = self.tables.pop(name, {})
        if isinstance(table, dict):
            return dict(table)
        self.fault(name, Message("must be a section"))
        return {}

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Take a list of sections, written with double brackets."""
        rows = self.tables.pop(name, [])
        if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
            return [dict(row) for row in rows]
        self.fault(name, Message("must be written with double brackets"))
        return []

    def take(self, where: str, table: dict[str, Any], key: str, kind: type[T], default: T) -> T:
        """Take one value of a kind; where it is another kind, note it and go on with `default`."""
        value = table.pop(key, default)
        if not _is_a(value, kind):
            self.fault(f"{where}: {key}", _KINDS[kind])
            return default
        return value  # type: ignore[no-any-return]

    def names(self, where: str, table: dict[str, Any], key: str) -> tuple[str, ...]:
        """Take a list of ids."""
        value = table.pop(key, [])
        if isinstance(value, list) and all(isinstance(v, str) for v in value):
            return tuple(value)
        self.fault(f"{where}: {key}", Message('must be a list of ids, such as ["a", "b"]'))
        return ()

    def build(self, where: str, make: Callable[[], T], default: T) -> T:
        """Make something of what was read; what it objects to is noted."""
        try:
            return make()
        except CellError as error:
            self.faults += [(where, error.what), (where, error.mend)]
        except ConfigError as error:
            self.faults += error.details or [(where, error.message)]
        except (TypeError, ValueError) as error:
            self.fault(where, Message("%(fault)s", {"fault": str(error)}))
        return default

    def params(self, where: str, table: dict[str, Any], kind: type[T]) -> T:
        """Fill a dataclass whose fields all have defaults."""
        default = kind()
        fields = {f.name: getattr(default, f.name) for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
        self.unknown(where, table, fields)
        wanted = {}
        for key, value in table.items():
            if key not in fields:
                continue
            expected = type(fields[key])
            if expected in _KINDS and not _is_a(value, expected):
                self.fault(f"{where}: {key}", _KINDS[expected])
            else:
                wanted[key] = tuple(value) if isinstance(value, list) else value
        return self.build(where, lambda: kind(**wanted), default)

    def unknown(self, where: str, table: Mapping[str, Any], known: Collection[str]) -> None:
        """Note every key that nobody knows, with those that are known."""
        for key in table:
            if key not in known:
                self.fault(
                    where,
                    Message(
                        "does not know '%(key)s'; it knows %(known)s",
                        {"key": key, "known": ", ".join(sorted(known))},
                    ),
                )


def _is_a(value: object, kind: type) -> bool:
    if kind is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, kind) and isinstance(value, bool) == (kind is bool)
