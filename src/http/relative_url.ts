import type { Context } from "hono";
import type { HttpEnv } from "./environment.ts";

/**
 * The address of something of ours, relative to the request's own: right under whatever prefix a proxy serves us.
 *
 * @param target A path from our root and perhaps a query, such as `/api/health`.
 * @returns Such as `../health`; resolve it against the URL of the request.
 * @see https://www.rfc-editor.org/rfc/rfc3986#section-4.2
 */
export function relativeUrl(c: Context<HttpEnv>, target: string): string {
  const [path = "", ...query] = target.split("?");
  // Not `c.req.path`, which has lost a slash at the end.
  const from = new URL(c.req.url).pathname.split("/").slice(0, -1);
  const to = path.split("/");
  let shared = 0;
  while (shared < to.length - 1 && shared < from.length && to[shared] === from[shared]) shared++;
  const steps = from.slice(shared).map(() => "..");
  // Nothing at all would be the request's own address.
  return [[...steps, ...to.slice(shared)].join("/") || "./", ...query].join("?");
}
