// The live layers of the situation map: stations, warned areas, incidents, resources on their way, a typhoon's track.

import { maplibregl } from "../map/basemap.js";
import { LEVEL_COLOURS } from "../map/markers.js";

const EMPTY = { type: "FeatureCollection", features: [] };
const GRADE = ["match", ["get", "grade"], "I", LEVEL_COLOURS.red, "II", LEVEL_COLOURS.orange, "III", LEVEL_COLOURS.yellow, "IV", LEVEL_COLOURS.blue, "#c9d7ea"];
const LEVEL = ["match", ["get", "level"], ...Object.entries(LEVEL_COLOURS).flat(), "#4be0c2"];
const label = (size, offset) => ({ "text-field": ["get", "title"], "text-font": ["sans"], "text-size": size, "text-anchor": "top", "text-offset": [0, offset], "text-optional": true, "text-max-width": 11 });
const ink = { "text-color": "#eaf3ff", "text-halo-color": "#07111f", "text-halo-width": 1.5 };

const LAYERS = [
  { id: "warned", source: "warned", type: "fill", paint: { "fill-color": LEVEL, "fill-opacity": 0.26 } },
  { id: "warned-line", source: "warned", type: "line", paint: { "line-color": LEVEL, "line-width": 2 } },
  { id: "track-line", source: "track", type: "line", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": "#f4a6ff", "line-width": 2, "line-dasharray": [2, 1.5] } },
  { id: "track", source: "track", type: "circle", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 4, "circle-color": "#f4a6ff", "circle-stroke-color": "#07111f", "circle-stroke-width": 1 } },
  { id: "track-name", source: "track", type: "symbol", filter: ["==", ["geometry-type"], "Point"], layout: label(11, 0.6), paint: ink },
  { id: "resource-line", source: "resources", type: "line", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": "#37d67a", "line-width": 2, "line-dasharray": [2, 1.6] } },
  { id: "resource", source: "resources", type: "circle", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 6, "circle-color": "#37d67a", "circle-stroke-color": "#07111f", "circle-stroke-width": 2 } },
  { id: "resource-name", source: "resources", type: "symbol", minzoom: 8.6, filter: ["==", ["geometry-type"], "Point"], layout: label(11, 0.8), paint: ink },
  { id: "station", source: "stations", type: "circle", paint: { "circle-radius": ["interpolate", ["linear"], ["zoom"], 7, ["case", ["has", "level"], 5, 2.6], 11, ["case", ["has", "level"], 9, 6]], "circle-color": LEVEL, "circle-stroke-color": "#07111f", "circle-stroke-width": 1, "circle-opacity": ["case", ["has", "level"], 1, 0.75] } },
  { id: "station-name", source: "stations", type: "symbol", minzoom: 9.5, layout: { ...label(11, 0.8), "text-field": ["concat", ["get", "title"], ["case", ["has", "shown"], ["concat", "\n", ["get", "shown"]], ""]] }, paint: ink },
  { id: "incident", source: "incidents", type: "circle", paint: { "circle-radius": 9, "circle-color": GRADE, "circle-stroke-color": "#ffffff", "circle-stroke-width": 2.5 } },
  { id: "incident-name", source: "incidents", type: "symbol", layout: { ...label(13, 1.1), "text-allow-overlap": true, "text-field": ["concat", ["case", ["get", "is_exercise"], "【演】", ""], ["get", "title"]] }, paint: ink },
];

/** Draw the layers and return a function that brings them up to date after an event. */
export function drawSituation(map, config) {
  for (const name of ["warned", "track", "resources", "stations", "incidents"]) map.addSource(name, { type: "geojson", data: EMPTY });
  const before = "county-line";
  for (const layer of LAYERS) map.addLayer(layer, layer.id === "warned" ? before : undefined);
  const pulses = new Map();

  const popup = new maplibregl.Popup({ closeButton: false, offset: 10 });
  for (const id of ["incident", "station", "resource"]) {
    map.on("mousemove", id, ({ features: [{ properties, geometry }] }) => {
      map.getCanvas().style.cursor = properties.url ? "pointer" : "";
      const lines = [properties.title, properties.label, properties.shown, properties.at].filter(Boolean);
      const box = document.createElement("div");
      lines.forEach((text, i) => box.append(Object.assign(document.createElement(i ? "div" : "b"), { textContent: text })));
      popup.setLngLat(geometry.coordinates).setDOMContent(box).addTo(map);
    });
    map.on("mouseleave", id, () => popup.remove());
    map.on("click", id, ({ features: [{ properties }] }) => properties.url && (location.href = properties.url));
  }

  // Pulsing rings are elements, so that the map itself need not be painted sixty times a second.
  function pulse(features) {
    const wanted = new Map(features.map((feature) => [feature.geometry.coordinates.join(), feature]));
    for (const [key, marker] of pulses) {
      if (wanted.has(key)) continue;
      marker.remove();
      pulses.delete(key);
    }
    for (const [key, { geometry, properties }] of wanted) {
      const colour = LEVEL_COLOURS[properties.level] ?? "#ff5a5f";
      if (!pulses.has(key)) {
        const element = Object.assign(document.createElement("div"), { className: "pulse" });
        pulses.set(key, new maplibregl.Marker({ element }).setLngLat(geometry.coordinates).addTo(map));
      }
      pulses.get(key).getElement().style.setProperty("--c", colour);
    }
  }

  let asked = 0;
  async function load() {
    const turn = ++asked;
    const answer = await fetch(config.live, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (!answer?.ok || turn !== asked) return;
    const layers = await answer.json();
    for (const name of ["track", "resources", "stations", "incidents"]) map.getSource(name).setData(layers[name] ?? EMPTY);
    const warned = layers.warned ?? {};
    const outlined = map.areas.features.filter(({ properties }) => warned[properties.code]).map((feature) => ({ ...feature, properties: { ...feature.properties, level: warned[feature.properties.code] } }));
    map.getSource("warned").setData({ type: "FeatureCollection", features: [...outlined, ...(layers.warnings?.features ?? [])] });
    const grades = { I: "red", II: "orange", III: "yellow", IV: "blue" };
    pulse([
      ...(layers.stations?.features ?? []).filter(({ properties }) => properties.level),
      ...layers.incidents.features.map((feature) => ({ ...feature, properties: { level: grades[feature.properties.grade] } })),
    ]);
  }
  load();

  const QUIET = new Set(["NoticeSent", "ClockStruck", "GatewayReported", "OrderChanged"]);
  let soon;
  return (topic) => {
    if (QUIET.has(topic)) return;
    // Many events in one moment are one refresh.
    soon ??= setTimeout(() => {
      soon = undefined;
      load();
    }, 300);
  };
}
