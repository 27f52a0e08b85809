// Curves of instruments: bars for amounts, a line with its thresholds for states; drawn when they come into view.

const OFFSET = 8 * 3600e3; // times are shown as Beijing time wherever the reader is
const COLOURS = { blue: "#1f6feb", yellow: "#c79a00", orange: "#e97a10", red: "#d4232b" };
const root = document.documentElement;
const charts = new Map();

const shown = (value, decimals) => (value === null || value === undefined ? "—" : value.toFixed(decimals));

function option(curve, lines, rise) {
  const ink = getComputedStyle(root).getPropertyValue("--ink-soft").trim();
  const primary = getComputedStyle(root).getPropertyValue("--tblr-primary").trim();
  const grid = getComputedStyle(root).getPropertyValue("--line").trim();
  const middle = curve.kind === "bars" ? (curve.step * 3600e3) / 2 : 0;
  const points = curve.points.map(([at, value]) => [at + OFFSET + middle, value]);
  const values = points.map(([, value]) => value).concat(curve.kind === "line" ? lines.map(({ at }) => at) : []);
  const low = Math.min(...values), high = Math.max(...values), room = (high - low || 1) * 0.08;
  const marks = (curve.kind === "line" ? lines : []).map(({ at, colour, citation }, i) => ({ yAxis: at, name: citation, lineStyle: { color: COLOURS[colour] }, label: { formatter: `${at}`, color: COLOURS[colour], offset: [0, i % 2 ? -5 : 5] } }));
  if (rise) marks.push({ xAxis: Date.parse(rise) + OFFSET, lineStyle: { color: ink, type: "dotted" }, label: { show: false } });
  return {
    backgroundColor: "transparent", useUTC: true, animation: false, textStyle: { fontFamily: "inherit" },
    grid: { left: 56, right: 44, top: 24, bottom: 28 },
    tooltip: { trigger: "axis", confine: true, valueFormatter: (value) => `${shown(value, curve.decimals)} ${curve.unit}` },
    xAxis: { type: "time", min: Date.parse(curve.from) + OFFSET, max: Date.parse(curve.to) + OFFSET, axisLabel: { color: ink, hideOverlap: true }, axisLine: { lineStyle: { color: grid } } },
    yAxis: { type: "value", name: curve.unit, nameTextStyle: { color: ink }, axisLabel: { color: ink, showMinLabel: curve.kind === "bars" || low >= 0 && low < room, showMaxLabel: curve.kind === "bars" }, splitLine: { lineStyle: { color: grid } }, ...(curve.kind === "line" && points.length ? { min: low >= 0 && low < room ? 0 : +(low - room).toFixed(2), max: +(high + room).toFixed(2) } : {}) },
    series: [{
      name: curve.title, type: curve.kind === "bars" ? "bar" : "line", data: points, showSymbol: false, barMaxWidth: 14,
      lineStyle: { width: 1.6, color: primary }, itemStyle: { color: primary },
      markLine: { symbol: "none", silent: false, lineStyle: { type: "dashed" }, data: marks },
    }],
  };
}

function words(curve) {
  const parts = [];
  if (!curve.readings) parts.push(gettext("这段时间没有数据"));
  else parts.push(interpolate(gettext("%(n)s 条数据"), { n: curve.readings }, true));
  if (curve.kind === "bars" && curve.readings) parts.push(interpolate(gettext("合计 %(total)s %(unit)s，每格 %(step)s 小时"), { total: curve.total.toFixed(1), unit: curve.unit, step: curve.step }, true));
  if (curve.doubtful) parts.push(interpolate(gettext("%(n)s 条存疑，未画出"), { n: curve.doubtful }, true));
  return parts.join(" · ");
}

async function draw(box) {
  const { url, hours, from, to, rise } = box.dataset;
  const query = new URLSearchParams(from ? { from, to } : { hours });
  const footer = box.closest("section").querySelector(".curve-words");
  footer.textContent = gettext("正在读取…");
  let curve;
  try {
    const answer = await fetch(`${url}?${query}`);
    if (!answer.ok) throw new Error(answer.status);
    curve = await answer.json();
  } catch {
    footer.textContent = gettext("没有读到数据，请稍后再试。");
    return;
  }
  const lines = JSON.parse(box.parentElement.querySelector('script[type="application/json"]')?.textContent || "[]");
  if (!charts.has(box)) charts.set(box, echarts.init(box));
  charts.get(box).setOption(option(curve, lines, rise), true);
  footer.textContent = words(curve);
}

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    draw(target);
  }
}, { rootMargin: "200px" });
const boxes = [...document.querySelectorAll(".curve")];
for (const box of boxes) seen.observe(box);

for (const button of document.querySelectorAll("#ranges button")) {
  button.addEventListener("click", () => {
    for (const other of document.querySelectorAll("#ranges button")) {
      other.classList.toggle("active", other === button);
      other.setAttribute("aria-pressed", other === button);
    }
    for (const link of document.querySelectorAll(".curve-table")) link.href = `${link.dataset.url}?hours=${button.dataset.hours}`;
    for (const box of boxes) {
      box.dataset.hours = button.dataset.hours;
      seen.unobserve(box);
      seen.observe(box);
    }
  });
}
addEventListener("resize", () => charts.forEach((chart) => chart.resize()));
new MutationObserver(() => [...charts.keys()].forEach(draw)).observe(root, { attributeFilter: ["data-bs-theme"] });
let waiting = 0;
addEventListener("anlan:GatewayReported", () => {
  if (waiting || document.hidden) return;
  waiting = setTimeout(() => {
    waiting = 0;
    [...charts.keys()].filter((box) => !box.dataset.from && Number(box.dataset.hours) <= 72).forEach(draw);
  }, 15000);
});
