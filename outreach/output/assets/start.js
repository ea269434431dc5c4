/* Reads the data, unlocked first where it is locked, and hands it to the parts of the page. */
(async function (outreach) {
  "use strict";
  // Leaflet takes HTML for its attributions, and ours are text.
  function text(content) {
    const span = document.createElement("span");
    span.textContent = content;
    return span.innerHTML;
  }

  const map = window[document.querySelector(".folium-map").id];
  let data = null;
  let vault = null;
  if (document.getElementById("locked")) {
    ({ data, vault } = await outreach.unlock());
  } else {
    data = JSON.parse(document.getElementById("data").textContent);
  }
  document.body.classList.remove("locked");
  document.title = data.title;
  map.invalidateSize({ animate: false });
  map.attributionControl.setPrefix(false);
  if (data.attribution) {
    map.attributionControl.addAttribution(text(data.attribution));
  }
  L.control.scale({ imperial: false }).addTo(map);
  if (data.tiles) {
    L.tileLayer(data.tiles).addTo(map);
  }
  const week = outreach.drawWeek(map, data);
  // Of a changed plan only: it shows the ways as they were of what is chosen.
  const showBefore = data.closed ? outreach.drawChanges(map, data) : null;
  if (data.kind === "worker") {
    const ticks = data.routes.flatMap((route) => route.items).flatMap((item) => item.tick || []);
    outreach.sheet(map, week, data, await outreach.openStore(data.key, ticks, vault));
  } else {
    outreach.board(map, week, data, showBefore);
  }
  // Last, so that the tiles are painted once, for the view that was chosen.
  if (data.basemap) {
    try {
      outreach.drawBasemap(map, await outreach.readBasemap(data.basemap));
    } catch (error) {
      // An old browser cannot unpack the ground; the ways and the list are worth having without.
      map.attributionControl.addAttribution(text(data.words.no_ground));
    }
  }
  document.documentElement.dataset.ready = "1";
}(window.outreach = window.outreach || {}));
