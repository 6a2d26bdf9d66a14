import type { BackupDocument } from "../backup/types.ts";
import type { Notice } from "../base/messages/mod.ts";
import { confirm } from "./confirm.ts";
import { EXIT } from "./exit_code.ts";
import { COMMAND_ACTOR, type Verb } from "./verb.ts";
import { YES_OPTION } from "./yes_option.ts";

/** `delete`: removes a backup and its sidecar. */
export const deleteVerb: Verb = {
  name: "delete",
  summary: { zh: "删除一个备份", en: "delete a backup" },
  ids: { name: "backup_id", min: 1, max: 1 },
  options: { yes: YES_OPTION },
  async run(context) {
    const { terminal, ids: [backupId = ""] } = context;
    await using app = await context.open();
    const { backup_id } = await app.manager.get(backupId);
    const why = whyKeep(backup_id, await app.manager.list());
    await confirm(context, {
      zh: `${why?.zh ?? ""}删除 ${backup_id}，无法撤销。`,
      en: `${why?.en ?? ""}${backup_id} will be deleted for good.`,
    }, why === null ? "yes" : backup_id);
    await app.manager.remove(backup_id, { actor: COMMAND_ACTOR });
    context.answer(
      { message: terminal.say({ zh: "备份已删除", en: "The backup was deleted" }), backup_id },
      () =>
        terminal.print(terminal.say({ zh: `已删除: ${backup_id}`, en: `Deleted: ${backup_id}` })),
    );
    return EXIT.done;
  },
};

/** Why nobody should delete it without looking; its id is then to be typed. */
function whyKeep(backupId: string, backups: readonly BackupDocument[]): Notice | null {
  if (backups.length === 1) {
    return { zh: "这是最后一个备份。", en: "It is the last backup there is. " };
  }
  const isNewest = backups.some(({ backup_id, newest_verified }) =>
    backup_id === backupId && newest_verified
  );
  if (!isNewest) return null;
  return { zh: "这是最新的已验证备份。", en: "It is the newest backup known to be whole. " };
}
