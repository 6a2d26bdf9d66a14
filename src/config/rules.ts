/**
 * What a value may be. A rule takes the raw value and gives the typed one or says what it expected.
 *
 * @module
 */
import { isIP } from "node:net";
import type { Notice } from "../base/messages/mod.ts";

/** A rule's answer to a wrong value. */
export class Refusal {
  /**
   * @param expected What would have been right; follows the word "expected".
   * @param found Replaces the value in the message where that must not be shown.
   */
  constructor(readonly expected: Notice, readonly found?: string) {}
}

/** Where a raw value came from: a file has types, the environment has only text. */
export type Source = "file" | "environment";

/** Turns a raw value into a typed one, or refuses it. */
export type Rule<Value> = (raw: unknown, source: Source) => Value | Refusal;

/** A whole number within bounds, both inclusive. */
export function integer(least: number, most = Number.MAX_SAFE_INTEGER): Rule<number> {
  const expected = most === Number.MAX_SAFE_INTEGER
    ? { en: `an integer of at least ${least}`, zh: `不小于 ${least} 的整数` }
    : { en: `an integer from ${least} to ${most}`, zh: `${least} 到 ${most} 的整数` };
  return (raw, source) => {
    const value = source === "environment" && /^-?\d+$/.test(String(raw)) ? Number(raw) : raw;
    const fits = typeof value === "number" && Number.isSafeInteger(value) && value >= least &&
      value <= most;
    return fits ? value : new Refusal(expected);
  };
}

/** A yes or no; in the environment one of the words that the library understands too. */
export const flag: Rule<boolean> = (raw, source): boolean | Refusal => {
  if (typeof raw === "boolean") return raw;
  if (source === "environment") {
    if (/^(?:true|1|yes|on)$/i.test(String(raw))) return true;
    if (/^(?:false|0|no|off)$/i.test(String(raw))) return false;
  }
  return new Refusal({ en: "true or false", zh: "true 或 false" });
};

/** Text that is not blank. */
export const words: Rule<string> = (raw): string | Refusal =>
  typeof raw === "string" && raw.trim() !== ""
    ? raw.trim()
    : new Refusal({ en: "text that is not empty", zh: "非空的文本" });

/** An address or name to listen on. */
export const hostName: Rule<string> = (raw): string | Refusal => {
  const host = typeof raw === "string" ? raw.trim() : "";
  const isAddress = isIP(host.replace(/^\[(.*)\]$/, "$1")) !== 0;
  // Of four numbers and dots only an address is meant.
  if (isAddress || (/^[\w-]+(?:\.[\w-]+)*\.?$/.test(host) && !/^[\d.]+$/.test(host))) return host;
  const port = /:\d+$/.test(host);
  return new Refusal({
    en: port
      ? "an address without a port, which is server.port (SERVER_PORT)"
      : "an address to listen on: 0.0.0.0 for every one, 127.0.0.1 for this machine alone",
    zh: port
      ? "不带端口的地址；端口写在 server.port (SERVER_PORT)"
      : "要监听的地址: 0.0.0.0 表示所有地址，127.0.0.1 表示仅本机",
  });
};

/** A path; a NUL can be no part of one. */
export const pathText: Rule<string> = (raw): string | Refusal =>
  typeof raw === "string" && raw.trim() !== "" && !raw.includes("\0")
    ? raw.trim()
    : new Refusal({ en: "a path", zh: "一个路径" });

/** One of a few words, whatever their case; `aliases` are further spellings. */
export function oneOf<const Word extends string>(
  choices: readonly Word[],
  aliases: Readonly<Record<string, Word>> = {},
): Rule<Word> {
  const expected = { en: `one of ${choices.join(", ")}`, zh: `${choices.join("、")} 之一` };
  return (raw) => {
    if (typeof raw !== "string") return new Refusal(expected);
    const key = raw.trim().toLowerCase();
    return choices.find((choice) => choice.toLowerCase() === key) ?? aliases[key] ??
      new Refusal(expected);
  };
}

/** A list whose items all follow `rule`; a list of nothing only where `mayBeEmpty`. */
export function listOf<Value>(
  rule: Rule<Value>,
  what: Notice,
  options: { mayBeEmpty?: boolean } = {},
): Rule<readonly Value[]> {
  const refusal = new Refusal({ en: `a list of ${what.en}`, zh: `${what.zh}的列表` });
  return (raw, source) => {
    if (!Array.isArray(raw) || (raw.length === 0 && !options.mayBeEmpty)) return refusal;
    const values: Value[] = [];
    for (const item of raw) {
      const value = rule(item, source);
      if (value instanceof Refusal) return refusal;
      if (!values.includes(value)) values.push(value);
    }
    return values;
  };
}

/** An IP address or a block of them (`172.16.0.0/12`). */
export const addressBlock: Rule<string> = (raw): string | Refusal => {
  const [address = "", prefix, ...rest] = String(raw).trim().split("/");
  const family = isIP(address);
  const bits = prefix === undefined ? 0 : /^\d{1,3}$/.test(prefix) ? Number(prefix) : Infinity;
  const fits = typeof raw === "string" && rest.length === 0 && family !== 0 &&
    bits <= (family === 4 ? 32 : 128);
  return fits
    ? String(raw).trim()
    : new Refusal({ en: "an IP address or block", zh: "IP 地址或网段" });
};

const FILE_MODES = [0o600, 0o640, 0o644, 0o660, 0o664];

/**
 * Permission bits of a file: octal text, or a number as YAML reads `0600`. Only modes that make sense for
 * a backup, which also catches the decimal `640`.
 */
export const fileMode: Rule<number> = (raw): number | Refusal => {
  const mode = typeof raw === "string" && /^(?:0o?)?[0-7]{3}$/.test(raw)
    ? parseInt(raw.replace("o", ""), 8)
    : raw;
  const shown = FILE_MODES.map((each) => `"0${each.toString(8)}"`).join(", ");
  return typeof mode === "number" && FILE_MODES.includes(mode)
    ? mode
    : new Refusal({ en: `one of ${shown}`, zh: `${shown.replaceAll(", ", "、")} 之一` });
};

/**
 * Five fields of a cron expression, as far as their shape tells.
 *
 * What they mean is the scheduler's to decide; `LoadOptions.checkSchedule` brings its judgement here.
 */
export const cronShape: Rule<string> = (raw): string | Refusal =>
  typeof raw === "string" && /^[\w*,/#?+-]+(?:\s+[\w*,/#?+-]+){4}$/.test(raw.trim())
    ? raw.trim().replaceAll(/\s+/g, " ")
    : new Refusal({
      en: "a cron expression of five fields: minute hour day month weekday",
      zh: "五段的 Cron 表达式: 分 时 日 月 星期",
    });
