// The circle on the map: a change of the form asks anew; a click stands one more station there.

import { createMap, maplibregl } from "../map/basemap.js";

const form = document.getElementById("coverage-form");
const box = document.getElementById("coverage-map");
const [minutes, words, lon, lat, clear] = ["minutes", "words", "lon", "lat", "clear"].map((id) => document.getElementById(`coverage-${id}`));
const dark = document.documentElement.dataset.bsTheme === "dark";
const COLOURS = { ground: "#e8590c", reached: dark ? "#51cf66" : "#2b8a3e", missed: "#e03131", key: "#9c36b5", station: "#c2255c", closure: "#f08c00", road: dark ? "#7fa0c8" : "#8a99ad" };
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
const circle = (id, colour, radius, extra = {}) => map.addLayer({ id, type: "circle", source: id, paint: { "circle-color": colour, "circle-radius": radius, ...extra } });
for (const id of ["reach", "roads", "villages", "missed", "closures", "stations"]) map.addSource(id, { type: "geojson", data: NOTHING });
map.addLayer({ id: "reach", type: "fill", source: "reach", paint: { "fill-color": COLOURS.ground, "fill-opacity": 0.3 } });
map.addLayer({ id: "roads", type: "line", source: "roads", paint: { "line-color": ["case", ["get", "is_closed"], COLOURS.missed, COLOURS.road], "line-width": ["case", ["get", "is_closed"], 3, 1] } });
circle("villages", ["case", ["get", "is_reached"], COLOURS.reached, COLOURS.missed], ["interpolate", ["linear"], ["zoom"], 7, 1.4, 12, 5], { "circle-opacity": 0.8 });
const edge = { "circle-stroke-color": "#fff", "circle-stroke-width": 1 };
const grows = (least, most) => ["interpolate", ["linear"], ["zoom"], 7, least, 12, most];
circle("missed", COLOURS.key, grows(2.5, 6), edge);
circle("closures", COLOURS.closure, grows(5, 8), { "circle-stroke-color": "#000", "circle-stroke-width": 2 });
circle("stations", COLOURS.station, grows(3.5, 8), edge);

const marker = new maplibregl.Marker({ color: "#1971c2" });
const popup = new maplibregl.Popup({ closeButton: false, closeOnClick: false });
for (const id of ["villages", "missed", "closures", "stations"]) {
  map.on("mousemove", id, ({ features: [{ properties: p, geometry }] }) => {
    const time = p.minutes ? ` · ${interpolate(gettext("%s 分钟"), [p.minutes])}` : "";
    popup.setLngLat(geometry.coordinates).setText(`${p.name}${time}`).addTo(map);
  });
  map.on("mouseleave", id, () => popup.remove());
}

let asked = 0;
async function draw() {
  const number = ++asked;
  const body = document.getElementById("coverage-body");
  const answer = await fetch(`${box.dataset.url}?${body.dataset.query}`).then((one) => one.json());
  if (number !== asked || answer.problem) return;
  for (const id of ["reach", "roads", "villages", "missed", "closures", "stations"]) map.getSource(id).setData(answer[id]);
  document.body.dataset.coverageReady = number;
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
document.body.addEventListener("htmx:afterSwap", ({ detail }) => detail.target.id === "coverage-body" && draw());
if (lon.value) marker.setLngLat([+lon.value, +lat.value]).addTo(map);
draw();
