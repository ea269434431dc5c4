"""What reading promises of any table whatever."""

from __future__ import annotations

import csv
import datetime as dt
import math
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from outreach.errors import LayerError
from outreach.layers.beneficiaries import BENEFICIARY_FIELDS, check_beneficiaries
from outreach.layers.tables import Table
from tests.layers.tables import JAMBI, PRESETS, TODAY, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pytest

    from outreach.layers.layer import Layer

# The machine that runs this may be busy: time says nothing here.
MODEST = settings(deadline=None, max_examples=50)

JUNK: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
)

# Cells that are right more often than not, so that rows come through to the end.
LIKELY: dict[str, st.SearchStrategy[Any]] = {
    "id": st.sampled_from(["K1", "K2", "K3", 4, 5.0, "006"]),
    "lon": st.sampled_from([103.6, "103,7", 103.65]),
    "lat": st.sampled_from([-1.6, "-1,7", 1.6]),
    "point": st.just("-1.6 103.6 0 500"),
    "accuracy": st.sampled_from([None, 5, 500]),
    "category": st.sampled_from(["street", "anjal", "Forest", "strete"]),
    "visits_per_week": st.sampled_from([None, 1, 2, "3"]),
    "every_days": st.sampled_from([None, 14]),
    "min_gap_days": st.sampled_from([None, 1, 2]),
    "weekdays": st.sampled_from([None, "Senin-Kamis", "sel rab"]),
    "opens": st.sampled_from([None, "08:00", dt.time(9)]),
    "closes": st.sampled_from([None, "15.00", 0.5]),
    "service_minutes": st.sampled_from([None, 30, "45 menit"]),
    "priority": st.sampled_from([None, 1, "tinggi"]),
    "last_visit": st.sampled_from([None, dt.date(2026, 2, 1), "2 Maret 2026", 46000]),
    "deadline": st.sampled_from([None, dt.date(2026, 4, 1), "01/01/2026"]),
    "workers_needed": st.sampled_from([None, 1, 3]),
    "skills": st.sampled_from([None, "konseling, terapi"]),
    "worker": st.sampled_from([None, "W1"]),
    "circuit": st.sampled_from([None, "SAD"]),
    "area": st.sampled_from([None, 1571]),
    "partner": st.sampled_from([None, "M1"]),
}
ROW = st.fixed_dictionaries({field: LIKELY[field] for field in BENEFICIARY_FIELDS})
JUNK_ROW = st.fixed_dictionaries({field: LIKELY[field] | JUNK for field in BENEFICIARY_FIELDS})


def _table(rows: Sequence[Mapping[str, Any]], numbers: Sequence[int] | None = None) -> Table:
    return Table(
        file="cases.xlsx",
        sheet="Penerima",
        headers={field: field for field in BENEFICIARY_FIELDS},
        cells={field: [row[field] for row in rows] for field in BENEFICIARY_FIELDS},
        rows=tuple(numbers or range(2, len(rows) + 2)),
    )


def _check(table: Table) -> Layer:
    return check_beneficiaries(table, presets=PRESETS, params=JAMBI, today=TODAY)


@MODEST
@given(rows=st.lists(ROW | JUNK_ROW, max_size=8))
def test_every_row_is_good_invalid_or_repeated(rows: list[dict[str, Any]]) -> None:
    """Whatever is in the cells, nobody falls out: rows in are rows out."""
    layer = _check(_table(rows))
    repeated = [finding for finding in layer.findings if finding.code == "repeated-row"]
    assert len(layer.rows) + len(layer.invalid) + len(repeated) == len(rows)
    good = set(layer.rows["id"])
    assert len(good) == len(layer.rows)
    assert good.isdisjoint(loss.beneficiary_id for loss in layer.invalid)


@MODEST
@given(rows=st.lists(ROW | JUNK_ROW, max_size=8))
def test_a_row_is_invalid_exactly_when_it_has_an_error(rows: list[dict[str, Any]]) -> None:
    """Losses and errors tell the same story."""
    layer = _check(_table(rows))
    errors = {finding.row for finding in layer.findings if finding.severity == "error"}
    assert len(layer.invalid) == len(errors)
    assert errors.isdisjoint(layer.row_numbers.values())


@MODEST
@given(rows=st.lists(ROW | JUNK_ROW, max_size=8))
def test_good_rows_keep_what_the_layer_promises(rows: list[dict[str, Any]]) -> None:
    """What comes through can be planned: one frequency, windows in order, positive service."""
    frame = _check(_table(rows)).rows
    for row in frame.itertuples():
        assert math.isnan(row.visits_per_week) != math.isnan(row.every_days)
        assert all(0 <= opens <= closes <= 86400 for opens, closes in row.windows)
        assert set(row.weekdays) <= set(range(7))
        assert (row.service_s > 0, row.workers_needed > 0) == (True, True)
        assert JAMBI.bounds is not None
        assert JAMBI.bounds[0] <= row.geometry.x <= JAMBI.bounds[2]


@MODEST
@given(rows=st.lists(ROW, max_size=8), seed=st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(rows: list[dict[str, Any]], seed: int) -> None:
    """Shuffled rows are the same layer and the same findings, at other row numbers."""
    shuffled = random.Random(seed).sample(rows, len(rows))
    first, second = _check(_table(rows)), _check(_table(shuffled))
    assert first.rows.equals(second.rows)
    assert Counter((finding.code, finding.column, finding.id) for finding in first.findings) == (
        Counter((finding.code, finding.column, finding.id) for finding in second.findings)
    )


@MODEST
@given(
    content=st.binary(max_size=200)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    """Bytes of any kind under any name are a layer or a `LayerError`."""
    folder: Path = tmp_path_factory.mktemp("any")
    for name in ("c.csv", "c.xlsx", "c.geojson", "c.gpkg"):
        (folder / name).write_bytes(content)
        try:
            layer = read(folder / name)
        except LayerError:
            continue
        assert layer.name == "beneficiaries"


@MODEST
@given(cells=st.lists(st.lists(st.text(max_size=8), max_size=6), max_size=5))
def test_any_cells_below_a_header_are_rows(
    tmp_path_factory: pytest.TempPathFactory, cells: list[list[str]]
) -> None:
    """Lines of a CSV, ragged and quoted as they come, are all accounted for."""
    path: Path = tmp_path_factory.mktemp("any") / "c.csv"
    header = ["id", "lon", "lat", "category", "hari", "kunjungan_terakhir"]
    with path.open("w", newline="", encoding="utf-8", errors="replace") as file:
        csv.writer(file).writerows([header, *cells])
    layer = read(path)
    assert len(layer.rows) + len(layer.invalid) <= len(cells)
    assert all(loss.kind == "invalid" for loss in layer.invalid)


@MODEST
@given(
    secret=st.text(alphabet="qxzQXZ0123456789", min_size=6, max_size=20),
    rows=st.lists(ROW, max_size=4),
)
def test_secrets_in_undeclared_columns_are_nowhere(secret: str, rows: list[dict[str, Any]]) -> None:
    """The table that checks see holds declared fields only, so nothing else can travel on."""
    from outreach.layers.columns import match_columns

    headers = [*BENEFICIARY_FIELDS, "Nama", "Alamat", "Telepon"]
    matched = match_columns(headers, BENEFICIARY_FIELDS)
    cells = [[*row.values(), secret, secret, secret] for row in rows]
    table = Table(
        file="c.csv",
        sheet=None,
        headers={field: headers[position] for field, position in matched.positions.items()},
        cells={field: [row[at] for row in cells] for field, at in matched.positions.items()},
        rows=tuple(range(2, len(rows) + 2)),
        ignored=tuple(headers[position] for position in matched.ignored),
    )
    layer = _check(table)
    assert table.ignored == ("Nama", "Alamat", "Telepon")
    assert secret not in repr((layer.findings, layer.invalid, layer.rows.to_dict()))
