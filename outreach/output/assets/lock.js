/* Asks for the passphrase of a locked page, and opens with the browser's own cryptography what
   outreach/privacy.py sealed. Nothing typed or opened leaves memory. */
(function (outreach) {
  "use strict";
  const FORM = "outreach/locked/1";
  // Fewer rounds would let whoever changes the file make the passphrase cheap to guess.
  const LEAST_ROUNDS = 600000;
  const MOST_ROUNDS = 10000000;
  const LENGTH_BYTES = 4;
  const NONCE_BYTES = 12;
  // "done" and "missed" end on one size.
  const NOTE_BYTES = 256;
  const utf8 = new TextEncoder();

  /* Must give what normalise() of outreach/privacy.py gives. */
  outreach.normalisePassphrase = function (text) {
    const lowered = text.normalize("NFKC").toLowerCase().normalize("NFKC");
    return lowered.replace(/[\s\x1c-\x1f\x85\ufeff]+/g, " ").replace(/^ | $/g, "");
  };

  function bytes(base64) {
    if (typeof base64 !== "string") {
      throw new TypeError("no base64");
    }
    return Uint8Array.from(atob(base64), function (sign) { return sign.charCodeAt(0); });
  }

  function base64(content) {
    return btoa(Array.from(content, function (byte) { return String.fromCharCode(byte); }).join(""));
  }

  function readEnvelope() {
    const node = JSON.parse(document.getElementById("locked").textContent);
    const envelope = { salt: bytes(node.salt), nonce: bytes(node.nonce), box: bytes(node.box) };
    const isOurs = node.form === FORM && Number.isInteger(node.rounds) &&
      node.rounds >= LEAST_ROUNDS && node.rounds <= MOST_ROUNDS &&
      envelope.salt.length === 16 && envelope.nonce.length === NONCE_BYTES;
    if (!isOurs) {
      throw new Error("no envelope of ours");
    }
    envelope.rounds = node.rounds;
    envelope.header = utf8.encode(
      [FORM, node.rounds, base64(envelope.salt), base64(envelope.nonce)].join("\n")
    );
    return envelope;
  }

  async function deriveKeys(passphrase, envelope) {
    const typed = await crypto.subtle.importKey(
      "raw", utf8.encode(outreach.normalisePassphrase(passphrase)), "PBKDF2", false, ["deriveBits"]
    );
    const bits = new Uint8Array(await crypto.subtle.deriveBits(
      { name: "PBKDF2", hash: "SHA-256", salt: envelope.salt, iterations: envelope.rounds }, typed, 256
    ));
    const root = await crypto.subtle.importKey("raw", bits, "HKDF", false, ["deriveKey"]);
    bits.fill(0);
    function keyFor(purpose, algorithm, uses) {
      return crypto.subtle.deriveKey(
        { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: utf8.encode(purpose) },
        root, algorithm, false, uses
      );
    }
    const cipher = { name: "AES-GCM", length: 256 };
    const digest = { name: "HMAC", hash: "SHA-256", length: 256 };
    return {
      page: await keyFor("outreach page", cipher, ["decrypt"]),
      notes: await keyFor("outreach notes", cipher, ["encrypt", "decrypt"]),
      names: await keyFor("outreach names", digest, ["sign"])
    };
  }

  function padded(content, size) {
    const n = LENGTH_BYTES + content.length;
    const whole = new Uint8Array(Math.ceil(n / size) * size);
    new DataView(whole.buffer).setUint32(0, content.length);
    whole.set(content, LENGTH_BYTES);
    return whole;
  }

  function unpadded(buffer) {
    return new Uint8Array(buffer, LENGTH_BYTES, new DataView(buffer).getUint32(0));
  }

  async function opened(envelope, key) {
    const plain = await crypto.subtle.decrypt(
      { name: "AES-GCM", iv: envelope.nonce, additionalData: envelope.header }, key, envelope.box
    );
    const stream = new Blob([unpadded(plain)]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  /* `place` is where a sealed text is kept: it opens nowhere else. */
  function vaultOf(keys) {
    function cipher(iv, place) {
      return { name: "AES-GCM", iv: iv, additionalData: utf8.encode(place) };
    }
    return {
      name: async function (text) {
        return base64(new Uint8Array(await crypto.subtle.sign("HMAC", keys.names, utf8.encode(text))));
      },
      seal: async function (text, place) {
        const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
        const box = await crypto.subtle.encrypt(
          cipher(iv, place), keys.notes, padded(utf8.encode(text), NOTE_BYTES)
        );
        const sealed = new Uint8Array(NONCE_BYTES + box.byteLength);
        sealed.set(iv);
        sealed.set(new Uint8Array(box), NONCE_BYTES);
        return base64(sealed);
      },
      open: async function (text, place) {
        const sealed = bytes(text);
        return new TextDecoder().decode(unpadded(await crypto.subtle.decrypt(
          cipher(sealed.subarray(0, NONCE_BYTES), place), keys.notes, sealed.subarray(NONCE_BYTES)
        )));
      }
    };
  }

  function element(tag, attributes, text) {
    const made = document.createElement(tag);
    Object.entries(attributes).forEach(function ([name, value]) { made.setAttribute(name, value); });
    if (text) {
      made.textContent = text;
    }
    return made;
  }

  function drawForm(words) {
    const form = element("form", { id: "lock" });
    const input = element("input", {
      id: "lock-passphrase", type: "password", autocomplete: "off", autocapitalize: "none",
      autocorrect: "off", spellcheck: "false", enterkeyhint: "go",
      "aria-describedby": "lock-hint lock-word"
    });
    const shown = element("input", { type: "checkbox" });
    const show = element("label", { class: "lock-show" });
    show.append(shown, element("span", {}, words.show));
    shown.addEventListener("change", function () {
      input.type = shown.checked ? "text" : "password";
      input.focus();
    });
    const button = element("button", { type: "submit" }, words.open);
    const word = element("p", { id: "lock-word", role: "alert" });
    const label = element("label", { for: input.id }, words.prompt);
    const hint = element("p", { id: "lock-hint" }, words.hint);
    form.append(element("h1", {}, words.title), label, hint, input, show, word, button);
    document.body.prepend(form);
    return { form: form, input: input, shown: shown, button: button, word: word };
  }

  function refuse(words, word) {
    const box = element("div", { id: "lock" });
    box.append(element("h1", {}, words.title), element("p", { id: "lock-word", role: "alert" }, word));
    document.body.prepend(box);
    return new Promise(function () {});
  }

  /* -> Promise<{data, vault}>; it stays open while the page is locked. */
  outreach.unlock = function () {
    const words = JSON.parse(document.getElementById("lock-words").textContent);
    // Not everywhere where a file can be looked at is there cryptography.
    if (!window.crypto || !window.crypto.subtle || !window.DecompressionStream) {
      return refuse(words, words.elsewhere);
    }
    let envelope = null;
    try {
      envelope = readEnvelope();
    } catch {
      return refuse(words, words.changed);
    }
    const { form, input, shown, button, word } = drawForm(words);
    input.focus();
    return new Promise(function (resolve) {
      function setBusy(busy) {
        // A form whose button is disabled isn't submitted by the keyboard either.
        form.setAttribute("aria-busy", String(busy));
        input.readOnly = busy;
        button.disabled = shown.disabled = busy;
        button.textContent = busy ? words.opening : words.open;
      }
      form.addEventListener("submit", async function (event) {
        event.preventDefault();
        if (!input.value.trim()) {
          input.focus();
          return;
        }
        word.textContent = "";
        setBusy(true);
        let keys = null;
        let data = null;
        try {
          keys = await deriveKeys(input.value, envelope);
          data = await opened(envelope, keys.page);
        } catch {
          setBusy(false);
          // Some browsers have cryptography, and refuse it to files.
          word.textContent = keys ? words.wrong : words.elsewhere;
          input.focus();
          return;
        }
        // A browser that offers to keep passwords finds none.
        input.value = "";
        form.remove();
        resolve({ data: data, vault: vaultOf(keys) });
      });
    });
  };
}(window.outreach = window.outreach || {}));
