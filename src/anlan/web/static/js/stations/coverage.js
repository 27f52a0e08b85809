// The circle on the map: what crews reach in time, and what they do not.

import { dark, grows, reachMap } from "../map/reach.js";

const COLOURS = { ground: "#e8590c", reached: dark ? "#51cf66" : "#2b8a3e", missed: "#e03131", key: "#9c36b5", station: "#c2255c", closure: "#f08c00", road: dark ? "#7fa0c8" : "#8a99ad" };
const EDGE = { "circle-stroke-color": "#fff", "circle-stroke-width": 1 };

function lay(map) {
  const circle = (id, colour, radius, extra) => map.addLayer({ id, type: "circle", source: id, paint: { "circle-color": colour, "circle-radius": radius, ...extra } });
  map.addLayer({ id: "reach", type: "fill", source: "reach", paint: { "fill-color": COLOURS.ground, "fill-opacity": 0.3 } });
  map.addLayer({ id: "roads", type: "line", source: "roads", paint: { "line-color": ["case", ["get", "is_closed"], COLOURS.missed, COLOURS.road], "line-width": ["case", ["get", "is_closed"], 3, 1] } });
  circle("villages", ["case", ["get", "is_reached"], COLOURS.reached, COLOURS.missed], grows(1.4, 5), { "circle-opacity": 0.8 });
  circle("missed", COLOURS.key, grows(2.5, 6), EDGE);
  circle("closures", COLOURS.closure, grows(5, 8), { "circle-stroke-color": "#000", "circle-stroke-width": 2 });
  circle("stations", COLOURS.station, grows(3.5, 8), EDGE);
}

reachMap({
  name: "coverage",
  sources: ["reach", "roads", "villages", "missed", "closures", "stations"],
  named: ["villages", "missed", "closures", "stations"],
  lay,
});
