import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { TextReader, Uint8ArrayReader, Uint8ArrayWriter, ZipWriter } from "@zip-js/zip-js";
import { openArchive } from "../../src/archive/read.ts";
import { verifyArchive } from "../../src/archive/verify.ts";
import { noise, prose, run, scratch } from "./support/scratch.ts";

const SOOKLIB = new URL("../fixtures/sooklib/backup_20261122_102110.zip", import.meta.url).pathname;

Deno.test("verifyArchive() finds nothing wrong with a backup that Sooklib made", async () => {
  const { valid, damaged, problems, includes, metadata } = await verifyArchive(SOOKLIB);

  assert.deepEqual({ valid, damaged, problems, includes }, {
    valid: true,
    damaged: [],
    problems: [],
    includes: ["database", "covers", "config"],
  });
  assert.deepEqual(metadata, {
    backup_id: "backup_20261122_102110",
    created_at: "2026-11-22T10:21:10.683492",
    description: "",
    includes: ["database", "covers", "config"],
    version: "1.0",
  });
});

Deno.test("read() gives the bytes that Sooklib's library has", async () => {
  await using archive = await openArchive(SOOKLIB);
  const entry = await archive.find("covers/封面/红楼梦.jpg");
  assert.ok(entry);

  const bytes = Buffer.concat(await Array.fromAsync(archive.read(entry)));

  const original = new URL("../fixtures/sooklib/library/covers/封面/红楼梦.jpg", import.meta.url);
  assert.ok(bytes.equals(await Deno.readFile(original)));
});

/** Programs that make an archive of a folder, each in its own dialect. */
const WRITERS: Record<string, (zip: string, folder: string) => Promise<unknown>> = {
  "Info-ZIP": (zip, folder) => run("sh", "-c", 'cd "$2" && zip -qr "$1" .', "sh", zip, folder),
  "Info-ZIP to a pipe": (zip, folder) =>
    run("sh", "-c", 'cd "$2" && zip -qr - . | cat > "$1"', "sh", zip, folder),
  "7-Zip": (zip, folder) => run("sh", "-c", 'cd "$2" && 7z a -tzip "$1" .', "sh", zip, folder),
  "Python": (zip, folder) =>
    run("sh", "-c", 'cd "$2" && python3 -m zipfile -c "$1" covers database', "sh", zip, folder),
  "Python to a pipe": (zip, folder) =>
    run(
      "sh",
      "-c",
      `cd "$2" && python3 -c "import sys,zipfile,shutil
z=zipfile.ZipFile(sys.stdout.buffer,'w',8)
for n in ['database/library.db','covers/封面.jpg','covers/empty']:
  with open(n,'rb') as f, z.open(n,'w',force_zip64=n<'d') as g: shutil.copyfileobj(f,g)
z.close()" | cat > "$1"`,
      "sh",
      zip,
      folder,
    ),
  "zip.js": async (zip) => {
    const writer = new ZipWriter(new Uint8ArrayWriter(), { useWebWorkers: false });
    await writer.add("database/library.db", new Uint8ArrayReader(prose(3_000_000)));
    await writer.add("covers/封面.jpg", new Uint8ArrayReader(noise(20_000)), { zip64: true });
    await writer.add("covers/empty", new TextReader(""));
    await Deno.writeFile(zip, await writer.close());
  },
};

Deno.test("openArchive() reads what other programs write", async (t) => {
  await using temp = await scratch();
  const folder = temp.path("library");
  await Deno.mkdir(`${folder}/covers`, { recursive: true });
  await Deno.mkdir(`${folder}/database`);
  await Deno.writeFile(`${folder}/database/library.db`, prose(3_000_000));
  await Deno.writeFile(`${folder}/covers/封面.jpg`, noise(20_000));
  await Deno.writeFile(`${folder}/covers/empty`, new Uint8Array(0));
  for (const [name, write] of Object.entries(WRITERS)) {
    await t.step(name, async () => {
      const zip = temp.path(`${name.replaceAll(" ", "-")}.zip`);
      await write(zip, folder);

      await using archive = await openArchive(zip);
      const found: Record<string, number> = {};
      for await (const entry of archive.entries()) {
        found[entry.path] = Buffer.concat(await Array.fromAsync(archive.read(entry))).length;
      }

      assert.deepEqual(found, {
        "database/library.db": 3_000_000,
        "covers/封面.jpg": 20_000,
        "covers/empty": 0,
      });
    });
  }
});

Deno.test("read() expands a bomb piece by piece and stops when the reader does", async () => {
  await using temp = await scratch();
  await Deno.writeFile(temp.path("zeros"), new Uint8Array(64 << 20));
  await run("zip", "-qj9", temp.path("a.zip"), temp.path("zeros"));
  await using archive = await openArchive(temp.path("a.zip"));
  const entry = await archive.find("zeros");
  assert.ok(entry);

  let largest = 0;
  let taken = 0;
  for await (const piece of archive.read(entry)) {
    largest = Math.max(largest, piece.length);
    taken += piece.length;
    if (taken > 32 << 20) break;
  }

  assert.ok(largest <= 1 << 20, `${largest} bytes at once`);
  assert.ok(taken < 33 << 20);
});
