import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { openArchive } from "../../src/archive/read.ts";
import { createArchive } from "../../src/archive/write.ts";
import { isAppError } from "../../src/base/errors.ts";
import { asLarge, unpackArchive } from "../../src/restore/unpack_archive.ts";
import { prose, scratch } from "../archive/support/scratch.ts";
import { smallVolume } from "../helpers/small_volume.ts";

const AT = Date.UTC(2026, 0, 15);
const DATABASE = "database/library.db";
const LARGE = Buffer.concat(Array.from({ length: 20 }, () => prose(1024 * 1024)));
const COVER = prose(5000, 2);

interface Told {
  /** What the metadata says of the database; nothing: the truth. */
  readonly sha256?: string;
  readonly size?: number;
  /** It is not in the list of files. */
  readonly isUnlisted?: boolean;
}

/** An archive whose database is worth a thread of its own. */
async function makeArchive(path: string, told: Told = {}): Promise<void> {
  await using writer = await createArchive(path, { level: 1, timeZone: "UTC" });
  const cover = await writer.add({ path: "covers/1.jpg", modifiedAt: AT, source: COVER });
  const database = await writer.add({ path: DATABASE, modifiedAt: AT, source: LARGE });
  const { isUnlisted = false, ...changed } = told;
  const files = isUnlisted ? [cover] : [cover, { ...database, ...changed }];
  const metadata = { backup_id: "b", includes: ["database", "covers"], files };
  const source = new TextEncoder().encode(JSON.stringify(metadata));
  await writer.add({ path: "metadata.json", modifiedAt: AT, source });
  await writer.finish();
}

interface Watched {
  readonly signal?: AbortSignal;
  readonly onBytes?: (bytes: number) => void;
}

/** Unpacks everything to `files` beside the archive, or in `place`. */
async function unpack(
  archive: string,
  { signal, onBytes = () => {} }: Watched = {},
  place = join(archive, ".."),
) {
  await using opened = await openArchive(archive);
  const large = asLarge(opened, await opened.find(DATABASE));
  assert.notEqual(large, null);
  const others = join(place, "files");
  const target = join(others, DATABASE);
  const done: string[] = [];
  const report = await unpackArchive({
    archive,
    targets: new Map([[DATABASE, target]]),
    others,
    files: [],
    durable: true,
    large,
  }, {
    expected: {},
    totalBytes: LARGE.length,
    signal: signal ?? new AbortController().signal,
    onBytes,
    onFile: (path) => done.push(path),
  });
  return { report, done, target, cover: join(others, "covers", "1.jpg") };
}

Deno.test("unpackArchive() unpacks a large entry and the others beside it", async () => {
  await using temp = await scratch();
  await makeArchive(temp.path("a.zip"));
  let bytes = 0;

  const { report, done, target, cover } = await unpack(temp.path("a.zip"), {
    onBytes: (more) => bytes += more,
  });

  assert.deepEqual(report.problems, []);
  assert.equal(report.valid, true);
  assert.deepEqual([report.fileCount, report.coverCount], [3, 1]);
  assert.deepEqual(report.includes, ["database", "covers"]);
  assert.deepEqual(done, [DATABASE]);
  assert.equal(sha256(await Deno.readFile(target)), sha256(LARGE));
  assert.equal(sha256(await Deno.readFile(cover)), sha256(COVER));
  assert.ok(bytes > LARGE.length / 2, `${bytes} bytes told`);
});

for (
  const [what, told, found] of [
    ["has another hash", { sha256: "0".repeat(64) }, /SHA-256 differs from the recorded one/],
    ["has another size", { size: 7 }, /recorded 7/],
    ["is unlisted", { isUnlisted: true }, /not in the list/],
  ] as const
) {
  Deno.test(`unpackArchive() names a large entry that ${what}`, async () => {
    await using temp = await scratch();
    await makeArchive(temp.path("a.zip"), told);

    const { report } = await unpack(temp.path("a.zip"));

    assert.equal(report.valid, false);
    assert.deepEqual(report.damaged, [DATABASE]);
    assert.match(report.problems.map(({ found }) => found).join(), found);
  });
}

Deno.test("unpackArchive() names a large entry whose data are broken, and still checks the others", async () => {
  await using temp = await scratch();
  await makeArchive(temp.path("a.zip"));
  const bytes = await Deno.readFile(temp.path("a.zip"));
  for (const name of [DATABASE, "covers/1.jpg"]) {
    const at = Buffer.from(bytes.buffer).indexOf(name) + name.length + 2000;
    bytes[at] = (bytes[at] ?? 0) ^ 0x10;
  }
  await Deno.writeFile(temp.path("a.zip"), bytes);

  const { report, done } = await unpack(temp.path("a.zip"));

  assert.deepEqual([...report.damaged].sort(), ["covers/1.jpg", DATABASE]);
  assert.deepEqual(done, []);
});

Deno.test("unpackArchive() that is stopped leaves nobody writing", async () => {
  await using temp = await scratch();
  await makeArchive(temp.path("a.zip"));
  const stop = new AbortController();
  const reason = new Error("enough");

  await assert.rejects(
    unpack(temp.path("a.zip"), { signal: stop.signal, onBytes: () => stop.abort(reason) }),
    (error) => error === reason,
  );

  // A thread that still wrote would be a leak of this test, and the file would be whole sooner or later.
  const { size } = await Deno.stat(join(temp.path("files"), DATABASE));
  assert.ok(size < LARGE.length, `${size} bytes`);
});

Deno.test("unpackArchive() tells that a large entry's place is taken", async () => {
  await using temp = await scratch();
  await makeArchive(temp.path("a.zip"));
  await Deno.mkdir(join(temp.path("files"), "database"), { recursive: true });
  await Deno.writeTextFile(join(temp.path("files"), DATABASE), "mine");

  await assert.rejects(unpack(temp.path("a.zip")), (error) => isAppError(error, "storage.exists"));

  assert.equal(await Deno.readTextFile(join(temp.path("files"), DATABASE)), "mine");
});

Deno.test("unpackArchive() tells that the disk is full half way through a large entry", async () => {
  await using temp = await scratch();
  await using volume = await smallVolume(LARGE.length / 2);
  await makeArchive(temp.path("a.zip"));

  await assert.rejects(
    unpack(temp.path("a.zip"), {}, volume.path),
    (error) => isAppError(error, "storage.full"),
  );

  const { size } = await Deno.stat(join(volume.path, "files", DATABASE));
  assert.ok(size > 0 && size < LARGE.length, `${size} bytes`);
});

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
