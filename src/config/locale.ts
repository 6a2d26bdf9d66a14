import type { Language } from "../base/messages/mod.ts";
import type { Environment } from "./env.ts";

/**
 * The language of whoever started the process: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is not empty decides,
 * as POSIX has it. Chinese where that names Chinese; English for every other, for `C` and where nothing is set.
 *
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html
 */
export function localeLanguage(environment: Environment): Language {
  const locale = ["LC_ALL", "LC_MESSAGES", "LANG"].map((name) => environment[name]?.trim())
    .find((value) => value !== undefined && value !== "");
  return /^zh(?![a-z])/i.test(locale ?? "") ? "zh" : "en";
}
