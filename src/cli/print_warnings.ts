import type { Notice } from "../base/messages/mod.ts";
import { visibleText } from "../base/text.ts";
import type { Terminal } from "./terminal.ts";

/** Prints each warning on a line of its own, on standard error. */
export function printWarnings(warnings: readonly Notice[], terminal: Terminal): void {
  for (const warning of warnings) {
    terminal.note(
      terminal.say({ zh: "警告: ", en: "Warning: " }) + visibleText(terminal.say(warning)),
    );
  }
}
