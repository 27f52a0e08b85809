// The movement of one target's value over time.
const points = JSON.parse(document.getElementById("points").textContent);
const chart = echarts.init(document.getElementById("movement"), document.documentElement.dataset.bsTheme === "dark" ? "dark" : null);
chart.setOption({
  backgroundColor: "transparent",
  grid: { left: 60, right: 20, top: 20, bottom: 30 },
  tooltip: { trigger: "axis" },
  xAxis: { type: "time" },
  yAxis: { type: "value", scale: true },
  series: [{ type: "line", step: "end", showSymbol: points.length < 50, data: points }],
});
addEventListener("resize", () => chart.resize());
