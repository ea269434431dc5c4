"""What reading a table gives: its good rows, and everything that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from outreach.model import Finding, Loss


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layer:
    """
    A table that was read and checked.

    Parameters
    ----------
    name
        ``"beneficiaries"``, ``"workers"``, ``"lodgings"``, ``"partners"`` or ``"areas"``.
    rows
        The good rows, sorted by `id`, geometry in EPSG:4326; columns as the layer declares.
    findings
        All that is wrong or doubtful, in the order of the rows.
    invalid
        One loss for each row that cannot be used (beneficiaries only).
    file, sheet
        Where the table was read.
    row_numbers
        Ids of the good rows to the row numbers that the user sees.
    headers
        Fields to the names that the file gives their columns.
    """

    name: str
    rows: gpd.GeoDataFrame
    findings: tuple[Finding, ...]
    invalid: tuple[Loss, ...] = ()
    file: str = ""
    sheet: str | None = None
    row_numbers: Mapping[str, int] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
