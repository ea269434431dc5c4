"""What is known of the ground, drawn by hand: the river, its crossings, the main roads."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
import shapely.affinity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FOLDER = Path(__file__).resolve().parent
SEED = 1571
CITY_CODE = "15.71"
BAHAR_CODES = ("15.05.07", "15.05.09", "15.05.10")

# A flat map around Kota Jambi; within the district it is true to a few metres in a kilometre.
_LON_0, _LAT_0 = 103.6, -1.65
_M_PER_LON, _M_PER_LAT = 111_273.0, 110_578.0

# Sketched along the banks that the villages lie on; not surveyed.
BATANG_HARI = (
    *((103.300, -1.620), (103.360, -1.585), (103.420, -1.552), (103.455, -1.535)),
    *((103.470, -1.512), (103.484, -1.4875), (103.503, -1.4865), (103.5125, -1.4935)),
    *((103.525, -1.4975), (103.5385, -1.507), (103.537, -1.5225), (103.528, -1.535)),
    *((103.529, -1.546), (103.5415, -1.5605), (103.557, -1.570), (103.568, -1.5765)),
    *((103.573, -1.586), (103.582, -1.5895), (103.593, -1.5885), (103.604, -1.5875)),
    *((103.613, -1.5862), (103.6205, -1.5815), (103.6255, -1.573), (103.633, -1.5665)),
    *((103.641, -1.560), (103.6475, -1.552), (103.645, -1.544), (103.6335, -1.538)),
    *(
        (103.631, -1.521),
        (103.642, -1.502),
        (103.650, -1.4875),
        (103.662, -1.4865),
        (103.673, -1.481),
    ),
    *((103.675, -1.468), (103.685, -1.456), (103.698, -1.440), (103.722, -1.420)),
    *((103.748, -1.406), (103.785, -1.404), (103.830, -1.403), (103.860, -1.376)),
    *((103.900, -1.368), (103.932, -1.358), (103.966, -1.358), (104.000, -1.330)),
    (104.050, -1.300),
)
RIVER_HALF_WIDTH_M = 170.0
# Danau Sipin on the south bank, Danau Teluk on the north: centre and radii in metres.
LAKES = (((103.5925, -1.5968), 320.0, 700.0), ((103.581, -1.5795), 420.0, 300.0))

BRIDGES = (
    ("Jembatan Batang Hari I (Aur Duri)", (103.5550, -1.5735), (103.5575, -1.5655)),
    ("Jembatan Batang Hari II (Sijenjang)", (103.6460, -1.5600), (103.6395, -1.5535)),
)
FERRY = ("Ketek Pasar Jambi – Arab Melayu", (103.6165, -1.5885), (103.6150, -1.5800))
FOOTBRIDGE = ("Jembatan pedestrian Gentala Arasy", (103.6115, -1.5895), (103.6105, -1.5805))

# A lane on an island that no motorbike can ride to: the demo's unreachable case lives there.
ISLAND = ((103.8230, -1.4028), (103.8262, -1.4036), (103.8300, -1.4026))


@dataclass(frozen=True, slots=True, kw_only=True)
class CityRoad:
    """A main road of the city; the streets bend to it."""

    name: str
    highway: str
    line: tuple[tuple[float, float], ...]


CITY_ROADS = (
    CityRoad(
        name="Jalan Lingkar Barat – Selatan – Timur",
        highway="trunk",
        line=(
            *((103.5550, -1.5735), (103.5475, -1.600), (103.5450, -1.625), (103.5500, -1.650)),
            *((103.5750, -1.668), (103.6000, -1.673), (103.6300, -1.661), (103.6550, -1.646)),
            *((103.6650, -1.615), (103.6550, -1.588), (103.6490, -1.572), (103.6460, -1.5600)),
        ),
    ),
    CityRoad(
        name="Jalan Lintas Jambi – Palembang",
        highway="primary",
        line=(
            *((103.6130, -1.597), (103.6120, -1.615), (103.6070, -1.633), (103.6030, -1.655)),
            *((103.5980, -1.673), (103.5860, -1.699)),
        ),
    ),
    CityRoad(
        name="Jalan Lintas Jambi – Muara Bulian",
        highway="primary",
        line=(
            *((103.6130, -1.597), (103.5980, -1.608), (103.5880, -1.6165), (103.5750, -1.620)),
            *((103.5550, -1.622), (103.5364, -1.614), (103.5180, -1.612)),
        ),
    ),
    CityRoad(
        name="Jalan Bandara",
        highway="secondary",
        line=((103.6165, -1.592), (103.6220, -1.612), (103.6270, -1.633), (103.6400, -1.645)),
    ),
    CityRoad(
        name="Jalan Kumpeh",
        highway="secondary",
        line=((103.6130, -1.606), (103.6340, -1.603), (103.6500, -1.598), (103.6695, -1.5937)),
    ),
    CityRoad(
        name="Jalan Tepi Sungai",
        highway="secondary",
        line=((103.6000, -1.592), (103.6165, -1.5905), (103.6280, -1.585), (103.6380, -1.5745)),
    ),
    CityRoad(
        name="Jalan Telanaipura",
        highway="secondary",
        line=((103.5980, -1.608), (103.5800, -1.605), (103.5650, -1.603), (103.5475, -1.600)),
    ),
    CityRoad(
        name="Jalan Kota Baru",
        highway="secondary",
        line=((103.5910, -1.617), (103.5910, -1.645), (103.5960, -1.665)),
    ),
    CityRoad(
        name="Jalan Lintas Jambi – Pekanbaru",
        highway="trunk",
        line=((103.5575, -1.5655), (103.5520, -1.556), (103.5440, -1.547)),
    ),
    CityRoad(
        name="Jalan Lintas Jambi – Muara Sabak",
        highway="primary",
        line=((103.6395, -1.5535), (103.6340, -1.5475), (103.6249, -1.5447)),
    ),
    CityRoad(
        name="Jalan Seberang",
        highway="tertiary",
        line=(
            *((103.5575, -1.5655), (103.5660, -1.567), (103.5720, -1.5715), (103.5790, -1.574)),
            *((103.5850, -1.584), (103.5940, -1.5835), (103.6040, -1.582), (103.6150, -1.580)),
            *((103.6200, -1.572), (103.6245, -1.564), (103.6320, -1.5598)),
        ),
    ),
)

# Trunk and primary roads beyond the city, by the places that they pass: villages or positions.
COUNTRY_ROADS: tuple[tuple[str, str, tuple[str | tuple[float, float], ...]], ...] = (
    (
        "Jalan Lintas Jambi – Palembang",
        "primary",
        (
            *((103.5860, -1.699), "15.05.05.2016", "15.05.05.2006", "15.05.05.1009"),
            *("15.05.05.2004", "15.05.05.2015", (103.560, -1.915)),
        ),
    ),
    (
        "Jalan Lintas Jambi – Muara Bulian",
        "primary",
        ((103.5180, -1.612), "15.05.01.2014", "15.05.01.2005", "15.05.01.1003", (103.400, -1.622)),
    ),
    (
        "Jalan Lintas Jambi – Pekanbaru",
        "trunk",
        (
            *((103.5440, -1.547), "15.05.02.2009", "15.05.02.2008", "15.05.02.1010"),
            *("15.05.02.2011", "15.05.02.2013", "15.05.02.2015", (103.270, -1.270)),
        ),
    ),
    (
        "Jalan Lintas Jambi – Muara Sabak",
        "primary",
        (
            *((103.6249, -1.5447), "15.05.04.2017", "15.05.04.2005", "15.05.04.2006"),
            *("15.05.11.2007", (103.780, -1.360)),
        ),
    ),
    (
        "Jalan Kumpeh",
        "secondary",
        (
            *((103.6695, -1.5937), "15.05.06.2001", "15.05.06.2010", "15.05.06.2009"),
            *("15.05.06.2011", "15.05.06.2012", "15.05.06.2013", "15.05.03.2017"),
            *("15.05.03.2016", "15.05.03.1008"),
        ),
    ),
    (
        "Jalan Sungai Bahar",
        "secondary",
        (
            *("15.05.05.1009", "15.05.05.2001", "15.05.05.2011", "15.05.05.2018"),
            *("15.05.05.2012", "15.05.07.2013"),
        ),
    ),
    (
        "Jalan Sungai Gelam",
        "secondary",
        ((103.6550, -1.646), "15.05.08.2001", "15.05.08.2003", "15.05.08.2008", "15.05.08.2010"),
    ),
)
# Where the demo lets Suku Anak Dalam families live: invented spots off two real villages.
SETTLEMENTS = (("15.05.05.2002", (103.4880, -1.8480)), ("15.05.10.2010", (103.4720, -2.1650)))
# The rough outline of the two districts, drawn around the places; not a boundary.
OUTLINE = (
    *((103.200, -1.230), (103.420, -1.240), (103.600, -1.300), (103.980, -1.290)),
    *((104.160, -1.270), (104.400, -1.660), (104.020, -1.770), (103.690, -1.860)),
    *((103.580, -1.930), (103.600, -2.100), (103.560, -2.200), (103.420, -2.200)),
    *((103.420, -2.080), (103.330, -2.060), (103.280, -1.960), (103.280, -1.850)),
    *(
        (103.380, -1.830),
        (103.380, -1.640),
        (103.440, -1.520),
        (103.340, -1.440),
        (103.200, -1.400),
    ),
)
# Oil-palm blocks: the village that they surround, and how far they reach in metres.
PLANTATIONS = (
    *(("15.05.08.2004", 3_500.0), ("15.05.02.2015", 4_000.0), ("15.05.02.2013", 4_000.0)),
    *(("15.05.05.2011", 3_000.0), ("15.05.05.2003", 3_000.0), ("15.05.08.2012", 2_500.0)),
    *(("15.05.06.2016", 3_000.0), ("15.05.04.2020", 3_000.0)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Village:
    """A desa or kelurahan: its Kemendagri code, and a point inside it."""

    code: str
    name: str
    kecamatan: str
    area_km2: float
    lon: float
    lat: float

    @property
    def in_city(self) -> bool:
        """Whether it is a kelurahan of Kota Jambi."""
        return self.code.startswith(CITY_CODE)

    @property
    def in_bahar(self) -> bool:
        """Whether it lies in the transmigration blocks of Sungai Bahar."""
        return self.code.startswith(BAHAR_CODES)

    @property
    def on_peat(self) -> bool:
        """Whether it lies in Kumpeh, in the east."""
        return self.code.startswith("15.05.03")


def read_villages() -> tuple[Village, ...]:
    """Read places.csv, in the order of the codes."""
    with (FOLDER / "places.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Village(
                code=row["code"],
                name=row["name"],
                kecamatan=row["kecamatan"],
                area_km2=float(row["area_km2"]),
                lon=float(row["lon"]),
                lat=float(row["lat"]),
            )
            for row in csv.DictReader(file)
        )


def to_metres(lonlat: Sequence[Sequence[float]] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees → metres east and north of the middle of the map; shape (n, 2)."""
    degrees = np.asarray(lonlat, dtype=float).reshape(-1, 2)
    return (degrees - (_LON_0, _LAT_0)) * (_M_PER_LON, _M_PER_LAT)


def to_degrees(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres east and north of the middle of the map → degrees; shape (n, 2)."""
    return np.asarray(metres, dtype=float).reshape(-1, 2) / (_M_PER_LON, _M_PER_LAT) + (
        _LON_0,
        _LAT_0,
    )


def river_line() -> shapely.LineString:
    """Draw the middle of the Batang Hari, in metres, its corners rounded."""
    line = to_metres(BATANG_HARI)
    for _ in range(3):
        # Chaikin's corner cutting: each corner gives way to two points near it.
        near, far = 0.75 * line[:-1] + 0.25 * line[1:], 0.25 * line[:-1] + 0.75 * line[1:]
        line = np.vstack([line[:1], np.stack([near, far], axis=1).reshape(-1, 2), line[-1:]])
    return shapely.LineString(line)


def water() -> shapely.Geometry:
    """Give river and lakes as an area, in metres."""
    river = river_line().buffer(RIVER_HALF_WIDTH_M)
    circles = [
        shapely.affinity.scale(shapely.Point(*to_metres([centre])[0]).buffer(1.0), rx, ry)
        for centre, rx, ry in LAKES
    ]
    return shapely.union_all([river, *circles])
