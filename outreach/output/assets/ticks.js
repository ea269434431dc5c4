/* Ticks and notes of visits: in the list, in popups, and as a file that is handed in. */
(function (outreach) {
  "use strict";
  const { element, icon, said } = outreach;
  const FORM = "outreach/done/1";

  /** Tie ticks to their store; `tell` shows a sentence to the reader. */
  outreach.ticks = (data, store, tell) => {
    let watchers = [];

    /** Run `update` now, and whenever a tick changes for as long as `owner` is on the page. */
    function watch(owner, update) {
      watchers = watchers.filter((watcher) => watcher.owner.isConnected || !watcher.wasSeen);
      watchers.push({ owner, update, wasSeen: false });
      update();
    }

    async function keep(tick, change) {
      const wasKept = store.isKept;
      const written = store.set(tick, { ...store.get(tick), ...change });
      watchers.forEach((watcher) => {
        watcher.wasSeen = watcher.wasSeen || watcher.owner.isConnected;
        watcher.update();
      });
      await written;
      if (wasKept && !store.isKept) { tell(data.words.not_kept); }
    }

    function toggle(tick, state, classes, ...content) {
      const button = element("button", classes, ...content);
      button.addEventListener("click", () => keep(tick, { state: store.get(tick).state === state ? "" : state }));
      watch(button, () => button.setAttribute("aria-pressed", String(store.get(tick).state === state)));
      return button;
    }

    return {
      watch,
      state: (tick) => store.get(tick).state,

      /** Give the round button of a row, which ticks a visit as done. */
      rowButton(item) {
        const box = element("span", "box", icon("done"), icon("missed"));
        const button = toggle(item.tick, "done", "tick", box);
        button.setAttribute("aria-label", `${data.words.done}: ${item.name}`);
        watch(button, () => { button.dataset.state = store.get(item.tick).state; });
        return button;
      },

      /** Give what stands in a row once a note is kept. */
      rowNote(item) {
        const text = said("");
        const line = element("p", "kept-note", icon("note"), text);
        watch(line, () => {
          const { note } = store.get(item.tick);
          text.textContent = note;
          line.hidden = !note;
        });
        return line;
      },

      /** Give the buttons and the note of a popup. */
      form(item) {
        const note = element("textarea", "");
        note.rows = 2;
        note.dir = "auto";
        // Browsers write what forms hold into their profile, and send it out to look for misspellings.
        note.autocomplete = "off";
        note.spellcheck = false;
        note.value = store.get(item.tick).note;
        note.addEventListener("input", () => keep(item.tick, { note: note.value }));
        return element("div", "ticks",
          element("div", "states",
            toggle(item.tick, "done", "button", icon("done"), said(data.words.done)),
            toggle(item.tick, "missed", "button", icon("missed"), said(data.words.missed))),
          element("label", "", element("span", "label", icon("note"), data.words.note), note));
      },

      /** Give the part of the list that hands everything in. */
      handIn() {
        const button = element("button", "button", icon("save"), said(data.words.save_ticks));
        const count = element("p", "facts");
        watch(count, () => {
          const n = store.count();
          count.textContent = `${data.words.ticks_kept}: ${n}`;
          button.disabled = n === 0;
        });
        button.addEventListener("click", () => {
          download(data, store);
          tell(data.words.ticks_saved);
        });
        const where = store.isKept ? data.words.kept_here : data.words.not_kept;
        return element("section", "hand-in", button, count,
          element("p", store.isKept ? "facts" : "notice", where));
      },
    };
  };

  /* In the open, as the reader is told: whom, when and what, for the office to read in. */
  function download(data, store) {
    const items = data.routes.flatMap((route) => {
      const { date } = data.days.find((day) => day.day === route.day);
      return route.items.filter((item) => item.tick && store.has(item.tick)).map((item) => ({
        beneficiary: item.kind === "visit" ? item.name : item.id || item.name,
        date,
        number: item.number,
        ...store.get(item.tick),
      }));
    });
    const text = JSON.stringify({ form: FORM, key: data.key, items }, null, 1);
    const link = element("a", "");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = `outreach-${data.key}.json`;
    link.click();
    // At once would be too soon for slow phones.
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }
}(window.outreach = window.outreach || {}));
