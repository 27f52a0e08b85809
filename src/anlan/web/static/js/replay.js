// Replay: a slider over what was recorded; the state at that moment comes from the server.

const marks = JSON.parse(document.getElementById("marks").textContent);
const slider = document.getElementById("replay-slider");
const label = document.getElementById("replay-at");
const state = document.getElementById("replay-state");
const play = document.getElementById("replay-play");
let timer;

function tell() {
  const mark = marks[slider.value];
  label.textContent = mark ? new Date(mark.at).toLocaleString(document.documentElement.lang, { timeZone: "Asia/Shanghai", hour12: false }) : "";
}
async function show() {
  tell();
  const mark = marks[slider.value];
  if (!mark) return;
  const query = new URLSearchParams({ at: mark.at, as: slider.dataset.as });
  const answer = await fetch(`${slider.dataset.url}?${query}`, { headers: { "HX-Request": "true" } });
  if (answer.ok && marks[slider.value] === mark) state.innerHTML = await answer.text();
}
function stop() {
  clearInterval(timer);
  timer = undefined;
  play.querySelector("span").textContent = gettext("播放");
}
slider.addEventListener("input", show);
play.addEventListener("click", () => {
  if (timer) return stop();
  if (Number(slider.value) >= marks.length - 1) slider.value = 0;
  play.querySelector("span").textContent = gettext("停止");
  timer = setInterval(() => {
    if (Number(slider.value) >= marks.length - 1) return stop();
    slider.value = Number(slider.value) + 1;
    show();
  }, 900);
});
tell();
