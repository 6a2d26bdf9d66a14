import { localTime } from "../base/clock.ts";

/**
 * Writes an instant as a ZIP keeps it: local time in two 16-bit numbers, two-second steps.
 *
 * Years outside 1980 to 2107 become the nearest that the format can say. The same instant in the same
 * zone gives the same numbers on every machine.
 *
 * @param instant Milliseconds since the Unix epoch.
 * @param timeZone IANA name.
 * @returns The date in the high 16 bits, the time in the low 16.
 * @see APPNOTE.TXT 4.4.6
 */
export function dosTime(instant: number, timeZone: string): number {
  const match = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)$/.exec(localTime(instant, timeZone));
  if (match === null) return FIRST;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(
    Number,
  );
  if (year < 1980) return FIRST;
  if (year > 2107) return LAST;
  const date = ((year - 1980) << 9) | (month << 5) | day;
  return ((date << 16) | (hour << 11) | (minute << 5) | (second >> 1)) >>> 0;
}

/** 1980-01-01 00:00:00 */
const FIRST = ((1 << 5) | 1) << 16;
/** 2107-12-31 23:59:58 */
const LAST = ((((127 << 9) | (12 << 5) | 31) << 16) | (23 << 11) | (59 << 5) | 29) >>> 0;
