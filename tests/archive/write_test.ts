import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { AppError } from "../../src/base/errors.ts";
import { openArchive } from "../../src/archive/read.ts";
import { verifyArchive } from "../../src/archive/verify.ts";
import { encodeMetadata } from "../../src/archive/encode_metadata.ts";
import { PackedFiles } from "../../src/archive/packed_files.ts";
import { createArchive, type NewEntry } from "../../src/archive/write.ts";
import { noise, prose, run, scratch } from "./support/scratch.ts";

const AT = Date.UTC(2026, 0, 15, 15, 30, 42);
const options = { level: 6, timeZone: "Asia/Shanghai" };
const text = (value: string) => new TextEncoder().encode(value);

async function* pieces(...chunks: Uint8Array[]) {
  yield* chunks;
}

async function writeAll(path: string, entries: NewEntry[], level = 6) {
  await using writer = await createArchive(path, { ...options, level });
  const records = [];
  for (const entry of entries) records.push(await writer.add(entry));
  return { records, ...await writer.finish() };
}

Deno.test("createArchive() writes what Python, Info-ZIP and 7-Zip read, with Unicode names", async () => {
  await using temp = await scratch();
  const zip = temp.path("a.zip");
  const names = ["covers/封面/红楼梦.jpg", "covers/𠮷😀é.png", "config/config.yaml"];

  await writeAll(zip, [
    ...names.map((path) => ({ path, modifiedAt: AT, source: prose(5000) })),
    { path: "database/library.db", modifiedAt: AT, source: pieces(prose(17 << 20)) },
  ]);

  const listed = await run(
    "python3",
    "-c",
    "import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);assert z.testzip() is None;print('\\n'.join(f'{i.filename} {i.compress_type} {i.date_time}' for i in z.infolist()))",
    zip,
  );
  assert.deepEqual(listed.trim().split("\n"), [
    "covers/封面/红楼梦.jpg 0 (2026, 1, 15, 23, 30, 42)",
    "covers/𠮷😀é.png 0 (2026, 1, 15, 23, 30, 42)",
    "config/config.yaml 8 (2026, 1, 15, 23, 30, 42)",
    "database/library.db 8 (2026, 1, 15, 23, 30, 42)",
  ]);
  await run("unzip", "-tq", zip);
  assert.match(await run("7z", "l", "-ba", "-sccUTF-8", zip), /红楼梦\.jpg/);
  await run("7z", "t", zip);
});

Deno.test("createArchive() gives back size and hashes as md5sum and sha256sum do", async () => {
  await using temp = await scratch();
  const zip = temp.path("a.zip");
  const content = noise(3_000_000);

  const { records, size, md5, sha256 } = await writeAll(zip, [
    { path: "covers/1.jpg", modifiedAt: AT, source: content },
    { path: "covers/empty.jpg", modifiedAt: AT, source: new Uint8Array(0) },
  ]);

  const bytes = await Deno.readFile(zip);
  assert.deepEqual(records, [
    { path: "covers/1.jpg", size: content.length, sha256: hash("sha256", content) },
    { path: "covers/empty.jpg", size: 0, sha256: hash("sha256", new Uint8Array(0)) },
  ]);
  assert.deepEqual({ size, md5, sha256 }, {
    size: bytes.length,
    md5: hash("md5", bytes),
    sha256: hash("sha256", bytes),
  });
});

Deno.test("createArchive() makes the same bytes of the same content", async () => {
  await using temp = await scratch();
  const entries = () => [
    { path: "database/library.db", modifiedAt: AT, source: pieces(prose(18 << 20)) },
    { path: "config/a.yaml", modifiedAt: AT, source: text("a: 1\n".repeat(99)) },
  ];

  const first = await writeAll(temp.path("1.zip"), entries());
  const second = await writeAll(temp.path("2.zip"), entries());

  assert.equal(first.sha256, second.sha256);
});

Deno.test("add() stores compressed formats and whatever deflate does not shrink", async () => {
  await using temp = await scratch();
  const zip = temp.path("a.zip");
  const jpeg = Uint8Array.from([0xff, 0xd8, 0xff, ...prose(4000)]);
  await writeAll(zip, [
    { path: "covers/a.webp", modifiedAt: AT, source: prose(4000) },
    { path: "covers/no-extension", modifiedAt: AT, source: jpeg },
    { path: "covers/noise.bin", modifiedAt: AT, source: noise(300_000) },
    { path: "covers/text.bin", modifiedAt: AT, source: prose(300_000) },
    { path: "covers/big.jpg", modifiedAt: AT, source: prose(5 << 20) },
  ]);

  await using archive = await openArchive(zip);
  const methods = await Array.fromAsync(archive.entries(), ({ path, method }) => [path, method]);

  assert.deepEqual(methods, [
    ["covers/a.webp", 0],
    ["covers/no-extension", 0],
    ["covers/noise.bin", 0],
    ["covers/text.bin", 8],
    ["covers/big.jpg", 0],
  ]);
});

Deno.test("add() takes sources whose size nobody knows, at every level, and past what it holds", async () => {
  await using temp = await scratch();
  for (const level of [0, 1, 6, 9]) {
    const zip = temp.path(`${level}.zip`);
    const content = prose((16 << 20) + 12_345, level + 1);

    const { records } = await writeAll(zip, [
      { path: "database/library.db", modifiedAt: AT, source: pieces(content) },
      { path: "covers/huge.jpg", modifiedAt: AT, source: pieces(new Uint8Array(0), content) },
    ], level);

    assert.deepEqual(records.map(({ size }) => size), [content.length, content.length]);
    assert.deepEqual((await verifyArchive(zip)).damaged, ["metadata.json"]);
    await run("unzip", "-tq", zip);
    await run(
      "python3",
      "-c",
      "import sys,zipfile;assert zipfile.ZipFile(sys.argv[1]).testzip() is None",
      zip,
    );
  }
});

Deno.test("add() writes what deflate cannot shrink, megabytes at a time, in its place between small things", async () => {
  await using temp = await scratch();
  const zip = temp.path("a.zip");
  const large = noise(9 << 20);
  const small = { path: "config/config.yaml", modifiedAt: AT, source: prose(900) };

  await writeAll(zip, [
    small,
    { path: "database/library.db", modifiedAt: AT, source: pieces(large) },
    { ...small, path: "metadata.json" },
  ]);

  await run("unzip", "-tq", zip);
  await using archive = await openArchive(zip);
  const entry = await archive.find("database/library.db");
  assert.ok(entry !== null);
  const read = Buffer.concat(await Array.fromAsync(archive.read(entry), (piece) => piece.slice()));
  assert.ok(read.equals(large));
});

Deno.test("add() leaves a missing file out and goes on; addAll() names it", async () => {
  await using temp = await scratch();
  await Deno.writeFile(temp.path("1.jpg"), noise(500));
  const entry = (name: string) => ({
    path: `covers/${name}`,
    modifiedAt: AT,
    source: { file: temp.path(name) },
  });
  await using writer = await createArchive(temp.path("a.zip"), options);

  await assert.rejects(writer.add(entry("gone.jpg")), { code: "storage.missing" });
  const outcomes = await Array.fromAsync(
    writer.addAll([entry("1.jpg"), entry("2.jpg"), { ...entry("1.jpg"), path: "covers/1b.jpg" }]),
    (outcome) => "error" in outcome ? outcome.error.code : outcome.record.path,
  );
  await writer.finish();

  assert.deepEqual(outcomes, ["covers/1.jpg", "storage.missing", "covers/1b.jpg"]);
  await run("unzip", "-tq", temp.path("a.zip"));
});

Deno.test("add() refuses names that a reader refuses, before writing anything", async () => {
  await using temp = await scratch();
  await using writer = await createArchive(temp.path("a.zip"), options);
  await writer.add({ path: "covers/A.jpg", modifiedAt: AT, source: noise(10) });

  for (const path of ["covers/a.jpg", "../x", "covers\\x", "covers/A.jpg/x", "covers"]) {
    await assert.rejects(writer.add({ path, modifiedAt: AT, source: noise(10) }), {
      code: "archive.hostile",
    });
  }
  await writer.add({ path: "covers/b.jpg", modifiedAt: AT, source: noise(10) });
  await writer.finish();

  await run("unzip", "-tq", temp.path("a.zip"));
});

Deno.test("createArchive() leaves no file when cancelled in the middle of an entry", async () => {
  await using temp = await scratch();
  const controller = new AbortController();
  const reason = new AppError("job.cancelled");
  let read = 0;
  {
    await using writer = await createArchive(temp.path("a.zip"), {
      ...options,
      signal: controller.signal,
      onBytes: (bytes) => {
        read += bytes;
        if (read > 20 << 20) controller.abort(reason);
      },
    });
    const big = { path: "database/library.db", modifiedAt: AT, source: pieces(prose(24 << 20)) };

    await assert.rejects(writer.add(big), (error) => error === reason);
    await assert.rejects(writer.add({ ...big, path: "x" }), (error) => error === reason);
    await assert.rejects(writer.finish(), (error) => error === reason);
  }

  await assert.rejects(Deno.stat(temp.path("a.zip")), Deno.errors.NotFound);
});

Deno.test("createArchive() says worker.crashed when a thread dies, and leaves no file", async () => {
  await using temp = await scratch();
  {
    await using writer = await createArchive(temp.path("a.zip"), {
      ...options,
      deflateWorker: new URL("./support/crashing_worker.ts", import.meta.url),
    });
    const add = (path: string) => writer.add({ path, modifiedAt: AT, source: prose(20 << 20) });

    await assert.rejects(add("database/library.db"), { code: "worker.crashed" });
    await assert.rejects(writer.finish(), { code: "worker.crashed" });
  }

  await assert.rejects(Deno.stat(temp.path("a.zip")), Deno.errors.NotFound);
});

Deno.test("createArchive() never overwrites and is readable by its owner alone", async () => {
  await using temp = await scratch();
  await writeAll(temp.path("a.zip"), []);

  await assert.rejects(createArchive(temp.path("a.zip"), options), { code: "storage.exists" });
  const { mode } = await Deno.stat(temp.path("a.zip"));
  assert.equal((mode ?? 0) & 0o777, 0o600);
});

function hash(algorithm: string, bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest("hex");
}

Deno.test("addAll() takes back what it wrote of a source that fails half way, and goes on", async () => {
  await using temp = await scratch();
  const zip = temp.path("a.zip");
  const failure = new AppError("storage.failed", { path: "covers/2", found: "EIO" });
  const broken = async function* (content: Uint8Array<ArrayBuffer>) {
    yield content;
    throw failure;
  };
  const sources = {
    "covers/1.jpg": noise(3_000_000),
    // Deflated and framed, both after far more than the follower's and the writer's buffers hold.
    "covers/2.bmp": broken(prose(30_000_000)),
    "covers/3.jpg": broken(noise(30_000_000)),
    "covers/4.bmp": pieces(prose(12_000_000)),
    "covers/5.jpg": broken(noise(8_500_000)),
    "covers/6.jpg": noise(10),
  };
  const entries = Object.entries(sources)
    .map(([path, source]) => ({ path, modifiedAt: AT, source }));
  await using writer = await createArchive(zip, { ...options, verify: true });
  const files = new PackedFiles();
  const failed: string[] = [];

  for await (const outcome of writer.addAll(entries)) {
    if ("record" in outcome) files.add(outcome.record);
    else failed.push(`${outcome.entry.path} ${outcome.error.details["found"]}`);
  }

  const metadata = encodeMetadata({ backup_id: "x" }, files);
  await writer.add({ path: "metadata.json", modifiedAt: AT, source: metadata });
  const { md5 } = await writer.finish();

  assert.deepEqual(failed, ["covers/2.bmp EIO", "covers/3.jpg EIO", "covers/5.jpg EIO"]);
  assert.deepEqual((await writer.verify()).problems, []);
  assert.equal((await run("md5sum", zip)).slice(0, 32), md5);
  await run("unzip", "-tq", zip);
  assert.deepEqual((await run("unzip", "-Z1", zip)).trim().split("\n"), [
    ...["covers/1.jpg", "covers/4.bmp", "covers/6.jpg", "metadata.json"],
  ]);
});
