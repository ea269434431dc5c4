/* What is other in a changed plan: the office's part of it, the worker's notice, and on the map
   the ways as they were, whom they led to, and the roads that are closed. */
(function (outreach) {
  "use strict";
  const { element, facts, said } = outreach;
  const PANE = "was";
  // Below the ways that are ridden.
  const LEVEL = 390;
  const MOST_IDS = 6;
  const MOST_ROWS_OPEN = 12;

  /** Draw what is behind the ways; gives a function that leaves what the filters choose. */
  outreach.drawChanges = (map, data) => {
    map.createPane(PANE).style.zIndex = LEVEL;
    data.closed.forEach((area) => closedRoad(area, data.words).addTo(map));
    const days = (data.before || []).map((day) => ({ day, layer: before(day) }));
    return (chosen) => days.forEach(({ day, layer }) => {
      if (outreach.isChosen(day, chosen)) { layer.addTo(map); } else { layer.remove(); }
    });
  };

  function before(day) {
    const paths = day.legs.map(outreach.decodePolyline);
    const line = (className, weight) => L.polyline(paths, { className, weight, pane: PANE, interactive: false });
    const ways = paths.length ? [line("was-edge", 5), line("was", 2.5)] : [];
    return L.layerGroup([...ways, ...day.gone.map((stop) =>
      told(L.circleMarker([stop.lat, stop.lon], { className: "gone", radius: 9 }), stop.name, stop.said))]);
  }

  function closedRoad(area, words) {
    const rims = area.rims.map(outreach.decodePolyline);
    const sign = L.marker([area.lat, area.lon], {
      icon: L.divIcon({ html: element("span", "closed-sign"), className: "anchor", iconSize: [0, 0] }),
      alt: words.closed,
    });
    return L.layerGroup([L.polygon(rims, { className: "closed-area", weight: 3, interactive: false }),
      told(sign, words.closed, area.said)]);
  }

  function told(layer, name, text) {
    return layer.bindPopup(element("div", "popup", element("p", "who", said(name)), facts([text])));
  }

  /** Give the office's part: what happened, whom to phone, and each change from when to when. */
  outreach.changeTab = (data, week, draw) => {
    const { words, changes } = data;
    const list = element("ul", "change-rows");
    let shown = changes.rows;
    const box = element("div", "",
      element("h3", "", said(changes.title)),
      happened(changes.happened.filter((one) => one.is_new)),
      facts(changes.figures, "facts change-figures"),
      changes.calls.length ? element("h3", "", words.calls) : null,
      element("ol", "calls", ...changes.calls.map(callRow)),
      element("h3", "", words.visits_changed), list, ...nights(changes, words, true),
      signs(data), ...earlier());
    return { word: "changes", element: box, fill() {}, choose, count: () => shown.length };

    function choose(chosen) {
      draw(chosen);
      shown = changes.rows.filter((row) => isShown(row, chosen));
      list.replaceChildren(...shown.map(rowOf));
      if (!shown.length) { list.append(element("li", "none", words.nothing)); }
    }

    function isShown(row, chosen) {
      const text = `${row.who}\n${row.visit}\n${row.label}`.toLowerCase();
      return (chosen.day === null || row.days.includes(chosen.day)) && text.includes(chosen.text) &&
        (chosen.worker === null || row.workers.includes(chosen.worker));
    }

    function rowOf(row) {
      const content = [mark(row.kind, row.label), element("strong", "", said(row.who)),
        fromTo(row), row.why ? element("span", "small", said(row.why)) : null];
      if (!row.place) { return element("li", "", element("div", "change-row", ...content)); }
      const button = element("button", "change-row", ...content);
      button.addEventListener("click", () => week.open(...row.place));
      return element("li", "", button);
    }

    function callRow(call) {
      const box = element("input", "");
      box.type = "checkbox";
      box.setAttribute("aria-label", call.name);
      const who = call.phone ? outreach.callLink(call) : element("strong", "", said(call.name));
      return element("li", "", box, element("div", "", who,
        facts([call.by, few(call.about)])));
    }

    /* The list below has them all. */
    function few(ids) {
      return ids.length > MOST_IDS ? `${ids.slice(0, MOST_IDS).join(", ")} … (${ids.length})` : ids.join(", ");
    }

    function earlier() {
      const old = changes.happened.filter((one) => !one.is_new);
      return old.length ? [element("h3", "", words.earlier), happened(old)] : [];
    }
  };

  function signs({ words, before: days, closed }) {
    const sign = (classes, text) => element("li", "", element("span", classes), text);
    return element("ul", "change-signs",
      days.some((day) => day.legs.length) ? sign("was-sample", words.old_way) : null,
      days.some((day) => day.gone.length) ? sign("gone-sample", words.no_longer) : null,
      closed.length ? sign("closed-sign", words.closed) : null);
  }

  function happened(told) {
    return element("ul", "happened", ...told.map((one) => element("li", "", said(one.said))));
  }

  function mark(kind, label) {
    return element("span", `changed ${kind}`, said(label));
  }
  outreach.changeMark = mark;

  /* From when to when; what is new has no before, what is off no now. */
  function fromTo(row) {
    return element("span", "from-to", row.was ? element("s", "", said(row.was)) : null,
      row.was && row.now ? " → " : null, row.now ? said(row.now) : null);
  }

  function nights({ nights: rows }, words, isOffice) {
    return rows.length ? [element("h3", "", words.nights_changed), element("ul", "nights-changed",
      ...rows.map((row) => element("li", "", outreach.icon("lodging"), element("span", "",
        isOffice ? element("strong", "", said(row.team), " · ") : null, `${row.day}: `, fromTo(row)))))] : [];
  }

  /** Give the notice on top of a worker's list; `isLocked` pages keep their ticks to themselves. */
  outreach.changeNotice = (data, isLocked) => {
    const { words, changes, closed } = data;
    if (!changes) { return null; }
    const rows = changes.rows.map((row) => element("li", "", mark(row.kind, row.label), " ",
      element("strong", "", said(row.who)), element("br", ""), fromTo(row)));
    const details = element("details", "change-notice",
      element("summary", "", element("strong", "", said(changes.title)),
        rows.length ? element("span", "badge", `${rows.length}`) : null),
      happened(changes.happened), element("ul", "change-list", ...rows), ...nights(changes, words, false),
      closed.length ? element("p", "closed-line", element("span", "closed-sign"), words.closed) : null,
      isLocked ? element("p", "facts", words.old_ticks) : null);
    // Many would push the day itself out of reach.
    details.open = rows.length <= MOST_ROWS_OPEN;
    return details;
  };

  /** Give a line of the list for who is not visited then any more. */
  outreach.offRow = (off) => element("li", "off",
    element("span", "number rest", "–"),
    element("span", "what", element("s", "who", said(off.name)), mark("off", off.said)),
    element("s", "time", off.time));
}(window.outreach = window.outreach || {}));
