import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip-js/zip-js";
import { decodeCentralRecord, encodeCentralRecord } from "../../src/archive/central_record.ts";
import { encodeEnd } from "../../src/archive/end_record.ts";
import {
  encodeDescriptor,
  encodeLocalHeader,
  isDescriptorOf,
} from "../../src/archive/local_header.ts";
import { openArchive } from "../../src/archive/read.ts";
import { createArchive } from "../../src/archive/write.ts";
import { noise, run, scratch } from "./support/scratch.ts";

const GIB = 2 ** 30;
const header = {
  name: Buffer.from("database/library.db"),
  method: 8 as const,
  flags: 0x808,
  dosTime: 0x21,
  crc: 0,
  size: 0,
  compressedSize: 0,
};

/**
 * A sparse archive: one entry that begins past 4 GiB of nothing, and one whose content is 4.5 GiB of
 * nothing, stored. It takes a few kilobytes of disk.
 */
async function writeSparse(path: string): Promise<void> {
  const big = 4.5 * GIB;
  const far = {
    ...header,
    name: Buffer.from("covers/far.bin"),
    method: 0 as const,
    flags: 0x800,
    crc: 0,
  };
  const wide = {
    ...far,
    name: Buffer.from("covers/wide.bin"),
    size: big,
    compressedSize: big,
  };
  using file = await Deno.open(path, { write: true, createNew: true });
  const put = async (at: number, bytes: Uint8Array) => {
    await file.seek(at, Deno.SeekMode.Start);
    await file.write(bytes);
    return at + bytes.length;
  };
  const wideEnd = await put(0, encodeLocalHeader(wide, true)) + big;
  const directoryAt = await put(wideEnd, encodeLocalHeader(far, false));
  const directory = Buffer.concat([
    encodeCentralRecord({ ...wide, offset: 0 }),
    encodeCentralRecord({ ...far, offset: wideEnd }),
  ]);
  const end = { entries: 2, directoryBytes: directory.length, directoryAt };
  await put(directoryAt, Buffer.concat([directory, encodeEnd(end)]));
}

Deno.test("openArchive() finds entries of more than 4 GiB and past 4 GiB, as Python and 7-Zip do", async () => {
  await using temp = await scratch();
  await writeSparse(temp.path("a.zip"));

  await using archive = await openArchive(temp.path("a.zip"));
  const listed = await Array.fromAsync(
    archive.entries(),
    ({ path, size, offset }) => ({ path, size, past: offset > 4 * GIB }),
  );
  const far = await archive.find("covers/far.bin");
  assert.ok(far);
  assert.deepEqual(await Array.fromAsync(archive.read(far)), []);

  assert.deepEqual(listed, [
    { path: "covers/wide.bin", size: 4.5 * GIB, past: false },
    { path: "covers/far.bin", size: 0, past: true },
  ]);
  assert.match(
    await run(
      "python3",
      "-c",
      "import sys,zipfile;z=zipfile.ZipFile(sys.argv[1]);print([i.file_size for i in z.infolist()], z.read('covers/far.bin'))",
      temp.path("a.zip"),
    ),
    /\[4831838208, 0\] b''/,
  );
  assert.match(await run("7z", "l", "-ba", temp.path("a.zip")), /4831838208 .*wide\.bin/);
});

Deno.test("encodeCentralRecord() puts just the values that need it into ZIP64, and they read back", () => {
  const sizes = [0, 0xffff_fffe, 0xffff_ffff, 0x1_0000_0000, 2 ** 42];
  for (const size of sizes) {
    for (const compressedSize of sizes) {
      for (const offset of sizes) {
        const bytes = Buffer.from(encodeCentralRecord({ ...header, size, compressedSize, offset }));

        const read = decodeCentralRecord(bytes, 0);

        assert.deepEqual([read.size, read.compressedSize, read.offset], [
          size,
          compressedSize,
          offset,
        ]);
        const large = [size, compressedSize, offset].filter((value) => value >= 0xffff_ffff).length;
        assert.equal(read.extra.length, large === 0 ? 0 : 4 + 8 * large);
      }
    }
  }
});

Deno.test("isDescriptorOf() knows all four shapes and no other values", () => {
  const entry = { ...header, crc: 0x12345678, size: 5, compressedSize: 7 };
  const narrow = Buffer.from(encodeDescriptor(entry, false));
  const wide = Buffer.from(encodeDescriptor(entry, true));
  const next = Buffer.from("PK\x03\x04 and so on");

  for (const shape of [narrow, narrow.subarray(4), wide, wide.subarray(4)]) {
    assert.ok(isDescriptorOf(Buffer.concat([shape, next]).subarray(0, 24), entry));
  }
  assert.ok(!isDescriptorOf(narrow, { ...entry, size: 6 }));
  assert.ok(!isDescriptorOf(next, entry));
});

Deno.test("createArchive() writes 65,536 entries that Python and unzip count", async () => {
  await using temp = await scratch();
  const zip = temp.path("a.zip");
  await using writer = await createArchive(zip, { level: 6, timeZone: "UTC" });
  const content = noise(3);
  const entries = Array.from({ length: 65_536 }, (_, index) => ({
    path: `covers/${index}.jpg`,
    modifiedAt: 0,
    source: content,
  }));
  for await (const outcome of writer.addAll(entries)) assert.ok("record" in outcome);
  await writer.finish();

  await using archive = await openArchive(zip);
  const last = await archive.find("covers/65535.jpg");

  assert.equal(last?.size, 3);
  assert.match(
    await run(
      "python3",
      "-c",
      "import sys,zipfile;print(len(zipfile.ZipFile(sys.argv[1]).namelist()))",
      zip,
    ),
    /65536/,
  );
  assert.match(await run("unzip", "-Zt", zip), /65536 files/);
});

Deno.test("createArchive() streams with a ZIP64 header that every reader takes", async () => {
  await using temp = await scratch();
  const zip = temp.path("a.zip");
  const content = noise((16 << 20) + 5);
  await using writer = await createArchive(zip, { level: 1, timeZone: "UTC" });
  await writer.add({
    path: "database/library.db",
    modifiedAt: 0,
    source: (async function* () {
      yield content;
    })(),
  });
  await writer.add({ path: "covers/1.jpg", modifiedAt: 0, source: content.subarray(0, 9) });
  await writer.finish();

  const bytes = await Deno.readFile(zip);
  assert.equal(Buffer.from(bytes).readUInt16LE(4), 45);
  const reader = new ZipReader(new Uint8ArrayReader(bytes), {
    useWebWorkers: false,
    checkSignature: true,
  });
  const [entry] = await reader.getEntries();
  assert.ok(entry !== undefined && !entry.directory);
  const unpacked = await entry.getData(new Uint8ArrayWriter());
  assert.ok(Buffer.from(unpacked).equals(content));
  await run("unzip", "-tq", zip);
  await run("7z", "t", zip);
  await run(
    "python3",
    "-c",
    "import sys,zipfile;assert zipfile.ZipFile(sys.argv[1]).testzip() is None",
    zip,
  );
  // A reader of a stream sees the headers and descriptors alone, never the directory.
  await run(
    "sh",
    "-c",
    `cat "$1" | funzip | cmp - "$2"`,
    "sh",
    zip,
    await saved(temp.path("raw"), content),
  );
});

async function saved(path: string, content: Uint8Array): Promise<string> {
  await Deno.writeFile(path, content);
  return path;
}
