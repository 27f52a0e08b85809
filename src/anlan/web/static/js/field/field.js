// The phone page: my orders with one big button each, reports with picture and place, all of it also offline.

const $ = (selector, root = document) => root.querySelector(selector);
const pageData = document.getElementById("field").dataset;
const queue = self.fieldQueue;
const user = Number(document.body.dataset.user);
let pack = JSON.parse(localStorage.getItem(pageData.store) ?? "null");

//: What can be done with an order, in its natural order, and the state that it leads to.
const VERBS = [
  ["acknowledge", gettext("收到"), gettext("已收到")],
  ["set_out", gettext("出动"), gettext("已出动")],
  ["arrive", gettext("到达"), gettext("已到达")],
  ["finish", gettext("完成"), gettext("已完成")],
  ["withdraw", gettext("撤出"), gettext("已撤出")],
];
const label = Object.fromEntries(VERBS.map(([verb, name]) => [verb, name]));
const led = Object.fromEntries(VERBS.map(([verb, , state]) => [verb, state]));

// --- What waits to be sent -----------------------------------------------------------------------------------
async function showState(outcome = "") {
  const waiting = await queue.all(user);
  const refused = waiting.filter(({ problem }) => problem);
  const synced = localStorage.getItem(`${pageData.store}-at`);
  const state = $("#sync-state");
  state.dataset.state = outcome === "sign-in" ? "sign-in" : navigator.onLine && outcome !== "offline" ? (waiting.length ? "waiting" : "synced") : "offline";
  $("#sync-words").textContent = {
    "sign-in": gettext("登录已失效"),
    offline: gettext("离线"),
    waiting: gettext("正在发送"),
    synced: gettext("已同步"),
  }[state.dataset.state];
  $("#sync-time").textContent = synced ? new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: "Asia/Shanghai", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false }).format(new Date(synced)) : gettext("从未");
  $("#sync-count").textContent = waiting.length ? interpolate(gettext("待发送 %s 条"), [waiting.length]) : gettext("没有待发送内容");
  $("#sign-in-again").hidden = state.dataset.state !== "sign-in";
  $("#refused").replaceChildren(...refused.map(refusedLine));
}

function refusedLine(entry) {
  const line = document.createElement("div");
  line.className = "field-refused";
  line.append(Object.assign(document.createElement("span"), { textContent: `${entry.fields.title}：${entry.problem}` }));
  const again = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: gettext("重发") });
  const drop = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: gettext("放弃") });
  again.onclick = async () => {
    await queue.retry(entry);
    sync();
  };
  drop.onclick = async () => {
    await queue.remove(entry.number);
    showState();
  };
  line.append(again, drop);
  return line;
}

async function sync() {
  const outcome = await queue.flush().catch(() => "offline");
  const answer = outcome === "offline" ? null : await fetch(pageData.pack, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (answer?.ok && !answer.headers.has("X-From-Cache")) {
    pack = await answer.json();
    localStorage.setItem(pageData.store, JSON.stringify(pack));
    localStorage.setItem(`${pageData.store}-at`, new Date().toISOString());
    await draw();
  }
  await showState(answer ? (answer.status === 401 ? "sign-in" : answer.headers.has("X-From-Cache") ? "offline" : outcome) : "offline");
}

// --- Place and picture ---------------------------------------------------------------------------------------
const position = () =>
  new Promise((done) => {
    if (!navigator.geolocation) return done({});
    return navigator.geolocation.getCurrentPosition(
      ({ coords }) => done({ lon: coords.longitude.toFixed(6), lat: coords.latitude.toFixed(6) }),
      () => done({}),
      { enableHighAccuracy: true, timeout: 6000, maximumAge: 60000 },
    );
  });

const LONGEST = 1600;
async function reduced(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
}

async function keep(order, verb, text = "", photo = null) {
  const at = new Date(anlan.now()).toISOString();
  const place = await position();
  const name = label[verb] ?? gettext("报告");
  await queue.add(user, `${pageData.post}${order.id}/${verb}/`, { at, text, title: `${name} ${order.title}`, order: order.id, verb, ...place }, photo);
  const registration = await navigator.serviceWorker?.ready.catch(() => null);
  await registration?.sync?.register("field-queue").catch(() => {});
  await draw();
  sync();
}

// --- Orders --------------------------------------------------------------------------------------------------
function row(term, value) {
  if (value === null || value === undefined || value === "") return [];
  return [Object.assign(document.createElement("dt"), { textContent: term }), Object.assign(document.createElement("dd"), { textContent: Array.isArray(value) ? value.join("；") : value })];
}

function card(order, waiting) {
  const element = $("#order-card").content.firstElementChild.cloneNode(true);
  const mine = waiting.filter(({ fields, problem }) => fields.order === order.id && !problem);
  const last = mine.filter(({ fields }) => label[fields.verb]).at(-1)?.fields.verb;
  const done = VERBS.findIndex(([verb]) => verb === last);
  const open = (order.verbs ?? []).filter((verb) => label[verb] && VERBS.findIndex(([name]) => name === verb) > done);
  $(".order-title", element).textContent = order.title;
  $(".order-incident", element).textContent = order.incident?.title ?? "";
  $(".order-state", element).textContent = last ? interpolate(gettext("%s（待发送）"), [led[last]]) : order.status_label;
  $(".exercise", element).hidden = !order.is_exercise;
  element.classList.toggle("is-exercise", Boolean(order.is_exercise));
  const clock = $(".countdown", element);
  if (order.due_at) Object.assign(clock.dataset, { start: order.started_at, due: order.due_at });
  else clock.remove();
  $(".order-text", element).textContent = order.text ?? "";
  const facts = order.incident?.facts ?? [];
  $(".order-facts", element).append(...row(gettext("地点"), order.place ?? order.incident?.place), ...facts.flatMap(([term, value]) => row(term, value)));
  const map = $(".order-map", element);
  if (order.lon === null || order.lon === undefined) map.remove();
  else map.href = `geo:${order.lat},${order.lon}?q=${order.lat},${order.lon}(${encodeURIComponent(order.title)})`;
  const buttons = $(".order-verbs", element);
  open.forEach((verb, i) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label[verb], className: i ? "field-verb" : "field-verb field-verb-next" });
    button.onclick = () => {
      button.disabled = true;
      keep(order, verb);
    };
    buttons.append(button);
  });
  const form = $("form", element);
  const file = $("input[type=file]", form);
  file.onchange = () => ($(".photo-name", form).textContent = file.files[0]?.name ?? "");
  form.onsubmit = async (event) => {
    event.preventDefault();
    const text = form.elements.text.value.trim();
    if (!text && !file.files.length) return anlan.toast(gettext("请写一句话或拍一张照片。"), "danger");
    const photo = file.files.length ? await reduced(file.files[0]).catch(() => file.files[0]) : null;
    await keep(order, "report", text, photo);
    form.reset();
    $(".photo-name", form).textContent = "";
    return anlan.toast(gettext("已记下，有网络时自动发送。"), "success");
  };
  return element;
}

async function draw() {
  const list = $("#orders");
  const typed = [...list.querySelectorAll("textarea")].some((area) => area.value.trim());
  // Nothing that somebody is typing is ever redrawn away.
  if (typed && document.activeElement?.tagName === "TEXTAREA") return;
  const waiting = await queue.all(user);
  const orders = pack?.orders ?? [];
  list.replaceChildren(...orders.map((order) => card(order, waiting)));
  $("#no-orders").hidden = orders.length > 0;
}

await draw();
await showState();
sync();
addEventListener("online", sync);
addEventListener("offline", () => showState("offline"));
addEventListener("anlan:OrderChanged", sync);
addEventListener("anlan:NoticeSent", sync);
setInterval(sync, 60000);
$("#sync-now").addEventListener("click", sync);
navigator.serviceWorker?.addEventListener("message", ({ data }) => data === "field-queue" && sync());
