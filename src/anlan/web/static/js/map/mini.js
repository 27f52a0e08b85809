// Where one thing is, on a small map.

import { createMap, maplibregl } from "./basemap.js";

for (const box of document.querySelectorAll("[data-mini-map]")) {
  const place = [Number(box.dataset.lon), Number(box.dataset.lat)];
  const config = await fetch(box.dataset.config).then((answer) => answer.json());
  const map = await createMap(box, config, { theme: document.documentElement.dataset.bsTheme === "dark" ? "dark" : "light" });
  new maplibregl.Marker().setLngLat(place).addTo(map);
  map.jumpTo({ center: place, zoom: 10.5 });
  box.dataset.ready = "1";
}
