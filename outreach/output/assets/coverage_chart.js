/* What each further worker adds: foretold by the model, and made when the weeks are planned. */
(function (outreach) {
  "use strict";
  const { element, said } = outreach;
  const SVG = "http://www.w3.org/2000/svg";
  const HEIGHT = 220;
  // As wide as the panel, so that letters keep their size.
  const [NARROW, BROAD] = [336, 566];
  const EDGE = { top: 16, right: 20, bottom: 26, left: 52 };
  const LETTER_PX = 14;

  /** Draw the curve; a column that is clicked is chosen, as the slider does by keyboard. */
  outreach.coverageChart = (data, choose) => {
    const { labels, curve } = data;
    const width = window.matchMedia("(min-width: 900px)").matches ? BROAD : NARROW;
    const { made, foretold, due, noise, axis } = curve;
    const [low, high] = [axis[0].value, axis[axis.length - 1].value];
    const step = (width - EDGE.left - EDGE.right) / made.length;
    const x = (i) => EDGE.left + step * (i + 0.5);
    const y = (value) => HEIGHT - EDGE.bottom -
      (HEIGHT - EDGE.top - EDGE.bottom) * (value - low) / (high - low);
    const path = (values) => values.map((value, i) => `${i ? "L" : "M"}${x(i)} ${y(value)}`).join("");
    const spread = [...made.map((value, i) => `${x(i)},${y(Math.min(high, value + noise))}`),
      ...made.map((value, i) => `${x(i)},${y(Math.max(low, value - noise))}`).reverse()].join(" ");
    const columns = made.map((_, i) => drawn("rect", {
      class: "column", x: x(i) - step / 2, y: 0, width: step, height: HEIGHT,
    }));
    columns.forEach((column, i) => column.addEventListener("click", () => choose(i)));
    const picture = drawn("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, class: "chart", role: "img" },
      ...columns,
      ...axis.flatMap(({ value, said: text }) => [
        drawn("line", { class: "rule", x1: EDGE.left, x2: width - EDGE.right, y1: y(value), y2: y(value) }),
        drawn("text", { x: EDGE.left - 8, y: y(value) + LETTER_PX / 3, "text-anchor": "end" }, text),
      ]),
      drawn("line", { class: "due", x1: EDGE.left, x2: width - EDGE.right, y1: y(due), y2: y(due) }),
      drawn("polygon", { class: "noise", points: spread }),
      drawn("path", { class: "foretold", d: path(foretold) }),
      drawn("path", { class: "made", d: path(made) }),
      ...foretold.map((value, i) => drawn("rect", { class: "foretold", x: x(i) - 4, y: y(value) - 4, width: 8, height: 8 })),
      ...made.map((value, i) => drawn("circle", { class: "made", cx: x(i), cy: y(value), r: 5 })),
      ...data.steps.map((one, i) => drawn("text", { x: x(i), y: HEIGHT - 6, "text-anchor": "middle" }, one.added)));
    picture.setAttribute("aria-label", labels.curve);
    const box = element("div", "chart-box", picture, element("p", "keys",
      key(labels.due, drawn("line", { class: "due", x1: 1, x2: 29, y1: 7, y2: 7 })),
      key(labels.foretold, drawn("path", { class: "foretold", d: "M1 7H29" }),
        drawn("rect", { class: "foretold", x: 11, y: 3, width: 8, height: 8 })),
      key(labels.made, drawn("rect", { class: "noise", x: 1, y: 2, width: 28, height: 10 }),
        drawn("path", { class: "made", d: "M1 7H29" }), drawn("circle", { class: "made", cx: 15, cy: 7, r: 4.5 }))));
    return {
      box,
      show(i) { columns.forEach((column, j) => column.classList.toggle("is-chosen", i === j)); },
    };
  };

  function key(text, ...signs) {
    return element("span", "key", drawn("svg", { viewBox: "0 0 30 14", class: "sample", "aria-hidden": "true" }, ...signs),
      said(text));
  }

  function drawn(tag, attributes, ...children) {
    const made = document.createElementNS(SVG, tag);
    Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
    made.append(...children);
    return made;
  }
  outreach.drawn = drawn;
}(window.outreach = window.outreach || {}));
