import type { RetentionPreview } from "../backup/retention_types.ts";
import { humanBytes, visibleText } from "../base/text.ts";
import { confirm } from "./confirm.ts";
import { EXIT } from "./exit_code.ts";
import { formatTable } from "./format_table.ts";
import type { Terminal } from "./terminal.ts";
import { COMMAND_ACTOR, type Verb } from "./verb.ts";
import { YES_OPTION } from "./yes_option.ts";

/** `prune`: removes what is over the number to keep, without waiting for the next backup. */
export const pruneVerb: Verb = {
  name: "prune",
  summary: {
    zh: "立即清理超过保留数量的备份；--dry-run 只列出",
    en: "remove the backups over the number to keep; --dry-run only lists them",
  },
  options: {
    "dry-run": {
      type: "boolean",
      help: { zh: "只列出，不做改动", en: "list them, change nothing" },
    },
    yes: YES_OPTION,
  },
  async run(context) {
    const { terminal } = context;
    await using app = await context.open();
    const preview = await app.manager.previewRetention();
    const over = preview.backups.filter(({ action }) => action === "delete");
    if (context.flag("dry-run") || over.length === 0) {
      context.answer(preview, () => printOver(over, terminal));
      return EXIT.done;
    }
    if (!context.json) printOver(over, terminal);
    await confirm(context, {
      zh: `删除以上 ${over.length} 个备份，无法撤销。`,
      en: `These ${over.length} backups will be deleted for good.`,
    });
    const ids = over.map(({ backup_id }) => backup_id);
    const done = await app.manager.confirmRetention(ids, { actor: COMMAND_ACTOR });
    context.answer(done, () =>
      terminal.print(terminal.say({
        zh: `已清理 ${done.removed.length} 个备份`,
        en: `Removed ${done.removed.length} backups`,
      })));
    return done.kept.length === 0 ? EXIT.done : EXIT.failed;
  },
};

function printOver(over: RetentionPreview["backups"], terminal: Terminal): void {
  const say = (zh: string, en: string) => terminal.say({ zh, en });
  if (over.length === 0) {
    terminal.print(say("没有超过保留数量的备份", "No backup is over the number to keep"));
    return;
  }
  const columns = [
    { title: say("备份", "Backup") },
    { title: say("大小", "Size"), align: "right" as const },
    { title: say("原因", "Reason") },
  ];
  const rows = over.map(({ backup_id, file_size, detail }) => [
    visibleText(backup_id),
    humanBytes(file_size),
    terminal.say(detail),
  ]);
  for (const line of formatTable(columns, rows)) terminal.print(line);
}
