/* The map of coverage: areas as dark as their gap, what is reached in time, bases and catchments. */
(function (outreach) {
  "use strict";
  const { drawn, element, said } = outreach;
  const FIT_MARGIN_PX = 18;
  const FIT_MOST_ZOOM = 13;
  // Finer than folium's, so that a district fills the map.
  const ZOOM_STEP = 0.25;
  const WIDE = "(min-width: 900px)";
  // Above the areas, below the names.
  const LEVELS = { reach: 420, catchments: 430 };
  // What a number on the map needs around it.
  const [NUMBER_WIDTH_PX, NUMBER_HEIGHT_PX] = [52, 30];
  // Bands have a look of their own, from the nearest to the farthest.
  const MOST_BANDS = 4;
  // Brought into sight at once: a flight would still be under way when the next is opened.
  const POPUP = { maxWidth: 300, minWidth: 240, autoPan: false };

  /** Draw everything; `onOpen` is told of an area that is opened, and when it is closed. */
  outreach.coverageMap = (map, data, onOpen) => {
    const { labels, words } = data;
    map.options.zoomSnap = ZOOM_STEP;
    const chosen = { step: 0, metric: 0, season: data.season, bands: new Set(data.opens_bands) };
    Object.entries(LEVELS).forEach(([name, level]) => {
      const pane = map.createPane(name);
      pane.style.zIndex = level;
      pane.style.pointerEvents = "none";
    });
    const still = (pane) => ({ pane, interactive: false, renderer: L.svg({ pane, padding: 0.4 }) });
    const inReach = still("reach");
    const inCatchments = still("catchments");
    const empty = L.polygon(data.empty.map(rings), { className: "nobody", weight: 1, interactive: false });
    const shapes = data.rows.map((row, i) => shape(row, i));
    const numbers = L.layerGroup().addTo(map);
    const reach = L.layerGroup().addTo(map);
    const catchments = L.layerGroup().addTo(map);
    const pins = outreach.pins(map, (place) => place.name, tapped);
    const isWide = window.matchMedia(WIDE).matches;
    let opened = null;
    let toldArea = null;
    let opener = null;

    empty.addTo(map);
    document.body.append(hatches());
    const card = legend();
    map.getContainer().append(card.box);
    card.show();
    map.on("zoomend", writeNumbers);
    map.on("popupopen popupclose", turned);
    map.getContainer().addEventListener("keydown", ({ key }) => {
      if (key === "Escape") { map.closePopup(); }
    });
    return { show, fit, open };

    function show(step) {
      chosen.step = step;
      draw();
    }

    function draw() {
      // What is told of an area stays open, and follows.
      if (toldArea === null) { map.closePopup(); } else { shapes[toldArea].getPopup().update(); }
      shapes.forEach((one, i) => {
        if (!one) { return; }
        const { level, is_own: isOwn } = gapOf(i);
        const look = data.rows[i].is_sparse && level !== "hidden" ? "sparse-" : isOwn ? "" : "not-own-";
        one.getElement().setAttribute("data-level", `${look}${level}`);
      });
      card.show();
      drawReach();
      drawCatchments();
      pins.show(pinsOf());
      writeNumbers();
    }

    function fit() {
      const all = shapes.filter((one) => one).map((one) => one.getBounds());
      const places = data.places.map(({ lat, lon }) => L.latLng(lat, lon));
      const bounds = [...all, ...places].reduce((sum, one) => sum.extend(one), L.latLngBounds([]));
      if (!bounds.isValid()) { return; }
      // Beside the legend or below it, wherever there is more room.
      const { x, y } = card.size();
      const [beside, below] = [L.point(x, 0), L.point(0, y)];
      const zoomWith = (room) => map.getBoundsZoom(bounds, false, room.add([2 * FIT_MARGIN_PX, 2 * FIT_MARGIN_PX]));
      const room = x && zoomWith(beside) > zoomWith(below) ? beside : below;
      map.fitBounds(bounds, {
        paddingTopLeft: room.add([FIT_MARGIN_PX, FIT_MARGIN_PX]),
        paddingBottomRight: [FIT_MARGIN_PX, FIT_MARGIN_PX],
        maxZoom: FIT_MOST_ZOOM,
        animate: false,
      });
    }

    function open(i) {
      if (!shapes[i]) { return; }
      const view = map.getBounds();
      if (!view.contains(data.rows[i].at)) { map.panTo(data.rows[i].at, { animate: false }); }
      shapes[i].openPopup(L.latLng(data.rows[i].at));
    }

    /* Beside the legend on a wide screen; on a narrow one it gives way. */
    function intoSight(box) {
      const [popup, around] = [box, map.getContainer()].map((one) => one.getBoundingClientRect());
      const left = around.left + FIT_MARGIN_PX + card.size().x;
      const top = around.top + FIT_MARGIN_PX;
      const by = (low, high, least, most) => (low < least ? low - least : Math.max(0, Math.min(high - most, low - least)));
      map.panBy([by(popup.left, popup.right, left, around.right - FIT_MARGIN_PX),
        by(popup.top, popup.bottom, top, around.bottom - FIT_MARGIN_PX)], { animate: false });
    }

    /* Who came by keyboard goes on in the popup, and afterwards from where it was opened. */
    function turned({ type, popup }) {
      const isOpen = type === "popupopen";
      const box = popup.getElement();
      map.getContainer().classList.toggle("has-popup", isOpen);
      if (isOpen) {
        box.querySelector(".leaflet-popup-close-button").setAttribute("aria-label", words.close);
        opener = document.activeElement;
        box.tabIndex = -1;
        box.focus({ preventScroll: true });
        // No higher than the map.
        map.getContainer().style.setProperty("--popup", `${Math.max(120, map.getSize().y - 70)}px`);
        intoSight(box);
      } else if (opener && box.contains(document.activeElement)) {
        opener.focus({ preventScroll: true });
      }
    }

    function gapOf(i) { return data.steps[chosen.step].rows[i].gaps[chosen.metric]; }

    function shape(row, i) {
      if (!row.outline.length) { return null; }
      const one = L.polygon(row.outline.map(rings), { className: "area", weight: 1.5, fillOpacity: 1 });
      one.addTo(map);
      one.bindPopup(() => told(i), POPUP);
      if (window.matchMedia("(hover: hover)").matches) {
        one.bindTooltip(() => brief(i), { sticky: true, className: "brief", direction: "top", offset: [0, -8] });
      }
      one.on("popupopen popupclose", ({ type }) => {
        one.getElement().classList.toggle("is-open", type === "popupopen");
        if (type === "popupopen") { one.bringToFront(); }
        if (type === "popupopen") { toldArea = i; } else if (toldArea === i) { toldArea = null; }
        onOpen(i, type === "popupopen");
      });
      one.on("mouseover mouseout", ({ type }) => {
        one.getElement().classList.toggle("is-under", type === "mouseover");
        if (type === "mouseover") { one.bringToFront(); }
      });
      return one;
    }

    function brief(i) {
      return element("div", "", element("b", "", said(data.rows[i].name)),
        element("div", "", said(`${data.metrics[chosen.metric].name}: ${gapOf(i).said}`)));
    }

    /* Everything of an area, as it is now and with the workers that were chosen. */
    function told(i) {
      const { name, district } = data.rows[i];
      const now = data.steps[0].rows[i].cells;
      const then = data.steps[chosen.step].rows[i].cells;
      const lines = data.area_head.slice(1).map((head, j) => {
        const line = element("tr", "", element("th", "", said(head)), element("td", "", said(then[j])));
        if (then[j] !== now[j]) { line.lastChild.append(element("span", "was", ` ${labels.now}: ${now[j]}`)); }
        return line;
      });
      return element("div", "popup", element("p", "who", said(name)),
        district ? element("p", "facts", said(district)) : null,
        element("p", "when-added", data.steps[chosen.step].said),
        element("table", "area-told", element("tbody", "", ...lines)));
    }

    function drawReach() {
      reach.clearLayers();
      const { reach_of: reachOf } = data.steps[chosen.step];
      data.bands.forEach((band, i) => {
        if (!chosen.bands.has(i)) { return; }
        data.isochrones
          .filter((one) => one.step === reachOf && one.season === chosen.season && one.band === i)
          .forEach((one) => {
            const outline = one.outline.map(rings);
            L.polygon(outline, { ...inReach, className: "reach-edge" }).addTo(reach);
            L.polygon(outline, { ...inReach, className: `reach ${bandClass(i)}` }).addTo(reach);
          });
      });
    }

    function drawCatchments() {
      catchments.clearLayers();
      if (!card.hasCatchments()) { return; }
      const borders = data.steps[chosen.step].borders.map(outreach.decodePolyline);
      L.polyline(borders, { ...inCatchments, className: "catchment-edge" }).addTo(catchments);
      L.polyline(borders, { ...inCatchments, className: "catchment" }).addTo(catchments);
    }

    function pinsOf() {
      const { sites } = data.steps[chosen.step];
      const [present, added] = [new Map(), new Map()];
      data.present.forEach((site) => present.set(site, []));
      sites.forEach((site, i) => added.set(site, [...(added.get(site) || []), i + 1]));
      const placed = (isAdded) => ([site, order]) => ({
        route: isAdded ? 1 : 0,
        weekday: isAdded ? "added" : undefined,
        items: [site],
        latlng: L.latLng(data.places[site].lat, data.places[site].lon),
        glyph: isAdded ? null : "base",
        numbers: order,
        isPartner: false,
        name: [...order, data.places[site].label].join(". "),
      });
      return [...Array.from(present, placed(false)), ...Array.from(added, placed(true))];
    }

    /* A base tells whom it is nearest to; those who are nearer to another stand back. */
    function tapped(here) {
      const { nearest } = data.steps[chosen.step];
      const sites = new Set(here.flatMap((place) => place.items));
      const areas = data.rows.map((_, i) => i).filter((i) => sites.has(nearest[i]));
      const content = element("div", "popup", ...here.map((place) => element("div", "entry",
        element("p", "who", ...(place.numbers.length ? [element("span", "number added", place.numbers.join(", "))] : []),
          said(data.places[place.items[0]].label)),
        element("p", "facts", place.numbers.length ? labels.added_base : labels.present_base))),
      areas.length ? element("p", "facts", said(`${labels.nearest_to}: ${
        areas.map((i) => data.rows[i].name).join(", ")}`)) : null);
      opened = L.popup({ ...POPUP, offset: [0, -10] })
        .setLatLng(here[0].latlng).setContent(content).openOn(map);
      const mine = opened;
      shapes.forEach((one, i) => one && one.getElement().classList.toggle("aside", areas.length > 0 && !areas.includes(i)));
      mine.on("remove", () => {
        if (opened !== mine) { return; }
        shapes.forEach((one) => one && one.getElement().classList.remove("aside"));
      });
    }

    /* Only where an area has room for its number; a tap tells the others. */
    function writeNumbers() {
      numbers.clearLayers();
      data.rows.forEach((row, i) => {
        if (!shapes[i] || !gapOf(i).is_own) { return; }
        const bounds = shapes[i].getBounds();
        const size = map.latLngToLayerPoint(bounds.getSouthEast())
          .subtract(map.latLngToLayerPoint(bounds.getNorthWest()));
        if (size.x < NUMBER_WIDTH_PX || size.y < NUMBER_HEIGHT_PX) { return; }
        const number = element("span", "area-number", gapOf(i).said);
        L.marker(row.at, {
          interactive: false,
          keyboard: false,
          icon: L.divIcon({ html: number, className: "area-number-anchor", iconSize: [0, 0] }),
        }).addTo(numbers);
      });
    }

    /* What the colours mean is always in sight; what is shown is chosen above, or unfolded below. */
    function legend() {
      const hasAreas = data.rows.length > 0;
      const title = element("strong", "legend-title");
      const scale = element("span", "scale");
      const summary = element("span", "legend", title, scale);
      const metrics = choices(labels.metric, data.metrics.map((one) => [said(one.short)]),
        (i) => i === chosen.metric, (i) => { chosen.metric = i; });
      const seasons = choices(labels.season, data.seasons.map((one) => [said(one)]),
        (i) => i === chosen.season, (i) => { chosen.season = i; });
      const bands = choices(labels.reach, data.bands.map((one, i) => [sample(i), said(one)]),
        (i) => chosen.bands.has(i), (i) => { if (!chosen.bands.delete(i)) { chosen.bands.add(i); } });
      let isCatchments = true;
      const borders = choices(labels.catchments, [[sample("catchment"), said(labels.shown)]],
        () => isCatchments, () => { isCatchments = !isCatchments; });
      const groups = [
        ...(hasAreas ? [metrics] : []),
        ...(data.isochrones.length ? [bands, seasons] : []),
        ...(hasAreas ? [borders] : []),
      ];
      const signs = element("span", "signs",
        element("span", "sign", element("span", "cell base", outreach.icon("base")), labels.present_base),
        element("span", "sign", element("span", "cell visit weekday-added", "1"), labels.added_base));
      const controls = element("div", "controls", ...groups.map((group) => group.box));
      const box = isWide || !hasAreas ? element("div", "card", hasAreas ? summary : null, signs)
        : element("details", "card", element("summary", "", summary), controls, signs);
      if (isWide && groups.length) { document.getElementById("map-box").prepend(controls); }
      L.DomEvent.disableClickPropagation(box);
      L.DomEvent.disableScrollPropagation(box);
      return {
        box,
        /* What it takes of the upper left corner. */
        size: () => (isWide ? L.point(box.offsetWidth, box.offsetHeight) : L.point(0, box.firstChild.offsetHeight)),
        hasCatchments: () => isCatchments,
        show() {
          const metric = data.metrics[chosen.metric];
          title.textContent = metric.name;
          scale.replaceChildren(...metric.classes.map(([level, text]) => {
            const swatch = element("span", "swatch");
            swatch.dataset.level = level;
            // What is no level stands in a line of its own.
            return element("span", /^[0-9]/.test(level) ? "step" : "step aside", swatch, said(text));
          }));
          groups.forEach((group) => group.show());
        },
      };
    }

    function choices(label, options, isOn, choose) {
      const buttons = options.map((content, i) => {
        const button = element("button", "chip", ...content);
        button.addEventListener("click", () => {
          choose(i);
          draw();
        });
        return button;
      });
      const group = element("div", "chips", ...buttons);
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", label);
      return {
        box: element("div", "choice", element("span", "choice-label", label), group),
        show: () => buttons.forEach((button, i) => button.setAttribute("aria-pressed", `${isOn(i)}`)),
      };
    }
  };

  function rings(part) { return part.map(outreach.decodePolyline); }

  function bandClass(i) { return `band-${Math.min(i, MOST_BANDS - 1)}`; }

  /* A piece of the line that stands for a band, or for catchments. */
  function sample(which) {
    const classes = which === "catchment" ? "catchment" : `reach ${bandClass(which)}`;
    return drawn("svg", { viewBox: "0 0 34 14", class: "sample", "aria-hidden": "true" },
      drawn("line", { x1: 1, y1: 7, x2: 33, y2: 7, class: classes }));
  }

  /*
   * Where too few have a gap to tell of them, the colour is of what is around, and hatched. Where
   * there are fewer people than areas, hatches alone have the colour.
   */
  function hatches() {
    return drawn("svg", { class: "patterns", width: 0, height: 0, "aria-hidden": "true" },
      drawn("defs", {}, ...[0, 1, 2, 3, 4, "hidden"].map((level) => drawn("pattern", {
        id: `hatch-${level}`, width: 9, height: 9, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)",
      }, drawn("rect", { width: 9, height: 9, class: `ground-${level}` }),
      drawn("rect", { width: 1.5, height: 9, class: "hatch" }))),
      ...[0, 1, 2, 3, 4].map((level) => drawn("pattern", {
        id: `sparse-${level}`, width: 9, height: 9, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)",
      }, drawn("rect", { width: 9, height: 9, class: "ground-hidden" }),
      drawn("rect", { width: 2.5, height: 9, class: `ground-${level}` })))));
  }
}(window.outreach = window.outreach || {}));
