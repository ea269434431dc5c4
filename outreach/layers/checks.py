"""What is wrong with a table: gathered while it is read, all of it at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from outreach.errors import ConfigError, LayerError, Message
from outreach.layers.layer import Layer
from outreach.layers.tables import name_columns
from outreach.layers.values import parse_cells, parse_id, quote
from outreach.model import Finding, Loss

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import geopandas as gpd

    from outreach.layers.tables import Table
    from outreach.model import Severity

    T = TypeVar("T")

Bounds = tuple[float, float, float, float]

# How the template's examples begin.
EXAMPLE_MARKS = ("CONTOH-", "EXAMPLE-")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckParams:
    """
    What counts as doubtful.

    Parameters
    ----------
    bounds
        West, south, east, north in degrees; places outside are errors. None: not checked.
    max_accuracy_m
        Positions known less exactly than this get a warning.
    stale_after_days
        A last visit longer ago than this gets a warning.
    """

    bounds: Bounds | None = None
    max_accuracy_m: float = 100
    stale_after_days: int = 90

    def __post_init__(self) -> None:
        if self.bounds is None:
            return
        # TOML gives a list.
        object.__setattr__(self, "bounds", tuple(self.bounds))
        if len(self.bounds) != 4 or not (  # noqa: PLR2004 - two corners
            self.bounds[0] < self.bounds[2] and self.bounds[1] < self.bounds[3]
        ):
            raise ConfigError(
                "bounds are west, south, east, north in degrees, such as [103.0, -2.5, 104.5, -1.0]"
            )


class Inspection:
    """
    The reading of one table: gives columns of values, keeps what is wrong with them.

    Rows are known by their position in the table from 0; an error refuses its row.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.n_rows = len(table.rows)
        self.ids = [f"{table.file}-row-{row}" for row in table.rows]
        self.refused: dict[int, Finding] = {}
        self.repeated: set[int] = set()
        self._findings: list[tuple[int, Finding]] = []
        self._broken: set[tuple[int, str]] = set()

    def note_ignored(self) -> None:
        """Name the columns that were not read; never what is in them."""
        if self.table.ignored:
            self._keep(
                -1,
                severity="warning",
                code="ignored-columns",
                column=None,
                what=Message(
                    "not read: %(columns)s", {"columns": name_columns(self.table.ignored)}
                ),
                mend=Message(
                    "nothing to do if these are names, addresses, telephone numbers or notes; "
                    "else rename the column as in the template"
                ),
            )

    def identify(self) -> list[str]:
        """Read the ids; rows without one are refused under a name made of file and row."""
        ids = self.column("id", parse_id, blank="")
        missing = [position for position, row_id in enumerate(ids) if not row_id]
        self.ids = [row_id or made for row_id, made in zip(ids, self.ids, strict=True)]
        for position in missing:
            if not self.is_broken(position, "id"):
                self.error(
                    position,
                    "id",
                    "missing-id",
                    Message("the row has no id"),
                    Message("write an id that no other row has"),
                )
        self.warn_examples(ids)
        return self.ids

    def warn_examples(self, ids: Sequence[str | None]) -> None:
        """Doubt rows that the template brought along."""
        for position, row_id in enumerate(ids):
            if (row_id or "").startswith(EXAMPLE_MARKS):
                self.warn(
                    position,
                    "id",
                    "example-row",
                    Message(
                        "the row is an example of the template, and is planned as if it were real"
                    ),
                    Message("delete the whole row"),
                )

    def column(self, field: str, parse: Callable[[object], T], *, blank: T) -> list[T]:
        """Read a column; `blank` stands where it says nothing, cannot be read, or is absent."""
        cells = self.table.cells.get(field)
        return (
            [blank] * self.n_rows if cells is None else self.read(cells, field, parse, blank=blank)
        )

    def read(
        self, cells: Sequence[Any], field: str, parse: Callable[[object], T], *, blank: T
    ) -> list[T]:
        """Read cells that stand for a column."""
        values, errors = parse_cells(cells, parse, blank)
        for position, error in errors:
            self.error(position, field, error.code, error.what, error.mend)
        return values

    def demand(
        self,
        field: str,
        values: Sequence[T | None],
        is_right: Callable[[T], bool],
        *,
        code: str,
        what: Message,
        mend: Message,
    ) -> None:
        """Refuse the rows whose value is not right; None counts as right."""
        for position, value in enumerate(values):
            if value is not None and not is_right(value):
                cell = quote(self.table.cells[field][position]) if self.table.has(field) else "–"
                self.error(
                    position,
                    field,
                    code,
                    Message(what.template, {**what.values, "value": cell}),
                    mend,
                )

    def error(
        self, position: int, field: str | None, code: str, what: Message, mend: Message
    ) -> None:
        """Note what makes a row useless."""
        finding = self._keep(
            position,
            severity="error",
            code=code,
            column=self._header(field),
            what=what,
            mend=mend,
        )
        self.refused.setdefault(position, finding)
        if field is not None:
            self._broken.add((position, field))

    def warn(
        self, position: int, field: str | None, code: str, what: Message, mend: Message
    ) -> None:
        """Note what is doubtful about a row, or with position -1 about the whole table."""
        self._keep(
            position,
            severity="warning",
            code=code,
            column=self._header(field),
            what=what,
            mend=mend,
        )

    def is_broken(self, position: int, field: str) -> bool:
        """Tell whether a cell was already refused."""
        return (position, field) in self._broken

    def compare(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """
        Settle ids that several rows claim.

        Equal rows are one beneficiary entered twice: the first stays. Rows that contradict
        each other are all refused, because any choice among them could be the wrong child.
        """
        groups: dict[str, list[int]] = {}
        for position, row_id in enumerate(self.ids):
            groups.setdefault(row_id, []).append(position)
        for row_id, group in groups.items():
            if len(group) == 1:
                continue
            numbers = ", ".join(str(self.table.rows[position]) for position in group)
            told = [[_exact(column[row]) for column in columns.values()] for row in group]
            if told.count(told[0]) == len(told) and not any(
                position in self.refused for position in group
            ):
                for position in group[1:]:
                    self.repeated.add(position)
                    self.warn(
                        position,
                        "id",
                        "repeated-row",
                        Message(
                            "rows %(rows)s say the same of '%(id)s'; it is planned once",
                            {"rows": numbers, "id": quote(row_id)},
                        ),
                        Message("delete all of them but one"),
                    )
                continue
            for position in group:
                self.error(
                    position,
                    "id",
                    "duplicate-id",
                    Message(
                        "rows %(rows)s have the same id '%(id)s' but differ",
                        {"rows": numbers, "id": quote(row_id)},
                    ),
                    Message("give each its own id, or keep the row that is right"),
                )

    def good(self) -> list[int]:
        """Give the positions of the usable rows, sorted by id."""
        lost = self.refused.keys() | self.repeated
        return sorted(set(range(self.n_rows)) - lost, key=self.ids.__getitem__)

    def finish(self, name: str, rows: gpd.GeoDataFrame, *, with_losses: bool = False) -> Layer:
        """Put the layer together; findings in the order of the rows."""
        good = self.good()
        numbers = {self.ids[position]: self.table.rows[position] for position in good}
        losses = tuple(
            Loss(
                kind="invalid",
                beneficiary_id=self.ids[position],
                reason=finding.code,
                detail=_unquoted(finding.what),
            )
            for position, finding in sorted(self.refused.items())
        )
        return Layer(
            name=name,
            rows=rows,
            findings=self.findings(),
            invalid=losses if with_losses else (),
            file=self.table.file,
            sheet=self.table.sheet,
            row_numbers=numbers,
            headers=self.table.headers,
        )

    def findings(self) -> tuple[Finding, ...]:
        """Give all that was found, in the order of the rows."""
        return tuple(finding for _, finding in sorted(self._findings, key=_by_position))

    def _header(self, field: str | None) -> str | None:
        return None if field is None else self.table.headers.get(field, field)

    def _keep(
        self,
        position: int,
        *,
        severity: Severity,
        code: str,
        column: str | None,
        what: Message,
        mend: Message,
    ) -> Finding:
        finding = Finding(
            severity=severity,
            code=code,
            file=self.table.file,
            sheet=self.table.sheet,
            row=None if position < 0 else self.table.rows[position],
            column=column,
            id=None if position < 0 else self.ids[position],
            what=what,
            mend=mend,
        )
        self._findings.append((position, finding))
        return finding


def _unquoted(what: Message) -> Message:
    # Findings are for who mends the table; what is planned goes into files, and a cell may hold
    # a name or a number of whoever typed it into the wrong column.
    return Message(
        what.template, {**what.values, "value": "…"} if "value" in what.values else what.values
    )


def _exact(value: Any) -> Any:
    # Texts compare NaN with NaN as equal; of a geometry, bytes show every digit.
    return value.wkb if hasattr(value, "wkb") else repr(value)


def _by_position(noted: tuple[int, Finding]) -> int:
    return noted[0]


def frame_of(
    columns: Mapping[str, Sequence[Any]], dtypes: Mapping[str, str], good: Sequence[int]
) -> gpd.GeoDataFrame:
    """
    Make the frame of the good rows.

    Parameters
    ----------
    columns
        By name; ``geometry`` holds shapely geometries in EPSG:4326.
    dtypes
        Of every column but the geometry. Texts are plain objects: a text dtype would turn
        None, which means "nobody", into NaN.
    good
        Positions of the rows, in the order that the frame takes.
    """
    import geopandas as gpd
    import pandas as pd

    series = {
        name: pd.Series([columns[name][row] for row in good], dtype=dtype)
        for name, dtype in dtypes.items()
    }
    geometry = gpd.GeoSeries([columns["geometry"][row] for row in good], crs=4326)
    return gpd.GeoDataFrame(series, geometry=geometry, crs=4326)


def uphold(schema: Any, rows: gpd.GeoDataFrame, *, layer: str) -> gpd.GeoDataFrame:
    """
    Hold a frame against the schema of its layer.

    Raises
    ------
    LayerError
        Naming every column that does not keep it: a fault of this program, not of the table.
    """
    from pandera.errors import SchemaErrors

    try:
        schema.validate(rows, lazy=True)
    except SchemaErrors as error:
        columns = sorted({str(name) for name in error.failure_cases["column"]})
        raise LayerError(
            "%(layer)s: what was read breaks the layer's own schema in %(columns)s; "
            "please report this",
            layer=layer,
            columns=", ".join(columns),
        ) from error
    return rows
