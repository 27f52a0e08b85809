// The driver's page: a press of the big button is kept on the phone with its time and place, and sent as soon as it can be.

const queue = self.fieldQueue;
const user = Number(document.body.dataset.user);
const state = document.getElementById("sync-state");

const position = () =>
  new Promise((done) => {
    if (!navigator.geolocation) return done({});
    return navigator.geolocation.getCurrentPosition(
      ({ coords }) => done({ lon: coords.longitude.toFixed(6), lat: coords.latitude.toFixed(6) }),
      () => done({}),
      { enableHighAccuracy: true, timeout: 6000, maximumAge: 60000 },
    );
  });

async function show(outcome) {
  const waiting = await queue.all(user);
  const open = waiting.filter(({ problem }) => !problem);
  state.hidden = !open.length && outcome !== "sign-in";
  state.dataset.state = outcome === "sign-in" ? "sign-in" : "offline";
  document.getElementById("sync-words").textContent = outcome === "sign-in" ? gettext("登录已失效") : gettext("离线");
  document.getElementById("sync-count").textContent = interpolate(gettext("待发送 %s 条"), [open.length]);
  document.getElementById("refused").replaceChildren(...waiting.filter(({ problem }) => problem).map((entry) => {
    const line = Object.assign(document.createElement("div"), { className: "field-refused" });
    const drop = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: gettext("放弃") });
    drop.onclick = () => queue.remove(entry.number).then(() => show());
    line.append(Object.assign(document.createElement("span"), { textContent: `${entry.fields.title}：${entry.problem}` }), drop);
    return line;
  }));
  for (const { url } of open) for (const form of document.querySelectorAll(`form[action="${url}"]`)) {
    const button = form.querySelector("button");
    button.disabled = true;
    button.textContent = interpolate(gettext("%s（待发送）"), [form.dataset.title.split(" ")[0]]);
  }
}

async function send() {
  const outcome = await queue.flush().catch(() => "offline");
  if (outcome === "sent") return void location.reload();
  await show(outcome);
}

for (const form of document.querySelectorAll("form[data-step]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    form.querySelector("button").disabled = true;
    const note = form.elements.note?.value ?? "";
    const at = new Date(anlan.now()).toISOString();
    await queue.add(user, form.getAttribute("action"), { at, note, title: form.dataset.title, ...(await position()) });
    const registration = await navigator.serviceWorker?.ready.catch(() => null);
    await registration?.sync?.register("field-queue").catch(() => {});
    await send();
  });
}
addEventListener("online", send);
navigator.serviceWorker?.addEventListener("message", ({ data }) => { if (data === "field-queue") location.reload(); });
await send();
