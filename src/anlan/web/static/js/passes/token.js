// What a pass's code says and whether it is good, without a network; the same as areas/transport/passes/token.py and
// rules.py, and held against them by tests.

const PREFIX = "LCP:";
const SIGNATURE = 64;
const HEAD = 21;
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

export class TokenError extends Error {}

function demand(isRight, words) {
  if (!isRight) throw new TokenError(words);
}

/** Base45 of RFC 9285; what no encoder writes is refused. */
export function unbase45(text) {
  const values = [...text].map((letter) => ALPHABET.indexOf(letter));
  demand(values.length % 3 !== 1 && !values.includes(-1), "not Base45");
  const found = [];
  for (let at = 0; at < values.length; at += 3) {
    const [low, middle, high] = values.slice(at, at + 3);
    const number = low + 45 * middle + 2025 * (high ?? 0);
    demand(number < (high === undefined ? 256 : 65536), "not Base45");
    if (high !== undefined) found.push(number >> 8);
    found.push(number & 255);
  }
  return new Uint8Array(found);
}

/** The claims, unverified, with the signed bytes and their signature. */
export function read(text) {
  demand(text.startsWith(PREFIX), "not a pass");
  const data = unbase45(text.slice(PREFIX.length));
  const body = data.slice(0, Math.max(0, data.length - SIGNATURE));
  demand(body.length >= HEAD + 5, "too short");
  const view = new DataView(body.buffer);
  const [flags, category, kind, count] = body.slice(17, HEAD);
  const at = HEAD + 3 * count;
  demand(body[0] === 1 && flags <= 7 && count > 0 && count <= 12 && body.length > at && body.length === at + 1 + body[at], "wrong layout");
  const areas = Array.from({ length: count }, (_, i) => (body[HEAD + 3 * i] << 16) | (body[HEAD + 3 * i + 1] << 8) | body[HEAD + 3 * i + 2]);
  const from = view.getUint32(9);
  const until = view.getUint32(13);
  demand(body[at] > 0 && body[at] <= 32 && until > from && Math.max(...areas) <= 999999, "wrong content");
  let plate;
  try {
    plate = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body.slice(at + 1));
  } catch {
    throw new TokenError("wrong plate");
  }
  const claims = {
    key: hex(body.slice(1, 5)), serial: view.getUint32(5), from: from * 60000, until: until * 60000,
    free: Boolean(flags & 1), priority: Boolean(flags & 2), exercise: Boolean(flags & 4), category, kind,
    areas: areas.map((number) => String(number).padStart(6, "0")), plate,
  };
  return { claims, body, signature: data.slice(-SIGNATURE) };
}

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const bytes = (text) => new Uint8Array(text.match(/../g).map((pair) => Number.parseInt(pair, 16)));

/** The browser's own Ed25519 where it has one, else the library at `fallback`. */
async function isSigned(publicKey, signature, body, fallback) {
  let key = null;
  try {
    key = await crypto.subtle.importKey("raw", publicKey, "Ed25519", false, ["verify"]);
  } catch {
    const { verifyAsync } = await import(fallback);
    return verifyAsync(signature, body, publicKey, { zip215: false });
  }
  return crypto.subtle.verify("Ed25519", key, signature, body);
}

/** A plate as it is compared: capitals, without the spaces, dots and dashes that people write. */
export const tidyPlate = (text) => text.normalize("NFKC").toUpperCase().replace(/[^\p{L}\p{N}]/gu, "");
export const tidyCode = (text) => text.toUpperCase().replace(/[^\p{L}\p{N}]/gu, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");

/** The leading digits that every code inside an area shares. */
function prefix(code) {
  if (code.length !== 6) return code;
  return code.endsWith("0000") ? code.slice(0, 2) : code.endsWith("00") ? code.slice(0, 4) : code;
}

/** What is wrong first with a pass whose signature is right; place and plate count when they are known. */
export function judge(claims, pack, { at, area = "", plateSeen = "" }) {
  const withdrawn = pack.revoked[claims.serial];
  const findings = [
    [pack.keys.some((key) => key.kid === claims.key && key.is_revoked), "key_revoked"],
    [withdrawn && Date.parse(withdrawn) <= at, "revoked"],
    [at >= claims.until, "expired"],
    [at < claims.from, "early"],
    [plateSeen && tidyPlate(plateSeen) !== claims.plate, "wrong_plate"],
    [area && !claims.areas.some((code) => area.startsWith(prefix(code))), "outside_area"],
  ];
  return findings.find(([isSo]) => isSo)?.[1] ?? "valid";
}

/** What a checkpoint tells of a scanned or typed text: `{outcome, claims}`; claims are null where nothing can be said. */
export async function check(text, pack, how, fallback) {
  if (!text.startsWith(PREFIX)) {
    const listed = pack.passes.find(({ short }) => short === tidyCode(text));
    if (!listed) return { outcome: "unlisted", claims: null };
    const claims = { ...listed, from: Date.parse(listed.from), until: Date.parse(listed.until) };
    return { outcome: judge(claims, pack, how), claims };
  }
  let found;
  try {
    found = read(text);
  } catch (error) {
    if (error instanceof TokenError) return { outcome: "unreadable", claims: null };
    throw error;
  }
  const key = pack.keys.find(({ kid }) => kid === found.claims.key);
  if (!key) return { outcome: "unknown_key", claims: null };
  if (!(await isSigned(bytes(key.public), found.signature, found.body, fallback))) return { outcome: "forged", claims: null };
  return { outcome: judge(found.claims, pack, how), claims: found.claims };
}
