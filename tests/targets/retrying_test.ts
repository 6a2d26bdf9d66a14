import assert from "node:assert/strict";
import { AppError } from "../../src/base/errors.ts";
import { bytesSource } from "../../src/storage/source.ts";
import { writeMarker } from "../../src/targets/folder/marker.ts";
import { openTarget } from "../../src/targets/open_target.ts";
import { retrying } from "../../src/targets/retrying.ts";
import type { Target } from "../../src/targets/target.ts";
import { type Fault, faulty } from "../helpers/faulty_target.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const MIB = 1024 * 1024;
const BYTES = new Uint8Array(3 * MIB + 5).fill(7);

/** A folder behind faults, behind retries whose waits are noted and not waited. */
async function world(faults: Fault[], options: { tries?: number } = {}) {
  const folder = await tempFolder();
  await writeMarker(folder.path);
  const plain = openTarget({ kind: "folder", path: folder.path });
  const broken = faulty(plain, faults);
  const waits: number[] = [];
  const pause = (milliseconds: number) => {
    waits.push(milliseconds);
    return Promise.resolve();
  };
  const target: Target = retrying(broken, { ...options, pause, jitter: () => 1 });
  return {
    plain,
    target,
    waits,
    calls: broken.calls,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

async function read(target: Target, name: string): Promise<Uint8Array> {
  return await new Response(await target.get(name)).bytes();
}

Deno.test("retrying() waits longer each time, and as long as the target asks", async () => {
  await using one = await world([
    { call: "probe", code: "target.unreachable" },
    { call: "probe", code: "target.timeout" },
    { call: "probe", code: "target.throttled", details: { retry_after: 42 } },
    { call: "probe", code: "target.unreachable" },
  ]);

  await one.target.probe();

  assert.deepEqual(one.waits, [1000, 2000, 42_000, 8000]);
});

Deno.test("retrying() gives up after its tries, and at once where waiting cannot help", async () => {
  await using tired = await world(
    [1, 2, 3].map(() => ({ call: "stat", code: "target.unreachable" })),
    { tries: 3 },
  );
  await using refused = await world([{ call: "put", code: "target.refused" }]);

  await assert.rejects(tired.target.stat("x"), { code: "target.unreachable" });
  await assert.rejects(refused.target.put("x", bytesSource(BYTES)), { code: "target.refused" });

  assert.equal(tired.calls.length, 3);
  assert.deepEqual(refused.waits, []);
});

Deno.test("retrying(): a put whose answer was lost counts once it is read back as the same", async () => {
  await using lost = await world([{ call: "put", code: "target.timeout", when: "after" }]);

  const stored = await lost.target.put("x", bytesSource(BYTES));

  assert.equal(stored.size, BYTES.length);
  assert.deepEqual(lost.calls, ["put", "put", "stat", "get"]);
});

Deno.test("retrying(): what another put there meanwhile is not taken for ours", async () => {
  await using taken = await world([{ call: "put", code: "target.timeout" }]);
  await taken.plain.put("x", bytesSource(new Uint8Array(BYTES.length)));

  await assert.rejects(taken.target.put("x", bytesSource(BYTES)), { code: "target.exists" });

  assert.deepEqual(await read(taken.plain, "x"), new Uint8Array(BYTES.length));
});

Deno.test("retrying(): a reading that breaks off goes on where it was", async () => {
  await using broken = await world([
    { call: "read", code: "target.unreachable" },
    { call: "get", code: "target.timeout" },
  ]);
  await broken.plain.put("x", bytesSource(BYTES));

  assert.deepEqual(await read(broken.target, "x"), BYTES);

  assert.equal(broken.calls.filter((call) => call === "get").length, 3);
});

Deno.test("retrying(): half a listing is never given", async () => {
  await using broken = await world([{ call: "list", code: "target.unreachable" }]);
  for (const name of ["a", "b", "c"]) await broken.plain.put(name, bytesSource(BYTES));

  const names = await Array.fromAsync(broken.target.list(""), ({ name }) => name);

  assert.deepEqual(names.sort(), ["a", "b", "c"]);
});

Deno.test("retrying() stops waiting when it is told to", async () => {
  await using folder = await tempFolder();
  const stop = new AbortController();
  const reason = new AppError("job.cancelled");
  const target = retrying(openTarget({ kind: "folder", path: folder.path }), {
    pause: (_milliseconds, { signal } = {}) => {
      stop.abort(reason);
      return Promise.reject(signal?.reason);
    },
  });

  await assert.rejects(target.probe({ signal: stop.signal }), reason);
});
