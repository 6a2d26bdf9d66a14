import assert from "node:assert/strict";
import { Hono } from "hono";
import type { HttpEnv } from "../../src/http/environment.ts";
import { relativeUrl } from "../../src/http/relative_url.ts";

const TARGETS = ["/", "/docs", "/api/health", "/api/jobs/1", "/api/download/b?ticket=a/b?c"];
const ASKED = ["/", "/docs", "/docs/", "/api/create?wait=false", "/api/restore/undo", "/api/jobs/"];

Deno.test("relativeUrl() leads from any address to any other, under any prefix", async () => {
  for (const target of TARGETS) {
    const app = new Hono<HttpEnv>({ strict: false }).get(
      "*",
      (c) => c.text(relativeUrl(c, target)),
    );
    for (const asked of ASKED) {
      const reference = await (await app.request(asked)).text();

      for (const prefix of ["", "/tools/shuku"]) {
        const found = new URL(reference, `http://host${prefix}${asked}`);
        assert.equal(found.href, `http://host${prefix}${target}`, `${target} from ${asked}`);
      }
    }
  }
});
