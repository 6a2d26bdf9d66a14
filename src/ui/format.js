/** Numbers, sizes and times in the page's language and the server's zone. @module */
import { dateIn, daysBetween, sayAge } from "./age_words.js";
import { serverNow } from "./api.js";
import { dateFormat, numberFormat } from "./formatters.js";
import { t } from "./i18n/mod.js";
import { language } from "./preferences.js";
import { state } from "./store.js";

const locale = () => language() === "zh" ? "zh-CN" : "en-GB";

/** The configured zone, once known; UTC until then or when this browser does not know it. */
export function timeZone() {
  const zone = state.stats?.time_zone ?? "UTC";
  try {
    dateFormat("en", { timeZone: zone });
    return zone;
  } catch {
    return "UTC";
  }
}

/** @param {number | null | undefined} bytes @returns {string} Such as `50.2 MB`; 1 KB is 1,024 bytes. */
export function formatBytes(bytes) {
  if (bytes === null || bytes === undefined) return "–";
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** @param {number} value */
export function formatNumber(value) {
  return numberFormat(locale()).format(value);
}

/** @param {string | number} time An instant. @returns {string} The exact time with the zone. */
export function formatExact(time) {
  const at = new Date(time);
  const text = dateFormat(locale(), {
    timeZone: timeZone(),
    dateStyle: "medium",
    timeStyle: "medium",
  }).format(at);
  const zone = dateFormat(locale(), { timeZone: timeZone(), timeZoneName: "short" })
    .formatToParts(at).find((part) => part.type === "timeZoneName")?.value ?? "";
  return `${text} ${zone}`;
}

/** @param {string | number} time @returns {string} Such as `15 Jan 2026, 02:00`. */
export function formatDateTime(time) {
  return dateFormat(locale(), {
    timeZone: timeZone(),
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(new Date(time));
}

/**
 * Weekday, day and time, for what comes next; with the year unless it is this one.
 *
 * @param {string | number} time
 */
export function formatWhen(time) {
  const zone = timeZone();
  const year = (value) => dateIn(zone, value).year;
  const at = new Date(time);
  return dateFormat(locale(), {
    timeZone: zone,
    weekday: "short",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...year(at) === year(serverNow()) ? {} : { year: "numeric" },
  }).format(at);
}

/** @param {string | number} time @returns {string} `02:00` when it is near, with the day otherwise. */
export function formatNext(time) {
  const now = serverNow();
  const at = new Date(time).getTime();
  const near = Math.abs(at - now) < 20 * 3_600_000;
  if (!near && daysBetween(now, at, timeZone()) !== 0) return formatWhen(time);
  return formatTime(time);
}

/** @param {string | number} time @returns {string} Such as `02:00`. */
export function formatTime(time) {
  return dateFormat(locale(), {
    timeZone: timeZone(),
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(new Date(time));
}

/** @param {string | number} time @returns {string} Such as `3 hours ago` or `in 2 days`. */
export function formatAge(time) {
  const here = { now: serverNow(), zone: timeZone(), locale: locale() };
  return sayAge(new Date(time).getTime(), here) || t("just_now");
}

/** @param {number} seconds @returns {string} Such as `2 min 5 s`. */
export function formatDuration(seconds) {
  const unit = (value, name) =>
    numberFormat(locale(), { style: "unit", unit: name, unitDisplay: "short" })
      .format(value);
  const whole = Math.max(0, Math.round(seconds));
  if (seconds > 0 && seconds < 1) {
    return unit(Math.max(0.1, Math.round(seconds * 10) / 10), "second");
  }
  if (whole < 60) return unit(whole, "second");
  if (whole < 3600) {
    const rest = whole % 60;
    return unit(Math.floor(whole / 60), "minute") + (rest ? ` ${unit(rest, "second")}` : "");
  }
  const minutes = Math.round(whole / 60) % 60;
  return unit(Math.floor(whole / 3600), "hour") + (minutes ? ` ${unit(minutes, "minute")}` : "");
}

/** @param {number} a @param {number} b @returns {number} Whole percent of `a` in `b`, 0 to 100. */
export function percent(a, b) {
  return b > 0 ? Math.min(100, Math.max(0, Math.floor((a / b) * 100))) : 0;
}

/** Joins words as the language does. @param {readonly string[]} words */
export function formatList(words) {
  return new Intl.ListFormat(locale(), { type: "conjunction" }).format(words);
}
