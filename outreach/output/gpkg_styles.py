"""How QGIS draws the layers of `plan.gpkg`: each day in its colour, stops with their number."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from outreach.output.itinerary import date_of
from outreach.output.palette import WEEKDAY_COLOURS
from outreach.output.qgis_style import QGIS_VERSION, add_layer, add_option, rgba, style_table

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Sequence

    import pandas as pd

    from outreach.model import Plan
    from outreach.output.words import Words

# A data-defined property that is told by an expression.
_EXPRESSION = 3
_OVER_POINT, _CENTRED = 1, 4
_SHAPES = (
    "CASE WHEN \"kind\" = 'base' THEN 'square' WHEN \"kind\" = 'lodging' THEN 'triangle'"
    " WHEN \"kind\" = 'partner' THEN 'diamond' ELSE 'circle' END"
)


def layer_styles(plan: Plan, words: Words, geometry_column: str) -> pd.DataFrame:
    """
    Make the rows of QGIS's table of styles for the layers ``stops`` and ``legs``.

    A day is a category of its own, so that QGIS can show and hide it; its colour is that of the
    weekday on our pages.

    Parameters
    ----------
    plan
        Whose days are told.
    words
        The reader's language, for the legend.
    geometry_column
        Name of the geometry in both layers.
    """
    dates = [date_of(plan, day) for day in sorted({route.day for route in plan.day_routes})]
    styles = {"stops": _stops_style(dates, words), "legs": _legs_style(dates, words)}
    return style_table(styles, geometry_column, plan.starts_at.date())


def _stops_style(dates: Sequence[dt.date], words: Words) -> str:
    style = _style("marker", _marker, dates, words)
    style.set("labelsEnabled", "1")
    settings = ET.SubElement(ET.SubElement(style, "labeling", type="simple"), "settings")
    ET.SubElement(
        settings,
        "text-style",
        fieldName="number",
        fontFamily="Sans Serif",
        fontWeight="75",
        fontSize="9",
        fontSizeUnit="Point",
        textColor="255,255,255,255",
        textOpacity="1",
    )
    ET.SubElement(
        settings, "placement", placement=str(_OVER_POINT), quadOffset=str(_CENTRED), priority="10"
    )
    # Numbers may hide each other; what shows all of them is coming closer.
    ET.SubElement(settings, "rendering", drawLabels="1", displayAll="0", obstacle="0")
    return _written(style)


def _legs_style(dates: Sequence[dt.date], words: Words) -> str:
    return _written(_style("line", _line, dates, words))


def _style(
    kind: str,
    draw: Callable[[ET.Element, str], None],
    dates: Sequence[dt.date],
    words: Words,
) -> ET.Element:
    style = ET.Element("qgis", version=QGIS_VERSION, styleCategories="Symbology|Labeling")
    renderer = ET.SubElement(
        style, "renderer-v2", type="categorizedSymbol", attr="date", symbollevels="0"
    )
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for i, date in enumerate(dates):
        ET.SubElement(
            categories,
            "category",
            value=date.isoformat(),
            label=words.date(date),
            symbol=str(i),
            render="true",
            type="string",
        )
        symbol = ET.SubElement(symbols, "symbol", name=str(i), type=kind, alpha="1")
        draw(symbol, rgba(WEEKDAY_COLOURS[date.weekday()]))
    return style


def _marker(symbol: ET.Element, colour: str) -> None:
    properties = {
        "name": "circle",
        "color": colour,
        "outline_color": rgba("#ffffff"),
        "outline_width": "0.3",
        "outline_width_unit": "MM",
        "size": "5.5",
        "size_unit": "MM",
    }
    defined = ET.SubElement(
        add_layer(symbol, "SimpleMarker", properties), "data_defined_properties"
    )
    collection = ET.SubElement(defined, "Option", type="Map")
    add_option(collection, "name", "")
    shape = ET.SubElement(collection, "Option", name="properties", type="Map")
    shape = ET.SubElement(shape, "Option", name="name", type="Map")
    add_option(shape, "active", "true", kind="bool")
    add_option(shape, "expression", _SHAPES)
    add_option(shape, "type", str(_EXPRESSION), kind="int")
    add_option(collection, "type", "collection")


def _line(symbol: ET.Element, colour: str) -> None:
    properties = {
        "line_color": colour,
        "line_width": "0.9",
        "line_width_unit": "MM",
        "line_style": "solid",
        "capstyle": "round",
        "joinstyle": "round",
    }
    add_layer(symbol, "SimpleLine", properties)


def _written(style: ET.Element) -> str:
    text: str = ET.tostring(style, encoding="unicode")
    return text
