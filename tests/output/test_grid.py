"""The ground as a browser paints it."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pytest
import shapely

from outreach.output.basemap import Roads, basemap_for
from outreach.output.polyline import encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from playwright.sync_api import Browser, Error, Page, ViewportSize

PAPER = (0xF6, 0xF3, 0xEC)
SIZE_PX = 400
# Of zoom 15 on the equator; tiles meet at 0° and every 256 pixels from there.
PIXEL_DEG = 360 / (256 * 2**15)
TILE_DEG = 256 * PIXEL_DEG
CENTRE = (TILE_DEG / 2, TILE_DEG / 2)
ACROSS = [(CENTRE[0] - 300 * PIXEL_DEG, CENTRE[1]), (CENTRE[0] + 300 * PIXEL_DEG, CENTRE[1])]

_LOOK = """
(points) => points.map(([lon, lat]) => {
  const at = map.latLngToContainerPoint([lat, lon]);
  const corner = map.getContainer().getBoundingClientRect();
  for (const canvas of document.querySelectorAll(".ground canvas")) {
    const box = canvas.getBoundingClientRect();
    const x = Math.floor((at.x + corner.left - box.left) * canvas.width / box.width);
    const y = Math.floor((at.y + corner.top - box.top) * canvas.height / box.height);
    if (x >= 0 && y >= 0 && x < canvas.width && y < canvas.height) {
      return Array.from(canvas.getContext("2d").getImageData(x, y, 1, 1).data);
    }
  }
  return null;
})
"""
_NAMES = """
() => Array.from(document.querySelectorAll(".place"), (label) => {
  const { left, top, right, bottom } = label.getBoundingClientRect();
  return { text: label.textContent, left, top, right, bottom,
           size: parseFloat(getComputedStyle(label).fontSize), children: label.children.length };
})
"""


class Show(Protocol):
    """Opens a map of some ground, after a script that runs before the ground is drawn."""

    def __call__(
        self, ground: Roads, *, zoom: float = 15, ratio: int = 1, before: str = ""
    ) -> Page: ...


@pytest.fixture(scope="module")
def pages(browser: Browser) -> Iterator[dict[int, Page]]:
    """Give a page for each number of screen pixels a pixel has."""
    size: ViewportSize = {"width": SIZE_PX, "height": SIZE_PX}
    opened = {
        ratio: browser.new_page(viewport=size, device_scale_factor=ratio) for ratio in (1, 2, 3)
    }
    yield opened
    for page in opened.values():
        page.close()


@pytest.fixture
def show(pages: dict[int, Page]) -> Iterator[Show]:
    """Give a way to show ground, and see that no page meets an error."""
    errors: list[str] = []

    def note(error: Error) -> None:
        errors.append(str(error))

    for page in pages.values():
        page.on("pageerror", note)

    def shown(ground: Roads, *, zoom: float = 15, ratio: int = 1, before: str = "") -> Page:
        page = pages[ratio]
        # Forgets what the test before did to the browser's own functions.
        page.goto("about:blank")
        page.set_content('<div id="map" style="position:absolute;inset:0"></div>')
        leaflet = resources.files("js_lib_leaflet") / "static" / "js_lib_leaflet"
        assets = resources.files("outreach.output") / "assets"
        for style in (leaflet / "leaflet.css", assets / "page.css"):
            page.add_style_tag(content=style.read_text(encoding="utf-8"))
        for script in (leaflet / "leaflet.js", assets / "grid.js"):
            page.add_script_tag(content=script.read_text(encoding="utf-8"))
        page.evaluate(
            """async ([basemap, lon, lat, zoom, before]) => {
              window.map = L.map("map", { zoomSnap: 0.5, zoomControl: false });
              map.setView([lat, lon], zoom);
              new Function(before)();
              outreach.drawBasemap(map, await outreach.readBasemap(basemap));
            }""",
            [basemap_for(ground, (), whole=True), *CENTRE, zoom, before],
        )
        return page

    yield shown
    for page in pages.values():
        page.remove_listener("pageerror", note)
    assert not errors


def test_a_browser_reads_what_was_encoded(show: Show) -> None:
    """Both ends of the format agree, below zero and past the date line's digits."""
    points = [(-179.99999, -89.5), (103.61234, -1.6), (0.0, 0.0), (0.00001, -0.00001)]
    text = encode([lon for lon, _ in points], [lat for _, lat in points])
    read = show(ground()).evaluate("(text) => outreach.decodePolyline(text)", text)
    assert np.allclose(read, [(lat, lon) for lon, lat in points], atol=1e-9)


@pytest.mark.parametrize(
    ("name", "zoom"),
    [("main", 8), ("main", 15), ("minor", 11), ("minor", 15), ("street", 15), ("river", 12)],
)
def test_roads_that_guide_can_be_seen_in_sunlight(show: Show, name: str, zoom: int) -> None:
    """A road's colour has a contrast of 3:1 and more to the paper."""
    page = show(ground((name, ACROSS)), zoom=zoom, ratio=2)
    assert contrast(page, CENTRE) >= 3


def test_a_road_is_whole_where_tiles_meet(show: Show) -> None:
    """Every pixel along a road across three tiles is painted, and none beside it."""
    page = show(ground(("main", ACROSS)))
    along = [(CENTRE[0] + i * PIXEL_DEG, CENTRE[1]) for i in range(-190, 190)]
    assert min(alpha(page, *along)) > 200
    assert max(alpha(page, *((x, y + 8 * PIXEL_DEG) for x, y in along))) == 0


def test_a_road_along_the_edge_of_a_tile_has_both_halves(show: Show) -> None:
    """The neighbour tile paints what reaches over."""
    page = show(ground(("main", [(x, 0.0) for x, _ in ACROSS])))
    assert min(alpha(page, *((CENTRE[0], y * PIXEL_DEG) for y in (1.2, -1.2)))) > 200


@pytest.mark.parametrize("name", ["track", "ferry", "boundary"])
def test_tracks_ferries_and_borders_are_dashed(show: Show, name: str) -> None:
    """A line that is no firm road has gaps."""
    page = show(ground((name, ACROSS)))
    seen = alpha(page, *((CENTRE[0] + i * PIXEL_DEG, CENTRE[1]) for i in range(-90, 90)))
    assert max(seen) > 120
    assert min(seen) == 0


@pytest.mark.parametrize(("name", "zoom"), [("street", 11), ("track", 11), ("minor", 8)])
def test_small_roads_show_only_from_near(show: Show, name: str, zoom: int) -> None:
    """A province full of lanes would be one grey spot."""
    ground_ = ground((name, ACROSS))
    assert alpha(show(ground_, zoom=zoom), CENTRE) == [0]
    assert alpha(show(ground_, zoom=15), CENTRE)[0] > 100


def test_roads_lie_on_the_water_and_islands_in_it(show: Show) -> None:
    """A lake is filled but for its island, and the bridge is on top."""
    x, y = CENTRE
    lake, island = (
        list(shapely.Point(x, y + 40 * PIXEL_DEG).buffer(r * PIXEL_DEG).exterior.coords)
        for r in (90, 20)
    )
    page = show(ground(("water", lake), ("water", island), ("main", ACROSS)))
    ((red, green, blue, _),) = look(page, (x, y + 90 * PIXEL_DEG))
    assert blue > green > red
    assert alpha(page, (x, y + 40 * PIXEL_DEG)) == [0]
    assert contrast(page, CENTRE) >= 3


def test_tiles_are_as_sharp_as_the_screen_up_to_twice(show: Show) -> None:
    """A screen of three pixels for one would cost nine times the paint."""
    for ratio, width_px in ((1, 256), (2, 512), (3, 512)):
        page = show(ground(("main", ACROSS)), ratio=ratio)
        assert page.evaluate("document.querySelector('.ground canvas').width") == width_px


def test_tiles_are_there_at_once(show: Show) -> None:
    """A page that moves its map for the printer and prints finds the ground painted."""
    shown = show(ground(("main", ACROSS))).evaluate(
        """() => {
          map.setView([0.3, 0.3], 13, { animate: false });
          const tiles = Array.from(document.querySelectorAll(".ground canvas"));
          return tiles.map((tile) => getComputedStyle(tile)).map((s) => [s.opacity, s.visibility]);
        }"""
    )
    assert shown
    assert all(style == ["1", "visible"] for style in shown)


def test_names_cover_neither_each_other_nor_a_pin(show: Show) -> None:
    """The larger place keeps its spot, the next steps aside, and who finds no room waits."""
    here = [(f"Village {i}", "village", *CENTRE) for i in range(9)]
    pin = """
      const icon = L.divIcon({ html: "<b style='position:absolute;width:30px;height:30px'></b>",
                               iconSize: [0, 0] });
      window.pin = L.marker(map.getCenter(), { icon }).addTo(map);
    """
    page = show(ground(places=[*here, ("City", "city", *CENTRE)]), before=pin)
    names = page.evaluate(_NAMES)
    assert 2 <= len(names) < 10
    assert names[0]["text"] == "City"
    box = page.evaluate("pin.getElement().firstElementChild.getBoundingClientRect().toJSON()")
    boxes = [box_of(shown) for shown in (box, *names)]
    for i, one in enumerate(boxes):
        assert not any(one.intersects(other) for other in boxes[:i])


def test_a_pin_that_goes_gives_its_room_back(show: Show) -> None:
    """Names are set anew when other days are chosen."""
    pin = "window.pin = L.marker(map.getCenter()).addTo(map)"
    page = show(ground(places=[("Mestong", "village", *CENTRE)]), before=pin)
    (aside,) = page.evaluate(_NAMES)
    page.evaluate("pin.remove()")
    page.wait_for_function(
        "(top) => document.querySelector('.place').getBoundingClientRect().top !== top",
        arg=aside["top"],
    )
    (back,) = page.evaluate(_NAMES)
    assert abs((back["top"] + back["bottom"]) / 2 - SIZE_PX / 2) < 2
    assert abs((back["left"] + back["right"]) / 2 - SIZE_PX / 2) < 2


def test_names_can_be_read_and_not_touched(show: Show) -> None:
    """They are 14 px and more, lie below the pins, and let a finger through to the map."""
    kinds = ("city", "town", "village", "suburb", "hamlet", "area")
    places = [
        (kind, kind, CENTRE[0], CENTRE[1] + 40 * (i - 3) * PIXEL_DEG)
        for i, kind in enumerate(kinds)
    ]
    page = show(ground(places=places))
    names = page.evaluate(_NAMES)
    assert {name["text"] for name in names} == set(kinds)
    assert min(name["size"] for name in names) >= 14
    level, pins, touch = page.evaluate(
        """() => [map.getPane("names"), map.getPane("markerPane")]
          .map((pane) => Number(getComputedStyle(pane).zIndex))
          .concat(getComputedStyle(document.querySelector(".place")).pointerEvents)"""
    )
    assert level < pins
    assert touch == "none"


def test_a_hostile_name_is_text(show: Show) -> None:
    """What an extract calls a place never becomes part of the page."""
    name = '<img src=x onerror="throw 1">{{ 7*7 }}${1}</script>'
    page = show(ground(places=[(name, "village", *CENTRE)]))
    (shown,) = page.evaluate(_NAMES)
    assert shown["text"] == name
    assert shown["children"] == 0


def test_names_make_room_on_paper_too(show: Show) -> None:
    """A pin that is set just before printing covers no name."""
    page = show(ground(places=[("Mestong", "village", *CENTRE)]))
    name, pin = page.evaluate(
        """() => {
          const pin = L.marker(map.getCenter()).addTo(map);
          window.dispatchEvent(new Event("beforeprint"));
          return [document.querySelector(".place"), pin.getElement()]
            .map((element) => element.getBoundingClientRect().toJSON());
        }"""
    )
    assert not box_of(name).intersects(box_of(pin))


def test_an_old_browser_refuses_the_ground(show: Show) -> None:
    """Without a means to unpack, whoever asks is told, rather than shown an empty land."""
    page = show(ground(("main", ACROSS)))
    packed = basemap_for(ground(), (), whole=True)
    page.evaluate("delete window.DecompressionStream")
    refused = "(packed) => outreach.readBasemap(packed).then(() => false, () => true)"
    assert page.evaluate(refused, packed)


def ground(
    *lines: tuple[str, Sequence[tuple[float, ...]]],
    places: Sequence[tuple[str, str, float, float]] = (),
) -> Roads:
    """Make ground of lines by class, in degrees."""
    drawn = np.empty(len(lines), dtype=object)
    drawn[:] = [shapely.LineString(points) for _, points in lines]
    return Roads(
        lines=drawn,
        classes=np.array([name for name, _ in lines], dtype=object),
        places=tuple(places),
        crs="EPSG:4326",
    )


def box_of(shown: Mapping[str, float]) -> shapely.Polygon:
    """Give what an element covers, in pixels."""
    return shapely.box(shown["left"], shown["top"], shown["right"], shown["bottom"])


def look(page: Page, *points: tuple[float, float]) -> list[list[int]]:
    """Tell the red, green, blue and opacity that are painted at places."""
    pixels: list[list[int]] = page.evaluate(_LOOK, [list(at) for at in points])
    assert all(pixels), "no tile there"
    return pixels


def alpha(page: Page, *points: tuple[float, float]) -> list[int]:
    """Tell the opacity that is painted at places."""
    return [opacity for *_, opacity in look(page, *points)]


def contrast(page: Page, at: tuple[float, float]) -> float:
    """Measure the contrast to the paper by WCAG 2."""
    ((*colour, opacity),) = look(page, at)
    part = opacity / 255
    mixed = [c * part + p * (1 - part) for c, p in zip(colour, PAPER, strict=True)]
    return (luminance(PAPER) + 0.05) / (luminance(mixed) + 0.05)


def luminance(colour: Sequence[float]) -> float:
    """Give the relative luminance of sRGB by WCAG 2."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (value / 255 for value in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
