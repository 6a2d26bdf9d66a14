import type { Clock } from "./clock.ts";
import { utcTime } from "./clock.ts";
import { AppError, isAppError } from "./errors.ts";
import type { LogEvent } from "./log_events.ts";
import { describeError, describeEvent, type Language, localize } from "./messages/mod.ts";
import { visibleText } from "./text.ts";

/** How much is written, from most to least. */
export type LogLevel = "DEBUG" | "INFO" | "WARNING" | "ERROR";

/** Facts beside a log line; values are written as JSON, and a {@linkcode Notice} as its sentence. */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * Writes lines for the administrator: the event, its sentence in the log's language, and the facts. Text from strangers
 * is made harmless on the way.
 */
export interface Logger {
  debug(event: LogEvent, fields?: LogFields): void;
  info(event: LogEvent, fields?: LogFields): void;
  warn(event: LogEvent, fields?: LogFields): void;
  /** `error` in `fields` is written as its sentence, with the stack at level `DEBUG` only. */
  error(event: LogEvent, fields?: LogFields): void;
  /** What a job failed with, as {@linkcode Logger.error}; see {@linkcode LoggerOptions.failures}. */
  failure(event: LogEvent, fields?: LogFields): void;
}

/** What {@linkcode createLogger} needs. */
export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: "json" | "text";
  /** Of the sentences; everything else in a line is the same in every language. */
  readonly language: Language;
  readonly clock: Clock;
  /**
   * Whether a job's failure is written; default `true`. A command answers with it, so its log need not say it again:
   * then only a failure that nobody expected is written, of which the answer tells nothing.
   */
  readonly failures?: boolean;
  /** Words that must never appear, such as the signing key; each is replaced by `***`. */
  readonly secrets?: readonly string[];
  /** Where a finished line goes; standard error when absent. */
  readonly write?: (line: string) => void;
}

const RANK: Readonly<Record<LogLevel, number>> = { DEBUG: 0, INFO: 1, WARNING: 2, ERROR: 3 };

/** Makes the one logger of a process. */
export function createLogger(options: LoggerOptions): Logger {
  const secrets = (options.secrets ?? []).filter((secret) => secret.length > 0);
  // deno-lint-ignore no-console -- the one place where a log line reaches standard error
  const write = options.write ?? ((line: string) => console.error(line));
  let lost = 0;
  const hide = (text: string) =>
    secrets.reduce((safe, secret) => safe.replaceAll(secret, "***"), text)
      .replace(/([?&]token=)[^&\s"]+/g, "$1***");

  const lineOf = (level: LogLevel, event: LogEvent, fields: LogFields) => {
    const { language } = options;
    const { message, told } = describeEvent(event, fields, language);
    const facts = Object.entries(fields).flatMap(([key, value]) => {
      if (key === "notice") return [];
      const rows: [string, unknown][] = [[key, plain(value, language)]];
      if (value instanceof Error && options.level === "DEBUG") {
        rows.push([`${key}_stack`, value.stack]);
      }
      return rows;
    });
    const time = utcTime(options.clock.now());
    const line = { time, level, event, message };
    // A person need not read twice what the sentence says; a program finds every fact under its key.
    const untold = facts.filter(([key]) => !told.has(key));
    return hide(
      options.format === "json"
        ? visibleText(JSON.stringify({ ...line, ...Object.fromEntries(facts), ...line }))
        : [time, level.padEnd(7), message, ...[["event", event] as const, ...untold].map(textFact)]
          .join(" "),
    );
  };

  const log = (level: LogLevel, event: LogEvent, fields: LogFields = {}) => {
    if (RANK[level] < RANK[options.level]) return;
    if (level === "ERROR" && fields["error"] instanceof Error) logged.add(fields["error"]);
    const line = lineOf(level, event, fields);
    const loss = lost > 0 ? lineOf("WARNING", "log.lines_lost", { lines: lost }) : null;
    try {
      if (loss !== null) write(loss);
      lost = 0;
      write(line);
    } catch {
      // A full disk, or a reader who went away, must not fail what the log tells of.
      lost += 1;
    }
  };

  return {
    debug: (event, fields) => log("DEBUG", event, fields),
    info: (event, fields) => log("INFO", event, fields),
    warn: (event, fields) => log("WARNING", event, fields),
    error: (event, fields) => log("ERROR", event, fields),
    failure: (event, fields) => {
      const isUnexpected = fields?.["error"] instanceof Error && !isAppError(fields["error"]);
      if (options.failures !== false || isUnexpected) log("ERROR", event, fields);
    },
  };
}

/** Tells whether an error, or the one that it only wraps, has been written to a log as an error. */
export function wasLogged(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const reason = error instanceof AppError ? error.details["reason"] : undefined;
  return logged.has(error) || wasLogged(reason) || wasLogged(error.cause);
}

const logged = new WeakSet<Error>();

function plain(value: unknown, language: Language): unknown {
  if (value instanceof AppError) return `${value.code}: ${describeError(value, language)}`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  return localize(value, language);
}

function textFact([key, value]: readonly [string, unknown]): string {
  return `${key}=${visibleText(typeof value === "string" ? value : JSON.stringify(value) ?? "")}`;
}
