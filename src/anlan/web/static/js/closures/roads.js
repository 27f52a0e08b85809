// Closures, the villages that they cut off, the queue behind one and where warnings stand, on a map.

import { createMap, maplibregl } from "../map/basemap.js";

const box = document.getElementById("road-map");
const marks = JSON.parse(document.getElementById("road-marks").textContent);
const dark = document.documentElement.dataset.bsTheme === "dark";
const SYMBOLS = { closed: "✕", limited: "!", slow: "~", open: "✓" };

const config = await fetch(box.dataset.config).then((answer) => answer.json());
const map = await createMap(box, config, { theme: dark ? "dark" : "light" });
const points = (rows) => ({ type: "FeatureCollection", features: rows.map(([x, y, name]) => ({ type: "Feature", geometry: { type: "Point", coordinates: [x, y] }, properties: { name } })) });
map.addSource("roads", { type: "geojson", data: { type: "MultiLineString", coordinates: marks.roads } });
map.addLayer({ id: "roads", type: "line", source: "roads", paint: { "line-color": dark ? "#7fa0c8" : "#8a99ad", "line-width": 1.2 } });
map.addSource("cut-off", { type: "geojson", data: points(marks.cut_off) });
map.addLayer({ id: "cut-off", type: "circle", source: "cut-off", paint: { "circle-color": "#c92a2a", "circle-radius": 5, "circle-stroke-color": "#fff", "circle-stroke-width": 1 } });
if (marks.line.length > 1) {
  map.addSource("queue", { type: "geojson", data: { type: "LineString", coordinates: marks.line } });
  map.addLayer({ id: "queue", type: "line", source: "queue", paint: { "line-color": dark ? "#ff8787" : "#c92a2a", "line-width": 6, "line-opacity": 0.75 } });
}
const popup = new maplibregl.Popup({ closeButton: false, closeOnClick: false });
map.on("mousemove", "cut-off", ({ features: [{ properties, geometry }] }) => popup.setLngLat(geometry.coordinates).setText(properties.name).addTo(map));
map.on("mouseleave", "cut-off", () => popup.remove());

function mark([x, y, text], className, symbol) {
  if (x === null) return;
  const element = Object.assign(document.createElement("div"), { className, textContent: symbol, title: text });
  new maplibregl.Marker({ element }).setLngLat([x, y]).setPopup(new maplibregl.Popup().setText(text)).addTo(map);
}
for (const row of marks.ends) mark([row[0], row[1], interpolate(gettext("%s 分钟后排队末尾"), [row[2]])], "road-end", row[2]);
for (const row of marks.posts) mark(row, "road-mark is-post", "▲");
for (const row of marks.closures) mark(row, `road-mark is-${row[3]}`, SYMBOLS[row[3]]);

const all = [...marks.closures, ...marks.cut_off, ...marks.posts, ...marks.ends].filter(([x]) => x !== null);
if (all.length) {
  const bounds = all.reduce((sum, [x, y]) => sum.extend([x, y]), new maplibregl.LngLatBounds());
  map.fitBounds(bounds, { padding: 60, maxZoom: 12, animate: false });
}
document.body.dataset.roadsReady = "1";
