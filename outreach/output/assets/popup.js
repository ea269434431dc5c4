/* What a popup tells of the stops at one place. */
(function (outreach) {
  "use strict";
  const { element, facts, icon, said } = outreach;

  /** Build a popup for places; `week` gives the extras and shows the other way. */
  outreach.popup = (data, week, places) => {
    const box = element("div", "popup");
    const isAlone = data.workers.length === 1;
    places.forEach((place) => {
      const route = data.routes[place.route];
      const day = data.days.find((candidate) => candidate.day === route.day);
      const head = facts([day.said, isAlone ? null : route.team], `when weekday-${route.weekday}`);
      box.append(element("section", "", head, ...place.items.map((i) => entry(data, week, place.route, i)),
        ...mapLink(data, place.items.map((i) => route.items[i]))));
    });
    return box;
  };

  function entry(data, week, routeIndex, itemIndex) {
    const item = data.routes[routeIndex].items[itemIndex];
    const title = item.number === null ? [] : [`${item.number}. `];
    const box = element("div", "entry", element("p", "who", ...title, said(item.name)),
      facts([item.hours, item.minutes, item.id, item.category, item.area,
        item.is_pinned ? data.words.promised : null]));
    if (item.change) { box.append(outreach.changeMark(item.change.kind, item.change.said)); }
    box.dataset.item = `${routeIndex}.${itemIndex}`;
    if (item.contact) { box.append(outreach.callLink(item.contact)); }
    if (item.onward) {
      box.append(element("p", "onward", icon("down"), said(item.onward.said)));
      if (item.onward.soft) { box.append(element("p", "soft-road", icon("soft"), said(item.onward.soft))); }
      if (item.onward.other) { box.append(element("p", "other-way", icon("other"), said(item.onward.other))); }
    }
    const extras = week.extras ? week.extras(routeIndex, itemIndex) : null;
    if (extras) { box.append(extras); }
    return box;
  }

  function mapLink(data, items) {
    const link = element("a", "button", icon("map"), said(data.words.open_in_maps));
    const at = `${items[0].lat},${items[0].lon}`;
    const isHome = items.some((item) => item.kind === "visit");
    // A map app looks up a question (q) at its makers; a bare place it only shows.
    link.href = isHome ? `geo:${at}` : `geo:${at}?q=${at}`;
    return [element("p", "links", link), isHome ? element("p", "facts", data.words.map_app_learns) : null];
  }
}(window.outreach = window.outreach || {}));
