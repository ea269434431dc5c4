/* The supervisor's page: filters above, the map, and beside it what the office asks of a week. */
(function (outreach) {
  "use strict";
  const { element, said } = outreach;
  const MOST_CHIPS = 8;
  const WIDE = "(min-width: 900px)";
  const TYPING_MS = 150;

  /** Fill the office's page, or the one that anybody may see. */
  outreach.board = (map, week, data, showBefore) => {
    if (data.kind === "public") {
      outreach.areaBoard(map, data);
      measure(map);
      outreach.fitAreas(map, data);
      printable(map, data.title, () => outreach.fitAreas(map, data));
    } else {
      office(map, week, data, showBefore);
      printable(map, data.words.confidential, () => week.fit());
    }
  };

  /* The head and the panel have taken room from the map since it was made. */
  function measure(map) {
    map.invalidateSize({ animate: false, pan: false });
  }

  /** Tell whether a day route is among those that the filters leave. */
  outreach.isChosen = (route, chosen) => (chosen.day === null || route.day === chosen.day) &&
    (chosen.worker === null || route.workers.includes(chosen.worker));

  /** Make a part that unfolds, and fills itself when it first does. */
  outreach.fold = (classes, summary, isOpen, fill) => {
    const details = element("details", classes, element("summary", "", ...summary));
    let isFilled = false;
    const filled = () => {
      if (isFilled) { return; }
      isFilled = true;
      details.append(fill());
    };
    details.addEventListener("toggle", () => { if (details.open) { filled(); } });
    details.addEventListener("fill", filled);
    details.open = isOpen;
    if (isOpen) { filled(); }
    return details;
  };

  /** Put texts below each other. */
  outreach.lines = (texts) => texts.map((text) => element("div", "", said(text)));

  /** Make a table's head from the words of its columns, each on one line or on several. */
  outreach.headRow = (heads) => element("thead", "", element("tr", "", ...heads.map(([classes, ...texts]) => {
    const cell = element("th", classes, ...outreach.lines(texts));
    cell.scope = "col";
    return cell;
  })));

  function office(map, week, data, showBefore) {
    const { words } = data;
    const chosen = { day: today(data), worker: null, text: "" };
    const panel = document.getElementById("panel");
    const tabs = [
      outreach.stopTable(data, week),
      outreach.weekTable(data, choose),
      outreach.lossList(data),
      outreach.sumTables(data),
    ];
    const changes = data.changes ? outreach.changeTab(data, week, showBefore) : null;
    if (changes) { tabs.push(changes); }
    const buttons = tabs.map((tab, i) => {
      tab.badge = element("span", "badge");
      tab.button = element("button", "tab", words[tab.word], tab.badge);
      tab.button.setAttribute("role", "tab");
      tab.button.addEventListener("click", () => open(i));
      tab.box = element("section", `part ${tab.word}`, element("h2", "paper", words[tab.word]), tab.element);
      tab.box.setAttribute("role", "tabpanel");
      tab.box.addEventListener("fill", tab.fill);
      return tab.button;
    });
    // What is other comes first.
    const bar = element("div", "tabs", ...(changes ? [buttons.pop()] : []), ...buttons);
    bar.setAttribute("role", "tablist");
    const top = element("div", "bar-top", bar, search(words, (text) => choose({ text })));
    // The screen shows one at a time; on paper the whole comes before its parts.
    const [stops, glance, losses, sums, ...first] = tabs.map((tab) => tab.box);
    panel.append(notices(data), top, ...first, glance, stops, losses, sums);

    const days = filter("days", words.day, [
      { value: null, label: words.all },
      ...data.days.map((day) => ({ value: day.day, label: day.chip, weekday: day.weekday })),
    ], (value) => choose({ day: value }));
    const workers = filter("workers", words.worker, [
      { value: null, label: words.all_workers },
      ...data.workers.map((worker, i) => ({ value: i, label: worker })),
    ], (value) => choose({ worker: value }));
    document.getElementById("head").append(
      element("div", "title", element("h1", "", data.title), element("p", "span", data.span),
        element("p", "paper", words.confidential)),
      element("div", "filters", days.box, workers.box),
    );
    // The way of the stop that is told stands out, as on one day all ways have one colour.
    let told = null;
    week.onOpen = (route, item) => {
      told = route;
      week.follow(told);
      if (tabs[0].mark(route, item) && !(changes && changes.box.classList.contains("open"))) { open(0); }
    };
    const teams = legend(data, week);
    document.getElementById("map-box").append(teams.box);
    map.on("popupopen", () => teams.follow(told));
    map.on("popupclose", () => teams.follow(null));
    measure(map);
    choose({ day: chosen.day });
    open(changes ? tabs.indexOf(changes) : 0);

    function open(i) {
      tabs.forEach((tab, j) => {
        tab.button.setAttribute("aria-selected", `${i === j}`);
        tab.box.classList.toggle("open", i === j);
      });
      tabs[i].fill();
    }

    function choose(change) {
      Object.assign(chosen, change);
      days.mark(chosen.day);
      workers.mark(chosen.worker);
      tabs.forEach((tab) => {
        tab.choose(chosen);
        tab.badge.textContent = tab.count() ?? "";
      });
      if (!("text" in change)) {
        week.show((route) => outreach.isChosen(route, chosen));
        teams.choose(chosen);
      }
    }
  }

  /* On one day all ways have one colour: the name of a team lets its way stand out. */
  function legend(data, week) {
    const box = element("div", "teams");
    let buttons = [];
    box.setAttribute("role", "group");
    return { box, choose, follow };

    function choose(chosen) {
      const isOneDay = chosen.day !== null && chosen.worker === null;
      const indices = Array.from(data.routes.keys())
        .filter((i) => isOneDay && outreach.isChosen(data.routes[i], chosen));
      buttons = indices.length > 1 ? indices.map(team) : [];
      box.replaceChildren(...buttons.map(({ button }) => button));
    }

    function team(index) {
      const { team: name, weekday } = data.routes[index];
      const button = element("button", `chip weekday-${weekday}`, said(name));
      button.title = name;
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => {
        follow(button.getAttribute("aria-pressed") === "true" ? null : index);
      });
      return { button, index };
    }

    function follow(index) {
      week.follow(index);
      buttons.forEach((one) => one.button.setAttribute("aria-pressed", `${one.index === index}`));
    }
  }

  function notices(data) {
    return element("div", "notices", ...data.notices.map((notice) => element("p", "notice", said(notice))));
  }
  outreach.noticesOf = notices;

  /* The day of the plan that it is now, or null. */
  function today(data) {
    const now = new Date();
    const two = (number) => `${number}`.padStart(2, "0");
    const date = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
    const day = data.days.find((candidate) => candidate.date === date);
    return day ? day.day : null;
  }

  /* One of several: chips where they are few and there is room, else a list to pick from. */
  function filter(classes, label, options, choose) {
    const isFew = options.length <= MOST_CHIPS + 1 && window.matchMedia(WIDE).matches;
    const made = (isFew ? chips : picker)(options, choose);
    made.box.classList.add(classes);
    made.box.setAttribute("aria-label", label);
    return made;
  }

  function chips(options, choose) {
    const made = options.map((option) => {
      const day = option.weekday === undefined ? "" : ` weekday-${option.weekday}`;
      const chip = element("button", `chip${day}`, said(option.label));
      chip.addEventListener("click", () => choose(option.value));
      return chip;
    });
    const box = element("div", "chips", ...made);
    box.setAttribute("role", "group");
    const mark = (value) => made.forEach((chip, i) => {
      chip.setAttribute("aria-pressed", `${options[i].value === value}`);
    });
    return { box, mark };
  }

  function picker(options, choose) {
    const box = element("select", "picker", ...options.map((option) => element("option", "", option.label)));
    box.addEventListener("change", () => choose(options[box.selectedIndex].value));
    const mark = (value) => {
      box.selectedIndex = options.findIndex((option) => option.value === value);
    };
    return { box, mark };
  }

  function search(words, choose) {
    const box = element("input", "sought");
    let waiting = 0;
    box.type = "search";
    box.autocomplete = "off";
    box.spellcheck = false;
    box.placeholder = `${words.find} …`;
    box.setAttribute("aria-label", words.find);
    box.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => choose(box.value.trim().toLowerCase()), TYPING_MS);
    });
    return box;
  }

  /* Paper shows all that the screen keeps folded, and the map as wide as the sheet. */
  function printable(map, footer, fit) {
    let unfolded = [];
    document.documentElement.style.setProperty("--footer", JSON.stringify(footer));
    window.addEventListener("beforeprint", () => {
      document.querySelectorAll("#panel .part").forEach((part) => part.dispatchEvent(new Event("fill")));
      unfolded = Array.from(document.querySelectorAll("#panel details:not([open])"));
      unfolded.forEach((details) => {
        details.dispatchEvent(new Event("fill"));
        details.open = true;
      });
      turned(true);
    });
    window.addEventListener("afterprint", () => {
      unfolded.forEach((details) => { details.open = false; });
      turned(false);
    });

    function turned(isPrinting) {
      document.body.classList.toggle("printing", isPrinting);
      measure(map);
      fit();
    }
  }
}(window.outreach = window.outreach || {}));
