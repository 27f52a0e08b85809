// Two clicks ask for the fastest way now; the way as if every road were open lies beside it.

import { createMap, maplibregl } from "../map/basemap.js";

const form = document.getElementById("route-form");
const box = document.getElementById("route-map");
const answer = document.getElementById("route-answer");
const dark = document.documentElement.dataset.bsTheme === "dark";
const NOTHING = { type: "FeatureCollection", features: [] };
const COLOURS = { now: dark ? "#4dabf7" : "#1864ab", open: dark ? "#ced4da" : "#868e96" };

const config = await fetch(box.dataset.config).then((one) => one.json());
const map = await createMap(box, config, { theme: dark ? "dark" : "light" });
for (const id of ["way-open", "way-now"]) map.addSource(id, { type: "geojson", data: NOTHING });
map.addLayer({ id: "way-open", type: "line", source: "way-open", paint: { "line-color": COLOURS.open, "line-width": 3, "line-dasharray": [2, 2] } });
map.addLayer({ id: "way-now", type: "line", source: "way-now", paint: { "line-color": COLOURS.now, "line-width": 5 } });
for (const [x, y, name] of JSON.parse(document.getElementById("route-closures").textContent)) {
  const mark = Object.assign(document.createElement("div"), { className: "route-closure", textContent: "✕", title: name });
  new maplibregl.Marker({ element: mark }).setLngLat([x, y]).addTo(map);
}
const ends = { from: new maplibregl.Marker({ color: "#2b8a3e" }), to: new maplibregl.Marker({ color: "#d4232b" }) };
const place = (end) => ["lon", "lat"].map((name) => parseFloat(form.elements[`${end}_${name}`].value));

function line(text, way) {
  const row = document.createElement("p");
  const words = way ? interpolate(gettext("%s 分钟，%s 千米"), [way.minutes, way.km]) : gettext("没有可通行的路线");
  row.append(Object.assign(document.createElement("b"), { textContent: text }), ` ${words}`);
  return row;
}

async function ask() {
  for (const end of ["from", "to"]) {
    const at = place(end);
    if (at.some(Number.isNaN)) return;
    ends[end].setLngLat(at).addTo(map);
  }
  const found = await fetch(`${box.dataset.url}?${new URLSearchParams(new FormData(form))}`).then((one) => one.json());
  answer.replaceChildren();
  for (const [id, way] of [["way-open", found.if_all_open], ["way-now", found.now]]) map.getSource(id).setData(way ? way.line : NOTHING);
  if (found.problem) return void (answer.textContent = found.problem);
  answer.append(line(found.is_now ? gettext("现在：") : gettext("按出发时间："), found.now), line(gettext("若全部畅通："), found.if_all_open));
  answer.append(Object.assign(document.createElement("p"), { className: "text-secondary mb-1", textContent: found.speeds }));
  if (found.is_synthetic) answer.append(Object.assign(document.createElement("small"), { textContent: gettext("路网是合成数据，不是真实道路。") }));
  document.body.dataset.routeReady = "1";
}
form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
form.addEventListener("change", ask);
addEventListener("anlan:RoadChanged", ask);
map.on("click", ({ lngLat }) => {
  const isNew = place("from").some(Number.isNaN) || !place("to").some(Number.isNaN);
  const end = isNew ? "from" : "to";
  form.elements[`${end}_lon`].value = lngLat.lng.toFixed(6);
  form.elements[`${end}_lat`].value = lngLat.lat.toFixed(6);
  ends[end].setLngLat(lngLat).addTo(map);
  if (!isNew) return void ask();
  form.elements.to_lon.value = form.elements.to_lat.value = "";
  ends.to.remove();
  for (const id of ["way-open", "way-now"]) map.getSource(id).setData(NOTHING);
});
