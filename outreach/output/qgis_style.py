"""The parts of QGIS's styles, and the table in which a GeoPackage carries them."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import pandas as pd

TABLE = "layer_styles"
"""The table in which QGIS looks for styles when it opens a GeoPackage."""

_STYLE_NAME = "outreach"
QGIS_VERSION = "3.22"
"""The form in which styles are written; later versions read it."""

_OVER_POINT = 1
# Where a label stands of a point, or on an area.
_BELOW, _CENTRED = 7, 4

Symbol = tuple[str, str, "Mapping[str, str]"]
"""Kind of symbol (``"marker"``, ``"line"``, ``"fill"``), class of its layer, and properties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    What of a layer is drawn how; one with `rules` is a group of them in the legend.

    `filter` is an expression of QGIS, to which those of the group above are added; `is_on` says
    whether it is ticked at first.
    """

    label: str
    filter: str
    symbol: Symbol | None = None
    rules: Sequence[Rule] = ()
    is_on: bool = True


def style_table(styles: Mapping[str, str], geometry_column: str, date: dt.date) -> pd.DataFrame:
    """
    Make the rows of QGIS's table of styles.

    Parameters
    ----------
    styles
        QML by the name of the layer.
    geometry_column
        Name of the geometry in all of them.
    date
        Told as the time of the last change.
    """
    import pandas as pd

    return pd.DataFrame(
        {
            # QGIS looks for a schema that is empty, not for one that is missing.
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": list(styles),
            "f_geometry_column": geometry_column,
            "styleName": _STYLE_NAME,
            "styleQML": list(styles.values()),
            "styleSLD": "",
            "useAsDefault": True,
            "description": "",
            "owner": "",
            "ui": "",
            "update_time": pd.Timestamp(date, tz="UTC"),
        }
    )


def ruled_style(
    rules: Sequence[Rule], *, label_field: str | None = None, are_points: bool = False
) -> str:
    """
    Write a style that draws each feature by the rules that it meets, in QML.

    Parameters
    ----------
    rules
        From the top of the legend down.
    label_field
        The column that is written on what is drawn.
    are_points
        Whether the labels stand below points, not on areas.
    """
    style = ET.Element("qgis", version=QGIS_VERSION, styleCategories="Symbology|Labeling")
    renderer = ET.SubElement(style, "renderer-v2", type="RuleRenderer", symbollevels="0")
    root = ET.SubElement(renderer, "rules", key="root")
    symbols = ET.SubElement(renderer, "symbols")
    _add_rules(root, symbols, rules)
    if label_field is not None:
        style.set("labelsEnabled", "1")
        _add_labels(style, label_field, _BELOW if are_points else _CENTRED)
    text: str = ET.tostring(style, encoding="unicode")
    return text


def quoted(text: str) -> str:
    """Write a text as a literal of QGIS's expressions."""
    escaped = text.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def rgba(colour: str, alpha: int = 255) -> str:
    """Turn ``#rrggbb`` into QGIS's ``r,g,b,a``."""
    return ",".join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5)) + f",{alpha}"


def filled(
    colour: str | None, *, outline: str, width_mm: float, line: str = "solid", alpha: int = 255
) -> Symbol:
    """Fill an area, or draw its border only where `colour` is None."""
    return (
        "fill",
        "SimpleFill",
        {
            "color": rgba(colour or outline, alpha),
            "style": "solid" if colour else "no",
            "outline_color": rgba(outline),
            "outline_style": line,
            "outline_width": str(width_mm),
            "outline_width_unit": "MM",
        },
    )


def marked(shape: str, colour: str, *, size_mm: float) -> Symbol:
    """Draw a point, with a white border that parts it from what lies below."""
    return (
        "marker",
        "SimpleMarker",
        {
            "name": shape,
            "color": rgba(colour),
            "outline_color": rgba("#ffffff"),
            "outline_width": "0.4",
            "outline_width_unit": "MM",
            "size": str(size_mm),
            "size_unit": "MM",
        },
    )


def add_layer(symbol: ET.Element, kind: str, properties: Mapping[str, str]) -> ET.Element:
    """Add what a symbol is drawn with, such as ``"SimpleMarker"``, and give it."""
    layer = ET.SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0"})
    layer.set("pass", "0")
    options = ET.SubElement(layer, "Option", type="Map")
    for name, value in properties.items():
        add_option(options, name, value)
    return layer


def add_option(parent: ET.Element, name: str, value: str, *, kind: str = "QString") -> None:
    """Add a property in QGIS's notation; `kind` is its type there."""
    ET.SubElement(parent, "Option", name=name, type=kind, value=value)


def _add_rules(parent: ET.Element, symbols: ET.Element, rules: Sequence[Rule]) -> None:
    for i, rule in enumerate(rules):
        element = ET.SubElement(
            parent, "rule", key=f"{parent.attrib['key']}-{i}", label=rule.label, filter=rule.filter
        )
        if not rule.is_on:
            element.set("checkstate", "0")
        if rule.symbol is not None:
            name = str(len(symbols))
            element.set("symbol", name)
            _add_symbol(symbols, name, rule.symbol)
        _add_rules(element, symbols, rule.rules)


def _add_symbol(symbols: ET.Element, name: str, symbol: Symbol) -> None:
    kind, layer_class, properties = symbol
    drawn = ET.SubElement(symbols, "symbol", name=name, type=kind, alpha="1")
    add_layer(drawn, layer_class, properties)


def _add_labels(style: ET.Element, field: str, quadrant: int) -> None:
    settings = ET.SubElement(ET.SubElement(style, "labeling", type="simple"), "settings")
    text = ET.SubElement(
        settings,
        "text-style",
        fieldName=field,
        fontFamily="Sans Serif",
        fontSize="9",
        fontSizeUnit="Point",
        textColor="40,40,40,255",
        textOpacity="1",
    )
    ET.SubElement(
        text,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.8",
        bufferSizeUnits="MM",
        bufferColor="255,255,255,255",
        bufferOpacity="1",
    )
    ET.SubElement(
        settings,
        "placement",
        placement=str(_OVER_POINT),
        quadOffset=str(quadrant),
        dist="2.5" if quadrant == _BELOW else "0",
        distUnits="MM",
        priority="5",
    )
    ET.SubElement(settings, "rendering", drawLabels="1", displayAll="0", obstacle="0")
