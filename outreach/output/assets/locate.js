/* Shows where the phone is, if its owner and the browser let it. */
(function (outreach) {
  "use strict";
  const REFUSED = 1;
  const NEAR_ZOOM = 15;
  const OLD_MS = 90000;
  const LOOK_MS = 15000;

  outreach.locate = (map, week, words, tell) => {
    const button = outreach.element("button", "position", outreach.icon("position"));
    const accuracy = L.circle([0, 0], { className: "accuracy", interactive: false });
    const here = L.circleMarker([0, 0], { className: "here", radius: 9, interactive: false });
    // Off, waiting for the first fix, keeping the place in the middle, or only showing it.
    let state = "off";
    let foundAt = null;
    let isLost = false;
    let looking = null;

    function become(next) {
      state = next;
      button.dataset.state = state;
      button.setAttribute("aria-pressed", String(state !== "off"));
    }

    /** Grey the place when it is no longer sure, and say how old it is. */
    function age() {
      if (foundAt === null) { return; }
      const ageMs = Date.now() - foundAt;
      const isOld = isLost || ageMs > OLD_MS;
      here.getElement().classList.toggle("old", isOld);
      accuracy.getElement().classList.toggle("old", isOld);
      here.unbindTooltip();
      if (isOld) {
        const said = `${Math.max(1, Math.round(ageMs / 60000))} ${words.minutes_ago}`;
        here.bindTooltip(said, { permanent: true, direction: "top", offset: [0, -8], className: "age" });
      }
    }

    function stop() {
      map.stopLocate();
      clearInterval(looking);
      foundAt = null;
      accuracy.remove();
      here.remove();
      become("off");
    }

    button.setAttribute("aria-label", words.my_position);
    button.title = words.my_position;
    button.addEventListener("click", () => {
      if (state === "shown") {
        become("following");
        week.centre(here.getLatLng(), map.getZoom());
      } else if (state === "off") {
        become("waiting");
        looking = setInterval(age, LOOK_MS);
        map.locate({ watch: true, enableHighAccuracy: true, maximumAge: 10000, timeout: 60000 });
      } else {
        stop();
      }
    });
    map.on("locationfound", (event) => {
      if (state === "off") { return; }
      foundAt = Date.now();
      isLost = false;
      accuracy.setLatLng(event.latlng).setRadius(event.accuracy).addTo(map);
      here.setLatLng(event.latlng).addTo(map);
      age();
      if (state === "waiting") {
        week.centre(event.latlng, Math.max(map.getZoom(), NEAR_ZOOM));
        become("following");
      } else if (state === "following") {
        week.centre(event.latlng, map.getZoom());
      }
    });
    map.on("locationerror", (event) => {
      // Leaflet writes of troubles in English; the code says enough.
      if (event.code === REFUSED) {
        stop();
        tell(words.position_refused);
        return;
      }
      // Under trees and roofs a fix may be late: the phone keeps looking.
      isLost = true;
      age();
      if (foundAt === null) { tell(words.position_unknown); }
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
