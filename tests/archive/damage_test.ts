import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { verifyArchive } from "../../src/archive/verify.ts";
import { createArchive } from "../../src/archive/write.ts";
import type { FileRecord } from "../../src/backup/types.ts";
import { noise, prose, scratch } from "./support/scratch.ts";

const AT = Date.UTC(2026, 0, 15);

/** A backup in small: every kind of entry, metadata last. */
async function makeBackup(
  path: string,
  record: (files: FileRecord[]) => FileRecord[] = (files) => files,
) {
  await using writer = await createArchive(path, { level: 6, timeZone: "UTC" });
  const files: FileRecord[] = [];
  const contents: Record<string, Uint8Array> = {
    "database/library.db": prose(200_000),
    "covers/1.jpg": noise(3000),
    "covers/empty.jpg": new Uint8Array(0),
    "covers/封面.png": noise(2000, 7),
    "config/config.yaml": prose(900),
  };
  for (const [entry, source] of Object.entries(contents)) {
    files.push(await writer.add({ path: entry, modifiedAt: AT, source }));
  }
  const metadata = {
    backup_id: "b",
    includes: ["database", "covers", "config"],
    files: record(files),
  };
  const source = new TextEncoder().encode(JSON.stringify(metadata));
  await writer.add({ path: "metadata.json", modifiedAt: AT, source });
  return await writer.finish();
}

Deno.test("verifyArchive() finds nothing wrong with a whole backup and tells what is inside", async () => {
  await using temp = await scratch();
  const { md5, sha256, size } = await makeBackup(temp.path("a.zip"));

  const report = await verifyArchive(temp.path("a.zip"), { expected: { md5, sha256 } });

  assert.deepEqual({ ...report, metadata: report.metadata?.backup_id }, {
    valid: true,
    damaged: [],
    problems: [],
    metadata: "b",
    includes: ["database", "covers", "config"],
    size,
    md5,
    sha256,
    fileCount: 6,
    coverCount: 3,
    totalBytes: report.totalBytes,
    ignored: [],
    ignoredCount: 0,
    wrapper: null,
  });
});

Deno.test("verifyArchive() names every damaged path, and only those", async () => {
  await using temp = await scratch();
  await makeBackup(temp.path("a.zip"));
  const bytes = Buffer.from(await Deno.readFile(temp.path("a.zip")));
  for (const name of ["database/library.db", "covers/封面.png", "config/config.yaml"]) {
    const at = bytes.indexOf(name) + Buffer.byteLength(name) + 40;
    bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at);
  }
  await Deno.writeFile(temp.path("a.zip"), bytes);

  const { valid, damaged } = await verifyArchive(temp.path("a.zip"));

  assert.equal(valid, false);
  assert.deepEqual(damaged, ["database/library.db", "covers/封面.png", "config/config.yaml"]);
});

Deno.test("verifyArchive() compares with the recorded hashes: changed, missing and added files", async () => {
  await using temp = await scratch();
  await makeBackup(temp.path("a.zip"), (files) => [
    ...files.filter(({ path }) => path !== "covers/1.jpg").map((file) =>
      file.path === "config/config.yaml" ? { ...file, sha256: "0".repeat(64) } : file
    ),
    { path: "covers/2.jpg", size: 1, sha256: "1".repeat(64) },
  ]);

  const { damaged, problems } = await verifyArchive(temp.path("a.zip"));

  assert.deepEqual([...damaged].sort(), ["config/config.yaml", "covers/1.jpg", "covers/2.jpg"]);
  assert.deepEqual(new Set(problems.map(({ kind }) => kind)), new Set(["changed"]));
});

Deno.test("verifyArchive() notices any one flipped bit", async () => {
  await using temp = await scratch();
  const { md5 } = await makeBackup(temp.path("a.zip"));
  const whole = Buffer.from(await Deno.readFile(temp.path("a.zip")));
  const places = Buffer.from(noise(60 * 4, 99).buffer);
  for (let index = 0; index < 60; index++) {
    const bytes = Buffer.from(whole);
    const at = places.readUInt32LE(index * 4) % bytes.length;
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << index % 8), at);
    await Deno.writeFile(temp.path("b.zip"), bytes);

    const { valid } = await verifyArchive(temp.path("b.zip"), { expected: { md5 } });

    assert.equal(valid, false, `bit ${index % 8} of byte ${at}`);
  }
});

Deno.test("verifyArchive() notices a file cut short at every boundary of its structure", async () => {
  await using temp = await scratch();
  await makeBackup(temp.path("a.zip"));
  const whole = Buffer.from(await Deno.readFile(temp.path("a.zip")));
  const cuts = new Set([0, 1, whole.length - 1, whole.length - 22]);
  for (let at = whole.indexOf("PK"); at >= 0; at = whole.indexOf("PK", at + 1)) {
    for (const cut of [at, at + 4, at + 30, at + 46]) if (cut < whole.length) cuts.add(cut);
  }
  assert.ok(cuts.size > 40);
  for (const cut of cuts) {
    await Deno.writeFile(temp.path("b.zip"), whole.subarray(0, cut));

    const { valid, problems, size } = await verifyArchive(temp.path("b.zip"));

    assert.deepEqual({ valid, size }, { valid: false, size: cut });
    assert.equal(problems[0]?.hostile, false);
  }
});

Deno.test("verifyArchive() of a large archive names what is damaged, from its threads", async () => {
  await using temp = await scratch();
  const zip = temp.path("a.zip");
  await using writer = await createArchive(zip, { level: 6, timeZone: "UTC" });
  for (const name of ["1.jpg", "2.jpg"]) {
    await writer.add({ path: `covers/${name}`, modifiedAt: AT, source: noise(2 << 20) });
  }
  const { sha256 } = await writer.finish();
  const whole = await verifyArchive(zip, { withoutMd5: true, expected: { sha256 } });
  const bytes = await Deno.readFile(zip);
  bytes[3 << 20] = (bytes[3 << 20] ?? 0) ^ 1;
  await Deno.writeFile(zip, bytes);

  const report = await verifyArchive(zip, { withoutMd5: true, expected: { sha256 } });

  assert.deepEqual([whole.sha256, whole.md5, whole.coverCount], [sha256, "", 2]);
  assert.deepEqual(report.damaged, ["covers/2.jpg", "metadata.json"]);
  assert.deepEqual(report.problems.map(({ kind }) => kind), ["archive", "metadata", "checksum"]);
});

Deno.test("verifyArchive() stops with the signal's reason and leaves no thread", async () => {
  await using temp = await scratch();
  {
    await using writer = await createArchive(temp.path("a.zip"), { level: 0, timeZone: "UTC" });
    await writer.add({ path: "covers/1.jpg", modifiedAt: AT, source: noise(12 << 20) });
    await writer.finish();
  }
  const controller = new AbortController();
  const reason = new Error("enough");

  await assert.rejects(
    verifyArchive(temp.path("a.zip"), {
      signal: controller.signal,
      onBytes: () => controller.abort(reason),
    }),
    (error) => error === reason,
  );
  await assert.rejects(verifyArchive(temp.path("none.zip")), { code: "storage.missing" });
});
