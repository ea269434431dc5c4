"""Make the demo district: roads, areas and caseload. Running it twice gives the same bytes."""

from __future__ import annotations

import sys
from pathlib import Path

from geography import FOLDER
from make_areas import make_areas
from make_caseload import make_caseload
from make_roads import make_roads


def make(folder: Path) -> None:
    """Write the three files that are made into `folder`."""
    make_roads(folder / "roads.osm.pbf")
    make_areas(folder / "areas.geojson")
    make_caseload(folder / "caseload.xlsx", folder / "roads.osm.pbf")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
