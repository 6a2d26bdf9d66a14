import assert from "node:assert/strict";
import { isAppError } from "../../src/base/errors.ts";
import { describeError } from "../../src/base/messages/mod.ts";
import { listenError } from "../../src/cli/listen_error.ts";

Deno.test("listenError() says what to do about a port below 1024 and about Deno's own permission", () => {
  const cases: readonly (readonly [error: Error, port: number, en: RegExp, zh: RegExp])[] = [
    [new Deno.errors.PermissionDenied(), 80, /below 1024 are for root alone/, /只有 root/],
    [new Deno.errors.PermissionDenied(), 8080, /the system does not permit it/, /系统不允许/],
    [new Deno.errors.NotCapable(), 8080, /deno task start, or add --allow-net/, /--allow-net/],
  ];
  for (const [error, port, en, zh] of cases) {
    const told = listenError(error, { host: "0.0.0.0", port });
    assert(isAppError(told, "cli.usage"));
    assert.match(describeError(told, "en"), en);
    assert.match(describeError(told, "zh"), zh);
  }
});

Deno.test("listenError() leaves every other error as it is", () => {
  const error = new TypeError("x is not a function");

  assert.equal(listenError(error, { host: "0.0.0.0", port: 1 }), error);
});
