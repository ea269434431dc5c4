"""The schemas of GPX 1.1 and KML 2.2, as packages carry them."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from xmlschema import XMLSchema

_XAL = "urn:oasis:names:tc:ciq:xsdschema:xAL:2.0"


@cache
def gpx_schema() -> XMLSchema:
    """Give Topografix's schema of GPX 1.1."""
    return XMLSchema(_inside("trailer") / "validators" / "gpx_1_1" / "schemas" / "gpx_1_1.xsd")


@cache
def kml_schema() -> XMLSchema:
    """Give OGC's schema of KML 2.2."""
    folder = _inside("pykml") / "schemas"
    # It names the schema of addresses by where that lies on the Web.
    return XMLSchema(folder / "ogckml22.xsd", locations={_XAL: str(folder / "xAL.xsd")})


def _inside(package: str) -> Path:
    # Found without importing the package, of which nothing else is needed.
    spec = find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent
