/* Keeps ticks and notes on the phone. All pages opened from files share one store, so names
   say nothing, and what a page that a passphrase opens keeps is sealed, and bound to its name. */
(function (outreach) {
  "use strict";
  const EMPTY = Object.freeze({ state: "", note: "", at: "" });

  // Without a passphrase there is no key: other pages opened from files can read states and notes.
  const OPEN = {
    name: async (text) => text,
    seal: async (text) => text,
    open: async (text) => text,
  };

  /** Open the store of one page's ticks; `isKept` tells whether the browser keeps anything. */
  outreach.openStore = async (key, ticks, vault) => {
    const { name, seal, open } = vault || OPEN;
    const shelf = shelfOf();
    const names = new Map();
    const kept = new Map();
    let writing = Promise.resolve();

    for (const tick of ticks) {
      names.set(tick, `outreach:${await name(`${key}:${tick}`)}`);
      try {
        const text = shelf && shelf.getItem(names.get(tick));
        if (text) {
          const { state, note, at } = JSON.parse(await open(text, names.get(tick)));
          kept.set(tick, { state: `${state}`, note: `${note}`, at: `${at}` });
        }
      } catch {
        // Sealed for another place or page, or cut short: not ours to show, nor to throw away.
      }
    }

    const store = {
      isKept: shelf !== null,
      isSealed: Boolean(vault),
      has: (tick) => kept.has(tick),
      get: (tick) => kept.get(tick) || EMPTY,
      count: () => kept.size,
      /** Keep a value; resolves once it is written. What is empty is forgotten. */
      set(tick, { state, note }) {
        const value = { state, note, at: new Date().toISOString() };
        if (state || note) { kept.set(tick, value); } else { kept.delete(tick); }
        // One after the other: sealing takes its time, and the last word must win.
        writing = writing.then(() => write(names.get(tick), kept.get(tick)));
        return writing;
      },
    };
    return store;

    async function write(place, value) {
      if (!store.isKept) { return; }
      try {
        if (value) {
          shelf.setItem(place, await seal(JSON.stringify(value), place));
        } else {
          shelf.removeItem(place);
        }
      } catch {
        store.isKept = false;
      }
    }
  };

  function shelfOf() {
    try {
      const shelf = window.localStorage;
      const probe = "outreach:-";
      shelf.setItem(probe, "");
      shelf.removeItem(probe);
      return shelf;
    } catch {
      return null;
    }
  }
}(window.outreach = window.outreach || {}));
