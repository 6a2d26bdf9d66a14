import type { MiddlewareHandler } from "hono";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { HttpEnv } from "../environment.ts";

/**
 * Writes one line per request: changes and refusals at `INFO`, reads at `DEBUG`.
 *
 * The query is left out: it may hold a token.
 */
export function requestLog(options: { log: Logger; clock: Clock }): MiddlewareHandler<HttpEnv> {
  const { log, clock } = options;
  return async (c, next) => {
    const startedAt = clock.elapsed();
    await next();
    const isRead = c.req.method === "GET" || c.req.method === "HEAD";
    const write = isRead && c.res.status < 400 ? log.debug : log.info;
    write("request.answered", {
      method: c.req.method,
      path: c.req.path,
      status: c.res.status,
      duration_ms: Math.round(clock.elapsed() - startedAt),
      peer: c.var.peer,
      actor: c.var.identity?.name ?? null,
    });
  };
}
