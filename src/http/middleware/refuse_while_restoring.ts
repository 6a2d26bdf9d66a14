import type { MiddlewareHandler } from "hono";
import { AppError } from "../../base/errors.ts";
import { BASE, type HttpEnv } from "../environment.ts";
import type { Readiness } from "../services.ts";

/** What answers while a restore is being completed, although it is a write: deciding it, and ending other work. */
const ALWAYS = new RegExp(`^${BASE}/(?:restore/resolve|jobs/[^/]+/cancel)$`);

/**
 * Answers 503 to changes and downloads while a restore is being completed; reading goes on.
 *
 * @throws {AppError} `restore.in_progress`
 */
export function refuseWhileRestoring(
  askReadiness: () => Promise<Readiness>,
): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const isRead = c.req.method === "GET" || c.req.method === "HEAD";
    const isDownload = c.req.path.startsWith(`${BASE}/download/`);
    if ((!isRead || isDownload) && !ALWAYS.test(c.req.path)) {
      const { ready, reason } = await askReadiness();
      if (!ready) throw new AppError("restore.in_progress", { reason });
    }
    await next();
  };
}
