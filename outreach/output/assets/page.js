(function () {
  "use strict";
  var chosen = { day: "all", worker: "all" };
  var map = window[document.querySelector(".folium-map").id];
  var days = Array.from(document.querySelectorAll(".day"));
  var chips = Array.from(document.querySelectorAll(".chip"));

  function isShown(day) {
    var workers = day.dataset.workers.split(" ");
    return (chosen.day === "all" || day.dataset.day === chosen.day) &&
      (chosen.worker === "all" || workers.indexOf(chosen.worker) >= 0);
  }

  function show() {
    var bounds = L.latLngBounds([]);
    map.closePopup();
    days.forEach(function (day) {
      var route = window[day.dataset.route];
      var shown = isShown(day);
      day.hidden = !shown;
      if (shown) {
        route.addTo(map);
        bounds.extend(route.getBounds());
      } else {
        route.remove();
      }
    });
    chips.forEach(function (chip) {
      var group = "day" in chip.dataset ? "day" : "worker";
      chip.setAttribute("aria-pressed", String(chip.dataset[group] === chosen[group]));
    });
    if (bounds.isValid()) {
      map.fitBounds(bounds, { padding: [28, 28], maxZoom: 16 });
    }
  }

  function choose(group, key) {
    chosen[group] = key;
    show();
  }

  function openStop(item) {
    var stop = window[item.dataset.stop];
    map.setView(stop.getLatLng(), Math.max(map.getZoom(), 14));
    stop.openPopup();
  }

  chips.forEach(function (chip) {
    var group = "day" in chip.dataset ? "day" : "worker";
    chip.addEventListener("click", function () { choose(group, chip.dataset[group]); });
  });
  document.querySelectorAll("[data-stop]").forEach(function (item) {
    item.addEventListener("click", function () { openStop(item); });
    item.addEventListener("keydown", function (event) {
      if (event.key === "Enter") { openStop(item); }
    });
  });
  map.attributionControl.setPrefix(false);

  // Who opens the page on one of its days wants that day.
  var now = new Date();
  var today = new Date(now.getTime() - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
  var chip = chips.find(function (candidate) { return candidate.dataset.date === today; });
  if (chip) { chosen.day = chip.dataset.day; }
  show();
}());
