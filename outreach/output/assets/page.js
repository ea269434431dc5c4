(function () {
  "use strict";
  var chosen = { day: "all", worker: "all" };
  var map = window[document.querySelector(".folium-map").id];
  var panel = document.querySelector(".panel");
  var days = Array.from(document.querySelectorAll(".day"));
  var chips = Array.from(document.querySelectorAll(".chip"));
  var isSupervisors = Boolean(document.querySelector(".chip[data-worker]"));
  // More days than these, opened, hide each other.
  var MOST_OPEN = 3;

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
    var shownDays = days.filter(function (day) { return !day.hidden; });
    if (isSupervisors) {
      shownDays.forEach(function (day) { day.open = shownDays.length <= MOST_OPEN; });
    }
    chips.forEach(function (chip) {
      var group = "day" in chip.dataset ? "day" : "worker";
      chip.setAttribute("aria-pressed", String(chip.dataset[group] === chosen[group]));
    });
    if (bounds.isValid()) {
      // A flight that is still under way would carry the map off a stop that is tapped next.
      map.fitBounds(bounds, { padding: [28, 28], maxZoom: 16, animate: false });
    }
  }

  function choose(group, key) {
    chosen[group] = key;
    show();
    var first = days.find(function (day) { return !day.hidden; });
    var isAll = chosen.day === "all" && chosen.worker === "all";
    panel.scrollTop = isAll || !first ? 0 : first.offsetTop - panel.offsetTop;
  }

  function openStop(item) {
    var stop = window[item.dataset.stop];
    map.setView(stop.getLatLng(), Math.max(map.getZoom(), 14), { animate: false });
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
  L.control.scale({ imperial: false }).addTo(map);

  // From afar the small roads of a town would be one grey blot, and its stops one heap.
  var FAR_ZOOM = 13;
  var FARTHER_ZOOM = 12;
  function tellZoom() {
    var classes = map.getContainer().classList;
    classes.toggle("far", map.getZoom() < FAR_ZOOM);
    classes.toggle("farther", map.getZoom() < FARTHER_ZOOM);
  }
  map.on("zoomend", tellZoom);

  // Who opens the page on one of its days wants that day.
  var now = new Date();
  var today = new Date(now.getTime() - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
  var chip = chips.find(function (candidate) { return candidate.dataset.date === today; });
  if (chip) { chosen.day = chip.dataset.day; }
  show();
  tellZoom();
}());
