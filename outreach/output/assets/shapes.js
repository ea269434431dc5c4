/* The page that anybody may see: areas on the map with their figures, and the same as a table. */
(function (outreach) {
  "use strict";
  const { element, said } = outreach;
  const FIT_MARGIN_PX = 24;
  const PALEST = 0.12;
  const DEEPEST = 0.6;

  /** Fill the page, and draw the areas. */
  outreach.areaBoard = (map, data) => {
    const { words } = data;
    const most = Math.max(1, ...data.areas.map((area) => area.n_people));
    const shapes = data.areas.map((area) => L.polygon(latLngs(area), {
      className: area.is_other ? "area other-areas" : "area",
      weight: 2,
      // As dark as there are many.
      fillOpacity: area.is_other ? 0 : PALEST + (DEEPEST - PALEST) * area.n_people / most,
    }));
    const rows = data.areas.map((area) => row(area));
    const heads = [["", words.area], ...data.areas_head.map((text) => ["", text])];
    const total = row({ name: words.all_areas, cells: data.areas_total });
    total.className = "total";

    document.getElementById("head").append(
      element("div", "title", element("h1", "", data.title), element("p", "span", data.span)));
    document.getElementById("panel").append(outreach.noticesOf(data), element("section", "part open",
      element("div", "wide", element("table", "sum-table", outreach.headRow(heads),
        element("tbody", "", ...rows, total))),
      ...data.areas_notes.map((note) => element("p", "small", note))));

    shapes.forEach((shape, i) => {
      const area = data.areas[i];
      shape.addTo(map);
      shape.bindPopup(() => element("div", "popup", element("p", "who", said(area.name)),
        ...area.cells.map((cell, j) => element("p", "", `${data.areas_head[j]}: ${cell}`))));
      shape.on("popupopen popupclose", (event) => {
        rows[i].toggleAttribute("aria-current", event.type === "popupopen");
      });
      if (!area.is_other && area.outline.length) {
        // Only the number, as names would cover each other; the popup and the table tell them.
        shape.bindTooltip(() => element("b", "", area.cells[0]),
          { permanent: true, direction: "center", className: "area-count", interactive: false });
      }
      rows[i].addEventListener("click", () => {
        if (area.outline.length) { shape.openPopup(); }
      });
    });
    outreach.fitAreas(map, data);

    function row(area) {
      const head = element("th", "", said(area.name));
      head.scope = "row";
      return element("tr", "", head, ...area.cells.map((cell) => element("td", "", said(cell))));
    }
  };

  /** Bring into view the areas that are told of, else all of them. */
  outreach.fitAreas = (map, data) => {
    const told = data.areas.filter((area) => !area.is_other && area.outline.length);
    const shown = told.length ? told : data.areas;
    const bounds = L.latLngBounds(shown.flatMap((area) => latLngs(area).flat(2)));
    if (bounds.isValid()) {
      map.fitBounds(bounds, { padding: [FIT_MARGIN_PX, FIT_MARGIN_PX], animate: false });
    }
  };

  function latLngs(area) {
    return area.outline.map((rings) => rings.map(outreach.decodePolyline));
  }
}(window.outreach = window.outreach || {}));
