import type { RestoreResult } from "../backup/types.ts";
import { visibleText } from "../base/text.ts";
import { printUpgrade } from "./print_upgrade.ts";
import { printWarnings } from "./print_warnings.ts";
import type { Terminal } from "./terminal.ts";

/** Prints what a restore did and what is left to do by hand. */
export function printRestored(result: RestoreResult, terminal: Terminal): void {
  printWarnings(result.warnings, terminal);
  const parts = result.restored.join(", ");
  terminal.print(terminal.say({
    zh: `恢复完成: ${result.backup_id}  ${parts}`,
    en: `Restored: ${result.backup_id}  ${parts}`,
  }));
  printUpgrade(result.schema_upgrade, terminal);
  if (result.snapshot_id !== null) {
    terminal.print(terminal.say({
      zh: `恢复前的数据在快照 ${result.snapshot_id} 中，可用 restore --undo 撤销`,
      en:
        `The data from before are in snapshot ${result.snapshot_id}; restore --undo brings them back`,
    }));
  }
  for (const path of result.kept) {
    terminal.print(
      terminal.say({ zh: `保留: ${visibleText(path)}`, en: `Kept: ${visibleText(path)}` }),
    );
  }
  if (result.library_restart_recommended) {
    terminal.print(
      terminal.say({ zh: "建议重启书库", en: "Restarting the library is recommended" }),
    );
  }
  if (result.restart_required) {
    terminal.print(terminal.say({
      zh: "配置已改变，请重启本服务",
      en: "The configuration changed: restart this service",
    }));
  }
}
