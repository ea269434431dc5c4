"""The map of every page, by folium: an empty one, which the page's scripts fill from its data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import folium

LEAFLET_JS = "leaflet.js"
LEAFLET_CSS = "leaflet.css"

_MAX_ZOOM = 18


def empty_map() -> folium.Map:
    """
    Make a map without tiles, and without a word of data.

    Tiles would tell a third party where the villages of the children are. What is drawn comes
    from the data of the page, so that no text passes through folium's templates.
    """
    import folium

    drawn = folium.Map(
        tiles=None,
        zoom_control="bottomright",
        max_zoom=_MAX_ZOOM,
        zoom_snap=0.5,
        world_copy_jump=False,
    )
    # On the instance: the lists of the class are shared by all maps. jQuery, Bootstrap and icon
    # fonts serve parts of folium that are not used here.
    drawn.default_js = [("leaflet", LEAFLET_JS)]
    drawn.default_css = [("leaflet_css", LEAFLET_CSS)]
    # folium draws its ids by lot, and equal plans must give equal pages.
    drawn._id = "week"  # noqa: SLF001
    return drawn
