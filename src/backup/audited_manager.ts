import { asAppError } from "../base/os_error.ts";
import type { AuditEntry } from "../jobs/audit.ts";
import type { StartedJob } from "../jobs/types.ts";
import type { Manager } from "./types.ts";

/** Where the acts are written. */
export interface ActRecorder {
  record(entry: AuditEntry): Promise<void>;
}

/**
 * Wraps a manager so that every change made through it is in the audit, with how it ended.
 *
 * For the doors that keep no audit of their own: the command line and the schedule. HTTP writes its own rows,
 * which know the peer and what was refused before a verb was reached.
 */
export function auditedManager(manager: Manager, audit: ActRecorder): Manager {
  const note = (
    action: string,
    actor: string,
    target: string | null,
    result: AuditEntry["result"],
    error?: unknown,
  ) =>
    audit.record({
      action,
      actor,
      target,
      result,
      detail: error === undefined ? null : asAppError(error).code,
    });

  /** Notes an act that is over when its promise settles. */
  const noted = async <Result>(
    action: string,
    actor: string,
    target: string | null,
    act: Promise<Result>,
  ): Promise<Result> => {
    try {
      const result = await act;
      await note(action, actor, target, "ok");
      return result;
    } catch (error) {
      await note(action, actor, target, "failed", error);
      throw error;
    }
  };

  /** Notes an act when its job has ended; one refused before it began is noted at once. */
  const notedJob = async <Result>(
    action: string,
    actor: string,
    target: (result: Result | null) => string | null,
    starting: Promise<StartedJob<Result>>,
  ): Promise<StartedJob<Result>> => {
    let started: StartedJob<Result>;
    try {
      started = await starting;
    } catch (error) {
      await note(action, actor, target(null), "refused", error);
      throw error;
    }
    const result = started.result.then(
      async (value) => {
        await note(action, actor, target(value), "ok");
        return value;
      },
      async (error) => {
        await note(action, actor, target(null), "failed", error);
        throw error;
      },
    );
    result.catch(() => {/* the caller's to handle; here it is only kept from being unhandled */});
    return { ...started, result };
  };

  return {
    list: () => manager.list(),
    notShown: () => manager.notShown(),
    get: (id) => manager.get(id),
    stats: () => manager.stats(),
    validate: (id, options) => manager.validate(id, options),
    openDownload: (id) => manager.openDownload(id),
    previewRestore: (request) => manager.previewRestore(request),
    previewRetention: () => manager.previewRetention(),
    restoreStatus: () => manager.restoreStatus(),
    create: (request) =>
      notedJob(
        "backup.create",
        request.actor,
        (made) => made?.backup_id ?? null,
        manager.create(request),
      ),
    restore: (request) =>
      notedJob("restore", request.actor, () => request.backupId, manager.restore(request)),
    undoRestore: (request) =>
      notedJob(
        "restore.undo",
        request.actor,
        (done) => done?.backup_id ?? null,
        manager.undoRestore(request),
      ),
    drill: (request) =>
      notedJob("drill", request.actor, () => request.backupId ?? null, manager.drill(request)),
    resolveRestore: (request) =>
      noted("restore.resolve", request.actor, request.action, manager.resolveRestore(request)),
    remove: (id, options) => noted("backup.delete", options.actor, id, manager.remove(id, options)),
    update: (id, change, options) =>
      noted("backup.update", options.actor, id, manager.update(id, change, options)),
    confirmRetention: (ids, options) =>
      noted(
        "retention.confirm",
        options.actor,
        null,
        manager.confirmRetention(ids, options),
      ),
    upload: (request) =>
      noted("backup.upload", request.actor, request.fileName, manager.upload(request)),
  };
}
