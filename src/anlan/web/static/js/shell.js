// The frame of every page: clock, menu, theme, command bar, shortcuts, countdowns, toasts, failed requests.

const $ = (selector, root = document) => root.querySelector(selector);
const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
const root = document.documentElement;

// --- Time ----------------------------------------------------------------------------------------------------
// The server's clock counts, not the computer's: a desk whose clock is wrong must not miss a deadline.
const drift = Date.parse(document.body.dataset.now) - Date.now();
const now = () => Date.now() + drift;
const beijing = (options) => new Intl.DateTimeFormat(root.lang, { timeZone: "Asia/Shanghai", hour12: false, ...options });
const day = beijing({ month: "2-digit", day: "2-digit", weekday: "short" });
const hour = beijing({ hour: "2-digit", minute: "2-digit", second: "2-digit" });

function span(seconds) {
  const [d, h, m, s] = [seconds / 86400, (seconds / 3600) % 24, (seconds / 60) % 60, seconds % 60].map(Math.floor);
  const pad = (value) => String(value).padStart(2, "0");
  return d ? interpolate(gettext("%s 天 %s"), [d, `${pad(h)}:${pad(m)}`]) : h ? `${h}:${pad(m)}:${pad(s)}` : `${pad(m)}:${pad(s)}`;
}

function tick() {
  const at = now();
  for (const clock of $$(".clock")) {
    $(".clock-date", clock).textContent = day.format(at);
    $(".clock-time", clock).textContent = hour.format(at);
  }
  for (const element of $$(".countdown")) {
    const [start, due] = [Date.parse(element.dataset.start), Date.parse(element.dataset.due)];
    const percent = Math.min(100, (100 * (at - start)) / Math.max(1, due - start));
    element.dataset.step = percent >= 100 ? 100 : percent >= 80 ? 80 : percent >= 50 ? 50 : 0;
    element.style.setProperty("--used", `${percent}%`);
    const left = Math.round((due - at) / 1000);
    element.textContent = left >= 0 ? span(left) : interpolate(gettext("超时 %s"), [span(-left)]);
  }
}

function tickMinutes() {
  for (const element of $$("[data-ago]")) {
    const minutes = Math.floor((now() - Date.parse(element.dataset.ago)) / 60000);
    element.textContent =
      minutes < 1 ? gettext("刚刚")
      : minutes < 60 ? interpolate(gettext("%s 分钟前"), [minutes])
      : minutes < 1440 ? interpolate(gettext("%s 小时前"), [Math.floor(minutes / 60)])
      : interpolate(gettext("%s 天前"), [Math.floor(minutes / 1440)]);
  }
}
tick();
setInterval(tick, 1000);
setInterval(tickMinutes, 30000);
addEventListener("htmx:afterSwap", tick);

// --- Tables --------------------------------------------------------------------------------------------------
// A phone shows each row as a card (style sheet): the first named cell heads it, the others say their column.
function nameCells() {
  for (const table of $$(".table-responsive > table")) {
    const names = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.textContent.trim());
    const heading = names.findIndex(Boolean);
    for (const cell of $$("tbody > tr > td:not([colspan])", table)) {
      if (cell.cellIndex === heading) cell.dataset.heading = "";
      else if (names[cell.cellIndex]) cell.dataset.label = names[cell.cellIndex];
    }
  }
}
nameCells();
addEventListener("htmx:afterSwap", nameCells);

// --- Toasts --------------------------------------------------------------------------------------------------
function toast(text, kind = "info", link = "") {
  const element = document.createElement(link ? "a" : "div");
  if (link) element.href = link;
  element.className = `toast-line toast-${kind}`;
  element.textContent = text;
  $("#toasts").append(element);
  setTimeout(() => element.remove(), kind === "danger" ? 12000 : 6000);
}
window.anlan = { toast, now, span };

addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.status === 401) location.href = `/accounts/login/?next=${encodeURIComponent(location.pathname + location.search)}`;
  else if (detail.xhr.status === 403) toast(gettext("没有权限，或页面已过期；请刷新后再试。"), "danger");
  else toast(interpolate(gettext("服务器没有完成这次操作（%s），请再试一次。"), [detail.xhr.status]), "danger");
});
addEventListener("htmx:sendError", () => toast(gettext("连不上服务器，内容没有提交；请检查网络后再试。"), "danger"));

// --- Menu and theme ------------------------------------------------------------------------------------------
$("#side-toggle")?.addEventListener("click", ({ currentTarget }) => {
  if (matchMedia("(max-width: 991px)").matches) {
    const open = root.toggleAttribute("data-side-open");
    currentTarget.setAttribute("aria-expanded", open);
    return;
  }
  const narrow = root.dataset.side !== "narrow";
  if (narrow) root.dataset.side = "narrow";
  else delete root.dataset.side;
  currentTarget.setAttribute("aria-expanded", !narrow);
  localStorage.setItem("anlan-side", narrow ? "narrow" : "wide");
  dispatchEvent(new Event("resize"));
});
$("#side-veil")?.addEventListener("click", () => root.removeAttribute("data-side-open"));
$("#side [aria-current]")?.scrollIntoView({ block: "nearest" });

const themes = { auto: gettext("外观：跟随系统"), light: gettext("外观：浅色"), dark: gettext("外观：深色") };
for (const button of $$("[data-theme-switch]")) {
  button.addEventListener("click", () => {
    const names = Object.keys(themes);
    const next = names[(names.indexOf(root.dataset.themeChoice) + 1) % names.length];
    anlanTheme(next);
    toast(themes[next]);
  });
}

// --- Command bar ---------------------------------------------------------------------------------------------
const bar = $("#command-bar");
const input = $("#command-input");
const results = $("#command-results");
let asked = 0;

function mark(index) {
  const options = $$("[role=option]", results);
  if (!options.length) return;
  const at = (index + options.length) % options.length;
  options.forEach((option, i) => option.setAttribute("aria-selected", i === at));
  options[at].scrollIntoView({ block: "nearest" });
}
const marked = () => $$("[role=option]", results).findIndex((option) => option.getAttribute("aria-selected") === "true");

async function search() {
  const turn = ++asked;
  const answer = await fetch(`${document.body.dataset.search}?q=${encodeURIComponent(input.value)}`, {
    headers: { "X-Requested-With": "fetch" },
  }).catch(() => null);
  if (turn !== asked) return;
  results.innerHTML = answer?.ok ? await answer.text() : "";
  if (!answer?.ok) results.textContent = gettext("搜索没有成功，请稍后再试。");
  mark(0);
}
let typing;
input?.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(search, 120);
});
input?.addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown") mark(marked() + 1);
  else if (event.key === "ArrowUp") mark(marked() - 1);
  else if (event.key === "Enter") $("[aria-selected=true]", results)?.click();
  else return;
  event.preventDefault();
});
function openBar() {
  if (bar.open) return;
  bar.showModal();
  input.select();
  search();
}
for (const button of $$("[data-command-bar]")) button.addEventListener("click", openBar);
for (const button of $$("[data-shortcuts]")) button.addEventListener("click", () => $("#shortcuts").showModal());
for (const dialog of $$("dialog.command-bar")) {
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}

let pressed = "";
addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openBar();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable], dialog[open]")) return;
  if (event.key === "/") {
    event.preventDefault();
    openBar();
  } else if (event.key === "?") {
    $("#shortcuts").showModal();
  } else {
    const keys = `${pressed} ${event.key.toLowerCase()}`.trim();
    const target = $(`[data-keys="${CSS.escape(keys)}"]`) || $(`[data-keys="${keys}"]`);
    if (target) location.href = target.dataset.url;
    pressed = event.key.toLowerCase();
    setTimeout(() => (pressed = ""), 1200);
  }
});

// --- Live state and offline pages ----------------------------------------------------------------------------
const states = {
  connecting: gettext("连接中"),
  open: gettext("实时"),
  lost: gettext("已断开，正在重连"),
};
addEventListener("anlan:live", ({ detail }) => {
  for (const element of $$(".live-state")) {
    element.dataset.state = detail;
    element.lastElementChild.textContent = states[detail];
  }
});
if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});

// Orders kept for reading without a network go with the person who signs out; what is not sent yet stays.
addEventListener("submit", ({ target }) => {
  if (!target.action.endsWith("/accounts/logout/")) return;
  for (const name of Object.keys(localStorage)) if (name.startsWith("field-")) localStorage.removeItem(name);
});
