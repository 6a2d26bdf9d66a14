/** Where the product gets its time, so that a test can hand it another. */
export interface Clock {
  /** The instant, in milliseconds since the Unix epoch. May jump either way. */
  now(): number;
  /** Milliseconds that only ever grow, for durations and rates. */
  elapsed(): number;
}

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
};

/**
 * Writes an instant as local time without an offset: `2026-01-15T23:00:00`.
 *
 * @param instant Milliseconds since the epoch.
 * @param timeZone IANA name.
 */
export function localTime(instant: number, timeZone: string): string {
  const { year, month, day, hour, minute, second } = zonedParts(instant, timeZone);
  return `${year}-${month}-${day}T${hour}:${minute}:${second}`;
}

/** Writes an instant as local time with its offset, as RFC 3339 has it: `2026-01-16T02:00:00+08:00`. */
export function offsetTime(instant: number, timeZone: string): string {
  const offset = zonedParts(instant, timeZone).offset;
  return localTime(instant, timeZone) + offset;
}

/** Writes an instant as the middle of a backup's id: `20260115_230000`. */
export function stampTime(instant: number, timeZone: string): string {
  return localTime(instant, timeZone).replaceAll(/[-:]/g, "").replace("T", "_");
}

/** Writes an instant in UTC: `2026-01-15T15:00:00.000Z`. */
export function utcTime(instant: number): string {
  return new Date(instant).toISOString();
}

/** Writes an instant as HTTP headers have it: `Thu, 15 Jan 2026 15:00:00 GMT`. */
export function httpTime(instant: number): string {
  return new Date(instant).toUTCString();
}

/** An instant as the object that libraries ask for. */
export function toDate(instant: number): Date {
  return new Date(instant);
}

/** Reads an ISO 8601 instant; `null` when it is none. Without an offset it is taken as UTC. */
export function parseUtcTime(text: string): number | null {
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text);
  const instant = Date.parse(hasZone ? text : `${text}Z`);
  return Number.isNaN(instant) ? null : instant;
}

/**
 * Reads local time without an offset (`2026-01-15T23:00:00`, fractions allowed) in a zone.
 *
 * In the hour that a clock change repeats, the first of the two instants; in the one it skips, the
 * instant as far after the gap.
 *
 * @returns Milliseconds since the epoch, or `null` when `text` is no time.
 */
export function parseLocalTime(text: string, timeZone: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(text)) return null;
  const asUtc = parseUtcTime(text.replace(" ", "T"));
  if (asUtc === null) return null;
  const before = asUtc - offsetMs(asUtc - DAY_MS, timeZone);
  const after = asUtc - offsetMs(asUtc + DAY_MS, timeZone);
  for (const candidate of [Math.min(before, after), Math.max(before, after)]) {
    if (candidate + offsetMs(candidate, timeZone) === asUtc) return candidate;
  }
  return before;
}

/** Tells whether `name` is an IANA time zone that this runtime knows. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The zone the operating system is set to. */
export function systemTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

const DAY_MS = 86_400_000;

interface ZonedParts {
  readonly year: string;
  readonly month: string;
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
  readonly offset: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function zonedParts(instant: number, timeZone: string): ZonedParts {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      second: "2-digit",
      hourCycle: "h23",
      timeZoneName: "longOffset",
    });
    formats.set(timeZone, format);
  }
  const found = new Map<string, string>(
    format.formatToParts(instant).map(({ type, value }) => [type, value] as const),
  );
  const part = (type: string) => found.get(type) ?? "";
  return {
    year: part("year").padStart(4, "0"),
    month: part("month"),
    day: part("day"),
    hour: part("hour"),
    minute: part("minute"),
    second: part("second"),
    offset: part("timeZoneName").replace("GMT", "") || "+00:00",
  };
}

function offsetMs(instant: number, timeZone: string): number {
  const match = /^([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(zonedParts(instant, timeZone).offset);
  if (match === null) return 0;
  const [, sign, hours, minutes, seconds = "0"] = match;
  const size = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000;
  return sign === "-" ? -size : size;
}
