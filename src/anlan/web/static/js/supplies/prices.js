// What an item cost where, day by day.
const points = JSON.parse(document.getElementById("points").textContent);
const holder = document.getElementById("prices");
const chart = echarts.init(holder, document.documentElement.dataset.bsTheme === "dark" ? "dark" : null);
chart.setOption({
  backgroundColor: "transparent",
  grid: { left: 60, right: 20, top: 40, bottom: 30 },
  tooltip: { trigger: "item", formatter: ({ data }) => `${data[0]} ${echarts.format.encodeHTML(data[2])} ${data[1]}` },
  xAxis: { type: "time" },
  yAxis: { type: "value", scale: true, name: holder.dataset.unit },
  series: [{ type: "scatter", symbolSize: 9, data: points }],
});
addEventListener("resize", () => chart.resize());
