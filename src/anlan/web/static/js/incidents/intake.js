// Taking a call: Enter goes on, Ctrl+Enter submits, a click on the map sets the point, a watch counts the minute.

const form = document.getElementById("intake");
const lon = document.getElementById("id_lon");
const lat = document.getElementById("id_lat");
const shown = document.getElementById("intake-point");
const remove = document.getElementById("intake-unpoint");

const begun = Date.now();
const elapsed = document.getElementById("elapsed");
const count = () => {
  const seconds = Math.round((Date.now() - begun) / 1000);
  elapsed.textContent = interpolate(gettext("%s 秒"), [seconds]);
};
count();
setInterval(count, 1000);

// Of the choices of a group the marked one takes part in the order, like everywhere in a browser.
const stops = () => [...form.querySelectorAll("input:not([type=hidden]):not([type=radio]), textarea, .card-footer .btn-primary")].filter((field) => field.offsetParent);
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.target.matches("input") && !event.shiftKey) {
    event.preventDefault();
    const fields = stops();
    const at = event.target.type === "radio" ? fields.findIndex((field) => event.target.compareDocumentPosition(field) & Node.DOCUMENT_POSITION_FOLLOWING) - 1 : fields.indexOf(event.target);
    fields[at + 1]?.focus();
  }
});

for (const button of form.querySelectorAll("[data-fill]")) {
  button.addEventListener("click", () => {
    document.getElementById(button.dataset.fill).value = button.dataset.value;
  });
}
form.querySelector(".is-invalid")?.focus();

let sent = false;
form.addEventListener("submit", (event) => {
  // One call is one incident, however often somebody presses.
  if (sent) event.preventDefault();
  sent = true;
});
addEventListener("pageshow", () => (sent = false));

const { createMap, maplibregl } = await import("../map/basemap.js");
const config = JSON.parse(document.getElementById("map-config").textContent);
const map = await createMap("intake-map", config, { theme: document.documentElement.dataset.bsTheme });
const marker = new maplibregl.Marker({ color: "#d4232b" });

function point(at) {
  lon.value = at ? at.lng.toFixed(6) : "";
  lat.value = at ? at.lat.toFixed(6) : "";
  remove.hidden = !at;
  shown.textContent = at ? `${lon.value}, ${lat.value}` : gettext("在地图上点一下");
  if (at) marker.setLngLat(at).addTo(map);
  else marker.remove();
}
if (lon.value && lat.value) point({ lng: Number(lon.value), lat: Number(lat.value) });
map.on("click", ({ lngLat }) => {
  point(lngLat);
  dispatchEvent(new Event("anlan:point"));
});
remove.addEventListener("click", () => point(null));

const look = () => {
  const { lon: x, lat: y } = document.querySelector("#areas input:checked")?.dataset ?? {};
  if (x && y && !lon.value) map.easeTo({ center: [Number(x), Number(y)], zoom: 10.5 });
};
document.getElementById("areas").addEventListener("change", look);
document.getElementById("areas").addEventListener("htmx:afterSwap", look);
