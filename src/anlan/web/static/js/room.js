// The incident room: a small map with the place, printing.

import { createMap, maplibregl } from "./map/basemap.js";

document.querySelector("[data-print]")?.addEventListener("click", () => print());

const box = document.getElementById("room-map");
const config = document.getElementById("map-config");
if (box && config) {
  const place = [Number(box.dataset.lon), Number(box.dataset.lat)];
  const theme = document.documentElement.dataset.bsTheme === "dark" ? "dark" : "light";
  const map = await createMap(box, JSON.parse(config.textContent), { theme });
  map.jumpTo({ center: place, zoom: 9.5 });
  new maplibregl.Marker({ color: "#d4232b" }).setLngLat(place).addTo(map);
}
