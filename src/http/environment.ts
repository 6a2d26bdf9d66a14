import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Identity } from "../auth/admin.ts";
import type { Language } from "../base/messages/mod.ts";
import type { RestoreTokenScope } from "./restore_token_scope.ts";

/** What Hono carries along with each request. */
export interface HttpEnv {
  /** What `Deno.serve` tells about the connection; absent in tests that call `fetch` bare. */
  Bindings: Partial<Deno.ServeHandlerInfo>;
  Variables: {
    /** Who asks; set for every path under the API's base. */
    identity: Identity;
    /** Address the request comes from, trusted proxies taken into account. */
    peer: string;
    /** Language of the sentences in the answer. */
    language: Language;
    /** What a change is about, for the audit. */
    target: string | null;
    /** What restore tokens open. */
    restoreTokens: RestoreTokenScope;
  };
}

/** The server while routes are being added to it. */
export type HttpApp = OpenAPIHono<HttpEnv>;

/** Where the API lives. */
export const BASE = "/api/admin/backup";
