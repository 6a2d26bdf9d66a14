import { humanBytes, visibleText } from "../base/text.ts";
import { EXIT } from "./exit_code.ts";
import { followJob } from "./follow_job.ts";
import { printWarnings } from "./print_warnings.ts";
import { COMMAND_ACTOR, type Verb } from "./verb.ts";

/** `validate`: reads a whole backup and says whether it would restore. */
export const validateVerb: Verb = {
  name: "validate",
  summary: {
    zh: "完整检查一个备份；损坏时退出码为 1",
    en: "check a backup whole; exit code 1 when it is damaged",
  },
  worksWithoutConfig: true,
  ids: { name: "backup_id", min: 1, max: 1 },
  async run(context) {
    const { terminal, signal, ids: [backupId = ""] } = context;
    await using app = await context.open();
    const started = await app.manager.validate(backupId, { actor: COMMAND_ACTOR, signal });
    const report = await followJob(context, app, started);
    context.answer(report, () => {
      printWarnings(report.warnings, terminal);
      if (report.valid) {
        const size = humanBytes(report.file_size);
        const parts = report.includes.join(", ");
        terminal.print(terminal.say({
          zh: `有效: ${report.backup_id}  ${size}  ${parts}`,
          en: `Valid: ${report.backup_id}  ${size}  ${parts}`,
        }));
        return;
      }
      const error = report.error === undefined ? "" : visibleText(terminal.say(report.error));
      terminal.print(terminal.say({
        zh: `无效: ${report.backup_id}  ${error}`,
        en: `Not valid: ${report.backup_id}  ${error}`,
      }));
      for (const path of report.damaged ?? []) terminal.print(`  ${visibleText(path)}`);
    });
    return report.valid ? EXIT.done : EXIT.failed;
  },
};
