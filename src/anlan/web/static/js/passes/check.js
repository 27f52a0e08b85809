// The checkpoint's page: take the list along, scan, say yes or no in letters for the sun, keep each check until it is sent.

import { detector, fromCamera, fromPicture } from "./scan.js";
import { check, tidyPlate } from "./token.js";

const $ = (selector) => document.querySelector(selector);
const page = $("#check").dataset;
const queue = self.fieldQueue;
const user = Number(document.body.dataset.user);
let pack = JSON.parse(localStorage.getItem(page.store) ?? "null");
let camera = null;
let started = 0;
let shown = null;

//: What a policeman is told: the words, and what to do.
const WORDS = {
  valid: [gettext("有效"), gettext("核对车牌，一致即放行。")],
  expired: [gettext("已过期"), gettext("通行证的时段已经结束，须续办。")],
  early: [gettext("未到时间"), gettext("通行证的时段还没有开始。")],
  revoked: [gettext("已撤销"), gettext("签发部门撤销了这张通行证。")],
  wrong_plate: [gettext("车牌不符"), gettext("通行证不是这辆车的。")],
  outside_area: [gettext("不在通行区域"), gettext("这张通行证不包括本查验点所在的区域。")],
  forged: [gettext("伪造或改动"), gettext("签名与内容不符，不是签发的原件。请留证并报告。")],
  unknown_key: [gettext("无法确认"), gettext("签发密钥不在本机清单：可能是伪造，也可能清单太旧。请先更新清单。")],
  key_revoked: [gettext("密钥已作废"), gettext("签发它的密钥已经作废，请让车方重新办理。")],
  unlisted: [gettext("清单中没有"), gettext("没有这个查验码：可能输错、伪造，或在清单之后签发。请扫码，或更新清单。")],
  unreadable: [gettext("不是通行证"), gettext("这个二维码不是应急运输通行证，或者不完整。")],
};
//: Neither yes nor no: the list may be too old to know.
const UNSURE = ["unlisted", "unknown_key"];
const NONE = { keys: [], revoked: {}, passes: [], checkpoints: [] };

// --- The list ------------------------------------------------------------------------------------------------
const stamp = (at) => new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: "Asia/Shanghai", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hour12: false }).format(new Date(at));

function age(made) {
  const minutes = Math.floor((Date.now() - Date.parse(made)) / 60000);
  if (minutes < 0) return gettext("手机时间早于清单时间，请校准手机时间");
  if (minutes < 1) return gettext("刚刚");
  if (minutes < 60) return interpolate(gettext("%s 分钟前"), [minutes]);
  return interpolate(gettext("%s 小时前"), [Math.floor(minutes / 60)]);
}

async function showState(outcome = "") {
  const waiting = (await queue.all(user)).filter(({ url }) => url === page.log);
  const isOld = !pack || Date.now() - Date.parse(pack.made_at) > pack.warn_hours * 3600000 || Date.now() < Date.parse(pack.made_at) - 120000;
  $("#list-state").dataset.state = outcome === "sign-in" ? "sign-in" : isOld ? "offline" : navigator.onLine ? "synced" : "waiting";
  $("#list-words").textContent = pack ? interpolate(gettext("清单 %s（%s）"), [stamp(pack.made_at), age(pack.made_at)]) : gettext("本机还没有清单，请先联网打开本页");
  const parts = pack ? [interpolate(gettext("有效 %s 张，撤销 %s 张"), [pack.passes.length - Object.keys(pack.revoked).length, Object.keys(pack.revoked).length])] : [];
  if (pack && isOld) parts.push(gettext("清单太旧，请更新"));
  parts.push(waiting.length ? interpolate(gettext("待上传 %s 条"), [waiting.length]) : gettext("查验记录已全部上传"));
  $("#list-count").textContent = parts.join(" · ");
  $("#sign-in-again").hidden = outcome !== "sign-in";
  const refused = waiting.filter(({ problem }) => problem);
  $("#refused").replaceChildren(...refused.map(({ fields, problem }) => Object.assign(document.createElement("p"), { className: "field-refused", textContent: `${fields.title}：${problem}` })));
}

function showCheckpoints() {
  const select = $("#checkpoint");
  const kept = localStorage.getItem(`${page.store}-place`) ?? "";
  const options = (pack ?? NONE).checkpoints.map(({ id, name, road }) => new Option(road ? `${name}（${road}）` : name, id));
  select.replaceChildren(new Option(gettext("请选择查验点"), ""), ...options);
  select.value = options.some(({ value }) => value === kept) ? kept : "";
}

async function sync() {
  const outcome = await queue.flush().catch(() => "offline");
  const answer = outcome === "offline" ? null : await fetch(page.pack, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
  if (answer?.ok && !answer.redirected && !answer.headers.has("X-From-Cache")) {
    pack = await answer.json();
    localStorage.setItem(page.store, JSON.stringify(pack));
    showCheckpoints();
  }
  await showState(answer?.status === 401 ? "sign-in" : outcome);
}

// --- Checking ------------------------------------------------------------------------------------------------
const here = () => (pack ?? NONE).checkpoints.find(({ id }) => String(id) === $("#checkpoint").value);

async function tell(text, method, plateSeen = "") {
  if (!pack) return anlan.toast(gettext("本机还没有清单，请先联网打开本页。"), "danger");
  const how = { at: Date.now(), area: here()?.area ?? "", plateSeen };
  let found;
  try {
    found = await check(text, pack, how, page.signatures);
  } catch {
    return anlan.toast(gettext("这个浏览器不能验签，请输入查验码，或换一个浏览器。"), "danger");
  }
  shown = { text, method, plateSeen, ...found };
  return draw();
}

function draw() {
  const { outcome, claims } = shown;
  const result = $("#result");
  result.dataset.tone = outcome === "valid" ? "yes" : UNSURE.includes(outcome) ? "unsure" : "no";
  result.hidden = false;
  $("#work").hidden = true;
  $("#result-word").textContent = WORDS[outcome][0];
  $("#result-why").textContent = WORDS[outcome][1];
  $("#result-plate").textContent = claims?.plate ?? "—";
  $("#result-exercise").hidden = !claims?.exercise;
  const facts = claims
    ? [
        [gettext("时段"), `${stamp(claims.from)} — ${stamp(claims.until)}`],
        [gettext("待遇"), [claims.free ? gettext("免费通行") : "", claims.priority ? gettext("优先通行") : ""].filter(Boolean).join("、") || gettext("无")],
        [gettext("类别"), [pack.categories[claims.category], pack.vehicle_kinds[claims.kind]].filter(Boolean).join(" · ")],
        [gettext("区域"), claims.areas.map((code) => pack.areas[code] ?? code).join("、")],
      ]
    : [];
  if (shown.plateSeen) facts.unshift([gettext("现场车牌"), shown.plateSeen]);
  $("#result-facts").replaceChildren(...facts.flatMap(([term, value]) => [Object.assign(document.createElement("dt"), { textContent: term }), Object.assign(document.createElement("dd"), { textContent: value })]));
  $("#verbs-yes").hidden = outcome !== "valid";
  $("#verbs-no").hidden = outcome === "valid";
  $("#other-plate").hidden = true;
  result.querySelector("button:not([hidden])")?.focus();
  navigator.vibrate?.(outcome === "valid" ? 80 : [200, 100, 200]);
}

async function finish(passed) {
  const fields = {
    at: new Date().toISOString(), checkpoint: $("#checkpoint").value, text: shown.text, method: shown.method, told: shown.outcome,
    plate_seen: tidyPlate(shown.plateSeen), list_at: pack.made_at, seconds: ((performance.now() - started) / 1000).toFixed(1),
    title: `${shown.claims?.plate ?? shown.text.slice(0, 12)} ${WORDS[shown.outcome][0]}`,
  };
  if (passed) fields.passed = "on";
  await queue.add(user, page.log, fields);
  const registration = await navigator.serviceWorker?.ready.catch(() => null);
  await registration?.sync?.register("field-queue").catch(() => {});
  shown = null;
  $("#result").hidden = true;
  $("#work").hidden = false;
  $("#typed").value = "";
  await showState();
  sync();
}

async function scan() {
  started = performance.now();
  camera?.abort();
  camera = new AbortController();
  $("#camera").hidden = false;
  try {
    const detect = await detector(page.decoder);
    const text = await fromCamera($("#video"), detect, camera.signal);
    if (text) await tell(text, "camera");
  } catch {
    anlan.toast(gettext("打不开摄像头。可以选一张照片，或输入查验码。"), "danger");
  } finally {
    $("#camera").hidden = true;
  }
}

async function picture(file) {
  started = performance.now();
  try {
    const text = await fromPicture(file, await detector(page.decoder));
    if (text) await tell(text, "picture");
    else anlan.toast(gettext("照片里没有认出二维码。请拍近一点、摆正，或输入查验码。"), "danger");
  } catch {
    anlan.toast(gettext("这个浏览器不能识别照片，请输入查验码。"), "danger");
  }
}

// --- Wiring --------------------------------------------------------------------------------------------------
$("#scan").onclick = scan;
$("#stop").onclick = () => camera?.abort();
$("#photo").onchange = ({ target }) => {
  if (target.files[0]) picture(target.files[0]);
  target.value = "";
};
$("#typed").onfocus = () => (started = performance.now());
$("#typed-form").onsubmit = (event) => {
  event.preventDefault();
  const text = $("#typed").value.trim();
  // A scanner gun types the whole code like a keyboard.
  if (text) tell(text, text.startsWith("LCP:") ? "scanner" : "typed");
};
$("#pass").onclick = () => finish(true);
$("#stop-vehicle").onclick = () => finish(false);
$("#pass-anyway").onclick = () => finish(true);
$("#differs").onclick = () => {
  $("#other-plate").hidden = false;
  $("#plate-seen").focus();
};
$("#other-plate").onsubmit = (event) => {
  event.preventDefault();
  const seen = $("#plate-seen").value.trim();
  if (seen) tell(shown.text, shown.method, seen);
  $("#plate-seen").value = "";
};
$("#checkpoint").onchange = ({ target }) => localStorage.setItem(`${page.store}-place`, target.value);
$("#list-update").onclick = sync;
addEventListener("online", sync);
addEventListener("offline", () => showState());
navigator.serviceWorker?.addEventListener("message", ({ data }) => data === "field-queue" && showState());
setInterval(sync, 300000);
showCheckpoints();
await showState();
sync();
