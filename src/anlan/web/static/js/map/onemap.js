// The one map: layers of records, search, cards, zones with who and what is inside, distances, print.

import { createMap, maplibregl } from "./basemap.js";
import { lengthOf, showLength, showPosition } from "./measure.js";
import { addBadge, addRecordLayer } from "./markers.js";
import { drawWarned, warnedAt } from "./warned.js";

const config = JSON.parse(document.getElementById("map-config").textContent);
const $ = (selector, root = document) => root.querySelector(selector);
const theme = document.documentElement.dataset.bsTheme;
const hidden = new Set(JSON.parse(localStorage.getItem("anlan-map-hidden") ?? "[]"));
const panel = $("#inside-panel");

// The city is shown beside the panel, not under it.
const wide = matchMedia("(min-width: 768px)").matches;
const padding = wide ? { left: 290, right: 60, top: 70, bottom: 40 } : { left: 24, right: 24, top: 70, bottom: 60 };
const map = await createMap("map", config, { theme, padding });
const drawn = new Map();

// --- Layers and legend ---------------------------------------------------------------------------------------
const lineOf = (name) => $(`[data-layer-line="${name}"]`);
async function loadLayer(layer) {
  await addBadge(map, `layer-${layer.name}`, config.icons, layer.icon, layer.colour);
  drawn.set(layer.name, addRecordLayer(map, layer, { visible: !hidden.has(layer.name), theme }));
}
map.on("error", ({ sourceId }) => {
  const line = lineOf(sourceId?.replace("layer-", ""));
  if (!line) return;
  $(".layer-count", line).textContent = gettext("未能载入");
  line.classList.add("is-failed");
});
for (const box of document.querySelectorAll("[data-layer-line] input")) {
  const name = box.closest("[data-layer-line]").dataset.layerLine;
  box.checked = !hidden.has(name);
  box.addEventListener("change", () => {
    hidden[box.checked ? "delete" : "add"](name);
    localStorage.setItem("anlan-map-hidden", JSON.stringify([...hidden]));
    for (const id of drawn.get(name) ?? []) map.setLayoutProperty(id, "visibility", box.checked ? "visible" : "none");
  });
}
if (config.warned) drawn.set("warned", drawWarned(map, config.warned, { visible: !hidden.has("warned") }));
await Promise.all(config.layers.filter(({ count }) => count).map(loadLayer));
map.once("idle", () => (document.body.dataset.mapReady = Math.round(performance.now())));

// --- Cards ---------------------------------------------------------------------------------------------------
const popup = new maplibregl.Popup({ maxWidth: "320px", closeButton: true });
async function openCard(layer, id, at) {
  const answer = await fetch(`${config.card}${layer}/${id}/`, { headers: { "X-Requested-With": "fetch" } });
  popup.setLngLat(at).setHTML(answer.ok ? await answer.text() : gettext("这条记录已不存在，或不在您的区域内。")).addTo(map);
}
function hits(point) {
  const box = [[point.x - 6, point.y - 6], [point.x + 6, point.y + 6]];
  const ids = [...drawn.values()].flat().filter((id) => !id.endsWith("-count") && !id.endsWith("-ring") && !id.startsWith("warned-"));
  return map.queryRenderedFeatures(box, { layers: ids });
}
map.on("click", async ({ point, lngLat }) => {
  if (isDrawing()) return;
  const [hit] = hits(point);
  if (!hit) {
    const areas = config.warned && warnedAt(map, point);
    if (areas) popup.setLngLat(lngLat).setDOMContent(areas).addTo(map);
    return;
  }
  const at = hit.geometry.type === "Point" ? hit.geometry.coordinates : lngLat;
  if (hit.properties.point_count) {
    const zoom = await map.getSource(hit.source).getClusterExpansionZoom(hit.properties.cluster_id);
    map.easeTo({ center: at, zoom: zoom + 0.4 });
    return;
  }
  openCard(hit.source.replace("layer-", ""), hit.id, at);
});
map.on("mousemove", ({ point, lngLat }) => {
  $("#position").textContent = showPosition(lngLat);
  if (!isDrawing()) map.getCanvas().style.cursor = hits(point).length ? "pointer" : "";
});

// --- Search --------------------------------------------------------------------------------------------------
const input = $("#map-search");
const list = $("#map-found");
let turn = 0;
let wait;
input.addEventListener("input", () => {
  clearTimeout(wait);
  wait = setTimeout(find, 180);
});
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter") list.querySelector("button")?.click();
  if (event.key === "Escape") list.replaceChildren();
});
async function find() {
  const mine = ++turn;
  if (!input.value.trim()) return list.replaceChildren();
  const { results } = await (await fetch(`${config.search}?q=${encodeURIComponent(input.value)}`)).json();
  if (mine !== turn) return undefined;
  const lines = results.map((result) => {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    button.append(Object.assign(document.createElement("b"), { textContent: result.title }), Object.assign(document.createElement("small"), { textContent: result.note }));
    button.addEventListener("click", () => {
      list.replaceChildren();
      go(result);
    });
    return button;
  });
  if (!lines.length) lines.push(Object.assign(document.createElement("p"), { textContent: gettext("没有找到，试试乡镇、单位或设施的名称。") }));
  return list.replaceChildren(...lines);
}
const here = new maplibregl.Marker({ color: "#1664d9" });
function go({ lon, lat, layer, id, level }) {
  map.flyTo({ center: [lon, lat], zoom: level === "county" ? 10 : level === "township" ? 12 : 13.5, duration: 900 });
  here.setLngLat([lon, lat]).addTo(map);
  if (layer) openCard(layer, id, [lon, lat]);
}
if (config.place) go(config.place);

// --- Zones and distances -------------------------------------------------------------------------------------
const { TerraDraw, TerraDrawPolygonMode, TerraDrawCircleMode, TerraDrawLineStringMode, TerraDrawSelectMode } = window.terraDraw;
const styles = { fillColor: "#1f6feb", fillOpacity: 0.16, outlineColor: "#1f6feb", outlineWidth: 2 };
const draw = new TerraDraw({
  adapter: new window.terraDrawMaplibreGlAdapter.TerraDrawMapLibreGLAdapter({ map, lib: maplibregl }),
  modes: [
    new TerraDrawPolygonMode({ styles }),
    new TerraDrawCircleMode({ styles }),
    new TerraDrawLineStringMode({ styles: { lineStringColor: "#e8590c", lineStringWidth: 3 } }),
    new TerraDrawSelectMode(),
  ],
});
draw.start();
draw.setMode("select");
let mode = "select";
const isDrawing = () => mode !== "select";
const hints = {
  polygon: gettext("逐点单击画多边形，双击或点击起点结束。"),
  circle: gettext("单击圆心，移动后再单击确定半径。"),
  linestring: gettext("逐点单击量距离，双击结束。"),
};

function setMode(next) {
  mode = next;
  draw.setMode(next);
  map.doubleClickZoom[next === "select" ? "enable" : "disable"]();
  for (const button of document.querySelectorAll("[data-draw]")) button.setAttribute("aria-pressed", button.dataset.draw === next);
  $("#draw-hint").textContent = hints[next] ?? "";
  map.getCanvas().style.cursor = next === "select" ? "" : "crosshair";
}
for (const button of document.querySelectorAll("[data-draw]")) {
  button.addEventListener("click", () => {
    if (mode !== button.dataset.draw) draw.clear();
    setMode(mode === button.dataset.draw ? "select" : button.dataset.draw);
  });
}
$("#draw-clear").addEventListener("click", () => {
  draw.clear();
  setMode("select");
  panel.hidden = true;
  here.remove();
  popup.remove();
});
draw.on("change", () => {
  const line = draw.getSnapshot().find(({ properties }) => properties.mode === "linestring");
  if (mode === "linestring" && line) $("#draw-hint").textContent = showLength(lengthOf(line.geometry.coordinates));
});
let zone;
draw.on("finish", (id) => {
  const { geometry } = draw.getSnapshotFeature(id);
  // The click that ends the drawing is still on its way to the map and must not open a card there.
  setTimeout(() => {
    setMode("select");
    if (geometry.type === "LineString") $("#draw-hint").textContent = interpolate(gettext("距离 %s"), [showLength(lengthOf(geometry.coordinates))]);
  }, 80);
  if (geometry.type === "LineString") return;
  zone = geometry;
  ask();
});

function form(format) {
  const body = new FormData();
  body.set("geometry", JSON.stringify(zone));
  body.set("format", format);
  body.set("csrfmiddlewaretoken", config.token);
  return body;
}
async function ask() {
  panel.hidden = false;
  const body = $("#inside-body");
  const say = (text) => body.replaceChildren(Object.assign(document.createElement("div"), { className: "empty-state", textContent: text }));
  say(gettext("正在统计……"));
  const answer = await fetch(config.inside, { method: "POST", body: form("html") }).catch(() => null);
  if (answer) body.innerHTML = await answer.text();
  else say(gettext("连不上服务器，请稍后再画一次。"));
}
$("#inside-csv").addEventListener("click", async () => {
  const answer = await fetch(config.inside, { method: "POST", body: form("csv") });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "zone.csv";
  link.click();
});
$("#inside-close").addEventListener("click", () => (panel.hidden = true));
panel.addEventListener("click", (event) => {
  const link = event.target.closest("[data-layer]");
  if (!link) return;
  event.preventDefault();
  const { lon, lat, layer, id } = link.dataset;
  go({ lon: Number(lon), lat: Number(lat), layer, id });
});

$("#map-print").addEventListener("click", () => print());
$("#layers-toggle").addEventListener("click", () => $("#layers-panel").classList.toggle("is-open"));
$("#map-home").addEventListener("click", () => config.bounds && map.fitBounds([config.bounds.slice(0, 2), config.bounds.slice(2)], { padding }));
// The style is drawn for one theme; another theme is another style.
addEventListener("anlan:theme", ({ detail }) => detail !== theme && location.reload());
