/* The page about coverage: so many workers more are chosen, and figures, map and tables follow. */
(function (outreach) {
  "use strict";
  const { element, said } = outreach;
  // Columns that leave the first one room.
  const FEW = 3;

  /** Fill the page; `data` holds everything said, for each number of added workers. */
  outreach.board = (map, week, data) => {
    const panel = document.getElementById("panel");
    const rows = areaTable(data, (i) => ground.open(i));
    const ground = outreach.coverageMap(map, data, rows.mark);
    const followers = [adder(data, choose), figures(data), curve(data, choose), sites(data),
      districtTable(data), rows, ground];
    document.getElementById("head").append(
      element("div", "title", element("h1", "", data.title), element("p", "span", data.span)),
      element("p", "told-k", data.labels.told_k),
    );
    panel.append(...followers.flatMap((part) => part.box || []),
      ...data.tables.map(fixedTable), notes(data));
    printable(map, data, ground);
    // The head and the panel have taken room from the map since it was made.
    map.invalidateSize({ animate: false, pan: false });
    ground.fit();
    choose(data.opens_on);

    function choose(step) {
      followers.forEach((part) => part.show(step));
    }
  };

  function section(title, ...content) {
    return element("section", "part open", title ? element("h2", "", title) : null, ...content);
  }

  function notices(data) {
    return element("div", "notices", ...data.notices.map((notice) => element("p", "notice", said(notice))));
  }

  function notes(data) {
    return section(data.labels.how, element("ul", "notes",
      ...data.notes.map((note) => element("li", "small", said(note)))));
  }

  /* The slider stays in sight: what it changes lies above and below it. */
  function adder(data, choose) {
    const { labels, steps } = data;
    const most = steps.length - 1;
    const slider = element("input", "slider");
    slider.type = "range";
    slider.id = "added";
    Object.assign(slider, { min: 0, max: most, step: 1 });
    slider.addEventListener("input", () => choose(Number(slider.value)));
    const label = element("label", "added-label", labels.added);
    label.htmlFor = slider.id;
    const number = element("output", "added-number");
    const who = element("span", "added-who");
    const fewer = stepper("−", labels.fewer, -1);
    const more = stepper("+", labels.more, 1);
    const ticks = element("div", "slider-ticks", ...steps.map((step, i) => {
      const tick = element("span", "slider-tick", step.added);
      tick.classList.toggle("is-advised", i === data.advised);
      return tick;
    }));
    ticks.setAttribute("aria-hidden", "true");
    const marks = [["chip now", labels.now, 0], ["chip advised", labels.advised, data.advised]]
      .filter(([, , step], i) => i === 0 || step > 0)
      .map(([classes, text, step]) => {
        const button = element("button", classes, said(text));
        button.addEventListener("click", () => choose(step));
        return { button, step };
      });
    const box = element("section", "adder",
      element("div", "added-top", number, element("div", "added-words", label, who),
        element("div", "chips", ...marks.map(({ button }) => button))),
      most > 0 ? element("div", "slider-row", fewer, element("div", "slider-box", slider, ticks), more) : null);
    return { box, show };

    function stepper(sign, text, by) {
      const button = element("button", "stepper", sign);
      button.setAttribute("aria-label", text);
      button.title = text;
      button.addEventListener("click", () => choose(Number(slider.value) + by));
      return button;
    }

    function show(i) {
      slider.value = i;
      slider.setAttribute("aria-valuetext", steps[i].said);
      number.textContent = steps[i].added;
      who.textContent = steps[i].said;
      fewer.disabled = i === 0;
      more.disabled = i === most;
      marks.forEach(({ button, step }) => button.setAttribute("aria-pressed", `${step === i}`));
    }
  }

  function figures(data) {
    const grid = element("div", "figures");
    grid.setAttribute("aria-live", "polite");
    return { box: [section("", grid), notices(data)], show };

    function show(i) {
      grid.replaceChildren(...data.steps[i].figures.map(({ value, label, note, change }) => element(
        "div", "figure", element("p", "figure-label", label), element("p", "figure-value", said(value)),
        note ? element("p", "figure-note", said(note)) : null,
        change ? element("p", "figure-change", said(change)) : null)));
    }
  }

  function curve(data, choose) {
    const { labels } = data;
    const chart = outreach.coverageChart(data, choose);
    const lines = data.curve.lines.map(({ name, place, cells }, i) => {
      const count = element("span", "count", name);
      count.classList.toggle("is-advised", i === data.advised);
      const row = tableRow(element("span", "", count, " ", element("span", "small", said(place))), cells);
      row.addEventListener("click", () => choose(i));
      return row;
    });
    const table = element("div", "wide", element("table", "curve-table", headRow(data.curve.head),
      element("tbody", "", ...lines)));
    const box = section(labels.curve, chart.box, table,
      ...data.curve.notes.map((note) => element("p", "small", said(note))));
    return { box, show };

    function show(i) {
      chart.show(i);
      lines.forEach((line, j) => line.toggleAttribute("aria-current", i === j));
    }
  }

  function sites(data) {
    const list = element("ol", "sites");
    const proof = element("p", "small");
    const box = section(data.labels.sites, list, proof);
    return { box, show };

    function show(i) {
      const step = data.steps[i];
      list.replaceChildren(...step.sites.map((site, j) => {
        const { label, kind } = data.places[site];
        return element("li", "", element("span", "number added", `${j + 1}`),
          element("span", "", element("b", "", said(label)), element("span", "small", ` ${kind}`)));
      }));
      list.hidden = !step.sites.length;
      proof.textContent = step.proof;
    }
  }

  /* The same rows as on the map; a name opens its area there. */
  function areaTable(data, open) {
    const { labels } = data;
    const lines = data.rows.map((row, i) => {
      const button = element("button", "who", said(row.name));
      button.disabled = !row.outline.length;
      button.addEventListener("click", (event) => {
        event.stopPropagation();
        open(i);
      });
      const line = tableRow(button, data.steps[0].rows[i].cells);
      line.addEventListener("click", () => { if (row.outline.length) { open(i); } });
      return line;
    });
    const total = tableRow(labels.all, data.steps[0].total);
    total.className = "total";
    const table = element("table", "area-table", headRow(data.area_head),
      element("tbody", "", ...lines, total));
    const box = section(labels.areas, element("div", "wide", table), element("p", "small", labels.areas_note));
    box.hidden = !data.rows.length;
    return { box, show, mark };

    function mark(i, isOpen) {
      lines[i].toggleAttribute("aria-current", isOpen);
    }

    function show(step) {
      lines.forEach((line, i) => fill(line, data.steps[step].rows[i].cells));
      fill(total, data.steps[step].total);
    }
  }

  function districtTable(data) {
    const [, ...head] = data.area_head;
    const lines = data.districts.map((name, i) => tableRow(name, data.steps[0].districts[i]));
    const box = section(data.labels.districts, element("div", "wide", element("table", "",
      headRow([data.labels.district, ...head]), element("tbody", "", ...lines))));
    box.hidden = !lines.length;
    return { box, show: (step) => lines.forEach((line, i) => fill(line, data.steps[step].districts[i])) };
  }

  function fill(line, cells) {
    line.querySelectorAll("td").forEach((cell, i) => cell.replaceChildren(said(cells[i])));
  }

  function fixedTable({ title, notes: below, head, rows }) {
    return section(title, element("div", "wide", element("table", head.length > FEW ? "" : "few", headRow(head),
      element("tbody", "", ...rows.map(([name, ...cells]) => tableRow(name, cells))))),
    ...below.map((note) => element("p", "small", said(note))));
  }

  function headRow(heads) {
    return element("thead", "", element("tr", "", ...heads.map((text) => {
      const cell = element("th", "", said(text));
      cell.scope = "col";
      return cell;
    })));
  }

  function tableRow(name, cells) {
    const head = element("th", "", typeof name === "string" ? said(name) : name);
    head.scope = "row";
    return element("tr", "", head, ...cells.map((text) => element("td", "", said(text))));
  }

  /* On paper the map is as wide as the sheet, and every page says of how many people it tells. */
  function printable(map, data, ground) {
    document.documentElement.style.setProperty("--footer", JSON.stringify(data.labels.told_k));
    window.addEventListener("beforeprint", () => turned(true));
    window.addEventListener("afterprint", () => turned(false));

    function turned(isPrinting) {
      document.body.classList.toggle("printing", isPrinting);
      map.invalidateSize({ animate: false, pan: false });
      ground.fit();
    }
  }
}(window.outreach = window.outreach || {}));
