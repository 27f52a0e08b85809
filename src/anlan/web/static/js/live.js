// Events from the server become events of the page: `anlan:<Topic>` on window with the payload as detail.

import { openStream } from "./live-stream.js";

const { liveUrl, livePort, liveLast } = document.body.dataset;
const address = liveUrl || `${location.protocol}//${location.hostname}:${livePort}/stream`;
const last = Number(liveLast) || 0;
let newest = last;

function onEvent(event) {
  if (event.id <= newest && event.topic !== "Reset") return;
  newest = Math.max(newest, event.id);
  if (event.topic === "Reset") location.reload();
  const detail = { ...event.payload, event_id: event.id, published_at: event.at };
  dispatchEvent(new CustomEvent(`anlan:${event.topic}`, { detail }));
  // Once more for each record it names (`anlan:OrderChanged:order-7`): a condition in hx-trigger would need eval.
  for (const [name, value] of Object.entries(event.payload)) {
    if (Number.isInteger(value)) dispatchEvent(new CustomEvent(`anlan:${event.topic}:${name}-${value}`, { detail }));
  }
  dispatchEvent(new CustomEvent("anlan:event", { detail: { topic: event.topic, ...detail } }));
}
const onState = (state) => dispatchEvent(new CustomEvent("anlan:live", { detail: state }));

function openAlone() {
  openStream(address, last, onEvent, onState);
}

if (window.SharedWorker) {
  // The name carries the reader: after another sign-in the old worker, if it still lives, is not joined.
  const worker = new SharedWorker(new URL("./live-worker.js", import.meta.url), { type: "module", name: `live-${document.body.dataset.user}` });
  worker.onerror = openAlone;
  worker.port.onmessage = ({ data }) => (data.event ? onEvent(data.event) : onState(data.state));
  worker.port.postMessage({ address, last });
  addEventListener("pagehide", () => worker.port.postMessage({ leave: true }));
  addEventListener("pageshow", ({ persisted }) => persisted && worker.port.postMessage({ address, last: newest }));
} else {
  openAlone();
}
