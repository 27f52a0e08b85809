// A block reported from where it is: place, reason, picture; kept on the phone until it is sent.

const form = document.getElementById("road-report");
const $ = (selector) => form.querySelector(selector);
const queue = self.fieldQueue;
const user = Number(document.body.dataset.user);

function locate() {
  if (!navigator.geolocation) return ($("#by-hand").open = true);
  return navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.elements.lon.value = coords.longitude.toFixed(6);
      form.elements.lat.value = coords.latitude.toFixed(6);
      $("#report-place").textContent = interpolate(gettext("位置已取，误差约 %s 米"), [Math.round(coords.accuracy)]);
    },
    () => {
      $("#report-place").textContent = gettext("取不到位置，请填经纬度");
      $("#by-hand").open = true;
    },
    { enableHighAccuracy: true, timeout: 8000, maximumAge: 30000 },
  );
}

async function show(outcome = "") {
  const waiting = (await queue.all(user)).filter(({ url }) => url === form.dataset.post);
  $("#report-state").dataset.state = outcome === "sign-in" ? "sign-in" : navigator.onLine ? (waiting.length ? "waiting" : "synced") : "offline";
  $("#report-words").textContent = waiting.length ? interpolate(gettext("待发送 %s 条"), [waiting.length]) : gettext("没有待发送内容");
  const refused = waiting.filter(({ problem }) => problem).map((entry) => {
    const line = Object.assign(document.createElement("p"), { className: "field-refused" });
    const drop = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: gettext("放弃") });
    drop.onclick = () => queue.remove(entry.number).then(() => show());
    line.append(Object.assign(document.createElement("span"), { textContent: `${entry.fields.title}：${entry.problem}` }), drop);
    return line;
  });
  $("#report-refused").replaceChildren(...refused);
}

async function sync() {
  await show(await queue.flush().catch(() => "offline"));
}

const LONGEST = 1600;
async function reduced(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(picture.width * scale), Math.round(picture.height * scale)];
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = Object.fromEntries([...new FormData(form)].filter(([, value]) => typeof value === "string" && value.trim()));
  if (!fields.name) return anlan.toast(gettext("请写明路段和位置。"), "danger");
  if (!fields.lon || !fields.lat) return anlan.toast(gettext("还没有位置：点“定位”，或填经纬度。"), "danger");
  const [file] = $("#road-photo").files;
  const photo = file ? await reduced(file).catch(() => file) : null;
  await queue.add(user, form.dataset.post, { ...fields, at: new Date().toISOString(), title: fields.name }, photo);
  const registration = await navigator.serviceWorker?.ready.catch(() => null);
  await registration?.sync?.register("field-queue").catch(() => {});
  form.reset();
  $("#photo-name").textContent = "";
  anlan.toast(gettext("已记下，有网络时自动发送。"), "success");
  await show();
  locate();
  return sync();
});
$("#road-photo").onchange = ({ target }) => ($("#photo-name").textContent = target.files[0]?.name ?? "");
$("#locate").onclick = locate;
addEventListener("online", sync);
addEventListener("offline", () => show());
navigator.serviceWorker?.addEventListener("message", ({ data }) => data === "field-queue" && show());
locate();
await show();
sync();
