import type { Notice } from "../base/messages/mod.ts";
import { visibleText } from "../base/text.ts";
import type { DrillOutcome } from "../backup/types.ts";
import { EXIT } from "./exit_code.ts";
import { followJob } from "./follow_job.ts";
import { COMMAND_ACTOR, type Verb } from "./verb.ts";

/** `drill`: restores a backup into a scratch folder and looks whether it would have worked. */
export const drillVerb: Verb = {
  name: "drill",
  summary: {
    zh: "恢复演练：把指定的备份（默认最新的与一个较早的）恢复到临时目录并检查",
    en: "rehearse restores in a scratch folder: the backup named, else the newest and an older one",
  },
  worksWithoutConfig: true,
  ids: { name: "backup_id", min: 0, max: 1 },
  async run(context) {
    const { terminal, signal, ids: [backupId] } = context;
    await using app = await context.open();
    const started = await app.manager.drill({
      ...(backupId === undefined ? {} : { backupId }),
      actor: COMMAND_ACTOR,
      signal,
    });
    const drill = await followJob(context, app, started);
    context.answer(drill, () => {
      for (const outcome of drill.outcomes) {
        const detail = outcome.detail === null
          ? ""
          : `  ${visibleText(terminal.say(outcome.detail))}`;
        const seconds = outcome.duration_seconds.toFixed(1);
        terminal.print(terminal.say({
          zh: `${RESULTS[outcome.result].zh}: ${outcome.backup_id}  ${seconds} 秒${detail}`,
          en: `${RESULTS[outcome.result].en}: ${outcome.backup_id}  ${seconds} s${detail}`,
        }));
      }
    });
    return drill.result === "passed" ? EXIT.done : EXIT.failed;
  },
};

const RESULTS: Readonly<Record<DrillOutcome["result"], Notice>> = {
  passed: { zh: "演练通过", en: "Drill passed" },
  failed: { zh: "备份有问题", en: "The backup is bad" },
  error: { zh: "演练未能完成", en: "The drill could not be done" },
};
