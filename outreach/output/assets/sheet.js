/* The worker's page: the days to choose from, the map, and the list that is drawn up over it. */
(function (outreach) {
  "use strict";
  const { element, facts, said } = outreach;
  // As in sheet.css: an office, or a phone held across.
  const WIDE = "(min-width: 900px), (min-width: 560px) and (max-height: 520px)";
  const ORDER = ["peek", "half", "full"];
  const HALF = 0.46;
  const PEEK_LIST_PX = 68;
  // On less, the map needs the whole.
  const SMALL_PX = 640;
  const BUTTONS_PX = 40;
  const TAP_PX = 8;
  const FADE_MS = 250;
  const TELL_MS = 12000;

  outreach.sheet = (map, week, data, store) => {
    const head = document.getElementById("head");
    const panel = document.getElementById("panel");
    const tell = teller();
    const ticks = outreach.ticks(data, store, tell);
    const sheet = sheetOf(map, panel, head, data.words, wholeView());
    const list = outreach.dayList(data, ticks, {
      open: (route, item) => week.open(route, item),
      showOther: (route, leg, isOn) => {
        if (isOn) { sheet.lower(); }
        week.showOther(route, leg, isOn);
      },
    });
    const chips = chipsOf(data, choose);
    // Until the reader moves the map, it keeps fitting what the list leaves free of it.
    let isFitted = true;
    // What is other is read before anything else.
    let isNews = Boolean(data.changes);
    map.on("dragstart popupopen", () => { isFitted = false; });

    week.insets = sheet.insets;
    week.extras = (route, item) => {
      const stop = data.routes[route].items[item];
      return stop.tick ? ticks.form(stop) : null;
    };
    // A popup that the list hides is as good as none.
    week.onOpen = (route, item) => {
      sheet.makeRoom();
      sheet.list.scrollTop = list.days[route].querySelector(`[data-item="${item}"]`).offsetTop;
    };
    map.on("popupclose", () => setTimeout(() => {
      // Another popup may have taken its place.
      if (!map.getContainer().classList.contains("has-popup")) { sheet.giveBack(); }
    }));
    whileWriting(map, week);
    sheet.onMove = () => { if (isFitted) { week.fit(); } };

    head.append(element("div", "title", element("h1", "", said(data.title)),
      element("p", "span", said(data.span))), chips.box);
    // Before the list is there, whose layout takes long.
    sheet.settle(data.days.some(isToday) ? "half" : "peek");
    const changes = data.changes ? outreach.changeNotice(data, store.isSealed) : null;
    sheet.list.append(...(changes ? [changes] : []), list.overview, ...list.days, ticks.handIn(), list.after,
      element("p", "confidential", data.words.confidential));
    outreach.locate(map, week, data.words, tell);
    if (!store.isKept) { tell(data.words.not_kept); }
    choose(data.days.find(isToday) || null);
    forPrint(map, data.words, choose);

    function wholeView() {
      const button = element("button", "button whole", said(data.words.whole_view));
      button.addEventListener("click", () => {
        map.closePopup();
        sheet.lower("half");
        isFitted = true;
        week.fit();
      });
      return button;
    }

    function choose(day) {
      list.days.forEach((section, i) => { section.hidden = day !== null && data.routes[i].day !== day.day; });
      list.overview.hidden = day !== null;
      list.after.hidden = day !== null;
      panel.classList.toggle("one-day", day !== null);
      chips.mark(day);
      const routes = data.routes.filter((route) => day === null || route.day === day.day);
      sheet.head(day === null ? data.words.all_days : day.said,
        day === null ? data.facts : routes.flatMap((route) => route.facts), day);
      week.show((route) => day === null || route.day === day.day);
      list.otherButtons.forEach((button) => button.setAttribute("aria-pressed", "false"));
      isFitted = true;
      sheet.list.scrollTop = 0;
      const next = day && nextStop(routes, list.days.filter((section) => !section.hidden), ticks);
      if (next && !isNews) { sheet.list.scrollTop = next.offsetTop - 4; }
      isNews = false;
    }
  };

  /** Find the first visit that is still to be made, once the day has begun. */
  function nextStop(routes, sections, ticks) {
    const items = routes.flatMap((route) => route.items).filter((item) => item.is === "stop");
    const rows = sections.flatMap((section) => Array.from(section.querySelectorAll("li.stop")));
    const isBegun = items.some((item) => item.tick && ticks.state(item.tick));
    const at = items.findIndex((item) => item.tick && !ticks.state(item.tick));
    return isBegun && at >= 0 ? rows[at] : null;
  }

  function chipsOf(data, choose) {
    const box = element("nav", "chips");
    const chips = [null, ...data.days].map((day) => {
      const [name, number] = day ? day.chip.split(" ") : [data.words.all, ""];
      const chip = element("button", day ? `chip weekday-${day.weekday}` : "chip",
        element("span", "", name), ...(number ? [" ", element("strong", "", number)] : []));
      if (day) { chip.setAttribute("aria-label", day.said); }
      chip.classList.toggle("today", Boolean(day && isToday(day)));
      chip.addEventListener("click", () => choose(day));
      box.append(chip);
      return chip;
    });
    return {
      box,
      mark(day) {
        chips.forEach((chip, i) => {
          const isOn = i === (day ? data.days.indexOf(day) + 1 : 0);
          chip.setAttribute("aria-pressed", String(isOn));
          if (isOn) { box.scrollLeft = chip.offsetLeft - (box.clientWidth - chip.offsetWidth) / 2; }
        });
      },
    };
  }

  function sheetOf(map, panel, head, words, wholeView) {
    const wide = window.matchMedia(WIDE);
    const title = element("h2", "");
    const handle = element("button", "handle");
    const told = element("div", "told");
    const grip = element("div", "grip", handle, wholeView, title, told);
    const list = element("div", "list");
    let position = "peek";
    // Where the sheet was before a popup needed the room.
    let before = null;

    list.tabIndex = -1;
    panel.append(grip, list);
    handle.setAttribute("aria-label", words.list_size);

    const heightOf = (name) => {
      const whole = panel.parentElement.clientHeight;
      const peek = grip.offsetHeight + (whole < SMALL_PX ? 0 : PEEK_LIST_PX);
      return Math.round({
        peek,
        half: Math.max(whole * HALF, peek),
        full: whole - head.offsetHeight - 8,
      }[name]);
    };
    const setHeight = (height) => {
      panel.style.height = wide.matches ? "" : `${height}px`;
      document.body.style.setProperty("--covered", wide.matches ? "0px" : `${height}px`);
    };

    const sheet = {
      list,
      onMove: null,
      insets: () => {
        const { classList } = document.body;
        if (classList.contains("writing")) { return { top: 0, right: 0, bottom: keyboardHeight(), left: 0 }; }
        if (wide.matches || classList.contains("printed")) { return { top: 0, right: 0, bottom: 0, left: 0 }; }
        return {
          top: head.offsetHeight, right: 0, buttons: BUTTONS_PX, bottom: heightOf(position === "full" ? "half" : position), left: 0,
        };
      },
      head(said, lines, day) {
        title.textContent = said;
        title.className = day ? `weekday-${day.weekday}` : "";
        told.replaceChildren(facts(lines));
        setHeight(heightOf(position));
      },
      /** Take a position without telling anybody. */
      settle(name) {
        position = name;
        handle.setAttribute("aria-expanded", String(position !== "peek"));
        map.getContainer().classList.toggle("is-covered", position === "full");
        setHeight(heightOf(position));
      },
      become(name) {
        before = null;
        if (name === position) { setHeight(heightOf(position)); return; }
        sheet.settle(name);
        if (sheet.onMove && name !== "full") { sheet.onMove(); }
      },
      lower(most = "peek") {
        if (ORDER.indexOf(position) > ORDER.indexOf(most)) { sheet.become(most); }
      },
      /** Stand back for a popup, until `giveBack`. */
      makeRoom() {
        before = before || position;
        sheet.settle("peek");
      },
      giveBack() {
        if (before) { sheet.settle(before); }
        before = null;
      },
    };

    // The sheet would take the button's taps for its own.
    ["pointerdown", "click"].forEach((name) => wholeView.addEventListener(name, (event) => event.stopPropagation()));
    drag(grip, {
      start: () => panel.offsetHeight,
      move: (height) => setHeight(Math.max(heightOf("peek"), Math.min(heightOf("full"), height))),
      end: (height) => sheet.become(ORDER.reduce((a, b) => (
        Math.abs(heightOf(b) - height) < Math.abs(heightOf(a) - height) ? b : a))),
      tap: () => sheet.become(ORDER[(ORDER.indexOf(position) + 1) % ORDER.length]),
    });
    handle.addEventListener("keydown", (event) => {
      const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!step) { return; }
      event.preventDefault();
      sheet.become(ORDER[Math.max(0, Math.min(2, ORDER.indexOf(position) + step))]);
    });
    window.addEventListener("resize", () => {
      setHeight(heightOf(position));
      map.invalidateSize({ animate: false });
      if (sheet.onMove && !document.body.classList.contains("printed")) { sheet.onMove(); }
    });
    return sheet;
  }

  /** Tell how much of the map a keyboard on the screen covers. */
  function keyboardHeight() {
    const view = window.visualViewport;
    return view ? Math.max(0, window.innerHeight - view.height - view.offsetTop) : 0;
  }

  /** While a note is written, leave what the keyboard leaves free to its popup. */
  function whileWriting(map, week) {
    const popups = map.getPane("popupPane");
    const update = () => {
      const isWriting = popups.contains(document.activeElement) && document.activeElement.matches("textarea");
      const wasWriting = document.body.classList.contains("writing");
      document.body.classList.toggle("writing", isWriting);
      if (isWriting || wasWriting) {
        map.invalidateSize({ animate: false, pan: false });
        week.intoSight();
      }
    };
    popups.addEventListener("focusin", update);
    // After the tap that took the focus has met what it was aimed at.
    popups.addEventListener("focusout", () => setTimeout(update, FADE_MS));
    map.on("popupclose", () => setTimeout(update, FADE_MS));
    if (window.visualViewport) { window.visualViewport.addEventListener("resize", update); }
    window.addEventListener("resize", update);
  }

  /** Tell drags of the grip from taps on it. */
  function drag(grip, { start, move, end, tap }) {
    let from = null;
    grip.addEventListener("pointerdown", (event) => {
      from = { y: event.clientY, height: start(), isDrag: false };
      grip.setPointerCapture(event.pointerId);
    });
    grip.addEventListener("pointermove", (event) => {
      if (!from) { return; }
      from.isDrag = from.isDrag || Math.abs(event.clientY - from.y) > TAP_PX;
      if (from.isDrag) {
        document.body.classList.add("dragging");
        move(from.height + from.y - event.clientY);
      }
    });
    const over = (event) => {
      document.body.classList.remove("dragging");
      if (from && from.isDrag) { end(from.height + from.y - event.clientY); }
    };
    grip.addEventListener("pointerup", over);
    grip.addEventListener("pointercancel", (event) => { over(event); from = null; });
    // A click follows a drag too; one from the keyboard has no pointer before it.
    grip.addEventListener("click", () => {
      if (!from || !from.isDrag) { tap(); }
      from = null;
    });
  }

  function teller() {
    const line = element("p", "told-now");
    let timer = null;
    line.setAttribute("role", "status");
    line.addEventListener("click", () => { line.textContent = ""; });
    document.getElementById("map-box").append(line);
    return (sentence) => {
      line.textContent = sentence;
      clearTimeout(timer);
      timer = setTimeout(() => { line.textContent = ""; }, TELL_MS);
    };
  }

  /** Show the whole plan while it is printed, on a map as wide as the paper. */
  function forPrint(map, words, choose) {
    let before = null;
    document.documentElement.style.setProperty("--footer", JSON.stringify(words.confidential));
    window.addEventListener("beforeprint", () => {
      before = before || { chosen: document.querySelector(".chip[aria-pressed=true]") };
      document.body.classList.add("printed");
      map.invalidateSize({ animate: false });
      choose(null);
    });
    window.addEventListener("afterprint", () => {
      document.body.classList.remove("printed");
      map.invalidateSize({ animate: false });
      if (before && before.chosen) { before.chosen.click(); }
      before = null;
    });
  }

  function isToday(day) {
    const now = new Date();
    const two = (n) => String(n).padStart(2, "0");
    return day.date === `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  }
}(window.outreach = window.outreach || {}));
