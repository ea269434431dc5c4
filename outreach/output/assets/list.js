/* The list of days: stops in order, the way between them, rests, where the night is spent. */
(function (outreach) {
  "use strict";
  const { element, facts, icon, said } = outreach;
  // A shorter way round is found by asking; the popup tells of it too.
  const LONG_LEG_M = 3000;

  /** Build the list; `open` is told the stop whose row was tapped, `showOther` a shut road's leg. */
  outreach.dayList = (data, ticks, { open, showOther }) => {
    const days = data.routes.map((route, i) => dayOf(data, route, i, ticks, open, showOther));
    const overview = element("div", "overview",
      ...data.notices.map((notice) => element("p", "notice", said(notice))),
      ...data.circuits.map((circuit) => circuitOf(data, circuit)));
    const after = element("div", "after", contactsOf(data), leftOutOf(data), signsOf(data));
    const otherButtons = days.flatMap((day) => Array.from(day.querySelectorAll("button.other-way")));
    return { days, overview, after, otherButtons };
  };

  function dayOf(data, route, index, ticks, open, showOther) {
    const day = data.days.find((candidate) => candidate.day === route.day);
    const list = element("ol", "");
    const off = (at) => (route.off || []).filter((one) => one.at === at).map((one) => outreach.offRow(one));
    route.items.forEach((item, i) => {
      list.append(...off(i));
      list.append(item.is === "rest" ? restOf(data, item)
        : stopOf(data, route, item, ticks, () => open(index, i)));
      if (item.onward) { list.append(wayOf(route, item.onward, (isOn) => showOther(index, item.onward.leg, isOn))); }
    });
    const section = element("section", `day weekday-${route.weekday}`,
      element("div", "day-head", element("h2", "", said(day.said)), facts(route.facts)),
      route.team || route.circuit ? facts([route.team, route.circuit], "team") : null, list,
      route.night ? element("p", "night", icon("lodging"),
        element("span", "", `${data.words.sleeps_at} `, element("strong", "", said(route.night)))) : null);
    section.dataset.route = index;
    return section;
  }

  function stopOf(data, route, item, ticks, open) {
    const sign = item.number === null ? icon(item.kind) : `${item.number}`;
    const isEnd = item.kind === "base" || item.kind === "lodging";
    const row = element("button", "row",
      element("span", `number ${item.kind}`, sign),
      element("span", "what",
        element("span", "who", said(item.name)),
        facts([item.short || (isEnd ? null : data.words[item.kind]), item.minutes,
          isEnd ? withoutTime(item) : item.area, item.is_pinned ? data.words.promised : null], "facts"),
        item.change ? outreach.changeMark(item.change.kind, item.change.said) : null),
      element("span", "time", item.time));
    row.addEventListener("click", open);
    const line = element("li", `stop ${item.kind}`, element("div", "line", row,
      item.tick ? ticks.rowButton(item) : null));
    line.dataset.item = route.items.indexOf(item);
    if (item.contact) { line.append(outreach.callLink(item.contact)); }
    if (item.tick) {
      line.append(ticks.rowNote(item));
      ticks.watch(line, () => { line.dataset.state = ticks.state(item.tick); });
    }
    return line;
  }

  /** Say what is done at an end: its time stands beside it. */
  function withoutTime(item) {
    return item.hours.includes("–") ? item.hours : item.hours.replace(item.time, "").trim();
  }

  function lengthOf(leg) {
    const points = outreach.decodePolyline(leg.path).map((point) => L.latLng(point));
    return points.slice(1).reduce((sum, point, i) => sum + point.distanceTo(points[i]), 0);
  }

  function wayOf(route, onward, showOther) {
    const line = element("li", "way", element("p", "onward", icon("down"), said(onward.said)));
    if (onward.soft) { line.append(element("p", "soft-road", icon("soft"), said(onward.soft))); }
    const leg = route.legs[onward.leg];
    if (onward.other && (onward.soft || lengthOf(leg) > LONG_LEG_M)) {
      const button = element("button", "other-way", icon("other"), said(onward.other));
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => {
        const isOn = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(isOn));
        showOther(isOn);
      });
      line.append(button);
    }
    return line;
  }

  function restOf(data, item) {
    return element("li", "pause", element("span", "number rest", icon("rest")),
      element("span", "what", element("span", "who", said(item.name)), facts([item.said])),
      element("span", "time", item.hours));
  }

  function circuitOf(data, circuit) {
    return element("section", "circuit", element("h3", "", said(circuit.name)),
      element("ol", "", ...circuit.nights.map((night) => element("li", "", icon("lodging"),
        element("span", "", said(night.day), element("br", ""), `${data.words.sleeps_at} `,
          element("strong", "", said(night.lodging)))))));
  }

  function contactsOf(data) {
    if (!data.contacts.length) { return null; }
    return element("section", "contacts", element("h3", "", data.words.contacts),
      ...data.contacts.map(outreach.callLink));
  }

  function leftOutOf(data) {
    if (!data.left_out.length) { return null; }
    return element("section", "left-out", element("h3", "", data.words.left_out_of_all),
      facts(data.left_out.map((group) => `${group.said}: ${group.n}`)),
      element("p", "small", data.words.supervisor_knows));
  }

  function signsOf(data) {
    const sign = (mark, text) => element("li", "", mark, element("span", "", text));
    return element("section", "signs", element("h3", "", data.words.signs), element("ul", "",
      sign(element("span", "number visit", "1"), data.words.visit),
      sign(element("span", "number partner", "2"), data.words.partner),
      sign(element("span", "number base", icon("base")), data.words.base),
      sign(element("span", "number lodging", icon("lodging")), data.words.lodging),
      sign(element("span", "sample soft-sample"), data.words.soft_road),
      sign(element("span", "sample other-sample"), data.words.other_way)));
  }
}(window.outreach = window.outreach || {}));
