// A way-bill: its road and its truck on the map; a signature that waits for the network.

import { createMap, maplibregl } from "../map/basemap.js";

const dark = document.documentElement.dataset.bsTheme === "dark";
const box = document.getElementById("trip-map");
const line = JSON.parse(document.getElementById("trip-line").textContent);

async function draw() {
  const config = await fetch(box.dataset.config).then((answer) => answer.json());
  const map = await createMap(box, config, { theme: dark ? "dark" : "light" });
  if (line.length < 2) return;
  map.addSource("trip", { type: "geojson", data: { type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: line } } });
  map.addLayer({ id: "trip", type: "line", source: "trip", paint: { "line-color": dark ? "#4dabf7" : "#1864ab", "line-width": 5 } });
  const bounds = new maplibregl.LngLatBounds();
  line.forEach((at) => bounds.extend(at));
  new maplibregl.Marker({ color: "#1a8f4c" }).setLngLat(line[0]).addTo(map);
  const stops = JSON.parse(document.getElementById("trip-stops")?.textContent ?? "[]");
  if (!stops.length) new maplibregl.Marker({ color: "#d4232b" }).setLngLat(line.at(-1)).addTo(map);
  stops.forEach((at, n) => {
    bounds.extend(at);
    const mark = Object.assign(document.createElement("div"), { className: "plan-mark", textContent: n + 1 });
    new maplibregl.Marker({ element: mark }).setLngLat(at).addTo(map);
  });
  const truck = document.getElementById("trip-truck");
  if (truck) {
    const at = [Number(truck.dataset.lon), Number(truck.dataset.lat)];
    bounds.extend(at);
    new maplibregl.Marker({ color: "#1f6feb" }).setLngLat(at).addTo(map);
  }
  map.fitBounds(bounds, { padding: 40, maxZoom: 13, duration: 0 });
  map.once("idle", () => (document.body.dataset.tripReady = "1"));
}

const form = document.getElementById("receive");
form?.addEventListener("submit", async (event) => {
  if (navigator.onLine) return;
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form));
  delete fields.csrfmiddlewaretoken;
  await self.fieldQueue.add(Number(document.body.dataset.user), form.getAttribute("action"), { ...fields, title: form.dataset.offline });
  const registration = await navigator.serviceWorker?.ready.catch(() => null);
  await registration?.sync?.register("field-queue").catch(() => {});
  document.getElementById("receive-kept").hidden = false;
  form.querySelector("button.keep-go").disabled = true;
});
addEventListener("online", async () => {
  if (form && (await self.fieldQueue.flush().catch(() => "offline")) === "sent") location.reload();
});

draw();
