// A scenario: a click on the map sets the place; a table grows by a row.

import { createMap, maplibregl } from "../map/basemap.js";

const lon = document.getElementById("in-lon");
const lat = document.getElementById("in-lat");
const box = document.getElementById("scenario-map");

for (const button of document.querySelectorAll("[data-add-row]")) {
  button.addEventListener("click", () => {
    const last = button.previousElementSibling;
    const row = last.cloneNode(true);
    const grown = (text) => text.replace(/\[(\d+)\](?!.*\[)/, (_, n) => `[${+n + 1}]`);
    for (const field of row.querySelectorAll("[name]")) {
      field.name = grown(field.name);
      field.id = grown(field.id);
      field.value = "";
    }
    for (const label of row.querySelectorAll("label[for]")) label.htmlFor = grown(label.htmlFor);
    last.after(row);
    row.querySelector("input, select")?.focus();
  });
}
document.querySelector(".scenario .is-invalid")?.focus();

const config = await fetch(box.dataset.config).then((answer) => answer.json());
const map = await createMap(box, config, { theme: document.documentElement.dataset.bsTheme });
const marker = new maplibregl.Marker({ color: "#d4232b" });

function show(moves) {
  const at = [parseFloat(lon.value), parseFloat(lat.value)];
  if (at.some(Number.isNaN)) return;
  marker.setLngLat(at).addTo(map);
  if (moves) map.jumpTo({ center: at, zoom: Math.max(map.getZoom(), 11) });
}
map.on("click", ({ lngLat }) => {
  lon.value = lngLat.lng.toFixed(6);
  lat.value = lngLat.lat.toFixed(6);
  show(false);
});
for (const field of [lon, lat]) field.addEventListener("change", () => show(true));
show(true);
