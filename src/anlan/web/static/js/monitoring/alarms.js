// The keyboard on the list of alarms: j and k move, a acknowledges, Enter opens; the place is kept when it refreshes.

let place = -1, held = null;
const rows = () => [...document.querySelectorAll("[data-alarm]")];

function go(step) {
  const all = rows();
  if (!all.length) return;
  const now = all.indexOf(document.activeElement.closest("[data-alarm]"));
  place = Math.max(0, Math.min(all.length - 1, (now < 0 ? place : now) + step));
  all[place].focus();
  all[place].scrollIntoView({ block: "nearest" });
}

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, dialog[open]")) return;
  const row = document.activeElement.closest("[data-alarm]");
  if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "a" && row) row.querySelector("[data-acknowledge]")?.click();
  else if (event.key === "Enter" && event.target === row) row.querySelector("a").click();
});
document.addEventListener("htmx:beforeSwap", () => {
  const row = document.activeElement.closest("[data-alarm]");
  held = row && { key: row.dataset.alarm, place: rows().indexOf(row) };
});
document.addEventListener("htmx:afterSettle", () => {
  if (!held) return;
  const all = rows();
  (all.find((row) => row.dataset.alarm === held.key) ?? all[Math.min(held.place, all.length - 1)])?.focus();
  held = null;
});
