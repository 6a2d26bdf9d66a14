import type { RestoreRequest, RestoreResult } from "../backup/types.ts";
import type { StartedJob } from "../jobs/types.ts";
import { confirm } from "./confirm.ts";
import { EXIT } from "./exit_code.ts";
import { followJob } from "./follow_job.ts";
import { printPreview } from "./print_preview.ts";
import { printRestored } from "./print_restored.ts";
import { INCLUDES_OPTION, readIncludes } from "./read_includes.ts";
import { usageError } from "./usage_error.ts";
import { COMMAND_ACTOR, type CommandApp, type Verb, type VerbContext } from "./verb.ts";
import { YES_OPTION } from "./yes_option.ts";

/** `restore`: puts a backup back, shows what that would change, or undoes the last one. */
export const restoreVerb: Verb = {
  name: "restore",
  summary: {
    zh: "恢复一个备份；--dry-run 只显示会改变什么",
    en: "restore a backup; --dry-run only shows what would change",
  },
  worksWithoutConfig: true,
  ids: { name: "backup_id", min: 0, max: 1 },
  options: {
    "dry-run": {
      type: "boolean",
      help: { zh: "只显示会改变什么，不做改动", en: "show what would change, change nothing" },
    },
    includes: INCLUDES_OPTION,
    "no-snapshot": {
      type: "boolean",
      help: { zh: "恢复前不创建快照", en: "take no snapshot first" },
    },
    "covers-mode": {
      type: "string",
      value: "MODE",
      help: {
        zh: "exact（默认，与备份完全一致）或 add_missing（只补缺）",
        en: "exact (default, as in the backup) or add_missing (only add what is missing)",
      },
    },
    "machine-keys": {
      type: "boolean",
      help: {
        zh: "本机的端口、路径、密钥等配置也用备份中的",
        en: "take the backup's port, paths and keys too, instead of this machine's",
      },
    },
    force: {
      type: "boolean",
      help: { zh: "越过可以越过的拒绝", en: "pass refusals that allow it" },
    },
    "library-stopped": {
      type: "boolean",
      help: {
        zh: "书库已停止，可直接覆盖已损坏的数据库",
        en: "the library is stopped: a ruined database may be overwritten in place",
      },
    },
    "no-upgrade-schema": {
      type: "boolean",
      help: {
        zh: "不为结构较旧的数据库补上缺少的表和列",
        en: "add no missing tables and columns to a database of an older schema",
      },
    },
    undo: { type: "boolean", help: { zh: "撤销上一次恢复", en: "undo the last restore" } },
    resolve: {
      type: "string",
      value: "ACTION",
      help: {
        zh: "决定一次卡住的恢复：resume 或 rollback",
        en: "decide a stuck restore: resume or rollback",
      },
    },
    yes: YES_OPTION,
  },
  async run(context) {
    const action = context.text("resolve");
    const [backupId] = context.ids;
    const chosen = [action, backupId, context.flag("undo") ? "undo" : undefined]
      .filter((choice) => choice !== undefined);
    if (chosen.length !== 1) {
      throw usageError({
        zh: "应当给出一个 <backup_id>，或 --undo，或 --resolve",
        en: "Expected one of <backup_id>, --undo and --resolve",
      });
    }
    if (action !== undefined) return await resolve(context, action);
    return backupId === undefined ? await undo(context) : await restore(context, backupId);
  },
};

async function restore(context: VerbContext, backupId: string): Promise<number> {
  const { terminal } = context;
  const request = readRequest(context, backupId);
  await using app = await context.open();
  const preview = async () => await app.manager.previewRestore(request);
  if (context.flag("dry-run")) {
    const found = await preview();
    context.answer(found, () => printPreview(found, terminal));
    return found.allowed ? EXIT.done : EXIT.failed;
  }
  if (!context.flag("yes") && !context.json && terminal.canAsk) {
    printPreview(await preview(), terminal);
  }
  await confirm(context, {
    zh: `用 ${backupId} 覆盖现有数据。`,
    en: `${backupId} will overwrite the live data.`,
  });
  return await finish(context, app, await app.manager.restore(request));
}

async function undo(context: VerbContext): Promise<number> {
  await using app = await context.open();
  await confirm(context, {
    zh: "撤销上一次恢复，回到恢复前的数据。",
    en: "The last restore will be undone: the data go back to what they were before it.",
  });
  const started = await app.manager.undoRestore({ actor: COMMAND_ACTOR, signal: context.signal });
  return await finish(context, app, started);
}

async function finish(
  context: VerbContext,
  app: CommandApp,
  started: StartedJob<RestoreResult>,
): Promise<number> {
  const result = await followJob(context, app, started);
  context.answer(result, () => printRestored(result, context.terminal));
  return EXIT.done;
}

async function resolve(context: VerbContext, action: string): Promise<number> {
  if (action !== "resume" && action !== "rollback") {
    throw usageError({
      zh: `--resolve 应为 resume 或 rollback: ${action}`,
      en: `Cannot read --resolve: ${action}, expected resume or rollback`,
    });
  }
  await using app = await context.open();
  await confirm(context, {
    zh: action === "resume" ? "继续完成中断的恢复。" : "放弃中断的恢复，回到恢复前。",
    en: action === "resume"
      ? "The interrupted restore will be completed."
      : "The interrupted restore will be rolled back.",
  });
  const status = await app.manager.resolveRestore({ action, actor: COMMAND_ACTOR });
  context.answer(status, () =>
    context.terminal.print(context.terminal.say(
      status.pending
        ? {
          zh: `恢复尚未完成: ${status.reason?.zh ?? status.state}`,
          en: `The restore is not finished: ${status.reason?.en ?? status.state}`,
        }
        : { zh: "恢复已了结", en: "The restore is settled" },
    )));
  return status.pending ? EXIT.failed : EXIT.done;
}

function readRequest(context: VerbContext, backupId: string): RestoreRequest {
  const mode = context.text("covers-mode") ?? "exact";
  if (mode !== "exact" && mode !== "add_missing") {
    throw usageError({
      zh: `--covers-mode 应为 exact 或 add_missing: ${mode}`,
      en: `Cannot read --covers-mode: ${mode}, expected exact or add_missing`,
    });
  }
  return {
    backupId,
    ...readIncludes(context.text("includes")),
    createSnapshot: !context.flag("no-snapshot"),
    coversMode: mode,
    machineKeys: context.flag("machine-keys"),
    force: context.flag("force"),
    libraryStopped: context.flag("library-stopped"),
    upgradeSchema: !context.flag("no-upgrade-schema"),
    actor: COMMAND_ACTOR,
    signal: context.signal,
  };
}
