import type { SchemaUpgradeDocument } from "../backup/types.ts";
import { visibleText } from "../base/text.ts";
import type { Terminal } from "./terminal.ts";

/** Prints each table and column that is added to a backup's database, or cannot be. */
export function printUpgrade(upgrade: SchemaUpgradeDocument | null, terminal: Terminal): void {
  const print = (zh: string, en: string) => terminal.print(terminal.say({ zh, en }));
  for (const name of upgrade?.added ?? []) {
    print(`补上: ${visibleText(name)}`, `Added: ${visibleText(name)}`);
  }
  for (const { name, reason } of upgrade?.missing ?? []) {
    const [what, why] = [visibleText(name), visibleText(reason)];
    print(`无法补上: ${what} (${why})`, `Cannot be added: ${what} (${why})`);
  }
}
