/**
 * Turns an error into a sentence in the reader's language.
 *
 * @module
 */
import type { ErrorCode, ErrorDetails } from "../errors.ts";
import type { LogEvent } from "../log_events.ts";
import { asAppError } from "../os_error.ts";
import { humanBytes, visibleText } from "../text.ts";
import { en } from "./en.ts";
import { logEn } from "./log_en.ts";
import { logZh } from "./log_zh.ts";
import { zh } from "./zh.ts";

/** The languages the product speaks; Chinese is the default. */
export type Language = "zh" | "en";

/** A sentence that travels in both languages until the reader's is known. */
export interface Notice {
  readonly zh: string;
  readonly en: string;
}

/** Says what an error is, in both languages. */
export function noticeOf(error: unknown): Notice {
  return { zh: describeError(error, "zh"), en: describeError(error, "en") };
}

/**
 * Gives a document with every {@linkcode Notice} in it replaced by its sentence in `language`.
 *
 * What holds none is not copied: a list of a thousand backups has hardly any.
 */
export function localize(document: unknown, language: Language): unknown {
  if (document === null || typeof document !== "object") return document;
  if (isNotice(document)) return document[language];
  const old = document as Record<string, unknown>;
  let copy: Record<string, unknown> | null = null;
  for (const key of Object.keys(old)) {
    const value = localize(old[key], language);
    if (value === old[key]) continue;
    copy ??= (Array.isArray(old) ? [...old] : { ...old }) as Record<string, unknown>;
    copy[key] = value;
  }
  return copy ?? document;
}

/** Only two strings make a sentence: counts of rows in two tables called zh and en do not. */
function isNotice(value: object): value is Notice {
  return "zh" in value && "en" in value && typeof value.zh === "string" &&
    typeof value.en === "string" && Object.keys(value).length === 2;
}

/** Gives a sentence its facts: each method answers `?` when the detail is absent. */
export interface Facts {
  /** The detail, a text or {@linkcode Notice}, made safe to print. */
  text(name: string): string;
  /** The detail, a text or {@linkcode Notice} whose own line breaks stay, each line made safe to print. */
  lines(name: string): string;
  /** The detail, a number of bytes, as a person reads it. */
  bytes(name: string): string;
  /** The detail, a list, joined with the language's comma; at most ten, then a count. */
  list(name: string): string;
  /** The sentence of the error or {@linkcode Notice} held in the detail `reason`, or its text. */
  reason(): string;
  /** The sentence of the {@linkcode Notice} held in the detail `notice`. */
  notice(): string;
  /** Tells whether the detail is there and neither false, empty nor null. */
  has(name: string): boolean;
}

/** One row for each code. */
export type Sentences = Readonly<Record<ErrorCode, (facts: Facts) => string>>;

/** One row for each event of the log. */
export type LogSentences = Readonly<Record<LogEvent, (facts: Facts) => string>>;

const TABLES: Readonly<Record<Language, Sentences>> = { zh, en };
const LOG_TABLES: Readonly<Record<Language, LogSentences>> = { zh: logZh, en: logEn };

/**
 * Says what an error is, for a person.
 *
 * An error that is no {@linkcode AppError} is described by what the operating system says, else by the row `internal`,
 * which tells nothing of its insides; the log has them.
 */
export function describeError(error: unknown, language: Language): string {
  const known = asAppError(error);
  return TABLES[language][known.code](factsOf(known.details, language));
}

/** Says what an event of the log is; `told` are the facts that the sentence holds already. */
export function describeEvent(
  event: LogEvent,
  details: ErrorDetails,
  language: Language,
): { message: string; told: ReadonlySet<string> } {
  const told = new Set<string>();
  const seen = new Proxy(details, {
    get: (target, name) => {
      told.add(String(name));
      return target[String(name)];
    },
  });
  return { message: LOG_TABLES[language][event](factsOf(seen, language)), told };
}

/**
 * Chooses a language from an `Accept-Language` header: Chinese for whoever prefers it to English, or says nothing of
 * languages, as programs do; English for everybody else.
 */
export function chooseLanguage(header: string | null | undefined): Language {
  const wanted = (header ?? "").split(",").map((part) => {
    const [tag = "", ...parameters] = part.trim().split(";");
    const quality = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1])
      .find((value) => value !== undefined);
    return { tag: tag.trim().toLowerCase(), quality: quality === undefined ? 1 : Number(quality) };
  }).filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality);
  const named = wanted.filter(({ tag }) => /^[a-z]/.test(tag));
  const first = named.find(({ tag }) => /^(zh|en)\b/.test(tag));
  return named.length === 0 || first?.tag.startsWith("zh") ? "zh" : "en";
}

function factsOf(details: ErrorDetails, language: Language): Facts {
  const separator = language === "zh" ? "、" : ", ";
  const has = (name: string) => {
    const value = details[name];
    return Array.isArray(value)
      ? value.length > 0
      : value !== undefined && value !== null && value !== false && value !== "";
  };
  const text = (name: string) =>
    has(name) || details[name] === false
      ? visibleText(String(localize(details[name], language)))
      : "?";
  const noticeText = (value: unknown) =>
    typeof value === "object" && value !== null && isNotice(value)
      ? visibleText(value[language])
      : null;
  return {
    has,
    text,
    lines: (name) =>
      has(name)
        ? String(localize(details[name], language)).split("\n").map(visibleText).join("\n")
        : "?",
    bytes: (name) => typeof details[name] === "number" ? humanBytes(details[name]) : "?",
    list: (name) => {
      const value = details[name];
      if (!Array.isArray(value)) return text(name);
      const shown = value.slice(0, 10).map((item) => visibleText(String(item))).join(separator);
      return value.length > 10 ? `${shown}${separator}… (${value.length})` : shown;
    },
    reason: () => {
      const reason = details["reason"];
      if (reason instanceof Error) return describeError(reason, language);
      return noticeText(reason) ?? text("reason");
    },
    notice: () => noticeText(details["notice"]) ?? "?",
  };
}
