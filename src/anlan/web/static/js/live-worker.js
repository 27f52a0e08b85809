// Shared by all pages of a browser: one connection for all of them, as a browser allows only six to a host.

import { openStream } from "./live-stream.js";

const ports = new Set();
const recent = [];
let state = "connecting";
let isOpen = false;

function tell(message) {
  for (const port of ports) port.postMessage(message);
}

onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data.leave) {
      ports.delete(port);
      return;
    }
    ports.add(port);
    port.postMessage({ state });
    for (const event of recent) if (event.id > data.last) port.postMessage({ event });
    if (isOpen) return;
    isOpen = true;
    openStream(
      data.address,
      data.last,
      (event) => {
        recent.push(event);
        if (recent.length > 500) recent.shift();
        tell({ event });
      },
      (now) => tell({ state: (state = now) }),
    );
  };
  port.start();
};
