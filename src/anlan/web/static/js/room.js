// The incident room: refreshed by what concerns this incident; a small map with the place; printing.

import { createMap, maplibregl } from "./map/basemap.js";

document.querySelector("[data-print]")?.addEventListener("click", () => print());

const room = document.getElementById("room");
const TOPICS = ["IncidentChanged", "OrderChanged", "ResourceMoved", "ResponseActivated"];

// What somebody has begun to type or to open is not taken away; the other parts are brought up to date.
function isInUse(part) {
  const fields = [...part.querySelectorAll("input:not([type=hidden]), textarea")];
  return part.contains(document.activeElement) || fields.some((field) => field.value !== field.defaultValue) || part.querySelector("details[open] form");
}
async function refresh() {
  const answer = await fetch(room.dataset.url).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of room.querySelectorAll("[data-live]")) {
    const next = fresh.getElementById(part.id);
    if (!next || isInUse(part) || next.innerHTML === part.innerHTML) continue;
    part.replaceWith(next);
    htmx.process(next);
  }
  dispatchEvent(new Event("htmx:afterSwap"));
}
let waiting;
for (const topic of TOPICS) {
  addEventListener(`anlan:${topic}`, ({ detail }) => {
    if (String(detail.incident) !== room.dataset.incident) return;
    clearTimeout(waiting);
    waiting = setTimeout(refresh, 700);
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
