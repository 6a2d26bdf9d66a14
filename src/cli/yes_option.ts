import type { VerbOption } from "./verb.ts";

/** The option `--yes` of the verbs that destroy something. */
export const YES_OPTION: VerbOption = {
  type: "boolean",
  help: { zh: "不再询问", en: "do not ask" },
};
