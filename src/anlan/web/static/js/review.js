// The course of a response: entries by kind along time, turning points as lines, figures as steps.
const data = JSON.parse(document.getElementById("review-data").textContent);
// Times come as the wall clock of Beijing; drawn as UTC they stay so in every browser.
const isDark = document.documentElement.dataset.bsTheme === "dark";
const COLOURS = ["#1664d9", "#d4232b", "#f58220", "#1a8f4c", "#8a4fd3", "#0d8fa8", "#b8860b"];
const charts = [];

function draw(id, option) {
  const element = document.getElementById(id);
  if (!element) return;
  const chart = echarts.init(element, isDark ? "dark" : null);
  chart.setOption({ useUTC: true, backgroundColor: "transparent", color: COLOURS, animation: false, ...option });
  charts.push(chart);
}

const times = [...data.points.map((point) => point.at), ...data.phases.map((phase) => phase.at)].sort();
const time = { type: "time", min: times[0], max: times.at(-1) };
const left = 76;

draw("course", {
  grid: { left, right: 24, top: 56, bottom: 56 },
  tooltip: { confine: true, formatter: ({ data: point }) => echarts.format.encodeHTML(point?.text ?? ""), extraCssText: "max-width:320px;white-space:normal" },
  xAxis: { ...time, axisLabel: { hideOverlap: true } },
  yAxis: { type: "category", data: data.kinds, inverse: true, axisTick: { show: false }, splitLine: { show: true, lineStyle: { opacity: 0.35 } } },
  dataZoom: [{ type: "inside" }, { type: "slider", height: 18, bottom: 8, labelFormatter: "" }],
  series: [{
    type: "scatter",
    symbolSize: 11,
    itemStyle: { opacity: 0.75, color: ({ data: point }) => COLOURS[data.kinds.indexOf(point.value[1]) % COLOURS.length] },
    data: data.points.map((point) => ({ value: [point.at, point.kind], text: point.text })),
    markLine: {
      symbol: "none",
      silent: true,
      lineStyle: { color: isDark ? "#9db0c9" : "#55637a", type: "dashed" },
      // Neighbours stand at different heights, so that close turning points stay legible; a phone has no room for them.
      data: data.phases.map((phase, place) => ({ xAxis: phase.at, label: { show: innerWidth > 575, position: "start", formatter: phase.title, distance: place % 2 ? 22 : 5, color: isDark ? "#e3ebf6" : "#16243a" } })),
    },
  }],
});

draw("figures", {
  grid: { left, right: 24, top: 34, bottom: 28 },
  legend: { top: 4, type: "scroll" },
  tooltip: { trigger: "axis", confine: true },
  xAxis: { ...time, axisLabel: { hideOverlap: true } },
  yAxis: { type: "value", minInterval: 1 },
  series: Object.entries(data.figures).map(([name, points]) => ({ name, type: "line", step: "end", symbolSize: 7, data: points })),
});

addEventListener("resize", () => charts.forEach((chart) => chart.resize()));

for (const link of document.querySelectorAll("[data-open-entry]")) {
  link.addEventListener("click", () => {
    document.querySelector(link.hash)?.closest("details")?.setAttribute("open", "");
  });
}
