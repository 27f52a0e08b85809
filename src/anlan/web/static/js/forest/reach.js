// Forest cells in the colour of their time, water and teams.

import { maplibregl } from "../map/basemap.js";
import { dark, grows, reachMap } from "../map/reach.js";

const COLOURS = { soon: dark ? "#51cf66" : "#2b8a3e", just: "#f2b807", missed: "#e03131", never: dark ? "#ced4da" : "#495057", team: "#c2255c", water: "#1c7ed6", closure: "#f08c00" };
const TIME = ["coalesce", ["get", "minutes"], 1e6];
const SIZE = ["sqrt", ["get", "hectares"]];

function lay(map) {
  const dot = (id, paint) => map.addLayer({ id, type: "circle", source: id, paint });
  dot("cells", {
    "circle-radius": grows(["*", 0.55, SIZE], ["*", 2.2, SIZE]),
    "circle-opacity": 0.75,
    "circle-stroke-color": dark ? "#fff" : "#212529",
    "circle-stroke-width": ["case", ["get", "is_key"], 2, 0],
  });
  dot("waters", { "circle-color": COLOURS.water, "circle-radius": grows(2.5, 6), "circle-stroke-color": "#fff", "circle-stroke-width": 1 });
  dot("closures", { "circle-color": COLOURS.closure, "circle-radius": grows(5, 8), "circle-stroke-color": "#000", "circle-stroke-width": 2 });
  dot("teams", { "circle-color": COLOURS.team, "circle-radius": grows(4.5, 9), "circle-stroke-color": "#fff", "circle-stroke-width": 1 });
}

let isFitted = false;
function follow(map, answer, body) {
  const limit = +body.dataset.limit;
  map.setPaintProperty("cells", "circle-color", ["case", [">=", TIME, 1e6], COLOURS.never, [">", TIME, limit], COLOURS.missed, [">", TIME, limit / 2], COLOURS.just, COLOURS.soon]);
  const places = answer.cells.features.map((one) => one.geometry.coordinates);
  if (places.length && !isFitted) {
    const bounds = places.reduce((all, one) => all.extend(one), new maplibregl.LngLatBounds(places[0], places[0]));
    map.fitBounds(bounds, { padding: 60, maxZoom: 12, animate: false });
    isFitted = true;
  }
}

reachMap({ name: "forest", sources: ["cells", "waters", "closures", "teams"], named: ["cells", "waters", "closures", "teams"], lay, follow });
