/** Words of the page. Two tables with the same keys (a test compares them); one is loaded, the other when asked for. @module */
import { language, setLanguage } from "../preferences.js";

const LOAD = {
  en: async () => (await import("./en.js")).en,
  zh: async () => (await import("./zh.js")).zh,
};

const tables = { [language()]: await LOAD[language()]() };

const words = () => tables[language()];

/** @param {string} key @returns {boolean} Whether there are words for it. */
export const has = (key) => Object.hasOwn(words(), key);

/**
 * Words in the page's language. `{name}` in a sentence is replaced by the fact of that name; the result is text,
 * never markup.
 *
 * @param {string} key
 * @param {Record<string, unknown>} [facts]
 */
export function t(key, facts = {}) {
  const sentence = words()[key];
  if (sentence === undefined) return key;
  if (typeof sentence === "function") return sentence(facts);
  return sentence.replaceAll(/\{(\w+)\}/g, (_, name) => String(facts[name] ?? ""));
}

/** Fetches the words of every language. */
export async function loadEveryLanguage() {
  for (const name of Object.keys(LOAD)) tables[name] ??= await LOAD[name]();
}

/** Puts the page into another language, once its words are here. @param {"zh" | "en"} chosen */
export async function switchLanguage(chosen) {
  tables[chosen] ??= await LOAD[chosen]();
  setLanguage(chosen);
}
