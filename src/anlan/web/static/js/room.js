// The incident room: refreshed by what concerns this incident; a small map with the place; printing.

import { createMap, maplibregl } from "./map/basemap.js";

document.querySelector("[data-print]")?.addEventListener("click", () => print());

const room = document.getElementById("room");
const TOPICS = ["IncidentChanged", "OrderChanged", "ResourceMoved", "ResponseActivated"];
for (const topic of TOPICS) {
  addEventListener(`anlan:${topic}`, ({ detail }) => {
    // What somebody is typing is not taken away.
    const isTyping = room.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
    if (String(detail.incident) === room.dataset.incident && !isTyping) room.dispatchEvent(new CustomEvent("room:changed"));
  });
}

const box = document.getElementById("room-map");
const config = document.getElementById("map-config");
if (box && config) {
  const place = [Number(box.dataset.lon), Number(box.dataset.lat)];
  const theme = document.documentElement.dataset.bsTheme === "dark" ? "dark" : "light";
  const map = await createMap(box, JSON.parse(config.textContent), { theme });
  map.jumpTo({ center: place, zoom: 9.5 });
  new maplibregl.Marker({ color: "#d4232b" }).setLngLat(place).addTo(map);
}
