// A scenario: a click on the map sets the place; a table grows by a row.

import { createMap, maplibregl } from "../map/basemap.js";

const lon = document.getElementById("in-lon");
const lat = document.getElementById("in-lat");
const box = document.getElementById("scenario-map");

function addRow(table) {
  const last = table.querySelector("[data-add-row]").previousElementSibling;
  const row = last.cloneNode(true);
  const grown = (text) => text.replace(/\[(\d+)\](?!.*\[)/, (_, n) => `[${+n + 1}]`);
  for (const field of row.querySelectorAll("[name]")) {
    field.name = grown(field.name);
    field.id = grown(field.id);
    if (field.type === "checkbox") field.checked = field.defaultChecked;
    else field.value = "";
  }
  for (const label of row.querySelectorAll("label[for]")) label.htmlFor = grown(label.htmlFor);
  last.after(row);
  return row;
}
for (const button of document.querySelectorAll("[data-add-row]")) {
  button.addEventListener("click", () => addRow(button.closest("[data-table]")).querySelector("input, select")?.focus());
}
// Of several kinds exactly one counts: switching one on switches the others off.
const kinds = [...document.querySelectorAll("[data-one-of] > legend input")];
for (const chosen of kinds) {
  const { oneOf } = chosen.closest("[data-one-of]").dataset;
  chosen.addEventListener("change", () => {
    for (const other of kinds) if (chosen.checked && other !== chosen && other.closest("[data-one-of]").dataset.oneOf === oneOf) other.checked = false;
  });
}
document.querySelector(".scenario .is-invalid")?.focus();
for (const button of document.querySelectorAll("[data-from-register]")) {
  button.addEventListener("click", () => {
    const { fromRegister, incident } = button.dataset;
    location.href = `${fromRegister}?${new URLSearchParams({ lon: lon.value, lat: lat.value, ...(incident && { incident }) })}`;
  });
}

const config = await fetch(box.dataset.config).then((answer) => answer.json());
const map = await createMap(box, config, { theme: document.documentElement.dataset.bsTheme });
const marker = new maplibregl.Marker({ color: "#d4232b" });

function show(moves) {
  const at = [parseFloat(lon.value), parseFloat(lat.value)];
  if (at.some(Number.isNaN)) return;
  marker.setLngLat(at).addTo(map);
  if (moves) map.jumpTo({ center: at, zoom: Math.max(map.getZoom(), 11) });
}
let isDrawing = false;
map.on("click", ({ lngLat }) => {
  if (isDrawing) return;
  lon.value = lngLat.lng.toFixed(6);
  lat.value = lngLat.lat.toFixed(6);
  show(false);
});
for (const field of [lon, lat]) field.addEventListener("change", () => show(true));
show(true);

// --- A venue is drawn on the map: rings become rows of corners, a point on the edge becomes a gate. ---
const corners = document.querySelector('[data-table="corners"]');
const gates = document.querySelector('[data-table="gates"]');
if (corners && gates && window.terraDraw) drawVenue();

function drawVenue() {
  const tools = [
    ["venue", gettext("画场地外缘")], ["obstacle", gettext("画障碍物")], ["gathering", gettext("画聚集区")], ["gate", gettext("加出入口")],
  ];
  const { TerraDraw, TerraDrawPolygonMode, TerraDrawPointMode, TerraDrawSelectMode } = window.terraDraw;
  const adapter = new window.terraDrawMaplibreGlAdapter.TerraDrawMapLibreGLAdapter({ map, lib: maplibregl });
  const draw = new TerraDraw({ adapter, modes: [new TerraDrawPolygonMode(), new TerraDrawPointMode(), new TerraDrawSelectMode()] });
  draw.start();
  draw.setMode("select");
  // Metres east and north of the place: a venue is small, so a degree is as long everywhere in it.
  const metres = ([x, y]) => {
    const [x0, y0] = [parseFloat(lon.value), parseFloat(lat.value)];
    return [(x - x0) * 111320 * Math.cos((y0 * Math.PI) / 180), (y - y0) * 111132].map((value) => value.toFixed(2));
  };
  const fill = (table, values) => {
    const row = table.querySelector("[data-add-row]").previousElementSibling;
    for (const [name, value] of Object.entries(values)) row.querySelector(`[name$=".${name}"]`).value = value;
    addRow(table);
    table.open = true;
  };
  const count = (kind) => new Set([...corners.querySelectorAll("[name$='.kind']")].filter((field) => field.value === kind).map((field) => field.closest(".scenario-row").querySelector("[name$='.number']").value)).size;
  let kind = "";
  const panel = document.querySelector(".scenario-draw");
  panel.hidden = false;
  panel.replaceChildren(...tools.map(([what, label]) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: label });
    button.addEventListener("click", () => {
      if (!lon.value || !lat.value) {
        const { lng, lat: y } = map.getCenter();
        [lon.value, lat.value] = [lng.toFixed(6), y.toFixed(6)];
        show(false);
      }
      [kind, isDrawing] = [what, true];
      draw.setMode(what === "gate" ? "point" : "polygon");
    });
    return button;
  }));
  draw.on("finish", (id) => {
    const { geometry } = draw.getSnapshot().find((feature) => feature.id === id);
    if (kind === "gate") {
      const [east_m, north_m] = metres(geometry.coordinates);
      fill(gates, { name: interpolate(gettext("出入口 %s"), [gates.querySelectorAll(".scenario-row").length]), east_m, north_m, clear_m: 4 });
    } else {
      const number = count(kind) + 1;
      for (const corner of geometry.coordinates[0].slice(0, -1)) {
        const [east_m, north_m] = metres(corner);
        fill(corners, { kind, number, east_m, north_m });
      }
    }
    draw.setMode("select");
    setTimeout(() => (isDrawing = false)); // the click that ended it is not a place
  });
}
