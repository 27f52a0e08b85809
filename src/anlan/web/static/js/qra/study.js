// A risk study: contours and protected targets on the map, the F-N curve between its two lines.

import { createMap, maplibregl } from "../map/basemap.js";

// From the highest risk to the lowest; equal steps of darkness, told apart without colour by their order too.
const COLOURS = ["#5f0f40", "#9a031e", "#e03131", "#f08c00", "#f5c518", "#2b8a3e", "#1971c2"];
const root = document.documentElement;
const css = (name) => getComputedStyle(root).getPropertyValue(name).trim();
const superscript = (exponent) => String(exponent).replace(/[-0-9]/g, (sign) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(sign)]);

function power(value) {
  const exponent = Math.floor(Math.log10(value) + 1e-9), mantissa = +(value / 10 ** exponent).toPrecision(3);
  return `${mantissa === 1 ? "" : `${mantissa}×`}10${superscript(exponent)}`;
}

function palette() {
  const marks = [...document.querySelectorAll(".qra-legend [data-level]")];
  const found = new Map(marks.map((mark, at) => [+mark.dataset.level, COLOURS[Math.min(at, COLOURS.length - 1)]]));
  for (const mark of marks) mark.style.setProperty("--level", found.get(+mark.dataset.level));
  return found;
}

async function drawMap(box, colours) {
  const [config, study] = await Promise.all([box.dataset.config, box.dataset.url].map((url) => fetch(url).then((answer) => answer.json())));
  const map = await createMap(box, config, { theme: root.dataset.bsTheme });
  for (const one of study.contours.features) one.properties.colour = colours.get(one.properties.per_year) ?? "#888";
  for (const one of study.contours.features) one.properties.words = power(one.properties.per_year);
  map.addSource("risk", { type: "geojson", data: study.contours });
  map.addLayer({ id: "risk", type: "fill", source: "risk", paint: { "fill-color": ["get", "colour"], "fill-opacity": 0.1 } });
  map.addLayer({ id: "risk-line", type: "line", source: "risk", paint: { "line-color": ["get", "colour"], "line-width": 2 } });
  const points = study.targets.map(({ lon, lat, ...properties }) => ({ type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties }));
  map.addSource("targets", { type: "geojson", data: { type: "FeatureCollection", features: points } });
  map.addLayer({ id: "targets", type: "circle", source: "targets", paint: { "circle-radius": ["case", ["get", "is_met"], 4, 7], "circle-color": ["case", ["get", "is_met"], "#1a8f4c", "#d4232b"], "circle-stroke-color": "#fff", "circle-stroke-width": 1.5 } });
  map.on("click", "targets", ({ features: [{ properties }], lngLat }) => {
    const told = document.createElement("div");
    told.style.color = "#14202e";
    told.append(Object.assign(document.createElement("b"), { textContent: properties.name }), document.createElement("br"), interpolate(gettext("风险 %(risk)s，基准 %(limit)s"), { risk: power(properties.risk), limit: power(properties.limit) }, true));
    new maplibregl.Popup().setLngLat(lngLat).setDOMContent(told).addTo(map);
  });
  const bounds = new maplibregl.LngLatBounds();
  const extend = (part) => (typeof part[0] === "number" ? bounds.extend(part) : part.forEach(extend));
  for (const place of study.sources) { new maplibregl.Marker({ color: "#d4232b", scale: 0.7 }).setLngLat(place).addTo(map); bounds.extend(place); }
  for (const { geometry } of study.contours.features) extend(geometry.coordinates);
  map.fitBounds(bounds, { padding: 40, maxZoom: 15, duration: 0 });
  map.once("idle", () => (document.body.dataset.studyReady = "1"));
}

function drawCurve(box) {
  const { points, lines } = JSON.parse(document.getElementById("qra-curve").textContent);
  const ink = css("--ink-soft"), line = css("--line");
  const most = Math.max(lines.most_deaths, points.at(-1)[0]) * 1.5;
  const least = 10 ** Math.floor(Math.log10(Math.min(...points.map(([, f]) => f), lines.acceptable_fn / lines.most_deaths)));
  const top = 10 ** Math.ceil(Math.log10(Math.max(lines.unacceptable_fn, ...points.map(([, f]) => f))));
  const bound = (product) => [[1, product], [lines.most_deaths, product / lines.most_deaths]];
  const axis = { type: "log", axisLabel: { color: ink }, nameTextStyle: { color: ink }, axisLine: { lineStyle: { color: line } }, splitLine: { lineStyle: { color: line } } };
  const steps = points.map(([n, f]) => [Math.max(n, 1), f]);
  steps.push([steps.at(-1)[0], least]);
  echarts.init(box).setOption({
    animation: false, textStyle: { fontFamily: "inherit" }, grid: { left: 64, right: 20, top: 44, bottom: 48 },
    legend: { top: 4, right: 8, textStyle: { color: ink } },
    tooltip: { trigger: "item", confine: true, formatter: ({ seriesName, value }) => `${seriesName}<br>N ${(+value[0]).toPrecision(3)} · F ${power(value[1])}` },
    xAxis: { ...axis, min: 1, max: most, name: gettext("死亡人数 N"), nameLocation: "middle", nameGap: 28 },
    yAxis: { ...axis, min: least, max: top, name: gettext("F（次/年）"), axisLabel: { color: ink, formatter: power } },
    series: [
      { name: gettext("F-N 曲线"), type: "line", step: "start", data: [[1, steps[0][1]], ...steps], showSymbol: steps.length < 40, symbolSize: 5, lineStyle: { width: 2.5, color: css("--tblr-primary") }, itemStyle: { color: css("--tblr-primary") } },
      { name: gettext("不可接受线"), type: "line", data: [...bound(lines.unacceptable_fn), [lines.most_deaths, least]], showSymbol: false, lineStyle: { color: "#d4232b", type: "dashed" }, itemStyle: { color: "#d4232b" } },
      { name: gettext("可接受线"), type: "line", data: bound(lines.acceptable_fn), showSymbol: false, lineStyle: { color: "#1a8f4c", type: "dashed" }, itemStyle: { color: "#1a8f4c" } },
    ],
  });
}

let ready = false;
function begin() {
  const box = document.getElementById("qra-map");
  if (ready || !box) return;
  ready = true;
  drawMap(box, palette());
  const chart = document.getElementById("qra-chart");
  if (chart) drawCurve(chart);
}
begin();
addEventListener("htmx:afterSwap", begin);
