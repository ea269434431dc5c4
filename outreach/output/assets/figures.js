/* The office's figures: the week at a glance with its bars, who is left out, sums and weights. */
(function (outreach) {
  "use strict";
  const { element, said } = outreach;
  const MOST_ROWS_OPEN = 30;

  /** Lay the workers against the days; a cell shows that day of that worker. */
  outreach.weekTable = (data, choose) => {
    const { words } = data;
    const box = element("div", "wide");
    const cells = [];
    const sums = data.sums.filter((sum) => sum.worker !== null);
    const percent = new Intl.NumberFormat(data.language, { style: "percent", maximumFractionDigits: 0 });
    let isFilled = false;
    let last = { day: null, worker: null };

    return { word: "at_a_glance", element: element("div", "", box), fill, choose: chosen, count: () => null };

    function fill() {
      if (isFilled) { return; }
      isFilled = true;
      const heads = [["", words.worker], ["is-bar", words.load], ["is-bar", words.budget_used],
        ...data.days.map((day) => [`is-day weekday-${day.weekday}`, day.chip])];
      const body = element("tbody", "", ...data.workers.map(row));
      box.append(element("table", "week-table", outreach.headRow(heads), body));
      box.parentElement.append(element("p", "small", words.glance_note), element("p", "small", words.load_note));
      nights(data).forEach((line) => box.parentElement.append(line));
      chosen(last);
    }

    function row(worker, i) {
      const sum = sums.find((candidate) => candidate.worker === i);
      const head = element("th", "", outreach.fileLink(data, i, "") || said(worker));
      head.scope = "row";
      return element("tr", "", head,
        element("td", "is-bar", bar(sum && sum.load)), element("td", "is-bar", bar(sum && sum.budget)),
        ...data.days.map((day) => dayCell(day, i)));
    }

    function bar(share) {
      if (share === null || share === undefined) { return "–"; }
      const full = element("span", "bar-full");
      full.style.width = `${Math.min(100, 100 * share)}%`;
      return element("span", share > 1 ? "bar over" : "bar", element("span", "bar-room", full),
        element("span", "bar-text", percent.format(share)));
    }

    function dayCell(day, worker) {
      const routes = data.routes.filter((route) => route.day === day.day && route.workers.includes(worker));
      const cell = element("td", "is-day");
      if (!routes.length) { return cell; }
      const n = routes.reduce((sum, route) => sum + route.n_visits, 0);
      const end = routes[routes.length - 1];
      const stops = end.items.filter((item) => item.is === "stop");
      const back = end.night === null ? stops[stops.length - 1].time : "☾";
      const button = element("button", `at-day weekday-${day.weekday}`,
        element("span", "at-day-visits", `${n}`), " ", element("span", "at-day-back", back));
      button.title = end.facts.join(" · ");
      button.addEventListener("click", () => {
        const isAgain = last.day === day.day && last.worker === worker;
        choose(isAgain ? { day: null, worker: null } : { day: day.day, worker });
      });
      cells.push({ button, day: day.day, worker });
      cell.append(button);
      return cell;
    }

    function chosen(now) {
      last = { day: now.day, worker: now.worker };
      cells.forEach((cell) => {
        const isIt = cell.day === now.day && cell.worker === now.worker;
        cell.button.setAttribute("aria-pressed", `${isIt}`);
      });
    }
  };

  /** List who is left out, with the reasons, and who is not due. */
  outreach.lossList = (data) => {
    const { words } = data;
    const box = element("div", "losses");
    const groups = [
      ...data.left_out.map((group) => ({ ...group, isLoss: true })),
      { said: data.not_due_said, rows: data.not_due.map((row) => ({ ...row, why: row.due })) },
    ];
    let text = null;
    let n = 0;

    return { word: "left_out", element: box, fill() {}, choose, count: () => n };

    function choose(chosen) {
      if (chosen.text === text) { return; }
      text = chosen.text;
      const found = groups.map((group) => ({ ...group, rows: group.rows.filter((row) => isSought(row)) }));
      n = found.filter((group) => group.isLoss).reduce((sum, group) => sum + group.rows.length, 0);
      const shown = found.filter((group) => group.rows.length);
      box.replaceChildren(...shown.map((group) => {
        const summary = [element("h3", "", said(group.said)), element("span", "badge", `${group.rows.length}`)];
        const isOpen = Boolean(group.isLoss) && (group.rows.length <= MOST_ROWS_OPEN || isSorted(byReason(group.rows)));
        return outreach.fold(group.isLoss ? "loss" : "loss not-due", summary, isOpen, () => reasons(group.rows));
      }));
      if (!n) { box.prepend(element("p", "none", text ? words.nothing_found : words.nobody_left_out)); }
    }

    function isSought(row) {
      return !text || `${row.visit || ""}\n${row.id}\n${row.why}\n${row.more || ""}`.toLowerCase().includes(text);
    }

    /* A fold for each reason, where each is given several times; the rows come sorted by it. */
    function reasons(rows) {
      const found = byReason(rows);
      if (!isSorted(found)) { return list(rows); }
      return element("div", "reasons", ...found.map((mine, i) => {
        const summary = [element("h4", "", said(mine[0].reason)), element("span", "badge", `${mine.length}`)];
        return outreach.fold("reason", summary, i === 0 || rows.length <= MOST_ROWS_OPEN, () => list(mine));
      }));
    }

    function byReason(rows) {
      const found = new Map();
      rows.forEach((row) => {
        if (!found.has(row.reason)) { found.set(row.reason, []); }
        found.get(row.reason).push(row);
      });
      return Array.from(found.values());
    }

    function isSorted(found) {
      return found.length > 1 && 2 * found.length <= found.flat().length;
    }

    function more(row) {
      return row.more ? [" ", element("span", "promised more", said(row.more))] : [];
    }

    function list(rows) {
      const heads = [["is-who", words.who], ["is-why", words.reason]];
      return element("table", "loss-table", outreach.headRow(heads), element("tbody", "", ...rows.map((row) =>
        element("tr", "", element("td", "is-who", said(row.visit || row.id)),
          element("td", "is-why", said(row.why), ...more(row))))));
    }
  };

  /** Tell sums, what a little more would bring, and how the plan is weighed. */
  outreach.sumTables = (data) => {
    const { words } = data;
    const box = element("div", "");
    let isFilled = false;
    return { word: "sums", element: box, fill, choose() {}, count: () => null };

    function fill() {
      if (isFilled) { return; }
      isFilled = true;
      const heads = data.sums_head.map((texts) => ["", ...texts]);
      const rows = data.sums.map((sum) => {
        const head = element("th", "", said(sum.name));
        head.scope = "row";
        return element("tr", sum.worker === null ? "total" : "", head,
          ...sum.cells.map((texts) => element("td", "", ...outreach.lines(texts))));
      });
      box.append(element("div", "wide", element("table", "sum-table", outreach.headRow(heads),
        element("tbody", "", ...rows))), element("p", "small", words.load_note));
      if (data.prices.length) {
        box.append(element("h3", "", words.prices), element("ul", "prices",
          ...data.prices.map((text) => element("li", "", said(text)))));
      }
      if (data.score.length) {
        box.append(element("h3", "", words.score), element("p", "small", said(data.score_note)), scoreTable());
      }
    }

    function scoreTable() {
      return element("table", "score-table", element("tbody", "", ...data.score.map(([part, hours]) => {
        const head = element("th", "", said(part));
        head.scope = "row";
        return element("tr", "", head, element("td", "", hours));
      })));
    }
  };

  /* Where each circuit sleeps. */
  function nights(data) {
    return data.circuits.filter((circuit) => circuit.nights.length).map((circuit) =>
      element("div", "circuit", element("h3", "", said(circuit.name)),
        element("ul", "", ...circuit.nights.map((night) =>
          element("li", "", night.day, ": ☾ ", said(night.lodging))))));
  }
}(window.outreach = window.outreach || {}));
