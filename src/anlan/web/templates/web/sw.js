// Keeps the phone pages working without a network. Version {{ version }}.

importScripts("{% static 'js/field/queue.js' %}");

const FILES = "anlan-files-{{ version }}";
const PAGES = "anlan-pages";
const SHELL = [{% for file in files %}"{{ file|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const OFFLINE = "{% url 'web:offline' %}";
const KEPT = ["/field/", "/jsi18n/"];
const NEVER_KEPT = "/field/me.json";

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(
    caches.open(FILES).then((cache) => Promise.allSettled([...SHELL, OFFLINE].map((file) => cache.add(file)))),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("anlan-files-") && name !== FILES).map((name) => caches.delete(name)))).then(() => self.clients.claim()),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  // Another person may sign in next: nothing of the one before stays readable.
  if (url.pathname.startsWith("/accounts/log")) event.waitUntil(caches.delete(PAGES));
  if (request.method !== "GET" || url.pathname === NEVER_KEPT) return;
  if (url.pathname.startsWith("/static/")) event.respondWith(fileFirst(event));
  else if (KEPT.some((start) => url.pathname.startsWith(start))) event.respondWith(networkFirst(event));
  else if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
});

// Static files: what is here at once, what is newer in the background.
async function fileFirst(event) {
  const { request } = event;
  const cache = await caches.open(FILES);
  const kept = await cache.match(request);
  const fresh = fetch(request).then((answer) => {
    if (answer.ok) event.waitUntil(cache.put(request, answer.clone()));
    return answer;
  });
  if (!kept) return fresh;
  event.waitUntil(fresh.catch(() => {}));
  return kept;
}

async function networkFirst(event) {
  const { request } = event;
  const cache = await caches.open(PAGES);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(6000) });
    if (answer.ok && !answer.redirected) event.waitUntil(cache.put(request, dated(answer.clone())));
    return answer;
  } catch {
    const kept = await cache.match(request, { ignoreSearch: true });
    if (!kept) return request.mode === "navigate" ? caches.match(OFFLINE) : Response.error();
    const headers = new Headers(kept.headers);
    headers.set("X-From-Cache", "1");
    const isPage = (headers.get("Content-Type") ?? "").startsWith("text/html");
    const body = isPage ? aged(await kept.text(), Number(headers.get("X-Kept-At"))) : await kept.blob();
    return new Response(body, { status: kept.status, headers });
  }
}

// A kept answer remembers when it came, so that the server's clock in it can be moved on: what people record without a
// network bears the time of recording, not that of the page.
function dated(answer) {
  const headers = new Headers(answer.headers);
  headers.set("X-Kept-At", String(Date.now()));
  return new Response(answer.body, { status: answer.status, headers });
}

function aged(page, keptAt) {
  return page.replace(/data-now="([^"]+)"/, (whole, at) => (keptAt ? `data-now="${new Date(Date.parse(at) + Date.now() - keptAt).toISOString()}"` : whole));
}

self.addEventListener("sync", (event) => {
  if (event.tag !== "field-queue") return;
  event.waitUntil(
    self.fieldQueue.flush().then(async (outcome) => {
      for (const client of await self.clients.matchAll()) client.postMessage("field-queue");
      if (outcome === "offline") throw new Error("offline");
    }),
  );
});
