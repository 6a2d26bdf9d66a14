/** Words of the page. Two tables with the same keys; a test compares them. @module */
import { language } from "../preferences.js";
import { en } from "./en.js";
import { zh } from "./zh.js";

const TABLES = { en, zh };

/** @param {string} key @returns {boolean} Whether there are words for it. */
export const has = (key) => Object.hasOwn(en, key);

/**
 * Words in the page's language. `{name}` in a sentence is replaced by the fact of that name; the result is text,
 * never markup.
 *
 * @param {string} key
 * @param {Record<string, unknown>} [facts]
 */
export function t(key, facts = {}) {
  const words = TABLES[language()][key];
  if (words === undefined) return key;
  if (typeof words === "function") return words(facts);
  return words.replaceAll(/\{(\w+)\}/g, (_, name) => String(facts[name] ?? ""));
}
