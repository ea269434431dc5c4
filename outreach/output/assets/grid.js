/* Draws the ground behind the ways: rivers, borders and roads on canvas tiles, names above them. */
(function (outreach) {
  "use strict";
  const PAPER = "#f6f3ec";
  // Points are kept as pixels of this zoom, fine enough for every other.
  const FINEST_ZOOM = 20;
  const TILE_PX = 256;
  const MAX_RATIO = 2;
  // A corner nearer than this to the one before it cannot be seen.
  const LEAST_STEP_PX = 0.8;
  // One pixel of a sharp screen, which is painted five times as fast as anything broader.
  const HAIR_PX = 0.5;
  // From which zoom a class is drawn, and how many pixels wide at which zooms; between them it
  // grows evenly. Roads keep a contrast of 3:1 and more to the paper.
  const STYLES = {
    river: { from: 7, colour: "#3d7f9f", widths: [[8, 1], [12, 2], [16, 4.5]] },
    water: { from: 0, fill: "#bcd6e2" },
    boundary: { from: 11, colour: "#b0a3bd", widths: [[11, 0.9], [16, 1.6]], dashes: [7, 3, 1.5, 3] },
    track: { from: 12, colour: "#7d6544", widths: [[12, 1], [15, 1.8], [18, 3]], dashes: [5, 3] },
    street: { from: 13, colour: "#8b8376", widths: [[13, HAIR_PX], [14, 1.1], [15, 1.8], [18, 6]] },
    minor: { from: 9, colour: "#81796b", widths: [[9, 1.2], [12, 1.8], [15, 3.4], [18, 8]] },
    ferry: { from: 9, colour: "#1f6285", widths: [[9, 1.6], [16, 3]], dashes: [6, 4] },
    main: { from: 0, colour: "#6b6153", widths: [[8, 1.8], [12, 3], [15, 5], [18, 11]] },
  };
  // In the order in which names give way: the last first.
  const KINDS = {
    city: { from: 6, size: 17, weight: 700, colour: "#1c1b19" },
    town: { from: 9, size: 15, weight: 700, colour: "#1c1b19" },
    village: { from: 11.5, size: 14, weight: 600, colour: "#3b3833" },
    suburb: { from: 13, size: 14, weight: 600, colour: "#3b3833" },
    area: { from: 13, size: 14, weight: 400, colour: "#5d4b72" },
    hamlet: { from: 13.5, size: 14, weight: 400, colour: "#4a463f" },
  };
  const FONT = 'system-ui, "Noto Sans", Roboto, sans-serif';
  const NAMES_PANE = "names";
  // Above the ways, below the pins.
  const NAMES_LEVEL = 450;
  const NAME_GAP_PX = 4;

  /** Decode Google's encoded polyline with five decimals into [lat, lon] pairs. */
  outreach.decodePolyline = (text) => {
    const points = [];
    eachPoint(text, 0, text.length, (lat, lon) => points.push([lat, lon]));
    return points;
  };

  /** Unpack what lies behind the ways; fails where the browser is too old for it. */
  outreach.readBasemap = async (base64) => {
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < bytes.length; i += 1) { bytes[i] = text.charCodeAt(i); }
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(plain).json();
  };

  /** Put the ground and its names on the map, below everything else. */
  outreach.drawBasemap = (map, basemap) => {
    const layers = Object.keys(basemap.lines)
      .filter((name) => STYLES[name])
      .map((name) => ({ ...projected(basemap.lines[name]), style: STYLES[name] }));
    const grid = new L.GridLayer({ tileSize: TILE_PX, className: "ground", updateWhenIdle: false });
    grid.createTile = (coords) => {
      const canvas = document.createElement("canvas");
      const ratio = Math.min(MAX_RATIO, window.devicePixelRatio || 1);
      canvas.width = canvas.height = Math.round(TILE_PX * ratio);
      const pen = canvas.getContext("2d");
      pen.scale(canvas.width / TILE_PX, canvas.height / TILE_PX);
      pen.lineJoin = "round";
      layers.forEach((layer) => paint(pen, layer, coords));
      return canvas;
    };
    writeNames(map, basemap.places);
    return grid.addTo(map);
  };

  function eachPoint(text, from, to, visit) {
    let at = from;
    let lat = 0;
    let lon = 0;
    const step = () => {
      let value = 0;
      let shift = 0;
      let bits = 0;
      do {
        bits = text.charCodeAt(at) - 63;
        at += 1;
        value |= (bits & 31) << shift;
        shift += 5;
      } while (bits >= 32);
      return value & 1 ? ~(value >> 1) : value >> 1;
    };
    while (at < to) {
      lat += step();
      lon += step();
      visit(lat / 1e5, lon / 1e5);
    }
  }

  function toPixels(lat, lon) {
    const world = TILE_PX * 2 ** FINEST_ZOOM;
    const sine = Math.sin(lat * Math.PI / 180);
    return [
      world * (lon / 360 + 0.5),
      world * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)),
    ];
  }

  /** Project lines once, with a box around each, so that a tile soon finds its own. */
  function projected(text) {
    // A coordinate takes a character at least.
    const points = new Int32Array(text.length);
    const starts = [0];
    const boxes = [];
    let n = 0;
    for (let from = 0; from < text.length;) {
      const blank = text.indexOf(" ", from);
      const to = blank < 0 ? text.length : blank;
      let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
      eachPoint(text, from, to, (lat, lon) => {
        const [x, y] = toPixels(lat, lon);
        points[n] = x;
        points[n + 1] = y;
        n += 2;
        west = Math.min(west, x);
        east = Math.max(east, x);
        north = Math.min(north, y);
        south = Math.max(south, y);
      });
      starts.push(n);
      boxes.push(west, north, east, south);
      from = to + 1;
    }
    return {
      points: points.slice(0, n), starts: Int32Array.from(starts), boxes: Int32Array.from(boxes),
    };
  }

  function paint(pen, layer, coords) {
    const { style, points, starts, boxes } = layer;
    if (coords.z < style.from) { return; }
    const width = style.fill ? 0 : widthAt(style.widths, coords.z);
    const scale = 2 ** (coords.z - FINEST_ZOOM);
    const [left, top] = [coords.x * TILE_PX, coords.y * TILE_PX];
    const margin = width + 1;
    const west = (left - margin) / scale;
    const east = (left + TILE_PX + margin) / scale;
    const north = (top - margin) / scale;
    const south = (top + TILE_PX + margin) / scale;
    pen.beginPath();
    for (let i = 0; i < starts.length - 1; i += 1) {
      const box = 4 * i;
      if (boxes[box] > east || boxes[box + 2] < west || boxes[box + 1] > south ||
          boxes[box + 3] < north) { continue; }
      trace(pen, points, starts[i], starts[i + 1], scale, left, top);
    }
    if (style.fill) {
      pen.fillStyle = style.fill;
      // Islands are rings of their own.
      pen.fill("evenodd");
      return;
    }
    pen.strokeStyle = style.colour;
    pen.lineWidth = width;
    pen.lineCap = style.dashes ? "butt" : "round";
    pen.setLineDash(style.dashes || []);
    pen.stroke();
  }

  function trace(pen, points, from, to, scale, left, top) {
    let x = points[from] * scale - left;
    let y = points[from + 1] * scale - top;
    pen.moveTo(x, y);
    for (let i = from + 2; i < to; i += 2) {
      const nextX = points[i] * scale - left;
      const nextY = points[i + 1] * scale - top;
      if (i === to - 2 || Math.abs(nextX - x) + Math.abs(nextY - y) >= LEAST_STEP_PX) {
        pen.lineTo(nextX, nextY);
        x = nextX;
        y = nextY;
      }
    }
  }

  function widthAt(widths, zoom) {
    const next = widths.findIndex(([at]) => at >= zoom);
    if (next < 0) { return widths[widths.length - 1][1]; }
    if (next === 0) { return widths[0][1]; }
    const [[zoomBefore, before], [zoomAfter, after]] = [widths[next - 1], widths[next]];
    return before + (after - before) * (zoom - zoomBefore) / (zoomAfter - zoomBefore);
  }

  /** Write the names of places where they cover neither each other nor a pin. */
  function writeNames(map, places) {
    const kinds = Object.keys(KINDS);
    const measure = document.createElement("canvas").getContext("2d");
    const names = places
      .filter(([, kind]) => KINDS[kind])
      .map(([text, kind, lon, lat]) => ({
        text, style: KINDS[kind], rank: kinds.indexOf(kind), at: toPixels(lat, lon), size: null,
      }))
      .sort((a, b) => a.rank - b.rank);
    const pane = map.createPane(NAMES_PANE);
    pane.style.zIndex = NAMES_LEVEL;
    pane.style.pointerEvents = "none";
    pane.classList.add("leaflet-zoom-hide");
    pane.setAttribute("aria-hidden", "true");
    let isWaiting = false;

    function write() {
      isWaiting = false;
      const zoom = map.getZoom();
      const scale = 2 ** (zoom - FINEST_ZOOM);
      const { min } = map.getPixelBounds();
      const view = map.getSize();
      const origin = map.containerPointToLayerPoint([0, 0]);
      const taken = pinBoxes(map);
      pane.textContent = "";
      names.forEach((name) => {
        const x = name.at[0] * scale - min.x;
        const y = name.at[1] * scale - min.y;
        if (zoom < name.style.from || x < 0 || y < 0 || x > view.x || y > view.y) { return; }
        const box = placesFor(x, y, sizeOf(name)).find((free) => !taken.some(covers(free)));
        if (!box) { return; }
        taken.push(box);
        const label = written(name);
        L.DomUtil.setPosition(label, L.point(box.left, box.top).add(origin).round());
        pane.appendChild(label);
      });
    }

    function sizeOf(name) {
      if (!name.size) {
        measure.font = `${name.style.weight} ${name.style.size}px ${FONT}`;
        name.size = { x: measure.measureText(name.text).width, y: name.style.size * 1.2 };
      }
      return name.size;
    }

    // Pins come and go one by one: their names are rearranged once for all.
    map.on("layeradd layerremove", () => {
      if (isWaiting) { return; }
      isWaiting = true;
      window.requestAnimationFrame(write);
    });
    map.on("moveend resize viewreset", write);
    // Paper has no later moment.
    window.addEventListener("beforeprint", write);
    write();
  }

  /** Give the boxes in which a name may stand: at its place, else beside it. */
  function placesFor(x, y, size) {
    const beside = size.x / 2 + 18;
    return [[0, 0], [0, -size.y - 8], [0, size.y + 8], [beside, 0], [-beside, 0]].map(([dx, dy]) => ({
      left: x + dx - size.x / 2,
      top: y + dy - size.y / 2,
      right: x + dx + size.x / 2,
      bottom: y + dy + size.y / 2,
    }));
  }

  function covers(box) {
    return (other) => box.left < other.right + NAME_GAP_PX && box.right + NAME_GAP_PX > other.left &&
      box.top < other.bottom + NAME_GAP_PX && box.bottom + NAME_GAP_PX > other.top;
  }

  function pinBoxes(map) {
    const corner = map.getContainer().getBoundingClientRect();
    const boxes = [];
    map.eachLayer((layer) => {
      if (!(layer instanceof L.Marker) || !layer.getElement()) { return; }
      // An icon may be a bare point with its picture inside.
      const shown = layer.getElement().firstElementChild || layer.getElement();
      const box = shown.getBoundingClientRect();
      boxes.push({
        left: box.left - corner.left,
        top: box.top - corner.top,
        right: box.right - corner.left,
        bottom: box.bottom - corner.top,
      });
    });
    return boxes;
  }

  function written({ text, style }) {
    const label = document.createElement("div");
    label.className = "place";
    label.textContent = text;
    const around = [[-1, -1], [0, -1.5], [1, -1], [-1.5, 0], [1.5, 0], [-1, 1], [0, 1.5], [1, 1]];
    Object.assign(label.style, {
      position: "absolute",
      whiteSpace: "nowrap",
      font: `${style.weight} ${style.size}px/1.2 ${FONT}`,
      color: style.colour,
      // Not blurred, which a printer would turn into a picture.
      textShadow: around.map(([x, y]) => `${x}px ${y}px 0 ${PAPER}`).join(","),
    });
    return label;
  }
}(window.outreach = window.outreach || {}));
