// The wall: situation map, flashes and tones for what just happened, panels that refresh themselves (htmx).

import { createMap, maplibregl } from "../map/basemap.js";
import { drawSituation } from "./situation.js";
import { drawCharts } from "./charts.js";
import { sound } from "./sound.js";

const config = JSON.parse(document.getElementById("map-config").textContent);
const side = matchMedia("(min-width: 1024px)").matches ? Math.min(470, Math.max(320, innerWidth * 0.225)) + 40 : 16;
const map = await createMap("map", config, { theme: "dark", padding: { left: side, right: side, top: 84, bottom: side > 16 ? 160 : 16 } });
const refresh = drawSituation(map, config);
window.anlanMap = map;

// --- What just happened --------------------------------------------------------------------------------------
const GRADES = { I: "red", II: "orange", III: "yellow", IV: "blue" };
const URGENCY = { critical: "red", urgent: "orange", routine: "blue" };
const STEPS = { 50: "yellow", 80: "orange", 100: "red" };
//: Topic: the colour that decides tone and flash; nothing when it is not worth a sound.
const ALERTS = {
  ReadingExceeded: ({ level }) => level,
  AssessmentRaised: ({ colour, status }) => (status === "active" ? colour : ""),
  WarningIssued: ({ colour, status }) => (["cancelled", "expired"].includes(status) ? "" : colour),
  IncidentRaised: ({ grade }) => GRADES[grade] ?? "yellow",
  NoticeSent: ({ urgency, status }) => (status === "sent" ? URGENCY[urgency] : ""),
  ClockStruck: ({ percent }) => STEPS[percent],
};
const flash = document.getElementById("flash");
const ORDER = ["blue", "yellow", "orange", "red"];
let shown = { level: "", until: 0 };

function alertOf(title, level, isExercise) {
  sound(level);
  const now = Date.now();
  // A graver message is not covered by a lesser one.
  if (now < shown.until && ORDER.indexOf(level) < ORDER.indexOf(shown.level)) return;
  shown = { level, until: now + 9000 };
  flash.className = `wall-flash level-${level}`;
  flash.textContent = (isExercise ? gettext("【演练】") : "") + title;
  flash.hidden = false;
  setTimeout(() => Date.now() >= shown.until && (flash.hidden = true), 9100);
}
addEventListener("anlan:event", ({ detail }) => {
  const level = ALERTS[detail.topic]?.(detail);
  if (level) alertOf(detail.title || detail.station, level, detail.is_exercise);
  refresh(detail.topic);
});

// --- Panels --------------------------------------------------------------------------------------------------
addEventListener("click", ({ target }) => {
  const line = target.closest("li[data-lon]");
  if (line && !target.closest("a, button")) map.flyTo({ center: [Number(line.dataset.lon), Number(line.dataset.lat)], zoom: 11.5 });
});
// Live state is drawn by the shell for every `.live-state`; here only charts follow their panels.
drawCharts();

addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful && detail.elt.matches(".wall-ack")) dispatchEvent(new Event("anlan:acknowledged"));
});
document.getElementById("full").addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()));
setInterval(() => refresh(""), 60000);
export { maplibregl };
