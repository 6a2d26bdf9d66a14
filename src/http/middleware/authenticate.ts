import type { Context, MiddlewareHandler } from "hono";
import { RestoreTokenScope } from "../restore_token_scope.ts";
import type { Services } from "../services.ts";
import { BASE, type HttpEnv } from "../environment.ts";

/** Posts that change nothing: a token that may only look may send them. */
const LOOKING = /\/(?:restore\/preview|download\/[^/]+\/ticket)$/;

const DOWNLOAD = new RegExp(`^${BASE}/download/[^/]+$`);

/**
 * Lets administrators in, before a byte of the body is read.
 *
 * A download is also opened by `?token=`, or by `?ticket=`: then no identity is set, and the download itself
 * must redeem the ticket.
 *
 * @throws {AppError} `auth.invalid_token`, `auth.not_admin`, `auth.read_only`, `auth.library_unavailable`.
 */
export function authenticate(auth: Services["auth"]): MiddlewareHandler<HttpEnv> {
  const restoreTokens = new RestoreTokenScope();
  return async (c, next) => {
    const isDownload = isRead(c) && DOWNLOAD.test(c.req.path);
    const header = bearerToken(c.req.header("Authorization"));
    if (isDownload && header === null && c.req.query("ticket") !== undefined) return await next();
    const token = header ?? (isDownload ? c.req.query("token") ?? null : null);
    const write = !isRead(c) && !LOOKING.test(c.req.path);
    c.set("restoreTokens", restoreTokens);
    c.set(
      "identity",
      await auth.authenticate(token, {
        write,
        allowRestoreToken: (jobId) => restoreTokens.allows(jobId, c.req.method, c.req.path),
      }),
    );
    await next();
  };
}

/** The token of an `Authorization: Bearer` header; `null` when there is none. */
export function bearerToken(header: string | undefined): string | null {
  return /^Bearer +([^\s]+) *$/i.exec(header ?? "")?.[1] ?? null;
}

function isRead(c: Context<HttpEnv>): boolean {
  return c.req.method === "GET" || c.req.method === "HEAD";
}
