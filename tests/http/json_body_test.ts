import assert from "node:assert/strict";
import { isAppError } from "../../src/base/errors.ts";
import { readLimited } from "../../src/http/middleware/json_body.ts";

Deno.test("readLimited() reads a body that comes in pieces, and none", async () => {
  const body = ReadableStream.from([new Uint8Array([1, 2]), new Uint8Array([3])]);

  assert.deepEqual([...await readLimited(body, { limitBytes: 3 })], [1, 2, 3]);
  assert.equal((await readLimited(null, { limitBytes: 3 })).length, 0);
});

Deno.test("readLimited() gives up a body that is too large or never ends", async () => {
  const cases = [
    { size: 4, deadlineMs: 60_000, code: "request.too_large" },
    { size: 1, deadlineMs: 20, code: "request.timeout" },
  ] as const;
  for (const { size, deadlineMs, code } of cases) {
    let isGivenUp = false;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(size)),
      cancel: () => {
        isGivenUp = true;
      },
    });

    const reading = readLimited(body, { limitBytes: 3, deadlineMs });

    await assert.rejects(reading, (error) => isAppError(error, code));
    assert.equal(isGivenUp, true);
  }
});
