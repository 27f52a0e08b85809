// Forest cells in the colour of their time: a change of the form asks anew; a click stands one more team there.

import { createMap, maplibregl } from "../map/basemap.js";

const form = document.getElementById("forest-form");
const box = document.getElementById("forest-map");
const [minutes, words, lon, lat, clear] = ["minutes", "words", "lon", "lat", "clear"].map((id) => document.getElementById(`forest-${id}`));
const dark = document.documentElement.dataset.bsTheme === "dark";
const COLOURS = { soon: dark ? "#51cf66" : "#2b8a3e", just: "#f2b807", missed: "#e03131", never: dark ? "#ced4da" : "#495057", team: "#c2255c", water: "#1c7ed6", closure: "#f08c00" };
const NOTHING = { type: "FeatureCollection", features: [] };
const ask = () => form.dispatchEvent(new Event("change", { bubbles: true }));

function say() {
  words.textContent = interpolate(gettext("%s 分钟"), [minutes.value]);
  for (const button of form.querySelectorAll("[data-minutes]")) button.classList.toggle("active", button.dataset.minutes === minutes.value);
  clear.hidden = !lon.value;
}
minutes.addEventListener("input", say);
form.addEventListener("submit", (event) => event.preventDefault());
for (const button of form.querySelectorAll("[data-minutes]")) {
  button.addEventListener("click", () => { minutes.value = button.dataset.minutes; say(); ask(); });
}
say();

const config = await fetch(box.dataset.config).then((answer) => answer.json());
const map = await createMap(box, config, { theme: dark ? "dark" : "light" });
for (const id of ["cells", "waters", "closures", "teams"]) map.addSource(id, { type: "geojson", data: NOTHING });
const dot = (id, paint) => map.addLayer({ id, type: "circle", source: id, paint });
const grows = (least, most) => ["interpolate", ["linear"], ["zoom"], 7, least, 12, most];
const size = ["sqrt", ["get", "hectares"]];
dot("cells", {
  "circle-radius": ["interpolate", ["linear"], ["zoom"], 7, ["*", 0.55, size], 12, ["*", 2.2, size]],
  "circle-opacity": 0.75,
  "circle-stroke-color": dark ? "#fff" : "#212529",
  "circle-stroke-width": ["case", ["get", "is_key"], 2, 0],
});
dot("waters", { "circle-color": COLOURS.water, "circle-radius": grows(2.5, 6), "circle-stroke-color": "#fff", "circle-stroke-width": 1 });
dot("closures", { "circle-color": COLOURS.closure, "circle-radius": grows(5, 8), "circle-stroke-color": "#000", "circle-stroke-width": 2 });
dot("teams", { "circle-color": COLOURS.team, "circle-radius": grows(4.5, 9), "circle-stroke-color": "#fff", "circle-stroke-width": 1 });

const marker = new maplibregl.Marker({ color: "#1971c2" });
const popup = new maplibregl.Popup({ closeButton: false, closeOnClick: false });
for (const id of ["cells", "waters", "closures", "teams"]) {
  map.on("mousemove", id, ({ features: [{ properties: p, geometry }] }) => {
    const time = p.minutes ? ` · ${interpolate(gettext("%s 分钟"), [p.minutes])}` : "";
    popup.setLngLat(geometry.coordinates).setText(`${p.name}${time}`).addTo(map);
  });
  map.on("mouseleave", id, () => popup.remove());
}

let asked = 0;
let isFitted = false;
async function draw() {
  const number = ++asked;
  const body = document.getElementById("forest-body");
  const answer = await fetch(`${box.dataset.url}?${body.dataset.query}`).then((one) => one.json());
  if (number !== asked || answer.problem) return;
  const limit = +body.dataset.limit;
  const time = ["coalesce", ["get", "minutes"], 1e6];
  map.setPaintProperty("cells", "circle-color", ["case", [">=", time, 1e6], COLOURS.never, [">", time, limit], COLOURS.missed, [">", time, limit / 2], COLOURS.just, COLOURS.soon]);
  for (const id of ["cells", "waters", "closures", "teams"]) map.getSource(id).setData(answer[id]);
  const places = answer.cells.features.map((one) => one.geometry.coordinates);
  if (places.length && !isFitted) {
    const bounds = places.reduce((all, one) => all.extend(one), new maplibregl.LngLatBounds(places[0], places[0]));
    map.fitBounds(bounds, { padding: 60, maxZoom: 12, animate: false });
    isFitted = true;
  }
  document.body.dataset.forestReady = number;
}
function stand(x, y) {
  [lon.value, lat.value] = [x, y];
  if (x === "") marker.remove();
  else marker.setLngLat([x, y]).addTo(map);
  say();
  ask();
}
map.on("click", ({ lngLat }) => stand(lngLat.lng.toFixed(6), lngLat.lat.toFixed(6)));
clear.addEventListener("click", () => stand("", ""));
document.addEventListener("click", ({ target }) => {
  const place = target.closest("[data-lon]");
  if (!place || !place.closest("main")) return;
  map.jumpTo({ center: [+place.dataset.lon, +place.dataset.lat], zoom: 12 });
  box.scrollIntoView({ block: "nearest" });
  if ("site" in place.dataset) stand(place.dataset.lon, place.dataset.lat);
});
document.body.addEventListener("htmx:afterSwap", ({ detail }) => detail.target.id === "forest-body" && draw());
if (lon.value) marker.setLngLat([+lon.value, +lat.value]).addTo(map);
draw();
