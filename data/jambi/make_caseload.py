"""Make up the caseload: counts as in the study, everybody in it invented."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from geography import FOLDER, SEED, SETTLEMENTS, Village, read_villages, to_degrees, to_metres
from scipy.spatial import KDTree
from workbook import write_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

WEEK = dt.date(2026, 11, 30)
# The first three are the study's figures of 2014; the others share out its 253 cases of 2015.
CITY_CASES = {
    "AMPK": 23,
    "Anak jalanan": 22,
    "Korban kekerasan": 20,
    "Anak terlantar": 62,
    "Disabilitas": 38,
    "Yatim piatu": 34,
    "Balita terlantar": 24,
    "ABH": 14,
    "NAPZA": 10,
    "Perdagangan anak": 6,
}
MUARO_CASES = {"Anak terlantar": 12, "Disabilitas": 7, "Yatim piatu": 6, "Korban kekerasan": 5}
# Two settlements of the Suku Anak Dalam, 23 children.
SAD_CHILDREN = (12, 11)
# A child's share of a meeting of the group, which lasts about an hour and a half.
SAD_MINUTES = 8
DAYS_BETWEEN = {"AMPK": 7, "Korban kekerasan": 7, "Perdagangan anak": 7} | dict.fromkeys(
    ("Disabilitas", "Yatim piatu"), 30
)
_USUAL_DAYS = 14
# Whom the worker of the city calls about such a case: the shelter, or the unit for women and
# children.
CALLED = {"AMPK": "rpsa-alyatama"} | dict.fromkeys(
    ("Korban kekerasan", "Perdagangan anak"), "polresta-ppa"
)
# How late visits are on average, as a part of their interval.
_LATE = 0.2
# The last visits entered are those of the Friday before.
_ENTERED_DAYS_AGO = 3
_STREETS = ("residential", "living_street")
_DOOR_M = (8.0, 55.0)
_MUARO_REACH_M = 28_000.0
_N_FIRST_CONTACTS = 7

BENEFICIARY_HEADER = (
    *("id", "bujur", "lintang", "kategori", "kunjungan_per_minggu", "setiap_hari"),
    *("jarak_minimal_hari", "hari", "buka", "tutup", "menit_layanan", "prioritas"),
    *("kunjungan_terakhir", "batas_waktu", "petugas_dibutuhkan", "keahlian", "petugas"),
    *("sirkuit", "wilayah", "mitra"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One row of the sheet; the cells of a fault are what a hurried clerk might type."""

    id: str
    lon: Any
    lat: Any
    category: str
    area: str
    visits_per_week: int | None = None
    every_days: int | None = None
    min_gap_days: int | None = None
    weekdays: str | None = None
    opens: str | None = None
    closes: str | None = None
    minutes: int | None = None
    priority: float | None = None
    last_visit: dt.date | None = None
    deadline: dt.date | None = None
    workers_needed: int | None = None
    skills: str | None = None
    worker: str | None = None
    circuit: str | None = None
    partner: str | None = None

    def cells(self) -> tuple[Any, ...]:
        """Give the cells in the order of the header."""
        return (
            *(self.id, self.lon, self.lat, self.category, self.visits_per_week, self.every_days),
            *(self.min_gap_days, self.weekdays, self.opens, self.closes, self.minutes),
            *(self.priority, self.last_visit, self.deadline, self.workers_needed, self.skills),
            *(self.worker, self.circuit, self.area, self.partner),
        )


def read_doors(path: Path) -> NDArray[np.float64]:
    """Read where people can live: the corners of the lanes, in metres; shape (n, 2)."""
    import osmium

    places: dict[int, tuple[float, float]] = {}
    corners: set[int] = set()
    for item in osmium.FileProcessor(path):
        if item.is_node():
            places[item.id] = (item.location.lon, item.location.lat)
        elif item.is_way() and item.tags.get("highway") in _STREETS:
            corners.update(node.ref for node in item.nodes)
    return to_metres([places[node] for node in sorted(corners)])


class Housing:
    """Finds a made-up home for each case."""

    def __init__(self, rng: np.random.Generator, doors: NDArray[np.float64]) -> None:
        self.rng = rng
        self.villages = read_villages()
        self.homes = to_metres([(v.lon, v.lat) for v in self.villages])
        _, self.cell = KDTree(self.homes).query(doors)
        self.doors = doors

    def settle(self, n: int, is_meant: NDArray[np.bool_]) -> list[tuple[float, float, Village]]:
        """Spread `n` homes over the villages meant, by the root of how many lanes each has."""
        counts = np.bincount(self.cell, minlength=len(self.villages)) * is_meant
        weights = np.sqrt(counts)
        chosen = self.rng.choice(len(self.villages), n, p=weights / weights.sum())
        return [self._home(int(i)) for i in chosen]

    def _home(self, village: int) -> tuple[float, float, Village]:
        door = self.doors[self.rng.choice(np.flatnonzero(self.cell == village))]
        return (*self.near(door), self.villages[village])

    def near(self, spot: NDArray[np.float64]) -> tuple[float, float]:
        """Step off the road in some direction, by a garden or two."""
        heading, off_m = self.rng.uniform(0, 2 * np.pi), self.rng.uniform(*_DOOR_M)
        moved = spot + off_m * np.array([np.cos(heading), np.sin(heading)])
        lon, lat = to_degrees(moved)[0]
        return round(float(lon), 5), round(float(lat), 5)


def city_cases(rng: np.random.Generator, housing: Housing) -> list[Case]:
    """Make up the 253 cases of Kota Jambi, faults included."""
    kinds = rng.permutation([kind for kind, n in CITY_CASES.items() for _ in range(n)]).tolist()
    homes = housing.settle(len(kinds), np.array([v.in_city for v in housing.villages]))
    cases = [
        Case(
            id=f"KJ-{i:03d}",
            lon=lon,
            lat=lat,
            category=kind,
            area=village.code,
            last_visit=_last_visit(rng, kind),
            worker="kota" if rng.random() < 0.8 else None,  # noqa: PLR2004
            partner=CALLED.get(kind),
        )
        for i, (kind, (lon, lat, village)) in enumerate(zip(kinds, homes, strict=True), start=1)
    ]
    return _plant_faults(_with_wishes(rng, cases))


def _last_visit(rng: np.random.Generator, kind: str) -> dt.date:
    days = DAYS_BETWEEN.get(kind, _USUAL_DAYS)
    # Many are late: one worker cannot keep the rhythm of 253 cases.
    ago = max(_ENTERED_DAYS_AGO, round(days * (rng.uniform(0.0, 1.1) + rng.exponential(_LATE))))
    return WEEK - dt.timedelta(days=ago)


def _with_wishes(rng: np.random.Generator, cases: list[Case]) -> list[Case]:
    """Add school hours, first contacts and skills, each to the first few of a shuffled kind."""
    by_kind: dict[str, list[int]] = {}
    for i in rng.permutation(len(cases)).tolist():
        by_kind.setdefault(cases[i].category, []).append(i)

    def change(kind: str, n: int, **values: Any) -> None:
        for i in by_kind[kind][:n]:
            cases[i] = replace(cases[i], **values)

    change("Anak terlantar", 14, opens="13:00", closes="16:00", weekdays="Senin-Jumat")
    change("Yatim piatu", 8, opens="13:00", closes="16:00")
    change("ABH", 4, weekdays="Selasa, Kamis")
    change("Disabilitas", 9, skills="disabilitas")
    change("Disabilitas", 2, skills="bahasa isyarat")
    change("Korban kekerasan", 12, skills="kekerasan")
    change("Perdagangan anak", 3, workers_needed=2)
    urgent = [*by_kind["Korban kekerasan"][-4:], *by_kind["AMPK"][-3:]]
    for offset, i in enumerate(urgent[:_N_FIRST_CONTACTS]):
        deadline = WEEK + dt.timedelta(days=1 + offset % 4)
        cases[i] = replace(cases[i], last_visit=None, deadline=deadline, worker=None)
    return cases


def _plant_faults(cases: list[Case]) -> list[Case]:
    """Write some cases as badly as the study says the data is; see README."""

    def spoil(number: int, **values: Any) -> None:
        cases[number - 1] = replace(cases[number - 1], **values)

    spoil(17, lon=cases[16].lat, lat=cases[16].lon)
    spoil(58, lon=None, lat=None)
    spoil(91, last_visit=dt.date(2025, 8, 11))
    spoil(123, category="Anak terlantr")
    spoil(150, visits_per_week=9)
    spoil(174, opens="15:00", closes="09:00", weekdays=None)
    spoil(201, last_visit=dt.date(2027, 11, 9))
    # In the swamps behind Seberang, more than a kilometre from any road.
    spoil(222, lon=103.6045, lat=-1.5650, area="15.71.06.1005")
    # The same child entered twice.
    return [*cases, cases[39]]


def muaro_cases(rng: np.random.Generator, housing: Housing) -> list[Case]:
    """Make up the cases of Muaro Jambi, around the city; one on an island without a bridge."""
    kinds = rng.permutation([kind for kind, n in MUARO_CASES.items() for _ in range(n)]).tolist()
    is_meant = np.array([not v.in_city for v in housing.villages])
    is_meant &= np.hypot(*housing.homes.T) < _MUARO_REACH_M
    homes = housing.settle(len(kinds), is_meant)
    cases = [
        Case(
            id=f"MJ-{i:03d}",
            lon=lon,
            lat=lat,
            category=kind,
            area=village.code,
            last_visit=_last_visit(rng, kind),
            worker="muaro",
        )
        for i, (kind, (lon, lat, village)) in enumerate(zip(kinds, homes, strict=True), start=1)
    ]
    cases[11] = replace(cases[11], lon=103.8262, lat=-1.4031, area="15.05.11.2010")
    return cases


def sad_cases(rng: np.random.Generator, housing: Housing) -> list[Case]:
    """Make up the children of the two settlements, met by the circuit."""
    cases = []
    for (code, place), n, letter in zip(SETTLEMENTS, SAD_CHILDREN, "PL", strict=True):
        spot = to_metres([place])[0]
        for i in range(1, n + 1):
            lon, lat = housing.near(spot + rng.normal(0.0, 35.0, 2))
            cases.append(
                Case(
                    id=f"SAD-{letter}{i:02d}",
                    lon=lon,
                    lat=lat,
                    category="Suku Anak Dalam",
                    area=code,
                    visits_per_week=3,
                    min_gap_days=1,
                    weekdays="Senin-Kamis",
                    minutes=SAD_MINUTES,
                    last_visit=WEEK - dt.timedelta(days=11),
                    worker="muaro",
                    circuit="sad",
                )
            )
    return cases


OFFICE = ("dinsos-kota-jambi", "Dinas Sosial Kota Jambi", 103.5945, -1.6105)
_TOWN_HOURS = "Senin-Kamis 08:00-16:00; Jumat 08:00-15:00"
_LONG_HOURS = "Senin-Kamis 07:00-17:00; Jumat 08:00-15:00"
WORKERS = (
    (
        *("id", "id_pangkalan", "pangkalan", "bujur", "lintang", "jam_kerja"),
        *("batas_berkendara_menit", "keahlian", "menginap", "anggaran_bulanan_rp", "kendaraan"),
    ),
    (
        ("kota", *OFFICE, _TOWN_HOURS, 240, "kekerasan, konseling", "tidak", 2_000_000, "motor"),
        ("muaro", *OFFICE, _LONG_HOURS, 420, "konseling", "ya", 2_000_000, "motor"),
        ("tksk-1", *OFFICE, _LONG_HOURS, 420, "disabilitas", "ya", 2_000_000, "motor"),
        ("tksk-2", *OFFICE, _LONG_HOURS, 420, "kekerasan", "ya", 2_000_000, "motor"),
    ),
)
# Nobody has these numbers: behind an area code none begins with 0.
LODGINGS = (
    ("id", "nama", "bujur", "lintang", "malam", "tempat_tidur", "biaya_per_malam", "telepon"),
    (
        (
            *("balai-pelempang", "Balai desa Pelempang", 103.5129, -1.8243),
            *(None, 4, 0, "0741-000-0011"),
        ),
        (
            *("kades-tanjung-lebar", "Rumah kepala desa Tanjung Lebar", 103.4895, -2.1573),
            *(None, 3, 50_000, "0741-000-0012"),
        ),
        (
            *("unit-bahar", "Balai unit Sungai Bahar", 103.4445, -1.9541),
            *(None, 6, 75_000, None),
        ),
    ),
)
PARTNERS = (
    (
        *("id", "nama", "jenis", "bujur", "lintang", "hari", "buka", "tutup"),
        *("kunjungan_per_minggu", "menit_layanan", "petugas", "telepon"),
    ),
    (
        (
            *("rpsa-alyatama", "RPSA Alyatama", "rumah perlindungan", 103.6030, -1.6490),
            *("Senin-Jumat", "08:00", "15:00", 2, 60, None, "0741-000-0001"),
        ),
        (
            *("polresta-ppa", "Polresta Kota Jambi, Unit PPA", "kepolisian", 103.6150, -1.6020),
            *("Senin-Jumat", "08:00", "14:00", 1, 45, "kota", "0741-000-0002"),
        ),
        (
            *("panti-muhammadiyah", "Panti Asuhan Muhammadiyah", "panti", 103.6095, -1.6075),
            *("Senin-Jumat", "13:00", "16:00", 1, 45, None, "0741-000-0003"),
        ),
        (
            *("lpa-jambi", "Lembaga Perlindungan Anak", "lembaga", 103.5860, -1.6150),
            *("Senin-Kamis", "09:00", "15:00", None, 30, None, "0741-000-0004"),
        ),
        (
            *("dinkes-kota", "Dinas Kesehatan Kota Jambi", "kesehatan", 103.6005, -1.6240),
            *("Senin-Jumat", "08:00", "14:00", 1, 30, None, "0741-000-0005"),
        ),
        (
            *("bkkbn-jambi", "BKKBN Provinsi Jambi", "keluarga berencana", 103.5805, -1.6085),
            *("Senin-Jumat", "08:00", "14:00", None, 30, None, None),
        ),
    ),
)
# The supervisor has settled nothing yet; `outreach init` writes a sheet with examples.
PINS: tuple[tuple[str, ...], list[tuple[str, ...]]] = (
    ("id", "tanggal", "hari", "petugas", "jam", "urutan", "tim", "penginapan"),
    [],
)


def make_caseload(path: Path, roads: Path) -> None:
    """Write the workbook; homes lie beside the lanes of `roads`."""
    rng = np.random.default_rng(SEED + 1)
    housing = Housing(rng, read_doors(roads))
    cases = [*city_cases(rng, housing), *muaro_cases(rng, housing), *sad_cases(rng, housing)]
    write_workbook(
        path,
        {
            "beneficiaries": (BENEFICIARY_HEADER, [case.cells() for case in cases]),
            "workers": WORKERS,
            "lodgings": LODGINGS,
            "partners": PARTNERS,
            "pins": PINS,
        },
    )


if __name__ == "__main__":
    make_caseload(FOLDER / "caseload.xlsx", FOLDER / "roads.osm.pbf")
