/**
 * What a search for a backup looks through: id, description, kind, and the date as people write it.
 *
 * @module
 */

import { dateFormat } from "./formatters.js";

/** Texts that were made, by backup: a list is searched at every key. */
const made = new WeakMap();

/**
 * The text of one backup.
 *
 * @param {any} backup
 * @param {{zone: string, kind: string}} here The server's zone, and the kind's word in the page's language.
 */
export function searchText(backup, { zone, kind }) {
  const key = `${zone} ${kind}`;
  const known = made.get(backup);
  if (known?.key === key) return known.text;
  const { backup_id: id, description, created_at_utc: at } = backup;
  const text = [id, description, kind, ...datesOf(new Date(at), zone)].join(" ").toLowerCase();
  made.set(backup, { key, text });
  return text;
}

/**
 * Tells whether a text holds every word of a search.
 *
 * The beginning of a date (`1-5`, `1月`) is not looked for inside a number: `11-5` is another day.
 *
 * @param {string} text In lower case.
 * @param {string} words Separated by spaces, in any order and case.
 */
export function holdsWords(text, words) {
  return words.toLowerCase().split(/\s+/).every((word) => {
    if (!/^\d+[-/.:年月日]/.test(word)) return text.includes(word);
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      if (!/\d/.test(text[at - 1] ?? "")) return true;
    }
    return false;
  });
}

/** A day and its time in the ways that are typed: by numbers, in Chinese, in English; with the weekday. */
function datesOf(at, zone) {
  const parts = partsOf("en-GB", zone, at);
  const { day, month, year, hour, minute, weekday } = parts;
  const { weekday: weekdayZh } = partsOf("zh-CN", zone, at);
  const [d, m] = [Number(day), Number(month)];
  const name = MONTHS[m - 1];
  return [
    ...["-", "/"].flatMap((s) => [[year, month, day].join(s), [year, m, d].join(s)]),
    ...["/", "."].flatMap((s) => [[day, month, year].join(s), [d, m, year].join(s)]),
    `${year}年${m}月${d}日`,
    `${year}年${month}月${day}日`,
    `${weekdayZh} ${weekdayZh.replace("星期", "周")}`,
    `${d} ${name} ${year} ${name.slice(0, 3)} ${weekday}`,
    `${hour}:${minute}`,
  ];
}

function partsOf(locale, zone, at) {
  const parts = dateFormat(locale, { ...FIELDS, timeZone: zone }).formatToParts(at);
  return Object.fromEntries(parts.map(({ type, value }) => [type, value]));
}

const FIELDS = {
  calendar: "gregory",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
  weekday: "long",
};

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
