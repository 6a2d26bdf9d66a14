import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { openArchive } from "../../src/archive/read.ts";
import { createArchive } from "../../src/archive/write.ts";
import { isAppError } from "../../src/base/errors.ts";
import type { LargeEntry } from "../../src/restore/unpack_content.ts";
import { unpackLarge } from "../../src/restore/unpack_large.ts";
import { prose, scratch } from "../archive/support/scratch.ts";

const PATH = "database/library.db";
const CONTENT = Buffer.concat(Array.from({ length: 12 }, (_, index) => prose(1024 * 1024, index)));
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");
const CRASHING = new URL("../archive/support/throwing_worker.ts", import.meta.url);

/** An archive of one large entry, and where that stands. */
async function makeArchive(path: string): Promise<LargeEntry> {
  await using writer = await createArchive(path, { level: 1, timeZone: "UTC" });
  await writer.add({ path: PATH, modifiedAt: Date.UTC(2026, 0, 15), source: CONTENT });
  await writer.finish();
  await using archive = await openArchive(path);
  const entry = await archive.find(PATH);
  assert.ok(entry !== null);
  return { entry, limit: archive.limitOf(entry) };
}

interface Wanted {
  readonly durable?: boolean;
  readonly signal?: AbortSignal;
  readonly workers?: { readonly inflate?: URL; readonly write?: URL };
  readonly onBytes?: () => void;
}

async function unpack(archive: string, path: string, wanted: Wanted = {}) {
  const large = await makeArchive(archive);
  const { durable = true, signal = new AbortController().signal, workers = {} } = wanted;
  const done: string[] = [];
  const options = {
    onBytes: wanted.onBytes ?? (() => {}),
    onFile: (name: string) => void done.push(name),
    workers,
  };
  const sha256 = await unpackLarge({ archive, large, path, durable }, options, signal);
  return { sha256, done };
}

Deno.test("unpackLarge() writes an entry and tells its hash, durable or not", async () => {
  for (const durable of [true, false]) {
    await using temp = await scratch();

    const { sha256, done } = await unpack(temp.path("a.zip"), temp.path("new/b.db"), { durable });

    assert.equal(sha256, SHA256);
    assert.deepEqual(done, [PATH]);
    assert.ok(CONTENT.equals(await Deno.readFile(temp.path("new/b.db"))));
  }
});

Deno.test("unpackLarge() ends both threads when either crashes", async () => {
  for (const workers of [{ inflate: CRASHING }, { write: CRASHING }]) {
    await using temp = await scratch();

    await assert.rejects(
      unpack(temp.path("a.zip"), temp.path("b.db"), { workers }),
      (error) => isAppError(error, "worker.crashed"),
    );
  }
});

Deno.test("unpackLarge() that is stopped before it begins leaves no port, thread or file", async () => {
  await using temp = await scratch();
  const reason = new Error("enough");

  await assert.rejects(
    unpack(temp.path("a.zip"), temp.path("b.db"), { signal: AbortSignal.abort(reason) }),
    (error) => error === reason,
  );

  await assert.rejects(Deno.stat(temp.path("b.db")), Deno.errors.NotFound);
});

Deno.test("unpackLarge() that is stopped while its threads start, or half way, throws the reason and writes no more", async () => {
  for (const rounds of [0, 1, 2, 3, 5, 10, null]) {
    await using temp = await scratch();
    const [archive, path] = [temp.path("a.zip"), temp.path("b.db")];
    const large = await makeArchive(archive);
    const stop = new AbortController();
    const reason = new Error("enough");
    const onBytes = () => stop.abort(reason);

    const task = { archive, large, path, durable: true };
    const unpacking = unpackLarge(task, { onBytes, onFile: () => {} }, stop.signal);
    unpacking.catch(() => {}); // Awaited below, when it may have ended already.
    for (let round = 0; round < (rounds ?? 0); round++) await setImmediate();
    if (rounds !== null) stop.abort(reason);
    await assert.rejects(unpacking, (error) => error === reason, `after ${rounds} rounds`);

    const size = async () => (await Deno.lstat(path).catch(() => null))?.size ?? 0;
    const before = await size();
    assert.ok(before < CONTENT.length, `${before} bytes after ${rounds} rounds`);
    assert.equal(await size(), before);
  }
});

Deno.test("unpackLarge() keeps the code of what is in its way", async () => {
  await using temp = await scratch();
  await Deno.writeTextFile(temp.path("taken"), "a file");

  const inTheWay = unpack(temp.path("a.zip"), join(temp.path("taken"), "b.db"));
  await assert.rejects(inTheWay, (error) => isAppError(error, "storage.exists", "storage.failed"));
  const isThere = unpack(temp.path("c.zip"), temp.path("taken"));
  await assert.rejects(isThere, (error) => isAppError(error, "storage.exists"));

  assert.equal(await Deno.readTextFile(temp.path("taken")), "a file");
});
