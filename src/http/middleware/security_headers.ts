import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "../environment.ts";

/** The page and its modules come from here and nowhere else; nobody may frame it. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS: Readonly<Record<string, string>> = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "X-Frame-Options": "DENY",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
};

/** Sets the headers that every response carries, errors among them, and forbids caches to keep the API's. */
export function securityHeaders(): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value);
    const isForbidden = c.res.headers.get("Cache-Control")?.includes("no-store") ?? false;
    const isApi = c.req.path.startsWith("/api/");
    if (!isForbidden && (isApi || !c.res.headers.has("Cache-Control"))) {
      c.res.headers.set("Cache-Control", "no-store");
    }
  };
}
