// Where a vehicle went: its way as a line broken where nothing was heard, its last place, what it said there.

import { createMap, maplibregl } from "../map/basemap.js";

const box = document.getElementById("track");
const words = document.getElementById("track-words");
const theme = document.documentElement.dataset.bsTheme === "dark" ? "dark" : "light";
const config = await fetch(box.dataset.config).then((answer) => answer.json());
const map = await createMap(box, config, { theme });
const colour = getComputedStyle(document.documentElement).getPropertyValue("--tblr-primary").trim() || "#1f6feb";
map.addSource("track", { type: "geojson", data: { type: "FeatureCollection", features: [] } });
map.addLayer({ id: "track-halo", type: "line", source: "track", layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": map.palette.halo, "line-width": 6 } });
map.addLayer({ id: "track", type: "line", source: "track", layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": colour, "line-width": 3 } });
let marker;

async function draw(hours, moves = true) {
  words.textContent = gettext("正在读取…");
  const answer = await fetch(`${box.dataset.url}?hours=${hours}`).catch(() => null);
  if (!answer?.ok) {
    words.textContent = gettext("没有读到数据，请稍后再试。");
    return;
  }
  const track = await answer.json();
  map.getSource("track").setData(track);
  marker?.remove();
  const { last, positions, km, speed, at } = track.properties;
  if (!last) {
    words.textContent = gettext("这段时间没有数据");
    return;
  }
  marker = new maplibregl.Marker({ color: colour }).setLngLat(last).addTo(map);
  words.textContent = interpolate(gettext("%(n)s 个定位点，约 %(km)s 千米；最后 %(at)s，%(speed)s km/h"), { n: positions, km, at, speed: speed ?? "—" }, true);
  if (!moves) return;
  const bounds = new maplibregl.LngLatBounds(last, last);
  for (const { geometry } of track.features) for (const point of geometry.coordinates) bounds.extend(point);
  map.fitBounds(bounds, { padding: 48, maxZoom: 14, duration: 0 });
}

let hours = 72;
draw(hours);
for (const button of document.querySelectorAll("#ranges button")) {
  button.addEventListener("click", () => draw((hours = button.dataset.hours)));
}
let waiting = 0;
addEventListener("anlan:GatewayReported", () => {
  if (waiting || document.hidden) return;
  waiting = setTimeout(() => {
    waiting = 0;
    draw(hours, false);
  }, 10000);
});
