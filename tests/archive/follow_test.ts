import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { checkContent } from "../../src/archive/check_content.ts";
import { followArchive, type FollowNote } from "../../src/archive/follow_archive.ts";
import { followEntries } from "../../src/archive/follow_entries.ts";
import { GrowingFile } from "../../src/archive/growing_file.ts";
import { WriteMark } from "../../src/archive/write_mark.ts";
import type { FileRecord } from "../../src/archive/types.ts";
import { type ArchiveWriter, createArchive, type NewEntry } from "../../src/archive/write.ts";
import { AppError } from "../../src/base/errors.ts";
import { noise, prose, type Scratch, scratch } from "./support/scratch.ts";

const AT = Date.UTC(2026, 0, 15, 15, 30, 42);
const options = { level: 6, timeZone: "Asia/Shanghai", verify: true };
const MIB = 1 << 20;

async function* pieces(...chunks: Uint8Array[]) {
  yield* chunks;
}

/** Every way an entry can be written: stored, held and deflated, streamed, streamed and stored, empty. */
function everyKind(): NewEntry[] {
  return [
    { path: "covers/1.jpg", modifiedAt: AT, source: noise(30_000) },
    { path: "covers/封面.txt", modifiedAt: AT, source: prose(5000) },
    { path: "covers/long.txt", modifiedAt: AT, source: prose(3 * MIB) },
    { path: "covers/empty.jpg", modifiedAt: AT, source: new Uint8Array(0) },
    { path: "covers/huge.jpg", modifiedAt: AT, source: pieces(noise(9 * MIB)) },
    { path: "database/library.db", modifiedAt: AT, source: pieces(prose(17 * MIB)) },
  ];
}

async function fill(
  writer: ArchiveWriter,
  entries: readonly NewEntry[],
  record = (file: FileRecord) => file,
) {
  const files = [];
  for (const entry of entries) files.push(record(await writer.add(entry)));
  const metadata = { backup_id: "backup_20260115_233042", version: "1.0", includes: [], files };
  const source = new TextEncoder().encode(JSON.stringify(metadata));
  await writer.add({ path: "metadata.json", modifiedAt: AT, source });
}

/** Makes a finished archive of every kind of entry. */
async function finished(temp: Scratch): Promise<string> {
  const path = temp.path("a.zip");
  await using writer = await createArchive(path, { ...options, verify: false });
  await fill(writer, everyKind());
  await writer.finish();
  return path;
}

function markOf(bytes: number): WriteMark {
  const mark = new WriteMark();
  mark.reach(bytes);
  mark.end();
  return mark;
}

Deno.test("verify() reads back every kind of entry, at every level, and finds nothing wrong", async () => {
  await using temp = await scratch();
  for (const level of [0, 1, 6, 9]) {
    const path = temp.path(`${level}.zip`);
    await using writer = await createArchive(path, { ...options, level });
    await fill(writer, everyKind());
    const hashes = await writer.finish();

    const report = await writer.verify();

    assert.deepEqual(report.problems, []);
    assert.equal(report.fileCount, 7);
    assert.deepEqual(report.includes, ["database", "covers"]);
    const bytes = await Deno.readFile(path);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const md5 = createHash("md5").update(bytes).digest("hex");
    assert.deepEqual(hashes, { size: bytes.length, md5, sha256 });
  }
});

Deno.test("followEntries() reads an archive from the front as the directory tells it from the end", async () => {
  await using temp = await scratch();
  const path = await finished(temp);
  const { size } = await Deno.stat(path);
  let checked = 0;
  using file = new GrowingFile(path, markOf(size));

  const hashes = await followEntries(file, (bytes) => checked += bytes);

  const contents = [noise(30_000), prose(5000), prose(3 * MIB), new Uint8Array(0), noise(9 * MIB)];
  const expected = contents.map((bytes) => createHash("sha256").update(bytes).digest("hex"));
  assert.deepEqual([0, 1, 2, 3, 4].map((index) => hashes?.at(index)), expected);
  assert.deepEqual([hashes?.at(6) === undefined, hashes?.at(7)], [false, undefined]);
  assert.ok(checked >= 29 * MIB, `${checked} bytes of content`);
});

Deno.test("followEntries() believes nothing once a byte is wrong, wherever it is", async (t) => {
  await using temp = await scratch();
  const sound = await Deno.readFile(await finished(temp));
  const directoryAt = new DataView(sound.buffer).getUint32(sound.length - 6, true);
  const places = {
    "in a stored content": 100,
    "in a held, deflated content": 31_000,
    "in a streamed content": directoryAt - 3 * MIB,
    "in the database's descriptor": await descriptorOf(sound),
    "in the directory": directoryAt + 20,
  };
  for (const [name, at] of Object.entries(places)) {
    await t.step(name, async () => {
      const path = temp.path("bad.zip");
      await Deno.writeFile(path, sound.with(at, (sound[at] ?? 0) ^ 1));
      using file = new GrowingFile(path, markOf(sound.length));

      assert.equal(await followEntries(file, () => {}), null);
    });
  }
  await t.step("cut off", async () => {
    const path = temp.path("bad.zip");
    await Deno.writeFile(path, sound.subarray(0, directoryAt - 2 * MIB));
    using file = new GrowingFile(path, markOf(directoryAt - 2 * MIB));

    assert.equal(await followEntries(file, () => {}), null);
  });
});

/** A byte of the CRC behind the database's content: its descriptor is the last with that signature. */
function descriptorOf(bytes: Uint8Array): number {
  const signature = [0x50, 0x4b, 0x07, 0x08];
  for (let at = bytes.length - 4; at > 0; at--) {
    if (signature.every((byte, index) => bytes[at + index] === byte)) return at + 4;
  }
  throw new TypeError("no descriptor");
}

Deno.test("followArchive() checks what another program made as anybody else does", async () => {
  const folder = join(import.meta.dirname ?? ".", "..", "fixtures", "sooklib");
  const path = join(folder, "backup_20261122_102110.zip");
  const { size } = await Deno.stat(path);
  const notes: FollowNote[] = [];

  const report = await followArchive(
    { path, mark: markOf(size).shared, check: true },
    (note) => notes.push(note),
  );

  assert.deepEqual(report, await checkContent({ path }));
  const sha256 = createHash("sha256").update(await Deno.readFile(path)).digest("hex");
  assert.ok(notes.some((note) => "hashes" in note && note.hashes.sha256 === sha256));
});

Deno.test("verify() names the entry whose bytes in the file are not what was added", async (t) => {
  await using temp = await scratch();
  await t.step("changed in the file before it was read back", async () => {
    await using writer = await createArchive(temp.path("small.zip"), options);
    await fill(writer, [{ path: "covers/1.jpg", modifiedAt: AT, source: noise(MIB + 9000) }]);
    using file = await Deno.open(temp.path("small.zip"), { write: true });
    await file.seek(5000, Deno.SeekMode.Start);
    await file.write(new Uint8Array(16));
    await writer.finish();

    const { damaged } = await writer.verify();

    assert.deepEqual(damaged, ["covers/1.jpg"]);
  });
  await t.step("recorded with another hash", async () => {
    await using writer = await createArchive(temp.path("recorded.zip"), options);
    const sha256 = "0".repeat(64);
    await fill(
      writer,
      everyKind(),
      (file) => file.path === "covers/long.txt" ? { ...file, sha256 } : file,
    );
    await writer.finish();

    const { damaged } = await writer.verify();

    assert.deepEqual(damaged, ["covers/long.txt"]);
  });
  await t.step("deflated wrongly", async () => {
    await using writer = await createArchive(temp.path("large.zip"), {
      ...options,
      deflateWorker: new URL("./support/lying_worker.ts", import.meta.url),
    });
    await fill(writer, everyKind().slice(-1));
    await writer.finish();

    const { damaged, problems } = await writer.verify();

    assert.deepEqual(damaged, ["database/library.db"], JSON.stringify(problems));
  });
});

Deno.test("verify() that nobody waits for ends with its writer, and its thread too", async () => {
  await using temp = await scratch();
  const controller = new AbortController();
  await using writer = await createArchive(temp.path("a.zip"), {
    ...options,
    signal: controller.signal,
  });
  await fill(writer, everyKind());
  await writer.finish();
  const reason = new AppError("job.cancelled");

  const verifying = writer.verify();
  controller.abort(reason);

  // It may have been done before; what it may not do is go on or answer anything else.
  const outcome = await verifying.then(({ problems }) => problems.length, (error) => error);
  assert.ok(outcome === 0 || outcome === reason, String(outcome));
});

Deno.test("WriteMark lets a reader wait in its own thread until there is more, and to the end", async () => {
  await using temp = await scratch();
  const path = temp.path("grows");
  await Deno.writeFile(path, new Uint8Array(0));
  const mark = new WriteMark();
  const worker = new Worker(new URL("./support/marked_reader.ts", import.meta.url), {
    type: "module",
  });
  const answer = Promise.withResolvers<string>();
  worker.onmessage = ({ data }) => answer.resolve(data);
  worker.postMessage({ path, mark: mark.shared });
  const content = noise(5 * MIB);

  for (let at = 0; at < content.length; at += 700_000) {
    const piece = content.subarray(at, at + 700_000);
    await Deno.writeFile(path, piece, { append: true });
    mark.reach(at + piece.length);
  }
  mark.end();

  assert.equal(await answer.promise, createHash("sha256").update(content).digest("hex"));
  worker.terminate();
});
