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
    await confirm(context, {
      zh: `删除 ${backup_id}，无法撤销。`,
      en: `${backup_id} will be deleted for good.`,
    });
    await app.manager.remove(backup_id, { actor: COMMAND_ACTOR });
    context.answer(
      { message: terminal.say({ zh: "备份已删除", en: "The backup was deleted" }), backup_id },
      () =>
        terminal.print(terminal.say({ zh: `已删除: ${backup_id}`, en: `Deleted: ${backup_id}` })),
    );
    return EXIT.done;
  },
};
