// One event stream with reconnection. Used by the shared worker, and by the page where there is none.

const LOST_AFTER = 4000;

export function openStream(address, last, onEvent, onState) {
  const url = new URL(address);
  if (last) url.searchParams.set("last", last);
  let source;
  let seen = Number(last) || 0;
  let retry = 1000;
  let lost;

  const connect = () => {
    if (seen) url.searchParams.set("last", seen);
    source = new EventSource(url, { withCredentials: true });
    source.onopen = () => {
      clearTimeout(lost);
      lost = undefined;
      retry = 1000;
      onState("open");
    };
    source.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      if (event.id > seen) seen = event.id;
      onEvent(event);
    };
    source.onerror = () => {
      // A short cut is normal (the server asks every reader back now and then): say so only when it lasts.
      lost ??= setTimeout(() => onState("lost"), LOST_AFTER);
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(connect, retry);
      retry = Math.min(retry * 2, 15000);
    };
  };
  connect();
}
