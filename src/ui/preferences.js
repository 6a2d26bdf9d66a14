/** Language and theme: the browser's own until a person chooses; the choice is remembered. @module */
import { notify } from "./store.js";

/** @returns {"zh" | "en"} */
export function language() {
  return document.documentElement.lang.startsWith("zh") ? "zh" : "en";
}

/** @param {"zh" | "en"} chosen */
export function setLanguage(chosen) {
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
  remember("shuku.language", document.documentElement.lang);
  notify();
}

/** @returns {"light" | "dark"} The theme in sight, chosen or not. */
export function theme() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Switches between light and dark. */
export function toggleTheme() {
  const next = theme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = next;
  remember("shuku.theme", next);
  notify();
}

function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
}
