// A camera's page: where it is on a small map, and turning it by the keyboard.

const live = () => document.getElementById("camera-live");

const pad = document.getElementById("pad");
const form = pad?.closest("form");
form?.addEventListener("keydown", (event) => {
  // In a field the arrows belong to the field.
  if (event.target.matches("input, select") || event.altKey || event.ctrlKey || event.metaKey) return;
  const button = form.querySelector(`[data-key="${CSS.escape(event.key === "=" ? "+" : event.key)}"]`);
  if (!button) return;
  event.preventDefault();
  button.focus();
  if (!event.repeat) button.click();
});

const box = document.getElementById("camera-map");
if (box) {
  const { createMap, maplibregl } = await import("../map/basemap.js");
  const theme = document.documentElement.dataset.bsTheme === "dark" ? "dark" : "light";
  const config = await fetch(box.dataset.config).then((answer) => answer.json());
  const place = () => [Number(live().dataset.lon), Number(live().dataset.lat)];
  const map = await createMap(box, config, { theme });
  const colour = getComputedStyle(document.documentElement).getPropertyValue("--tblr-primary").trim() || "#1f6feb";
  const marker = new maplibregl.Marker({ color: colour }).setLngLat(place()).addTo(map);
  map.jumpTo({ center: place(), zoom: 10.5 });
  document.body.addEventListener("htmx:afterSettle", () => {
    if (!live()?.dataset.lon) return;
    const was = marker.getLngLat();
    const [lon, lat] = place();
    if (was.lng === lon && was.lat === lat) return;
    marker.setLngLat([lon, lat]);
    if (!map.getBounds().contains([lon, lat])) map.easeTo({ center: [lon, lat] });
  });
}
