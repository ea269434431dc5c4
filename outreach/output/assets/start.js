/* Reads the data, unlocked first where it is locked, and hands it to the parts of the page. */
(async function (outreach) {
  "use strict";
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
    // Leaflet takes HTML here, and what the project names is text.
    const text = document.createElement("span");
    text.textContent = data.attribution;
    map.attributionControl.addAttribution(text.innerHTML);
  }
  L.control.scale({ imperial: false }).addTo(map);
  if (data.tiles) {
    L.tileLayer(data.tiles).addTo(map);
  }
  const week = outreach.drawWeek(map, data);
  if (data.kind === "worker") {
    outreach.sheet(map, week, data, await outreach.openStore(data.key, vault));
  } else {
    outreach.board(map, week, data);
  }
  // Last, so that the tiles are painted once, for the view that was chosen.
  if (data.basemap) {
    outreach.drawBasemap(map, await outreach.readBasemap(data.basemap));
  }
  document.documentElement.dataset.ready = "1";
}(window.outreach = window.outreach || {}));
