import assert from "node:assert/strict";
import { takeMemory } from "../../src/archive/release_memory.ts";

Deno.test("takeMemory() leaves alone what others may still write to", () => {
  const shared = new Uint8Array(300_000).fill(1);
  const whole = new Uint8Array(300_000).fill(2);

  const copy = takeMemory(shared.subarray(0, 200_000));
  const last = takeMemory(whole.subarray(100_000));

  structuredClone([copy, last], { transfer: [copy.buffer, last.buffer] });
  assert.equal(shared.length, 300_000);
  assert.equal(whole.length, 0);
});
