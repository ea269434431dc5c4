/* Keeps ticks and notes on the phone. All pages opened from files share one store, so keys
   say nothing, and the values of a page that a passphrase opens go in sealed. */
(function (outreach) {
  "use strict";
  const EMPTY = Object.freeze({ state: "", note: "", at: "" });

  /** Open the store of one page; `isKept` tells whether the browser keeps anything at all. */
  outreach.openStore = async (key, vault) => {
    const prefix = `outreach:${key}:`;
    const shelf = shelfOf(prefix);
    const kept = new Map();
    let writing = Promise.resolve();

    const sealed = vault ? (text) => vault.seal(text) : async (text) => text;
    const opened = vault ? (text) => vault.open(text) : async (text) => text;
    for (const name of shelf ? shelf.names() : []) {
      try {
        const { state, note, at } = JSON.parse(await opened(shelf.read(name)));
        kept.set(name.slice(prefix.length), { state: `${state}`, note: `${note}`, at: `${at}` });
      } catch {
        // Sealed under another passphrase, or cut short: not ours to show, nor to throw away.
      }
    }

    const store = {
      isKept: shelf !== null,
      get: (tick) => kept.get(tick) || EMPTY,
      all: () => Array.from(kept, ([tick, value]) => ({ tick, ...value })),
      /** Keep a value; resolves once it is written. What is empty is forgotten. */
      set(tick, { state, note }) {
        const value = { state, note, at: new Date().toISOString() };
        if (state || note) { kept.set(tick, value); } else { kept.delete(tick); }
        // One after the other: sealing takes its time, and the last word must win.
        writing = writing.then(() => write(prefix + tick, kept.get(tick)));
        return writing;
      },
    };
    return store;

    async function write(name, value) {
      if (!store.isKept) { return; }
      try {
        if (value) { shelf.write(name, await sealed(JSON.stringify(value))); } else { shelf.drop(name); }
      } catch {
        store.isKept = false;
      }
    }
  };

  function shelfOf(prefix) {
    try {
      const shelf = window.localStorage;
      const probe = `${prefix}-`;
      shelf.setItem(probe, "");
      shelf.removeItem(probe);
      return {
        names: () => Object.keys(shelf).filter((name) => name.startsWith(prefix)).sort(),
        read: (name) => shelf.getItem(name),
        write: (name, text) => shelf.setItem(name, text),
        drop: (name) => shelf.removeItem(name),
      };
    } catch {
      return null;
    }
  }
}(window.outreach = window.outreach || {}));
