import assert from "node:assert/strict";
import { bothOrNeither } from "../../src/base/both_or_neither.ts";

function untilStopped(signal: AbortSignal, atEnd: () => void): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => {
      atEnd();
      reject(signal.reason);
    });
  });
}

Deno.test("bothOrNeither() gives both results", async () => {
  const both = await bothOrNeither(undefined, () => [Promise.resolve(1), Promise.resolve("two")]);

  assert.deepEqual(both, [1, "two"]);
});

Deno.test("bothOrNeither() stops the other when one fails, and waits for it", async () => {
  let ended = false;

  const failed = bothOrNeither(undefined, (signal) => [
    Promise.reject(new Error("first")),
    untilStopped(signal, () => ended = true),
  ]);

  await assert.rejects(failed, { message: "first" });
  assert.equal(ended, true);
});

Deno.test("bothOrNeither() stops both when the caller's signal is aborted", async () => {
  const stop = new AbortController();
  let ended = 0;
  const stopped = bothOrNeither(stop.signal, (signal) => [
    untilStopped(signal, () => ended += 1),
    untilStopped(signal, () => ended += 1),
  ]);

  stop.abort(new Error("enough"));

  await assert.rejects(stopped, { message: "enough" });
  assert.equal(ended, 2);
});
