/** Says a cron expression in words. Pure; the server alone decides what is valid and when it runs. @module */
import { t } from "./i18n/mod.js";
import { language } from "./preferences.js";
import { formatList } from "./format.js";

const isNumber = (field) => /^\d{1,2}$/.test(field);
const isNumbers = (field) => /^\d{1,2}(,\d{1,2})*$/.test(field);
const two = (value) => String(value).padStart(2, "0");

/**
 * @param {string} expression Five fields.
 * @returns {string} A sentence; a plain one for patterns too intricate to tell.
 */
export function describeCron(expression) {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5) return t("cron.custom");
  const [minute, hour, day, month, weekday] = fields;
  const days = sayDays(day, month, weekday);
  const times = sayTimes(minute, hour);
  if (days === null || times === null) return t("cron.custom");
  return t("cron.sentence", { days, times });
}

function sayTimes(minute, hour) {
  if (isNumber(minute) && isNumbers(hour)) {
    return t("cron.at", {
      times: formatList(hour.split(",").map((one) => `${two(one)}:${two(minute)}`)),
    });
  }
  const everyHours = /^\*\/(\d{1,2})$/.exec(hour);
  if (isNumber(minute) && everyHours) {
    return t("cron.every_hours", { n: Number(everyHours[1]), minute: Number(minute) });
  }
  const everyMinutes = /^\*\/(\d{1,2})$/.exec(minute);
  if (everyMinutes && hour === "*") return t("cron.every_minutes", { n: Number(everyMinutes[1]) });
  if (isNumber(minute) && hour === "*") {
    return t("cron.every_hours", { n: 1, minute: Number(minute) });
  }
  return null;
}

function sayDays(day, month, weekday) {
  if (month !== "*") return null;
  if (day === "*" && (weekday === "*" || weekday === "?")) return t("cron.every_day");
  if (day === "*") {
    const names = weekdays(weekday);
    return names === null ? null : t("cron.on_weekdays", { days: formatList(names) });
  }
  if (isNumbers(day) && weekday === "*") {
    return t("cron.on_days", { days: formatList(day.split(",")) });
  }
  return null;
}

const NAMES = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** Names of the days of a weekday field, in its order; `null` when it is more than lists and ranges. */
function weekdays(field) {
  const numbers = [];
  for (const piece of field.toLowerCase().split(",")) {
    const [from, to = from, ...more] = piece.split("-").map(weekdayNumber);
    if (more.length > 0 || from === null || to === null) return null;
    for (let one = from; one <= (to < from ? to + 7 : to); one++) numbers.push(one % 7);
  }
  const words = new Intl.DateTimeFormat(language() === "zh" ? "zh-CN" : "en-GB", {
    weekday: "long",
    timeZone: "UTC",
  });
  // 4 January 1970 was a Sunday.
  return [...new Set(numbers)].map((one) => words.format(new Date((3 + one) * 86_400_000)));
}

function weekdayNumber(text) {
  if (/^[0-7]$/.test(text)) return Number(text);
  const index = NAMES.indexOf(text);
  return index < 0 ? null : index;
}
