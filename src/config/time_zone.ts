import { isTimeZone } from "../base/clock.ts";
import { Refusal, type Rule } from "./rules.ts";

/** Names and offsets people write for a zone, in lower case, and the name that was meant. */
const MEANT: Readonly<Record<string, string>> = {
  beijing: "Asia/Shanghai",
  "asia/beijing": "Asia/Shanghai",
  china: "Asia/Shanghai",
  cst: "Asia/Shanghai",
  上海: "Asia/Shanghai",
  北京: "Asia/Shanghai",
  "+0": "Etc/UTC",
  "+8": "Asia/Shanghai",
  "+9": "Asia/Tokyo",
  "+7": "Asia/Bangkok",
  "+1": "Europe/Berlin",
  "-5": "America/New_York",
  "-8": "America/Los_Angeles",
};

/**
 * An IANA time zone, spelled exactly.
 *
 * A name that some programs understand and others take for UTC is refused: Python, in the library's
 * container, finds `Asia/shanghai` nowhere and silently keeps another time than ours.
 */
export const timeZoneName: Rule<string> = (raw): string | Refusal => {
  const name = typeof raw === "string" ? raw.trim() : "";
  if (isTimeZone(name) && isExactSpelling(name)) return name;
  const suggestion = suggestTimeZone(name);
  return new Refusal({
    en: `an IANA time zone such as "${suggestion}"`,
    zh: `IANA 时区名，例如 "${suggestion}"`,
  });
};

/** Finds the zone that a misspelled one most likely means; `Asia/Shanghai` when nothing is near. */
export function suggestTimeZone(name: string): string {
  const plain = name.trim().replace(/^:/, "").replaceAll(" ", "_");
  const key = plain.toLowerCase();
  if (isTimeZone(plain) && !/^[+-]/.test(plain) && !(key in MEANT)) return canonical(plain);
  const offset = offsetMeant(key);
  return MEANT[key] ?? (offset === null ? null : MEANT[offset] ?? etcZone(offset)) ??
    nearestZone(key) ?? "Asia/Shanghai";
}

/** Reads `UTC+8`, `GMT+08:00`, `+8` as east of Greenwich, and POSIX's `CST-8` likewise: `+8`. */
function offsetMeant(key: string): string | null {
  const match = /^([a-z]*)([+-])0?(\d{1,2})(?::?00)?$/.exec(key);
  if (match === null) return null;
  const [, word = "", sign = "+", hours = "0"] = match;
  const isPosix = word !== "" && word !== "utc" && word !== "gmt";
  const isEast = isPosix ? sign === "-" : sign === "+";
  return `${isEast || hours === "0" ? "+" : "-"}${hours}`;
}

/** `Etc/GMT-8` is eight hours east: the sign is POSIX's. */
function etcZone(offset: string): string | null {
  const name = `Etc/GMT${offset.startsWith("+") ? "-" : "+"}${offset.slice(1)}`;
  return isTimeZone(name) ? name : null;
}

function nearestZone(key: string): string | null {
  const zones = Intl.supportedValuesOf("timeZone");
  const city = zones.find((zone) => zone.toLowerCase().endsWith(`/${key.split("/").at(-1)}`));
  if (city !== undefined) return city;
  let nearest: string | null = null;
  let least = 4;
  for (const zone of zones) {
    const distance = editDistance(key, zone.toLowerCase());
    if (distance < least) [nearest, least] = [zone, distance];
  }
  return nearest;
}

/** How many letters must be added, dropped or changed (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? Infinity;
}

function canonical(name: string): string {
  return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
}

/** The only three letters that IANA knows; `Intl` knows more, such as `CST`, which is China to some. */
const SHORT_NAMES = /^(?:CET|EET|EST|GMT|HST|MET|MST|PRC|ROC|ROK|UCT|UTC|WET)$/;

/** `Intl` ignores case; file systems that hold the zones do not. Offsets such as `+08:00` are no names. */
function isExactSpelling(name: string): boolean {
  if (/^[+-]/.test(name) || (/^[A-Z]{3}$/.test(name) && !SHORT_NAMES.test(name))) return false;
  const resolved = canonical(name);
  if (resolved.toLowerCase() === name.toLowerCase()) return resolved === name;
  return name.split("/").every((part) => /^[A-Z]/.test(part));
}
