// What was recorded without a network, kept on the phone and sent later in order; a key makes each count once.
// A classic script, because the page and the service worker both load it.

self.fieldQueue = (() => {
  const open = () =>
    new Promise((done, fail) => {
      const request = indexedDB.open("anlan-field", 1);
      request.onupgradeneeded = () => request.result.createObjectStore("queue", { keyPath: "number", autoIncrement: true });
      request.onsuccess = () => done(request.result);
      request.onerror = () => fail(request.error);
    });

  async function withStore(mode, work) {
    const database = await open();
    return new Promise((done, fail) => {
      const change = database.transaction("queue", mode);
      const request = work(change.objectStore("queue"));
      change.oncomplete = () => done(request.result);
      change.onerror = () => fail(change.error);
    }).finally(() => database.close());
  }

  function newKey() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  /** Keep one record of a person: where it goes, its fields and perhaps a picture (blob). */
  const add = (user, url, fields, photo) =>
    withStore("readwrite", (store) => store.add({ user, url, fields: { ...fields, key: newKey() }, photo, problem: "" }));
  const all = async (user) => (await withStore("readonly", (store) => store.getAll())).filter((entry) => entry.user === user);
  const remove = (number) => withStore("readwrite", (store) => store.delete(number));
  const put = (entry) => withStore("readwrite", (store) => store.put(entry));

  async function token() {
    if (self.cookieStore) return (await self.cookieStore.get("csrftoken"))?.value ?? "";
    return /csrftoken=([^;]+)/.exec(self.document?.cookie ?? "")?.[1] ?? "";
  }

  async function send(entry) {
    const body = new FormData();
    for (const [name, value] of Object.entries(entry.fields)) if (value !== null && value !== undefined) body.set(name, value);
    if (entry.photo) body.set("photo", entry.photo, `${entry.fields.key}.jpg`);
    return fetch(entry.url, { method: "POST", body, headers: { "X-CSRFToken": await token(), "X-Requested-With": "fetch" } });
  }

  /** Send what waits, oldest first, until one cannot go. Answers "sent", "offline", "sign-in" or "empty". */
  async function flush() {
    let outcome = "empty";
    // A phone may change hands: what one person recorded is never sent in the name of another.
    const me = await fetch("/field/me.json", { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (!me || me.status >= 500) return "offline";
    if (!me.ok || me.redirected) return "sign-in";
    const { user } = await me.json();
    for (const entry of await all(user)) {
      if (entry.problem) continue;
      let answer;
      try {
        answer = await send(entry);
      } catch {
        return "offline";
      }
      if (answer.ok) {
        await remove(entry.number);
        outcome = "sent";
      } else if (answer.status === 401 || answer.redirected) {
        return "sign-in";
      } else if (answer.status >= 500 || answer.status === 429) {
        return "offline";
      } else {
        // The server refuses it for good: keep it, say why, let the person decide.
        const said = await answer.json().catch(() => null);
        await put({ ...entry, problem: said?.error ?? `HTTP ${answer.status}` });
      }
    }
    return outcome;
  }

  // The page and the worker must not send the same record at once: one sends, the other waits its turn.
  const flushInTurn = () => (self.navigator.locks ? self.navigator.locks.request("anlan-field-queue", flush) : flush());
  const retry = (entry) => put({ ...entry, problem: "" });
  return { add, all, remove, retry, flush: flushInTurn };
})();
