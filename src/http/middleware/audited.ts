import type { Context, MiddlewareHandler } from "hono";
import { isBackupId } from "../../backup/backup_id.ts";
import { AppError } from "../../base/errors.ts";
import { BASE, type HttpEnv } from "../environment.ts";
import type { Services } from "../services.ts";

/** What each request is called in the audit, by method and path under the base; the first that fits counts. */
const ACTIONS: readonly (readonly [RegExp, string])[] = [
  [/^POST \/create$/, "backup.create"],
  [/^(?:POST|PUT) \/upload\b/, "backup.upload"],
  [/^GET \/download\//, "backup.download"],
  [/^POST \/download\//, "backup.ticket"],
  [/^POST \/restore$/, "restore"],
  [/^POST \/restore\/undo$/, "restore.undo"],
  [/^POST \/restore\/resolve$/, "restore.resolve"],
  [/^POST \/drill$/, "drill"],
  [/^POST \/retention\/confirm$/, "retention.confirm"],
  [/^POST \/scheduler\/enable$/, "schedule.enable"],
  [/^POST \/scheduler\/disable$/, "schedule.disable"],
  [/^POST \/scheduler\/trigger$/, "schedule.trigger"],
  [/^PUT \/scheduler\/schedule$/, "schedule.change"],
  [/^POST \/jobs\/[^/]+\/cancel$/, "job.cancel"],
  [/^DELETE \/[^/]+$/, "backup.delete"],
  [/^PATCH \/[^/]+$/, "backup.update"],
];

/**
 * Writes every change, and every download of a whole archive, into the audit: done, refused or failed.
 *
 * A job that the client does not wait for counts as done once it has started; its end is in the list of jobs.
 */
export function audited(audit: Services["audit"]): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    await next();
    const request = `${c.req.method} ${c.req.path.slice(BASE.length)}`;
    const action = ACTIONS.find(([pattern]) => pattern.test(request))?.[1];
    if (action === undefined || isContinuation(c)) return;
    const { status } = c.res;
    await audit.record({
      actor: c.var.identity?.name ?? "ticket",
      action,
      target: c.var.target ?? idInPath(c.req.path),
      result: status < 400 ? "ok" : status < 500 ? "refused" : "failed",
      detail: c.error instanceof AppError ? c.error.code : null,
      peer: c.var.peer,
    });
  };
}

/** A download that goes on where another stopped, or finds nothing new, is not another download. */
function isContinuation(c: Context<HttpEnv>): boolean {
  const range = c.res.headers.get("Content-Range");
  return c.res.status === 304 || (range !== null && !range.startsWith("bytes 0-"));
}

function idInPath(path: string): string | null {
  return path.split("/").find(isBackupId) ?? null;
}
