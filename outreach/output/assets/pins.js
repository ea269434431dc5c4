/* Pins the stops to the map; those that would cover each other share one pin, a cell for each day. */
(function (outreach) {
  "use strict";
  const HEIGHT_PX = 34;
  const GAP_PX = 2;
  const MOST_CELLS = 4;
  const NEAREST_ZOOM = 18;

  /** List where the stops of day routes are: one place for all that a day does there. */
  outreach.placesOf = (routes) => routes.map((route, index) => {
    const bySpot = new Map();
    route.items.forEach((item, i) => {
      if (item.is !== "stop") { return; }
      if (!bySpot.has(item.spot)) {
        bySpot.set(item.spot, { route: index, weekday: route.weekday, items: [],
          latlng: L.latLng(item.lat, item.lon), glyph: null, numbers: [], isPartner: false, isChanged: false });
      }
      const place = bySpot.get(item.spot);
      place.items.push(i);
      if (item.number !== null) { place.numbers.push(item.number); }
      place.isChanged = place.isChanged || Boolean(item.change);
      if (item.kind === "base" || item.kind === "lodging") { place.glyph = item.kind; }
      place.isPartner = item.kind === "partner" && place.items.length === 1;
    });
    return Array.from(bySpot.values());
  });

  /** Draw places as pins; `tapped` is told the places of the pin that was tapped. */
  outreach.pins = (map, nameOf, tapped) => {
    const layer = L.layerGroup().addTo(map);
    let shown = [];

    function refresh() {
      layer.clearLayers();
      grouped(shown, (latlng) => map.project(latlng, map.getZoom())).forEach((group) => {
        const marker = L.marker(map.unproject(group.point, map.getZoom()), {
          icon: L.divIcon({ html: pin(group), className: "anchor", iconSize: [0, 0] }),
          riseOnHover: true,
        });
        marker.on("click", () => tapped(group.places));
        marker.addTo(layer);
        marker.getElement().setAttribute("aria-label", group.places.map(nameOf).join(", "));
      });
    }

    map.on("zoomend", refresh);
    return {
      show(places) {
        shown = places;
        refresh();
      },
    };
  };

  /** Find the next zoom at which places that share a pin part, or null where they never do. */
  outreach.partingZoom = (map, places) => {
    const nearest = Math.min(NEAREST_ZOOM, map.getMaxZoom());
    for (let zoom = Math.floor(map.getZoom()) + 1; zoom <= nearest; zoom += 1) {
      if (grouped(places, (latlng) => map.project(latlng, zoom)).length > 1) { return zoom; }
    }
    return null;
  };

  function grouped(places, project) {
    const groups = places.map((place) => sized({ places: [place], point: project(place.latlng) }));
    for (let i = 0; i < groups.length; i += 1) {
      for (let j = 0; j < groups.length; j += 1) {
        if (j !== i && overlap(groups[i], groups[j])) {
          groups[i] = merged(groups[i], groups[j]);
          groups.splice(j, 1);
          // What has grown may now touch those that were passed already.
          i -= j < i ? 1 : 0;
          j = -1;
        }
      }
    }
    return groups;
  }

  function merged(a, b) {
    const [n, m] = [a.places.length, b.places.length];
    const places = a.places.concat(b.places).sort((x, y) => x.route - y.route || x.items[0] - y.items[0]);
    return sized({ places, point: a.point.multiplyBy(n).add(b.point.multiplyBy(m)).divideBy(n + m) });
  }

  function overlap(a, b) {
    return Math.abs(a.point.x - b.point.x) < (a.width + b.width) / 2 + GAP_PX &&
      Math.abs(a.point.y - b.point.y) < HEIGHT_PX + GAP_PX;
  }

  function sized(group) {
    group.cells = cellsOf(group.places);
    group.width = group.cells.reduce((sum, cell) => sum + cell.width, 4);
    return group;
  }

  function cellsOf(places) {
    const glyphs = Array.from(new Set(places.map((place) => place.glyph).filter((x) => x))).sort();
    const cells = glyphs.map((glyph) => ({ kind: glyph, glyph, width: 32 }));
    const byRoute = new Map();
    places.filter((place) => place.numbers.length).forEach((place) => {
      byRoute.set(place.route, (byRoute.get(place.route) || []).concat(place));
    });
    if (cells.length + byRoute.size > MOST_CELLS) {
      const n = places.reduce((sum, place) => sum + place.numbers.length, 0);
      return cells.concat({ kind: "heap", isChanged: isChanged(places), text: `${n}`, width: textWidth(`${n}`) + 10 });
    }
    byRoute.forEach((here) => {
      const numbers = here.flatMap((place) => place.numbers).sort((a, b) => a - b);
      const text = outreach.ranges(numbers);
      const kind = here.every((place) => place.isPartner) ? "partner" : "visit";
      cells.push({ kind, isChanged: isChanged(here), text, weekday: here[0].weekday, width: textWidth(text) });
    });
    return cells;
  }

  function isChanged(places) {
    return places.some((place) => place.isChanged);
  }

  function textWidth(text) {
    return Math.max(30, 12 + 8.5 * text.length);
  }

  function pin(group) {
    return outreach.element("span", "pin", ...group.cells.map((cell) => {
      const day = cell.weekday === undefined ? "" : ` weekday-${cell.weekday}`;
      const change = cell.isChanged ? " has-change" : "";
      return outreach.element("span", `cell ${cell.kind}${day}${change}`,
        cell.glyph ? outreach.icon(cell.glyph) : cell.text);
    }));
  }
}(window.outreach = window.outreach || {}));
