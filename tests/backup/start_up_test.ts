import assert from "node:assert/strict";
import { openTestApp } from "../helpers/test_app.ts";

Deno.test("a backup asked for while a start still tidies up waits a moment, and is made", async () => {
  await using test = await openTestApp({ open: { serve: true } });

  const settled = test.app.settle();
  const { status, body } = await test.call("POST", "create", { json: { includes: ["config"] } });
  await settled;

  assert.equal(status, 200, JSON.stringify(body));
});
