// The areas of warnings and assessments in force: warnings filled and framed, assessments fainter and dashed.

import { LEVEL_COLOURS } from "./markers.js";

const LEVEL = ["match", ["get", "level"], ...Object.entries(LEVEL_COLOURS).flat(), "#98a5b5"];
const of = (kind) => ["==", ["get", "kind"], kind];
const LAYERS = [
  { id: "warned-fill", type: "fill", paint: { "fill-color": LEVEL, "fill-opacity": ["match", ["get", "kind"], "warning", 0.16, 0.08] }, layout: { "fill-sort-key": ["match", ["get", "level"], "red", 4, "orange", 3, "yellow", 2, 1] } },
  { id: "warned-line", type: "line", filter: of("warning"), paint: { "line-color": LEVEL, "line-width": 2.4 } },
  { id: "warned-dash", type: "line", filter: of("assessment"), paint: { "line-color": LEVEL, "line-width": 2, "line-dasharray": [2, 1.6] } },
];

/** Draw the areas and keep them up to date; returns the names of the map's layers. */
export function drawWarned(map, url, { visible }) {
  map.addSource("warned", { type: "geojson", data: url });
  for (const layer of LAYERS) map.addLayer({ ...layer, source: "warned", layout: { ...layer.layout, visibility: visible ? "visible" : "none" } }, "county-line");
  for (const topic of ["AssessmentRaised", "WarningIssued"]) addEventListener(`anlan:${topic}`, () => map.getSource("warned").setData(url));
  return LAYERS.map(({ id }) => id);
}

/** What holds at a point, as links; null when nothing does. */
export function warnedAt(map, point) {
  const found = map.queryRenderedFeatures(point, { layers: ["warned-fill"] });
  if (!found.length) return null;
  const box = Object.assign(document.createElement("div"), { className: "map-card" });
  const seen = new Set();
  for (const { properties } of found) {
    if (seen.has(properties.url)) continue;
    seen.add(properties.url);
    const line = document.createElement("p");
    line.className = "mb-1";
    const mark = properties.is_exercise ? gettext("【演练】") : "";
    line.append(Object.assign(document.createElement("a"), { href: properties.url, textContent: mark + properties.title }));
    box.append(line);
  }
  return box;
}
