import type { Clock } from "./clock.ts";
import { utcTime } from "./clock.ts";
import { AppError, isAppError } from "./errors.ts";
import { describeError } from "./messages/mod.ts";
import { visibleText } from "./text.ts";

/** How much is written, from most to least. */
export type LogLevel = "DEBUG" | "INFO" | "WARNING" | "ERROR";

/** Facts beside a log line; values are written as JSON. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes lines for the administrator. Text from strangers is made harmless on the way. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  /** `error` in `fields` is written as its sentence, with the stack at level `DEBUG` only. */
  error(message: string, fields?: LogFields): void;
  /** What a job failed with, as {@linkcode Logger.error}; see {@linkcode LoggerOptions.failures}. */
  failure(message: string, fields?: LogFields): void;
}

/** What {@linkcode createLogger} needs. */
export interface LoggerOptions {
  readonly level: LogLevel;
  readonly format: "json" | "text";
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
  const hide = (text: string) =>
    secrets.reduce((safe, secret) => safe.replaceAll(secret, "***"), text)
      .replace(/([?&]token=)[^&\s"]+/g, "$1***");

  const log = (level: LogLevel, message: string, fields: LogFields = {}) => {
    if (RANK[level] < RANK[options.level]) return;
    if (level === "ERROR" && fields["error"] instanceof Error) logged.add(fields["error"]);
    const facts = Object.entries(fields).flatMap(([key, value]) => {
      const rows: [string, unknown][] = [[key, plain(value)]];
      if (value instanceof Error && options.level === "DEBUG") {
        rows.push([`${key}_stack`, value.stack]);
      }
      return rows;
    });
    const time = utcTime(options.clock.now());
    write(hide(
      options.format === "json"
        ? visibleText(JSON.stringify({ time, level, message, ...Object.fromEntries(facts) }))
        : [time, level.padEnd(7), visibleText(message), ...facts.map(textFact)].join(" "),
    ));
  };

  return {
    debug: (message, fields) => log("DEBUG", message, fields),
    info: (message, fields) => log("INFO", message, fields),
    warn: (message, fields) => log("WARNING", message, fields),
    error: (message, fields) => log("ERROR", message, fields),
    failure: (message, fields) => {
      const isUnexpected = fields?.["error"] instanceof Error && !isAppError(fields["error"]);
      if (options.failures !== false || isUnexpected) log("ERROR", message, fields);
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

function plain(value: unknown): unknown {
  if (value instanceof AppError) return `${value.code}: ${describeError(value, "zh")}`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  return value;
}

function textFact([key, value]: [string, unknown]): string {
  return `${key}=${visibleText(typeof value === "string" ? value : JSON.stringify(value) ?? "")}`;
}
