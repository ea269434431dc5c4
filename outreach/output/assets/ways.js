/* Draws the week: each day's way along the roads, its direction, its pins, and the popups. */
(function (outreach) {
  "use strict";
  const FIT_MARGIN_PX = 28;
  const FIT_MAX_ZOOM = 16;
  const STOP_ZOOM = 15;
  const ARROW_EVERY_PX = 130;
  const MOST_ARROWS = 80;
  // On the left, where one rides: there and back on one road do not cover each other.
  const SIDE_PX = -6;
  const POPUP_WIDTH_PX = 340;

  outreach.drawWeek = (map, data) => {
    // Drawn beyond the edges, so that a drag finds the ways there.
    map.options.renderer = L.svg({ padding: 0.4 });
    const routes = data.routes.map(drawRoute);
    const places = outreach.placesOf(data.routes);
    const pins = outreach.pins(map, nameOf, tapped);
    const others = L.layerGroup().addTo(map);
    const othersHere = L.layerGroup().addTo(map);
    let chosen = new Set();
    let opener = null;
    // While it fades, a popup that was closed is on the page too.
    let current = null;

    const week = {
      extras: null,
      onOpen: null,
      /** How many pixels of each side are covered; `buttons` stand on the right until a popup opens. */
      insets: () => ({ top: 0, right: 0, bottom: 0, left: 0 }),

      show(isShown) {
        map.closePopup();
        others.clearLayers();
        chosen = new Set(data.routes.map((_, i) => i).filter((i) => isShown(data.routes[i], i)));
        // What is drawn before the map has found its place is drawn twice.
        pins.show([]);
        routes.forEach((route, i) => { if (!chosen.has(i)) { route.layer.remove(); } });
        week.fit();
        routes.forEach((route, i) => { if (chosen.has(i)) { route.layer.addTo(map); } });
        pins.show(places.filter((_, i) => chosen.has(i)).flat());
      },

      /** Bring a place to the middle of the part of the map that is free. */
      centre(latlng, zoom) { lookAt(latlng, zoom, freeCentre()); },

      /** Move the map so that the popup stands in its free part, as high as that is. */
      intoSight() {
        if (!current || !current.isOpen()) { return; }
        const box = current.getElement();
        limitPopup();
        const free = freeBox();
        const { top, bottom } = box.getBoundingClientRect();
        const mapTop = map.getContainer().getBoundingClientRect().top;
        const [over, under] = [top - mapTop - free.top - 8, bottom - mapTop - free.bottom + 8];
        // What opens a popup stands above; of too little room, the upper part is seen.
        const by = over < 0 ? over : Math.min(over, Math.max(0, under));
        map.panBy([0, by], { animate: false });
      },

      fit() {
        const bounds = L.latLngBounds([]);
        chosen.forEach((i) => {
          routes[i].paths.forEach((path) => bounds.extend(path));
          places[i].forEach((place) => bounds.extend(place.latlng));
        });
        fitTo(bounds);
      },

      /** Let one day route stand out and the others stand back, or with null all alike. */
      follow(index) {
        routes.forEach((route, i) => route.layer.eachLayer((layer) => {
          const path = layer.getElement();
          if (!path || !path.isConnected) { return; }
          path.classList.toggle("faint", index !== null && i !== index);
          if (i === index) { layer.bringToFront(); }
        }));
      },

      open(routeIndex, itemIndex) {
        const place = places[routeIndex].find((candidate) => candidate.items.includes(itemIndex)) ||
          places[routeIndex].find((candidate) => candidate.items.includes(
            data.routes[routeIndex].items[itemIndex].spot));
        // First, since whoever listens makes room.
        if (week.onOpen) { week.onOpen(routeIndex, itemIndex); }
        const zoom = Math.max(map.getZoom(), STOP_ZOOM);
        const free = freeBox();
        // The stop low in the part of the map that is free, with room for its popup above.
        const aim = L.point((free.left + free.right) / 2, free.bottom - Math.min(48, free.height / 8));
        lookAt(place.latlng, zoom, aim);
        openPopup([place]);
        scrollTo(routeIndex, itemIndex);
      },

      /** Draw the second-best way of a leg, or take it away. */
      showOther(routeIndex, legIndex, isShown) {
        const key = `${routeIndex}.${legIndex}`;
        others.eachLayer((layer) => { if (layer.options.key === key) { others.removeLayer(layer); } });
        const other = isShown && otherWay(data.routes[routeIndex].legs[legIndex], key);
        if (!other) { return; }
        others.addLayer(other.layer);
        fitTo(L.latLngBounds(other.path).extend(routes[routeIndex].paths[legIndex]));
      },
    };

    // Buttons and keys zoom about what is seen, not about what the list covers.
    map.setZoom = (zoom, options) => map.setZoomAround(freeCentre(), zoom, options);
    map.on("moveend", pointAlong);
    map.on("popupopen popupclose", (event) => {
      map.getContainer().classList.toggle("has-popup", event.type === "popupopen");
      if (event.type === "popupclose") {
        othersHere.clearLayers();
        // Who came by keyboard goes on from where the popup was opened.
        if (opener && event.popup.getElement().contains(document.activeElement)) {
          opener.focus({ preventScroll: true });
        }
      }
    });
    sayControls(map, data.words);
    return week;

    function freeBox() {
      const inset = week.insets();
      const size = map.getSize();
      const box = { top: inset.top, left: inset.left, right: size.x - inset.right, bottom: size.y - inset.bottom };
      return { ...box, height: Math.max(0, box.bottom - box.top), width: box.right - box.left };
    }

    function freeCentre() {
      const free = freeBox();
      return L.point((free.left + free.right) / 2, free.top + free.height / 2);
    }

    /** Look at a place so that it stands at a point of the map's box. */
    function lookAt(latlng, zoom, aim) {
      const centre = map.project(latlng, zoom).add(map.getSize().divideBy(2)).subtract(aim);
      map.setView(map.unproject(centre, zoom), zoom, { animate: false });
    }

    function fitTo(bounds) {
      if (!bounds.isValid()) { return; }
      const inset = week.insets();
      // A flight that is still under way would carry the map off a stop that is tapped next.
      map.fitBounds(bounds, {
        paddingTopLeft: [inset.left + FIT_MARGIN_PX, inset.top + FIT_MARGIN_PX],
        paddingBottomRight: [inset.right + (inset.buttons || 0) + FIT_MARGIN_PX, inset.bottom + FIT_MARGIN_PX],
        maxZoom: FIT_MAX_ZOOM,
        animate: false,
      });
    }

    function tapped(here) {
      const zoom = here.length === 1 ? null : outreach.partingZoom(map, here);
      if (zoom === null) {
        if (week.onOpen) { week.onOpen(here[0].route, here[0].items[0]); }
        openPopup(here);
      } else {
        const bounds = L.latLngBounds(here.map((place) => place.latlng));
        fitTo(bounds);
        // Whole, they may still share the pin.
        if (map.getZoom() < zoom) { lookAt(bounds.getCenter(), zoom, freeCentre()); }
      }
    }

    function openPopup(here) {
      const free = freeBox();
      const inset = week.insets();
      const width = Math.min(POPUP_WIDTH_PX, free.width - 20);
      const popup = L.popup({
        maxWidth: width,
        minWidth: width,
        offset: [0, -12],
        autoPanPaddingTopLeft: [inset.left + 8, inset.top + 8],
        autoPanPaddingBottomRight: [inset.right + 8, inset.bottom + 8],
      });
      const from = document.activeElement;
      limitPopup();
      popup.setLatLng(here[0].latlng).setContent(outreach.popup(data, week, here)).openOn(map);
      here.forEach((place) => place.items.forEach((i) => {
        const { items, legs } = data.routes[place.route];
        const other = items[i].onward && otherWay(legs[items[i].onward.leg], "");
        if (other) { othersHere.addLayer(other.layer); }
      }));
      popup.getElement().querySelector(".leaflet-popup-close-button")
        .setAttribute("aria-label", data.words.close);
      opener = from;
      current = popup;
      const box = popup.getElement();
      box.setAttribute("role", "dialog");
      box.setAttribute("aria-label", here.map(nameOf).join(", "));
      box.tabIndex = -1;
      box.focus({ preventScroll: true });
    }

    /** Give popups the height that is free, less that of their tip and of the stop below. */
    function limitPopup() {
      const { height } = freeBox();
      const most = Math.max(120, Math.min(height - 40, Math.max(220, height - 110)));
      map.getContainer().style.setProperty("--popup", `${most}px`);
    }

    /** Several visits at one place share a popup: the one that was asked for comes into sight. */
    function scrollTo(routeIndex, itemIndex) {
      const content = current.getElement().querySelector(".leaflet-popup-content");
      const entry = content.querySelector(`[data-item="${routeIndex}.${itemIndex}"]`);
      if (entry && entry.previousElementSibling.classList.contains("entry")) {
        content.scrollTop = entry.offsetTop - content.firstChild.offsetTop;
      }
    }

    function nameOf(place) {
      return data.routes[place.route].items.filter((_, i) => place.items.includes(i))
        .map((item) => (item.number === null ? item.name : `${item.number}. ${item.name}`)).join(", ");
    }

    function pointAlong() {
      const view = map.getPixelBounds();
      const box = L.bounds(view.min.subtract([40, 40]), view.max.add([40, 40]));
      let left = MOST_ARROWS;
      routes.forEach((route, i) => {
        const marks = chosen.has(i) ? marksAlong(map, route.paths, box, left) : [];
        left -= marks.length;
        route.discs.setLatLngs(marks.map((mark) => mark.disc));
        route.arrows.setLatLngs(marks.map((mark) => mark.arrow));
      });
    }
  };

  function line(points, name, weight) {
    return L.polyline(points, { className: name, weight, interactive: false });
  }

  function otherWay(leg, key) {
    if (!leg.other) { return null; }
    const path = outreach.decodePolyline(leg.other);
    return { path, layer: L.layerGroup([line(path, "other-edge", 7), line(path, "other", 3)], { key }) };
  }

  function drawRoute(route) {
    const day = `weekday-${route.weekday}`;
    const paths = route.legs.map((leg) => outreach.decodePolyline(leg.path));
    const soft = route.legs.flatMap((leg) => leg.soft.map(outreach.decodePolyline));
    const marks = { interactive: false, smoothFactor: 0, noClip: true };
    const discs = L.polyline([], { ...marks, className: `disc ${day}`, weight: 17 });
    const arrows = L.polyline([], { ...marks, className: "arrow", weight: 2.5 });
    const layers = [
      line(paths, "way-edge", 9), line(soft, "soft-edge", 13),
      line(paths, `way ${day}`, 5), line(soft, "soft", 9), discs, arrows,
    ];
    return { paths, discs, arrows, layer: L.layerGroup(layers) };
  }

  /** Find where arrows stand: evenly on the screen, each turned as the way goes there. */
  function marksAlong(map, paths, box, most) {
    const marks = [];
    let toNext = ARROW_EVERY_PX / 2;
    paths.forEach((path) => {
      const points = path.map((latlng) => map.project(latlng, map.getZoom()));
      for (let i = 1; i < points.length; i += 1) {
        const [a, b] = [points[i - 1], points[i]];
        const length = a.distanceTo(b);
        let at = toNext;
        while (at < length && marks.length < most) {
          const point = a.add(b.subtract(a).multiplyBy(at / length));
          if (box.contains(point)) { marks.push(mark(map, point, b.subtract(a).divideBy(length))); }
          at += ARROW_EVERY_PX;
        }
        toNext = at - length;
      }
    });
    return marks;
  }

  function mark(map, point, ahead) {
    const corner = (along, across) => map.unproject(
      L.point(point.x + along * ahead.x - across * ahead.y, point.y + along * ahead.y + across * ahead.x),
      map.getZoom(),
    );
    // A line without a length, which round ends make a disc.
    return {
      disc: [corner(0, SIDE_PX), corner(0, SIDE_PX)],
      arrow: [corner(-2, SIDE_PX - 3.5), corner(2.5, SIDE_PX), corner(-2, SIDE_PX + 3.5)],
    };
  }

  function sayControls(map, words) {
    const box = map.getContainer();
    [[".leaflet-control-zoom-in", words.zoom_in], [".leaflet-control-zoom-out", words.zoom_out]]
      .forEach(([selector, text]) => {
        const button = box.querySelector(selector);
        if (!button) { return; }
        button.title = text;
        button.setAttribute("aria-label", text);
      });
    // Beside the scale, out of the way of the buttons.
    map.attributionControl.setPosition("bottomleft");
  }
}(window.outreach = window.outreach || {}));
