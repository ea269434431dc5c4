/* The table of stops: a fold for each day, sorted by time over all workers. */
(function (outreach) {
  "use strict";
  const { element, said } = outreach;
  // As many rows as a cheap laptop lays out without a pause.
  const MOST_ROWS_OPEN = 250;
  const DAY_MINUTES = 1440;
  const COLUMNS = ["time", "worker", "number", "who", "category", "area", "to_next"];

  outreach.stopTable = (data, week) => {
    const { words } = data;
    const box = element("div", "days-list");
    const rows = rowsOf(data);
    let shown = [];
    let isSearched = false;
    let current = null;

    return { word: "stops", element: box, fill() {}, choose, mark, count: () => (isSearched ? shown.length : null) };

    function choose(chosen) {
      isSearched = chosen.text !== "";
      shown = rows.filter((row) => isShown(row, chosen));
      const byDay = new Map();
      shown.forEach((row) => {
        if (!byDay.has(row.route.day)) { byDay.set(row.route.day, []); }
        byDay.get(row.route.day).push(row);
      });
      const mayOpen = byDay.size === 1 || shown.length <= MOST_ROWS_OPEN;
      const folds = data.days.filter((day) => byDay.has(day.day))
        .map((day, i) => dayFold(day, byDay.get(day.day), mayOpen || i === 0));
      box.replaceChildren(...folds);
      if (!folds.length) {
        box.append(element("p", "none", isSearched ? words.nothing_found : words.no_visits));
      }
      if (chosen.worker !== null) {
        const link = outreach.fileLink(data, chosen.worker, `${words.open_page} `);
        if (link) { box.prepend(element("p", "worker-file", link)); }
      }
    }

    function dayFold(day, mine, isOpen) {
      const routes = Array.from(new Set(mine.map((row) => row.route)));
      const n = mine.filter((row) => row.item.kind === "visit").length;
      const facts = routes.length === 1 && !isSearched ? routes[0].facts : [`${words.visits}: ${n}`];
      const summary = [element("h3", "", day.said), outreach.facts(facts)];
      const fold = outreach.fold(`day weekday-${day.weekday}`, summary, isOpen, () => table(mine));
      fold.dataset.day = day.day;
      return fold;
    }

    function table(mine) {
      const heads = COLUMNS.map((word) => [`is-${word}`, words[word]]);
      const body = element("tbody", "", ...mine.map(line));
      body.addEventListener("click", (event) => {
        const row = event.target.closest("tr[data-item]");
        if (row) { week.open(Number(row.dataset.route), Number(row.dataset.item)); }
      });
      return element("table", "stop-table", outreach.headRow(heads), body);
    }

    function line({ route, routeIndex, item, itemIndex }) {
      const cells = Object.fromEntries(COLUMNS.map((word) => [word, element("td", `is-${word}`)]));
      cells.time.append(item.is === "rest" ? item.hours.split("–")[0] : item.time);
      cells.worker.append(said(route.team));
      const row = element("tr", item.is === "rest" ? "rest" : item.kind, ...Object.values(cells));
      if (item.is === "rest") {
        cells.who.append(said(item.name), element("span", "small", item.said));
        return row;
      }
      cells.number.append(signOf(item));
      cells.who.append(element("button", "who", said(item.name)));
      // Of a base everybody knows which one it is.
      if (item.id && item.kind !== "base") { cells.who.append(element("span", "small", said(item.id))); }
      if (item.is_pinned) { cells.who.append(element("span", "promised", words.promised)); }
      if (item.change) {
        const mark = outreach.changeMark(item.change.kind, item.change.label);
        mark.title = item.change.said;
        cells.who.append(" ", mark);
      }
      if (item.short) {
        cells.category.append(said(item.short));
        cells.category.title = item.category;
      }
      if (item.area) { cells.area.append(said(item.area)); }
      if (item.onward) {
        // "12,3 km, 35 menit": the table has room for the first of it, and the popup tells all.
        cells.to_next.append(said(item.onward.said.split(", ")[0]));
        cells.to_next.title = item.onward.said;
        if (item.onward.soft) {
          cells.to_next.prepend(outreach.icon("soft"));
          cells.to_next.title += `\n${item.onward.soft}`;
        }
      }
      row.dataset.route = routeIndex;
      row.dataset.item = itemIndex;
      return row;
    }

    function signOf(item) {
      if (item.number !== null) { return element("span", `number ${item.kind}`, `${item.number}`); }
      const sign = element("span", `number ${item.kind}`, outreach.icon(item.kind));
      sign.title = words[item.kind];
      return sign;
    }

    /** Mark the row of a stop, and tell whether it is there to be seen. */
    function mark(routeIndex, itemIndex) {
      if (current) { current.removeAttribute("aria-current"); }
      const row = shown.find((one) => one.routeIndex === routeIndex && one.itemIndex === itemIndex);
      if (!row) { return false; }
      const fold = box.querySelector(`.day[data-day="${row.route.day}"]`);
      if (fold) { fold.open = true; fold.dispatchEvent(new Event("fill")); }
      current = box.querySelector(`tr[data-route="${routeIndex}"][data-item="${itemIndex}"]`);
      if (!current) { return false; }
      current.setAttribute("aria-current", "true");
      current.scrollIntoView({ block: "nearest" });
      return true;
    }
  };

  /** Link to a worker's own page, or give nothing where none was made. */
  outreach.fileLink = (data, worker, before) => {
    if (!data.links[worker]) { return null; }
    const link = element("a", "file", before, said(data.workers[worker]));
    link.href = data.links[worker];
    return link;
  };

  function isShown(row, chosen) {
    if (!outreach.isChosen(row.route, chosen)) { return false; }
    // Breaks belong to one worker's day; between everybody's stops they would only be in the way.
    return row.item.is === "rest" ? chosen.worker !== null && !chosen.text : row.text.includes(chosen.text);
  }

  /* Every line of every route, by day and time; the order within a route stays. */
  function rowsOf(data) {
    const rows = data.routes.flatMap((route, routeIndex) => {
      let latest = 0;
      return route.items.map((item, itemIndex) => {
        let minute = minutes(item.is === "rest" ? item.hours : item.time);
        // After midnight it is still the same day's work.
        if (minute < latest - DAY_MINUTES / 2) { minute += DAY_MINUTES; }
        latest = Math.max(latest, minute);
        const parts = [item.name, item.id, item.category, item.short, item.area, route.team];
        const text = parts.filter((part) => part).join("\n").toLowerCase();
        return { route, routeIndex, item, itemIndex, text, minute: latest };
      });
    });
    return rows.sort((a, b) => a.route.day - b.route.day || a.minute - b.minute ||
      a.routeIndex - b.routeIndex || a.itemIndex - b.itemIndex);
  }

  function minutes(clock) {
    const [hours, rest] = clock.match(/\d+/g).map(Number);
    return 60 * hours + rest;
  }
}(window.outreach = window.outreach || {}));
