/* Shows where the phone is, if its owner and the browser let it. */
(function (outreach) {
  "use strict";
  const REFUSED = 1;
  const NEAR_ZOOM = 15;

  outreach.locate = (map, words, tell) => {
    const button = outreach.element("button", "position", outreach.icon("position"));
    const accuracy = L.circle([0, 0], { className: "accuracy", interactive: false });
    const here = L.circleMarker([0, 0], { className: "here", radius: 9, interactive: false });
    // Off, waiting for the first fix, keeping the place in the middle, or only showing it.
    let state = "off";

    function become(next) {
      state = next;
      button.dataset.state = state;
      button.setAttribute("aria-pressed", String(state !== "off"));
    }

    function stop() {
      map.stopLocate();
      accuracy.remove();
      here.remove();
      become("off");
    }

    button.setAttribute("aria-label", words.my_position);
    button.title = words.my_position;
    button.addEventListener("click", () => {
      if (state === "shown") {
        become("following");
        map.setView(here.getLatLng(), map.getZoom(), { animate: false });
      } else if (state === "off") {
        become("waiting");
        map.locate({ watch: true, enableHighAccuracy: true, maximumAge: 10000, timeout: 60000 });
      } else {
        stop();
      }
    });
    map.on("locationfound", (event) => {
      if (state === "off") { return; }
      accuracy.setLatLng(event.latlng).setRadius(event.accuracy).addTo(map);
      here.setLatLng(event.latlng).addTo(map);
      if (state === "waiting") {
        map.setView(event.latlng, Math.max(map.getZoom(), NEAR_ZOOM), { animate: false });
        become("following");
      } else if (state === "following") {
        map.setView(event.latlng, map.getZoom(), { animate: false });
      }
    });
    map.on("locationerror", (event) => {
      // Leaflet writes of troubles in English; the code says enough.
      stop();
      tell(event.code === REFUSED ? words.position_refused : words.position_unknown);
    });
    map.on("dragstart popupopen", () => { if (state === "following") { become("shown"); } });

    const control = L.control({ position: "bottomright" });
    control.onAdd = () => {
      const box = outreach.element("div", "leaflet-bar", button);
      L.DomEvent.disableClickPropagation(box);
      return box;
    };
    control.addTo(map);
    become("off");
  };
}(window.outreach = window.outreach || {}));
