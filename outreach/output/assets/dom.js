/* Builds elements. Text goes in as text only, each piece with a direction of its own. */
(function (outreach) {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  // Drawn here, since cheap phones lack such letters or show them as coloured pictures.
  const ICONS = {
    base: "M12 3 2 12h3v8h5v-5h4v5h5v-8h3z",
    call: "M6.6 10.8a15 15 0 0 0 6.6 6.6l2.2-2.2 5.6 1.8v3.5c0 .8-.6 1.5-1.5 1.5C10 22 2 14 2 4.5" +
      "C2 3.6 2.7 3 3.5 3H7l1.8 5.6z",
    done: "m9.5 19.5-7-7 2.6-2.6 4.4 4.4 9.4-9.4 2.6 2.6z",
    down: "M11 3h2v13.2l4.3-4.3 1.4 1.4L12 20l-6.7-6.7 1.4-1.4 4.3 4.3z",
    lodging: "M10 2a10 10 0 1 0 12 12A9 9 0 0 1 10 2z",
    map: "M12 2a7 7 0 0 0-7 7c0 5 7 13 7 13s7-8 7-13a7 7 0 0 0-7-7zm0 9.5A2.5 2.5 0 1 1 12 6.5a2.5 2.5 0 0 1 0 5z",
    missed: "m4 6.5 2.5-2.5 5.5 5.5 5.5-5.5L20 6.5 14.5 12l5.5 5.5-2.5 2.5-5.5-5.5L6.5 20 4 17.5 9.5 12z",
    note: "M4 4h16v12l-5 5H4zm3 4v2h10V8zm0 4v2h6v-2z",
    other: "M11 22v-8L5 8V5H2l4-4 4 4H7v2l5 5 5-5V5h-3l4-4 4 4h-3v3l-6 6v8z",
    position: "M11 1h2v3.1A8 8 0 0 1 19.9 11H23v2h-3.1A8 8 0 0 1 13 19.9V23h-2v-3.1A8 8 0 0 1 4.1 13H1v-2" +
      "h3.1A8 8 0 0 1 11 4.1zm1 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12zm0 3.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5z",
    rest: "M7 4h4v16H7zm6 0h4v16h-4z",
    save: "M11 3h2v9.2l3.3-3.3 1.4 1.4L12 16l-5.7-5.7 1.4-1.4 3.3 3.3zM4 18h16v2.5H4z",
    soft: "M12 2 1 21h22zm-1 7h2v6h-2zm0 7.5h2v2h-2z",
  };

  /** Make an element; children are elements or texts, and what is null is left out. */
  outreach.element = (tag, classes, ...children) => {
    const element = document.createElement(tag);
    if (classes) { element.className = classes; }
    if (tag === "button") { element.type = "button"; }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  };

  /** Set text apart, so that its direction turns nothing around it. */
  outreach.said = (text) => outreach.element("bdi", "", text);

  /** Put facts in a row with dots between; what is null is left out. */
  outreach.facts = (facts, classes = "facts") => {
    const line = outreach.element("p", classes);
    facts.filter((fact) => fact).forEach((fact, i) => {
      line.append(...(i ? [" · "] : []), typeof fact === "string" ? outreach.said(fact) : fact);
    });
    return line;
  };

  /** Draw a sign; it says nothing to those who hear the page. */
  outreach.icon = (name) => {
    const icon = document.createElementNS(SVG, "svg");
    const path = document.createElementNS(SVG, "path");
    icon.setAttribute("viewBox", "0 0 24 24");
    icon.setAttribute("class", `icon icon-${name}`);
    icon.setAttribute("aria-hidden", "true");
    path.setAttribute("d", ICONS[name]);
    path.setAttribute("fill-rule", "evenodd");
    icon.append(path);
    return icon;
  };

  /** Give a link that calls somebody, or only the name where no number is known. */
  outreach.callLink = (contact) => {
    const name = outreach.said(contact.name);
    const digits = (contact.phone || "").replace(/[^+\d]/g, "");
    if (!digits) { return outreach.element("p", "contact", outreach.icon("call"), name); }
    const link = outreach.element("a", "contact call", outreach.icon("call"),
      outreach.element("span", "", name, " ", outreach.element("bdi", "phone", contact.phone)));
    link.href = `tel:${digits}`;
    return link;
  };

  /** Shorten rising numbers: 1–4, 6. */
  outreach.ranges = (numbers) => {
    const runs = [];
    numbers.forEach((number) => {
      const last = runs[runs.length - 1];
      if (last && number === last[1] + 1) { last[1] = number; } else { runs.push([number, number]); }
    });
    const texts = runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`));
    return runs.length > 3 ? `${numbers[0]}…${numbers[numbers.length - 1]}` : texts.join(",");
  };
}(window.outreach = window.outreach || {}));
