import { type Part, PARTS } from "../config/types.ts";
import { usageError } from "./usage_error.ts";
import type { VerbOption } from "./verb.ts";

/** The option `--includes` of the verbs that choose parts. */
export const INCLUDES_OPTION: VerbOption = {
  type: "string",
  value: "PARTS",
  help: {
    zh: "database、covers、config、extra 中的几项，用逗号分隔",
    en: "some of database, covers, config, extra, separated by commas",
  },
};

/**
 * Reads the value of `--includes`; absent stays absent.
 *
 * @throws {AppError} `cli.usage` for a part that does not exist.
 */
export function readIncludes(text: string | undefined): { includes?: readonly Part[] } {
  if (text === undefined) return {};
  const named = text.split(",").map((name) => name.trim()).filter((name) => name !== "");
  const unknown = named.find((name) => !PARTS.some((part) => part === name));
  if (unknown !== undefined || named.length === 0) {
    const found = unknown ?? text;
    throw usageError({
      zh: `--includes 中没有这一项: "${found}"；应为 ${PARTS.join(",")} 中的几项`,
      en: `Cannot read --includes: "${found}", expected some of ${PARTS.join(",")}`,
    });
  }
  return { includes: PARTS.filter((part) => named.includes(part)) };
}
