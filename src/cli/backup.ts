import type { PendingRemoval } from "../backup/retention_types.ts";
import { humanBytes, visibleText } from "../base/text.ts";
import { EXIT } from "./exit_code.ts";
import { followJob } from "./follow_job.ts";
import { printWarnings } from "./print_warnings.ts";
import { INCLUDES_OPTION, readIncludes } from "./read_includes.ts";
import { usageError } from "./usage_error.ts";
import { COMMAND_ACTOR, type CommandApp, type Verb, type VerbContext } from "./verb.ts";

const MAX_DESCRIPTION = 1000;

/** `backup`: makes one backup and exits. */
export const backupVerb: Verb = {
  name: "backup",
  summary: { zh: "创建一个备份后退出", en: "make one backup and exit" },
  options: {
    includes: INCLUDES_OPTION,
    description: {
      type: "string",
      value: "TEXT",
      help: { zh: "备注，最多 1000 字", en: "a note, at most 1,000 characters" },
    },
  },
  async run(context) {
    const { terminal, signal } = context;
    const includes = readIncludes(context.text("includes"));
    const description = context.text("description");
    if ((description?.length ?? 0) > MAX_DESCRIPTION) throw descriptionTooLong();
    await using app = await context.open();
    const started = await app.manager.create({
      ...includes,
      ...(description === undefined ? {} : { description }),
      actor: COMMAND_ACTOR,
      signal,
    });
    const made = await followJob(context, app, started);
    context.answer(made, () => {
      printWarnings(made.warnings, terminal);
      const size = humanBytes(made.file_size);
      const parts = made.includes.join(", ");
      const zh = [made.verified_at === null ? "" : "  已验证", made.incomplete ? "  不完整" : ""];
      const en = [
        made.verified_at === null ? "" : "  verified",
        made.incomplete ? "  incomplete" : "",
      ];
      terminal.print(terminal.say({
        zh: `备份完成: ${made.backup_id}  ${size}  ${parts}${zh.join("")}`,
        en: `Backup made: ${made.backup_id}  ${size}  ${parts}${en.join("")}`,
      }));
      terminal.print(visibleText(made.file_path));
      for (const removed of made.removed) {
        terminal.print(terminal.say({
          zh: `按保留数量删除: ${removed}`,
          en: `Removed by the retention count: ${removed}`,
        }));
      }
    });
    if (made.pending_removal !== null) await offerToPrune(context, app, made.pending_removal);
    return EXIT.done;
  },
};

function descriptionTooLong() {
  return usageError({
    zh: `--description 超过 ${MAX_DESCRIPTION} 字`,
    en: `--description has more than ${MAX_DESCRIPTION} characters`,
  });
}

/** More are over the number to keep than were made: they wait for a day, unless a person agrees here. */
async function offerToPrune(
  context: VerbContext,
  app: CommandApp,
  { backup_ids }: PendingRemoval,
): Promise<void> {
  const { terminal, signal } = context;
  if (context.json || !terminal.canAsk) return;
  const count = backup_ids.length;
  const answer = await terminal.ask(
    terminal.say({
      zh:
        `现在就删除超过保留数量的 ${count} 个备份？用 prune --dry-run 可逐个查看。输入 yes 删除: `,
      en:
        `Delete the ${count} backups over the number to keep now? prune --dry-run lists them. Type yes to delete: `,
    }),
    { signal },
  );
  if (answer?.trim().toLowerCase() !== "yes") return;
  const { removed } = await app.manager.confirmRetention(backup_ids, { actor: COMMAND_ACTOR });
  terminal.print(terminal.say({
    zh: `已清理 ${removed.length} 个备份`,
    en: `Removed ${removed.length} backups`,
  }));
}
