import { EXIT } from "./exit_code.ts";
import { COMMAND_ACTOR, type Verb } from "./verb.ts";

/** `pin`: keeps a backup from being deleted, by hand or by retention. */
export const pinVerb: Verb = {
  name: "pin",
  summary: { zh: "固定一个备份，使其不被删除", en: "keep a backup from being deleted" },
  ids: { name: "backup_id", min: 1, max: 1 },
  options: { off: { type: "boolean", help: { zh: "取消固定", en: "unpin it" } } },
  async run(context) {
    const { terminal, ids: [backupId = ""] } = context;
    await using app = await context.open();
    const pinned = !context.flag("off");
    const backup = await app.manager.update(backupId, { pinned }, { actor: COMMAND_ACTOR });
    context.answer(backup, () =>
      terminal.print(terminal.say(
        pinned
          ? { zh: `已固定: ${backup.backup_id}`, en: `Pinned: ${backup.backup_id}` }
          : { zh: `已取消固定: ${backup.backup_id}`, en: `Unpinned: ${backup.backup_id}` },
      )));
    return EXIT.done;
  },
};
