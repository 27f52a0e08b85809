// The gas network on a map: pipes by pressure grade, points by state; on a leak's page also what is closed and who loses gas.

import { createMap, maplibregl } from "../map/basemap.js";
import { addBadge } from "../map/markers.js";

const box = document.getElementById("gas-map");
const dark = document.documentElement.dataset.bsTheme === "dark";
const COLOURS = { high: dark ? "#f06595" : "#c2255c", sub_high: dark ? "#ff922b" : "#e8590c", medium: dark ? "#4dabf7" : "#1c7ed6", low: dark ? "#69db7c" : "#2f9e44" };
const WIDTHS = { high: 6, sub_high: 5, medium: 3.5, low: 2 };
const STATES = {
  open: ["steering-wheel", "#2f9e44"], closed: ["steering-wheel", "#495057"], stuck: ["steering-wheel", "#f08c00"],
  regulator: ["gauge", "#7048e8"], source: ["building-factory-2", "#c2255c"], users: ["home", "#1098ad"],
};
const NOTHING = { type: "FeatureCollection", features: [] };
const byGrade = (values) => ["match", ["slice", ["get", "grade"], 0, 3], "hig", values.high, "sub", values.sub_high, "med", values.medium, values.low];
const words = { open: gettext("阀门，开"), closed: gettext("阀门，关"), stuck: gettext("阀门，关不上") };

const [config, net, answer] = await Promise.all([box.dataset.config, box.dataset.url, box.dataset.answer].map((url) => url && fetch(url).then((one) => one.json())));
const map = await createMap(box, config, { theme: dark ? "dark" : "light" });
await Promise.all(Object.entries(STATES).map(([state, [icon, colour]]) => addBadge(map, `gas-${state}`, config.icons, icon, colour, { size: state === "users" ? 18 : 22 })));

map.addSource("bleeding", { type: "geojson", data: NOTHING });
map.addLayer({ id: "bleeding", type: "line", source: "bleeding", layout: { "line-cap": "round" }, paint: { "line-color": "#f59f00", "line-width": 12, "line-opacity": 0.65 } });
map.addSource("pipes", { type: "geojson", data: net.pipes });
map.addLayer({ id: "pipes", type: "line", source: "pipes", layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": byGrade(COLOURS), "line-width": byGrade(WIDTHS) } });
map.addLayer({ id: "pipes-hit", type: "line", source: "pipes", paint: { "line-color": "#000", "line-opacity": 0, "line-width": 16 } });
for (const [id, colour] of [["lost", "#f59f00"], ["close", "#e03131"]]) {
  map.addSource(id, { type: "geojson", data: NOTHING });
  map.addLayer({ id, type: "circle", source: id, paint: { "circle-radius": 15, "circle-color": colour, "circle-opacity": 0.85 } });
}
map.addSource("points", { type: "geojson", data: net.points });
map.addLayer({
  id: "points", type: "symbol", source: "points",
  layout: {
    "icon-image": ["concat", "gas-", ["get", "state"]], "icon-allow-overlap": true, "icon-size": ["interpolate", ["linear"], ["zoom"], 10, 0.6, 14, 1],
    "text-field": ["step", ["zoom"], "", 15, ["get", "label"]], "text-font": ["sans"], "text-size": 11, "text-anchor": "top", "text-offset": [0, 1.1], "text-optional": true, "text-max-width": 9,
  },
  paint: { "text-color": map.palette.label, "text-halo-color": map.palette.halo, "text-halo-width": 1.4 },
});

function show(number) {
  const way = answer.ways[number];
  const keys = (rows) => new Set(rows.map(({ id }) => id));
  const among = (features, wanted) => ({ type: "FeatureCollection", features: features.filter(({ properties }) => wanted.has(properties.pk)) });
  map.getSource("bleeding").setData(among(net.pipes.features, keys(way.bleeding)));
  map.getSource("close").setData(among(net.points.features, keys(way.valves)));
  map.getSource("lost").setData(among(net.points.features, keys(way.users)));
  document.querySelectorAll("[data-way]").forEach((card) => card.classList.toggle("is-shown", answer.ways.length > 1 && card.dataset.way === String(number)));
  return way;
}

const bounds = new maplibregl.LngLatBounds();
const extend = (part) => (typeof part[0] === "number" ? bounds.extend(part) : part.forEach(extend));
if (answer) {
  const way = show(0);
  const wanted = new Set([Number(box.dataset.pipe), ...way.bleeding.map(({ id }) => id)]);
  for (const { geometry, properties } of net.pipes.features) if (wanted.has(properties.pk)) extend(geometry.coordinates);
  for (const source of [way.valves, way.users]) for (const { id } of source) net.points.features.filter(({ properties }) => properties.pk === id).forEach(({ geometry }) => extend(geometry.coordinates));
  bounds.extend(answer.place);
  new maplibregl.Marker({ color: "#d4232b" }).setLngLat(answer.place).addTo(map);
  for (const button of document.querySelectorAll("[data-show-way]")) button.addEventListener("click", () => show(Number(button.dataset.showWay)));
} else if (box.dataset.lon) {
  const at = [Number(box.dataset.lon), Number(box.dataset.lat)];
  new maplibregl.Marker({ color: "#d4232b" }).setLngLat(at).addTo(map);
  bounds.extend(at).extend([at[0] - 0.006, at[1] - 0.004]).extend([at[0] + 0.006, at[1] + 0.004]);
} else {
  for (const { geometry } of net.pipes.features) extend(geometry.coordinates);
}
if (!bounds.isEmpty()) map.fitBounds(bounds, { padding: 50, maxZoom: 16, duration: 0 });

const popup = new maplibregl.Popup({ closeButton: false, closeOnClick: false });
const hit = (point) => map.queryRenderedFeatures([[point.x - 5, point.y - 5], [point.x + 5, point.y + 5]], { layers: ["points"] })[0] ?? map.queryRenderedFeatures(point, { layers: ["pipes-hit"] })[0];
map.on("mousemove", ({ point, lngLat }) => {
  const found = hit(point);
  map.getCanvas().style.cursor = found ? "pointer" : "";
  if (!found) return popup.remove();
  const { label, state, kind_label: kind, grade_label: grade } = found.properties;
  return popup.setLngLat(lngLat).setText(`${label} · ${grade ?? words[state] ?? kind}`).addTo(map);
});
map.on("click", ({ point, lngLat }) => {
  const found = hit(point);
  if (!found) return;
  if (found.layer.id === "points") return void (location.href = `/registers/gaspoints/${found.properties.pk}/`);
  const incident = box.dataset.incident ? `&incident=${box.dataset.incident}` : "";
  location.href = `${box.dataset.leak.replace("/0/", `/${found.properties.pk}/`)}?lon=${lngLat.lng.toFixed(6)}&lat=${lngLat.lat.toFixed(6)}${incident}`;
});
map.once("idle", () => (document.body.dataset.gasReady = "1"));
