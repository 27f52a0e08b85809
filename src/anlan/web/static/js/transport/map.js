// One map for the transport pages: what moves, what stands in the way, ways; where the page asks for it a click picks a place.

import { createMap, maplibregl } from "../map/basemap.js";

const box = document.getElementById("transport-map");
const dark = document.documentElement.dataset.bsTheme === "dark";
const NOTHING = { type: "FeatureCollection", features: [] };
const COLOURS = { ready: dark ? "#51cf66" : "#2b8a3e", out: "#1971c2", repair: "#868e96", convoy: "#7048e8", goal: "#d4232b", start: "#2b8a3e", closure: "#f08c00", node: "#0c8599", gap: "#e03131", near: dark ? "#69db7c" : "#2f9e44" };

const config = await fetch(box.dataset.config).then((one) => one.json());
const map = await createMap(box, config, { theme: dark ? "dark" : "light" });
map.addSource("all", { type: "geojson", data: NOTHING });
const of = (...kinds) => ["in", ["get", "kind"], ["literal", kinds]];
const grows = (least, most) => ["interpolate", ["linear"], ["zoom"], 7, least, 12, most];
const circle = (id, filter, colour, radius, stroke = "#fff") => map.addLayer({ id, type: "circle", source: "all", filter, paint: { "circle-color": colour, "circle-radius": radius, "circle-stroke-color": stroke, "circle-stroke-width": 1.5 } });
map.addLayer({ id: "ways", type: "line", source: "all", filter: of("way"), paint: { "line-color": dark ? "#4dabf7" : "#1864ab", "line-width": 4 } });
circle("townships", of("township"), ["match", ["get", "state"], "gap", COLOURS.gap, COLOURS.near], grows(3, 7));
circle("vehicles", of("vehicle"), ["match", ["get", "state"], "ready", COLOURS.ready, "out", COLOURS.out, COLOURS.repair], grows(3, 6));
circle("places", of("convoy", "goal", "start", "node"), ["match", ["get", "kind"], "convoy", COLOURS.convoy, "goal", COLOURS.goal, "node", COLOURS.node, COLOURS.start], grows(5, 9));
circle("closures", of("closure"), COLOURS.closure, grows(5, 8), "#000");

const popup = new maplibregl.Popup({ closeButton: false, closeOnClick: false });
for (const id of ["townships", "vehicles", "places", "closures"]) {
  map.on("mousemove", id, ({ features: [{ properties, geometry }] }) => popup.setLngLat(geometry.coordinates).setText(properties.name).addTo(map));
  map.on("mouseleave", id, () => popup.remove());
}

function frame({ features }) {
  const ends = features.filter(({ properties }) => ["way", "goal", "start"].includes(properties.kind));
  const places = ends.flatMap(({ geometry }) => (geometry.type === "Point" ? [geometry.coordinates] : geometry.coordinates));
  if (places.length < 2) return;
  const bounds = places.reduce((found, place) => found.extend(place), new maplibregl.LngLatBounds(places[0], places[0]));
  map.fitBounds(bounds, { padding: 50, maxZoom: 13, animate: false });
}

async function draw(isFirst = false) {
  const found = await fetch(box.dataset.url).then((one) => one.json()).catch(() => null);
  if (!found) return;
  map.getSource("all").setData(found);
  if (isFirst && box.classList.contains("is-small")) frame(found);
  document.body.dataset.transportReady = "1";
}
await draw(true);
// Vehicles move without telling: look again while somebody is looking.
setInterval(() => document.visibilityState === "visible" && draw(), 30000);
for (const topic of ["ResourceMoved", "RoadChanged"]) addEventListener(`anlan:${topic}`, () => draw());

if ("pick" in box.dataset) {
  const [lon, lat] = ["lon", "lat"].map((name) => document.querySelector(`[name="${name}"]`));
  const marker = new maplibregl.Marker({ color: COLOURS.goal });
  const stand = () => { if (lon.value && lat.value) marker.setLngLat([parseFloat(lon.value), parseFloat(lat.value)]).addTo(map); };
  map.on("click", ({ lngLat }) => { lon.value = lngLat.lng.toFixed(6); lat.value = lngLat.lat.toFixed(6); stand(); });
  for (const input of [lon, lat]) input.addEventListener("change", stand);
  stand();
}
