// How soon places are reached: a change of the form asks anew; a click on the map stands one more force there.

import { createMap, maplibregl } from "./basemap.js";

const NOTHING = { type: "FeatureCollection", features: [] };

export const dark = document.documentElement.dataset.bsTheme === "dark";
/** A size that grows with the zoom, from the city's to a street's. */
export const grows = (least, most) => ["interpolate", ["linear"], ["zoom"], 7, least, 12, most];

/**
 * `name` begins the ids of the form's parts; `sources` are the collections of an answer, drawn by the layers that `lay(map)`
 * adds; points of those `named` tell their name and minutes; `follow(map, answer, body)` is called before an answer is drawn.
 */
export async function reachMap({ name, sources, named, lay, follow = () => {} }) {
  const [form, box, minutes, words, lon, lat, clear] = ["form", "map", "minutes", "words", "lon", "lat", "clear"].map((id) => document.getElementById(`${name}-${id}`));
  const ask = () => form.dispatchEvent(new Event("change", { bubbles: true }));

  function say() {
    words.textContent = interpolate(gettext("%s 分钟"), [minutes.value]);
    for (const button of form.querySelectorAll("[data-minutes]")) button.classList.toggle("active", button.dataset.minutes === minutes.value);
    clear.hidden = !lon.value;
  }
  minutes.addEventListener("input", say);
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of form.querySelectorAll("[data-minutes]")) {
    button.addEventListener("click", () => { minutes.value = button.dataset.minutes; say(); ask(); });
  }
  say();

  const config = await fetch(box.dataset.config).then((answer) => answer.json());
  const map = await createMap(box, config, { theme: dark ? "dark" : "light" });
  for (const id of sources) map.addSource(id, { type: "geojson", data: NOTHING });
  lay(map);

  const marker = new maplibregl.Marker({ color: "#1971c2" });
  const popup = new maplibregl.Popup({ closeButton: false, closeOnClick: false });
  for (const id of named) {
    map.on("mousemove", id, ({ features: [{ properties: p, geometry }] }) => {
      const time = p.minutes ? ` · ${interpolate(gettext("%s 分钟"), [p.minutes])}` : "";
      popup.setLngLat(geometry.coordinates).setText(`${p.name}${time}`).addTo(map);
    });
    map.on("mouseleave", id, () => popup.remove());
  }

  let asked = 0;
  async function draw() {
    const number = ++asked;
    const body = document.getElementById(`${name}-body`);
    const answer = await fetch(`${box.dataset.url}?${body.dataset.query}`).then((one) => one.json());
    if (number !== asked || answer.problem) return;
    follow(map, answer, body);
    for (const id of sources) map.getSource(id).setData(answer[id]);
    document.body.dataset[`${name}Ready`] = number;
  }
  function stand(x, y) {
    [lon.value, lat.value] = [x, y];
    if (x === "") marker.remove();
    else marker.setLngLat([x, y]).addTo(map);
    say();
    ask();
  }
  map.on("click", ({ lngLat }) => stand(lngLat.lng.toFixed(6), lngLat.lat.toFixed(6)));
  clear.addEventListener("click", () => stand("", ""));
  document.addEventListener("click", ({ target }) => {
    const place = target.closest("[data-lon]");
    if (!place || !place.closest("main")) return;
    map.jumpTo({ center: [+place.dataset.lon, +place.dataset.lat], zoom: 12 });
    box.scrollIntoView({ block: "nearest" });
    if ("site" in place.dataset) stand(place.dataset.lon, place.dataset.lat);
  });
  document.body.addEventListener("htmx:afterSwap", ({ detail }) => detail.target.id === `${name}-body` && draw());
  if (lon.value) marker.setLngLat([+lon.value, +lat.value]).addTo(map);
  draw();
}
