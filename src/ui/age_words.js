/**
 * Says how far a time is from now, as people count: by the days of a calendar. Pure, so that each zone and each change of
 * its clocks can be tested.
 *
 * @module
 */

import { dateFormat, relativeFormat } from "./formatters.js";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Words such as `3 hours ago`, `tomorrow` or `in 14 months`.
 *
 * Below a day it counts hours, then days of the calendar: what is due in 27 hours may be the day after tomorrow. Months
 * and years are counted in full and never named (`next year`), since the calendar's may have begun long before.
 *
 * @param {number} at An instant, in milliseconds.
 * @param {{now: number, zone: string, locale: string}} here
 * @returns {string} Empty for less than a minute.
 */
export function sayAge(at, { now, zone, locale }) {
  const seconds = (at - now) / 1000;
  const length = Math.abs(seconds);
  if (length < MINUTE) return "";
  const say = (value, unit, numeric = "auto") =>
    relativeFormat(locale, numeric).format(value, unit);
  if (length < HOUR) return say(Math.trunc(seconds / MINUTE), "minute");
  const days = daysBetween(now, at, zone);
  // A day of 25 hours may hold both.
  if (length < DAY || days === 0) return say(Math.trunc(seconds / HOUR), "hour");
  if (Math.abs(days) <= 30) return say(days, "day");
  const months = monthsBetween(now, at, zone);
  return Math.abs(months) < 24
    ? say(months, "month", "always")
    : say(Math.trunc(months / 12), "year", "always");
}

/** Midnights between two instants in a zone; negative when `to` is earlier. */
export function daysBetween(from, to, zone) {
  const [start, end] = [from, to].map((time) => {
    const { year, month, day } = dateIn(zone, time);
    return Date.UTC(year, month - 1, day);
  });
  return Math.round((end - start) / (DAY * 1000));
}

/** Full months between two instants in a zone. */
function monthsBetween(from, to, zone) {
  if (to < from) return -monthsBetween(to, from, zone);
  const [start, end] = [from, to].map((time) => dateIn(zone, time));
  const months = (end.year - start.year) * 12 + end.month - start.month;
  return end.day < start.day ? months - 1 : months;
}

/** The calendar's date of an instant in a zone. @returns {{year: number, month: number, day: number}} */
export function dateIn(zone, time) {
  const parts = dateFormat("en-u-ca-gregory", {
    timeZone: zone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
  }).formatToParts(time);
  const field = (type) => Number(parts.find((part) => part.type === type)?.value);
  return { year: field("year"), month: field("month"), day: field("day") };
}
