// A plan on the map: routes by state, depots and places, what stands in the way; a click on a route names its trip.

import { createMap, maplibregl } from "../map/basemap.js";

const dark = document.documentElement.dataset.bsTheme === "dark";
const COLOURS = { proposed: dark ? "#4dabf7" : "#1864ab", to_load: "#f08c00", loaded: "#f5c518", under_way: "#1f6feb", received: "#2b8a3e", cancelled: "#868e96" };
const colour = ["match", ["get", "status"], ...Object.entries(COLOURS).flat(), "#1864ab"];
const kind = (name) => ["==", ["get", "kind"], name];
const clock = (text) => new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hour12: false }).format(new Date(text));

function told({ code, depot, place, truck, load_at, arrive_at, km, items, id }) {
  const box = document.createElement("div");
  const link = Object.assign(document.createElement("a"), { href: `/supplies/waybills/${id}/`, textContent: code });
  const goods = (typeof items === "string" ? JSON.parse(items) : items).map(([name, n, unit]) => `${name} ${n} ${unit}`).join("，");
  for (const text of [`${depot} → ${place}`, truck, goods, `${clock(load_at)} – ${clock(arrive_at)} · ${km} km`]) box.append(Object.assign(document.createElement("div"), { textContent: text }));
  box.prepend(link);
  return box;
}

async function draw(box) {
  const [config, plan] = await Promise.all([box.dataset.config, box.dataset.url].map((url) => fetch(url).then((answer) => answer.json())));
  const map = await createMap(box, config, { theme: dark ? "dark" : "light" });
  map.addSource("plan", { type: "geojson", data: plan });
  map.addLayer({ id: "route-edge", type: "line", source: "plan", filter: kind("route"), layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": dark ? "#000" : "#fff", "line-width": 7 } });
  map.addLayer({ id: "route", type: "line", source: "plan", filter: kind("route"), layout: { "line-join": "round", "line-cap": "round" }, paint: { "line-color": colour, "line-width": 4 } });
  const bounds = new maplibregl.LngLatBounds();
  for (const { geometry, properties } of plan.features) {
    if (properties.kind === "route") {
      geometry.coordinates.forEach((at) => bounds.extend(at));
      continue;
    }
    bounds.extend(geometry.coordinates);
    const isDepot = properties.kind === "depot";
    const mark = Object.assign(document.createElement("div"), { className: isDepot ? "dot-depot" : "dot-place", title: properties.name });
    mark.style.cssText = "width:15px;height:15px;border:2px solid #fff;box-shadow:0 0 3px #000";
    new maplibregl.Marker({ element: mark }).setLngLat(geometry.coordinates).setPopup(new maplibregl.Popup({ offset: 10 }).setText(properties.name)).addTo(map);
  }
  for (const [lon, lat, title] of plan.closures) {
    const mark = Object.assign(document.createElement("div"), { className: "plan-mark", textContent: "✕", title });
    new maplibregl.Marker({ element: mark }).setLngLat([lon, lat]).addTo(map);
  }
  if (!bounds.isEmpty()) map.fitBounds(bounds, { padding: 50, maxZoom: 13, duration: 0 });
  map.on("click", "route", ({ features, lngLat }) => new maplibregl.Popup().setLngLat(lngLat).setDOMContent(told(features[0].properties)).addTo(map));
  map.on("mouseenter", "route", () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", "route", () => (map.getCanvas().style.cursor = ""));
  map.once("idle", () => (document.body.dataset.planReady = "1"));
}

const box = document.getElementById("plan-map");
if (box) draw(box);
