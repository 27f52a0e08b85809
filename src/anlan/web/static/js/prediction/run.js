// A run on the map: zones by severity, over time, by probability; where forces gather; the curves of its tables.

import { createMap, maplibregl } from "../map/basemap.js";

const COLOURS = { 1: "#f5c518", 2: "#f08c00", 3: "#e03131", 4: "#862e9c" };
const theme = document.documentElement.dataset.bsTheme;
const colour = ["match", ["get", "severity"], 1, COLOURS[1], 2, COLOURS[2], 3, COLOURS[3], 4, COLOURS[4], "#888"];
const hasNo = (name) => ["==", ["get", name], null];
const FILL = 0.28;
// Share of the whole view below which zones are shown by themselves.
const SMALL = 0.3;
const WHOLE = ["all", hasNo("at_s"), hasNo("probability")];

async function draw(box) {
  const [config, run] = await Promise.all([box.dataset.config, box.dataset.url].map((url) => fetch(url).then((answer) => answer.json())));
  const map = await createMap(box, config, { theme });
  map.addSource("zones", { type: "geojson", data: run.zones.features ? run.zones : { type: "FeatureCollection", features: [] } });
  // A layer a choice, shown by its opacity alone: a filter would send every zone through the worker again, an opacity
  // without transition is there with the next frame. See benchmarks/prediction.py.
  const choices = [WHOLE, ...run.times.map((at) => ["==", ["get", "at_s"], at]), ...run.shares.map((share) => ["==", ["get", "probability"], share])];
  const still = { duration: 0, delay: 0 };
  choices.forEach((filter, at) => {
    map.addLayer({ id: `zones-${at}`, type: "fill", source: "zones", filter, paint: { "fill-color": colour, "fill-opacity": at ? 0 : FILL, "fill-opacity-transition": still } });
    map.addLayer({ id: `zones-line-${at}`, type: "line", source: "zones", filter, paint: { "line-color": colour, "line-width": 2, "line-opacity": at ? 0 : 1, "line-opacity-transition": still } });
  });
  map.addSource("roads", { type: "geojson", data: run.roads });
  map.addLayer({ id: "roads-edge", type: "line", source: "roads", layout: { "line-cap": "round" }, paint: { "line-color": "#ffffff", "line-width": 6 } });
  map.addLayer({ id: "roads", type: "line", source: "roads", paint: { "line-color": "#101418", "line-width": 3, "line-dasharray": [2, 1] } });
  map.addSource("drawn", { type: "geojson", data: run.drawn });
  map.addLayer({ id: "drawn", type: "line", source: "drawn", filter: ["==", ["geometry-type"], "LineString"], paint: { "line-color": theme === "dark" ? "#dbe4f0" : "#33415c", "line-width": ["match", ["get", "kind"], "venue", 2, 1] } });
  for (const { geometry, properties } of run.drawn.features) {
    if (geometry.type !== "Point") continue;
    new maplibregl.Marker({ element: Object.assign(document.createElement("div"), { className: "drawn-mark", textContent: properties.name }), anchor: "bottom" }).setLngLat(geometry.coordinates).addTo(map);
  }
  for (const { lon, lat, title } of run.entries) {
    new maplibregl.Marker({ element: Object.assign(document.createElement("div"), { className: "entry-mark", title: interpolate(gettext("封控点：%s"), [title]) }) }).setLngLat([lon, lat]).addTo(map);
  }
  new maplibregl.Marker({ color: "#d4232b" }).setLngLat(run.origin).addTo(map);
  for (const { lon, lat, bearing, distance_m } of run.gathering) {
    const flag = Object.assign(document.createElement("div"), { className: "gathering-mark", textContent: "⚑", title: interpolate(gettext("力量集结点：方位 %s°，%s 米"), [bearing, distance_m]) });
    flag.style.cssText = "font-size:20px;color:#1971c2;text-shadow:0 0 3px #fff,0 0 3px #fff";
    new maplibregl.Marker({ element: flag }).setLngLat([lon, lat]).addTo(map);
  }
  const bounds = new maplibregl.LngLatBounds(run.origin, run.origin);
  const extend = (part) => (typeof part[0] === "number" ? bounds.extend(part) : part.forEach(extend));
  for (const { geometry, properties } of run.zones.features ?? []) if (properties.severity > 1 || run.zones.features.length < 3) extend(geometry.coordinates);
  const whole = new maplibregl.LngLatBounds(run.origin, run.origin);
  const reach = (part) => (typeof part[0] === "number" ? whole.extend(part) : part.forEach(reach));
  for (const { geometry } of [...(run.zones.features ?? []), ...run.drawn.features]) reach(geometry.coordinates);
  const wide = new maplibregl.LngLatBounds(bounds.getSouthWest(), bounds.getNorthEast());
  for (const { lon, lat } of run.gathering) wide.extend([lon, lat]);
  const across = (box) => box.getSouthWest().distanceTo(box.getNorthEast());
  // A room or a square would be a dot between places where forces gather; those are a scroll away.
  const isSmall = across(whole) < SMALL * across(wide) && across(whole) > 0;
  map.fitBounds(isSmall ? whole : wide, { padding: 40, maxZoom: isSmall ? 18 : 15, duration: 0 });
  let shown = 0;
  const show = (choice) => {
    const since = performance.now();
    for (const [at, fill, line] of [[shown, 0, 0], [choice, FILL, 1]]) {
      map.setPaintProperty(`zones-${at}`, "fill-opacity", fill);
      map.setPaintProperty(`zones-line-${at}`, "line-opacity", line);
    }
    shown = choice;
    map.once("render", () => (document.body.dataset.runDrawn = (performance.now() - since).toFixed(1)));
  };
  map.once("idle", () => (document.body.dataset.runReady = Math.round(performance.now())));
  return { run, show };
}

function overTime({ run, show }) {
  const panel = document.querySelector(".run-time");
  if (!run.times.length || !panel) return;
  panel.hidden = false;
  const [slider, words, play] = ["run-at", "run-at-words", "run-play"].map((id) => document.getElementById(id));
  slider.max = run.times.length;
  const set = (step) => {
    slider.value = step;
    const at = run.times[step - 1];
    words.textContent = step ? interpolate(gettext("%s 分钟"), [(at / 60).toFixed(at < 600 ? 1 : 0)]) : gettext("全过程");
    show(step);
  };
  slider.addEventListener("input", () => set(+slider.value));
  let timer;
  play.addEventListener("click", () => {
    if (timer) return void (timer = clearInterval(timer));
    set(0);
    timer = setInterval(() => {
      if (+slider.value >= run.times.length) timer = clearInterval(timer);
      else set(+slider.value + 1);
    }, 700);
  });
  set(0);
}

function byShare({ run, show }) {
  const panel = document.querySelector(".run-shares");
  if (!run.shares.length || !panel) return;
  panel.hidden = false;
  const choices = [[null, gettext("单次计算")], ...run.shares.map((share) => [share, interpolate(gettext("概率 ≥ %s%"), [Math.round(share * 100)]).replace("%%", "%")])];
  const group = document.getElementById("run-shares");
  group.replaceChildren(...choices.map(([share, label], at) => {
    const button = Object.assign(document.createElement("button"), { type: "button", className: `btn${at ? "" : " active"}`, textContent: label });
    button.addEventListener("click", () => {
      group.querySelectorAll("button").forEach((other) => other.classList.toggle("active", other === button));
      show(at && run.times.length + at);
    });
    return button;
  }));
}

function curves(details) {
  const box = details.querySelector(".run-chart");
  const table = JSON.parse(details.querySelector("script").textContent);
  const isNumber = table.columns.map((_, at) => table.rows.every((row) => row[at] === null || typeof row[at] === "number"));
  if (!isNumber[0] || table.rows.length < 6 || box.dataset.drawn) return;
  box.dataset.drawn = "1";
  box.append(document.createElement("div"));
  box.firstChild.style.height = "100%";
  const ink = getComputedStyle(document.documentElement).getPropertyValue("--ink-soft").trim();
  const drawn = table.columns.map((column, at) => ({ column, at })).filter(({ at }) => at && isNumber[at]);
  echarts.init(box.firstChild).setOption({
    textStyle: { fontFamily: "inherit" }, legend: { top: 6, textStyle: { color: ink }, type: "scroll", selected: Object.fromEntries(drawn.map(({ column }, n) => [column.label, n === 0])) },
    grid: { left: 60, right: 24, top: 40, bottom: 40 }, tooltip: { trigger: "axis", confine: true },
    xAxis: { type: "value", name: `${table.columns[0].label} ${table.columns[0].unit}`, nameLocation: "middle", nameGap: 26, axisLabel: { color: ink } }, yAxis: { type: "value", axisLabel: { color: ink } },
    series: drawn.map(({ column, at }) => ({ name: column.label, type: "line", showSymbol: false, data: table.rows.map((row) => [row[0], row[at]]), tooltip: { valueFormatter: (value) => `${value} ${column.unit}` } })),
  });
}

let ready = false;
async function begin() {
  const boxes = document.querySelectorAll(".run-map");
  if (ready || !boxes.length) return;
  ready = true;
  const [first] = await Promise.all([...boxes].map(draw));
  overTime(first);
  byShare(first);
  for (const details of document.querySelectorAll(".run-table")) details.addEventListener("toggle", () => details.open && curves(details));
}
begin();
addEventListener("htmx:afterSwap", begin);
