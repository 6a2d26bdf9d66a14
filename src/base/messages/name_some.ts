import { visibleText } from "../text.ts";
import type { Notice } from "./mod.ts";

/** As many are named in one sentence. */
const NAMED = 50;

/** Names files in a sentence: the first fifty, and how many there are beside them. */
export function nameSome(paths: readonly string[]): Notice {
  const names = paths.slice(0, NAMED).map(visibleText);
  const others = paths.length - names.length;
  return {
    zh: `${names.join("、")}${others > 0 ? ` 等 ${paths.length} 项` : ""}`,
    en: `${names.join(", ")}${others > 0 ? ` and ${others} more` : ""}`,
  };
}
