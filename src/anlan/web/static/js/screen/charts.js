// Charts inside panels: a panel's content carries its data, the chart is drawn when the panel arrives.

const charts = new Map();
const TEXT = { color: "#b8d2f2", fontFamily: '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif' };
const AXIS = { axisLine: { lineStyle: { color: "#2a5790" } }, axisTick: { show: false }, axisLabel: { color: "#b8d2f2", fontSize: 11 }, splitLine: { lineStyle: { color: "#16355c" } } };

//: What each kind of chart is made of; the data come from the page, the look from here.
const KINDS = {
  bars: ({ names, values, colours, unit }) => ({
    grid: { left: 4, right: 46, top: 6, bottom: 2, containLabel: true },
    xAxis: { type: "value", ...AXIS, axisLabel: { show: false }, splitLine: { show: false }, axisLine: { show: false } },
    yAxis: { type: "category", data: names, inverse: true, ...AXIS },
    tooltip: { trigger: "axis", valueFormatter: (value) => (value === null ? gettext("未知") : `${value} ${unit}`) },
    series: [{
      type: "bar", barMaxWidth: 12, data: values.map((value, i) => ({ value, itemStyle: { color: colours?.[i] ?? "#3b8cff" } })),
      label: { show: true, position: "right", color: "#eaf3ff", formatter: ({ value }) => (value === null || value === undefined ? gettext("未知") : `${value}`) },
    }],
  }),
  curve: ({ times, series, unit, lines }) => ({
    grid: { left: 4, right: 12, top: 30, bottom: 2, containLabel: true },
    legend: { top: 0, textStyle: TEXT, itemWidth: 14, itemHeight: 8 },
    xAxis: { type: "category", data: times, ...AXIS },
    yAxis: { type: "value", name: unit, nameTextStyle: { color: "#8fb1db" }, ...AXIS },
    tooltip: { trigger: "axis" },
    series: series.map(({ name, values }, i) => ({
      name, type: "line", data: values, showSymbol: false, smooth: 0.2, connectNulls: false, lineStyle: { width: 2 }, areaStyle: i === 0 ? { opacity: 0.18 } : undefined,
      markLine: i === 0 && lines?.length ? { symbol: "none", data: lines.map(({ value, colour, name: line }) => ({ yAxis: value, name: line, lineStyle: { color: colour }, label: { formatter: line, color: colour, position: "insideEndTop" } })) } : undefined,
    })),
  }),
  stack: ({ names, series }) => ({
    grid: { left: 4, right: 12, top: 26, bottom: 2, containLabel: true },
    legend: { top: 0, textStyle: TEXT, itemWidth: 12, itemHeight: 8 },
    xAxis: { type: "value", ...AXIS, minInterval: 1 },
    yAxis: { type: "category", data: names, inverse: true, ...AXIS },
    tooltip: { trigger: "axis", axisPointer: { type: "shadow" } },
    series: series.map(({ name, values, colour }) => ({ name, type: "bar", stack: "all", barMaxWidth: 14, data: values, itemStyle: { color: colour } })),
  }),
};

function draw(root) {
  for (const element of root.querySelectorAll("[data-chart]")) {
    const data = JSON.parse(document.getElementById(element.dataset.source).textContent);
    charts.get(element.id)?.dispose();
    const chart = echarts.init(element, null, { renderer: "canvas" });
    chart.setOption({ textStyle: TEXT, animation: false, color: ["#4ea1ff", "#37d67a", "#ffb02e", "#f4a6ff", "#ff7a7a"], ...KINDS[element.dataset.chart](data) });
    charts.set(element.id, chart);
  }
}

export function drawCharts() {
  draw(document);
  document.addEventListener("htmx:afterSettle", ({ detail }) => draw(detail.elt));
  addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
}
