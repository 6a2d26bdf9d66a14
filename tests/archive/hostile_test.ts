import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { deflateRawSync } from "node:zlib";
import { openArchive } from "../../src/archive/read.ts";
import { verifyArchive } from "../../src/archive/verify.ts";
import { AppError } from "../../src/base/errors.ts";
import { extraField, type RawEnd, type RawEntry, rawZip } from "./support/raw_zip.ts";
import { scratch } from "./support/scratch.ts";

interface Case {
  readonly what: string;
  readonly code: string;
  readonly entries: readonly RawEntry[];
  readonly end?: RawEnd;
}

const named = (what: string, name: string | Uint8Array): Case => ({
  what,
  code: "archive.hostile",
  entries: [{ name }],
});
const pair = (what: string, first: string, second: string): Case => ({
  what,
  code: "archive.hostile",
  entries: [{ name: first }, { name: second }],
});
const one = (what: string, code: string, entry: Partial<RawEntry>): Case => ({
  what,
  code,
  entries: [{ name: "covers/a.bin", ...entry }],
});
const mode = (bits: number) => ({ attributes: (bits << 16) >>> 0 });
const u64 = (...values: bigint[]) => {
  const bytes = Buffer.alloc(8 * values.length);
  values.forEach((value, index) => bytes.writeBigUInt64LE(value, 8 * index));
  return extraField(1, bytes);
};

const REFUSED_AT_OPEN: readonly Case[] = [
  named("an absolute path", "/etc/passwd"),
  named("a parent segment", "covers/../../x"),
  named("a parent segment at the end", "covers/.."),
  named("a dot segment", "covers/./x"),
  named("an empty segment", "covers//x"),
  named("a backslash", "covers\\..\\x"),
  named("a drive", "C:/x"),
  named("a drive without a slash", "c:x"),
  named("a network path", "//server/share/x"),
  named("a UNC path", "\\\\server\\share"),
  named("NUL", "covers/a\0.jpg"),
  named("a line break", "covers/a\n.jpg"),
  named("an escape sequence", "covers/\u001b[2J.jpg"),
  named("a C1 control", "covers/\u0085.jpg"),
  named("an empty name", ""),
  named("only a slash", "/"),
  named("bytes that are not UTF-8", Uint8Array.from([0x63, 0xff, 0xfe])),
  named("a segment of 256 bytes", "covers/" + "x".repeat(256)),
  named("a name of 4 KiB", "covers/" + "x/".repeat(2100) + "x"),
  named("the staging folder of a restore", "covers/.restore-1/x"),
  named("a journal beside the database", "database/library.db-journal"),
  named("a WAL beside the database", "database/library.db-wal"),
  named("shared memory beside the database", "database/LIBRARY.DB-SHM"),
  pair("the same name twice", "covers/a.jpg", "covers/a.jpg"),
  pair("names that differ in case", "covers/a.jpg", "COVERS/A.JPG"),
  pair("names that differ in normalisation", "covers/\u00e9.jpg", "covers/e\u0301.jpg"),
  pair("Greek sigmas", "covers/σ", "covers/ς"),
  pair("a file that is also a folder", "covers/a", "covers/A/b"),
  pair("a folder that is also a file", "covers/a/b", "covers/a"),
  pair("a folder entry over a file", "covers/a", "covers/a/"),
  one("encryption", "archive.unsupported", { flags: 0x801 }),
  one("strong encryption", "archive.unsupported", { flags: 0x840 }),
  one("a masked directory", "archive.unsupported", { flags: 0x2800 }),
  one("a patch", "archive.unsupported", { flags: 0x820 }),
  one("LZMA", "archive.unsupported", { method: 14 }),
  one("deflate64", "archive.unsupported", { method: 9 }),
  one("another disk", "archive.unsupported", { disk: 1 }),
  one("a symbolic link", "archive.hostile", mode(0o120777)),
  one("a symbolic link from a Mac", "archive.hostile", { ...mode(0o120777), madeBy: 19 }),
  one("a character device", "archive.hostile", mode(0o020666)),
  one("a named pipe", "archive.hostile", mode(0o010666)),
  one("a socket", "archive.hostile", mode(0o140666)),
  one("a folder under a file's name", "archive.hostile", mode(0o040755)),
  one("a reparse point", "archive.hostile", { attributes: 0x400, madeBy: 0 }),
  one("a link target in the PKWARE field", "archive.hostile", {
    extra: extraField(0x000d, Buffer.alloc(20)),
  }),
  one("a link target in the ASi field", "archive.hostile", {
    extra: extraField(0x756e, Buffer.alloc(24)),
  }),
  one("a second name", "archive.hostile", {
    extra: extraField(0x7075, Buffer.concat([Buffer.alloc(5), Buffer.from("../../x")])),
  }),
  one("a folder with content", "archive.hostile", { name: "covers/" }),
  one("two sizes of a stored entry", "archive.hostile", { size: 8 }),
  one("a size that deflate cannot reach", "archive.hostile", { method: 8, size: 1 << 30 }),
  one("content past the directory", "archive.damaged", { compressedSize: 5000, size: 5000 }),
  one("an offset past the directory", "archive.damaged", { offset: 1 << 20 }),
  one("a ZIP64 size beyond 8 PiB", "archive.damaged", {
    size: 0xffffffff,
    extra: u64(1n << 60n),
    method: 8,
  }),
  one("a ZIP64 field that is too short", "archive.damaged", {
    size: 0xffffffff,
    compressedSize: 0xffffffff,
    extra: u64(7n),
  }),
  one("a ZIP64 size that lies", "archive.hostile", {
    method: 8,
    size: 0xffffffff,
    extra: u64(1n << 40n),
  }),
  {
    what: "overlapping entries",
    code: "archive.hostile",
    entries: [
      { name: "covers/1", content: "x".repeat(500) },
      { name: "covers/2", content: "x".repeat(100), offset: 60 },
    ],
  },
  {
    what: "two entries of the same bytes",
    code: "archive.hostile",
    entries: [{ name: "covers/1" }, { name: "covers/2", offset: 0 }],
  },
  {
    what: "more than four million entries",
    code: "archive.too_large",
    entries: [{ name: "covers/1" }],
    end: { entries: 0xffff, zip64: { entries: 4_000_001 } },
  },
  {
    what: "a directory with fewer records than announced",
    code: "archive.damaged",
    entries: [{ name: "covers/1" }],
    end: { entries: 2 },
  },
  {
    what: "a directory with more records than announced",
    code: "archive.damaged",
    entries: [{ name: "covers/1" }, { name: "covers/2" }],
    end: { entries: 1 },
  },
  {
    what: "a directory elsewhere",
    code: "archive.damaged",
    entries: [{ name: "covers/1" }],
    end: { directoryAt: 3 },
  },
  {
    what: "ZIP64 and plain numbers that differ",
    code: "archive.damaged",
    entries: [{ name: "covers/1" }],
    end: { entries: 1, zip64: { entries: 2 } },
  },
  {
    what: "a ZIP64 directory elsewhere",
    code: "archive.damaged",
    entries: [{ name: "covers/1" }],
    end: { directoryAt: 0xffffffff, zip64: { entries: 1, directoryAt: 2 ** 45 } },
  },
  {
    what: "several disks",
    code: "archive.unsupported",
    entries: [{ name: "covers/1" }],
    end: { disk: 1 },
  },
  {
    what: "a second end inside the comment",
    code: "archive.hostile",
    entries: [{ name: "covers/1" }],
    end: { comment: rawZip([]) },
  },
];

Deno.test("openArchive() refuses what could do harm before anything is read", async (t) => {
  await using temp = await scratch();
  for (const { what, code, entries, end } of REFUSED_AT_OPEN) {
    await t.step(what, async () => {
      const path = temp.path("a.zip");
      await Deno.writeFile(
        path,
        rawZip([...entries, { name: "metadata.json", content: "{}" }], {
          ...end,
          ...end?.entries !== undefined && end.entries < 9 ? { entries: end.entries + 1 } : {},
          ...end?.zip64 !== undefined && end.zip64.entries < 9
            ? { zip64: { ...end.zip64, entries: end.zip64.entries + 1 } }
            : {},
        }),
      );

      await assert.rejects(
        openArchive(path).then((archive) => archive[Symbol.asyncDispose]()),
        (error) => error instanceof AppError && error.code === code,
      );
      const report = await verifyArchive(path);
      assert.equal(report.valid, false);
      assert.notEqual(report.problems.length, 0);
    });
  }
});

const BROKEN_WHEN_READ: readonly Case[] = [
  one("another name in its header", "", { local: { name: "covers/b.bin" } }),
  one("another method in its header", "", {
    local: { method: 8, data: Buffer.from("content") },
  }),
  one("encryption in its header alone", "", { local: { flags: 0x801 } }),
  one("another size in its header", "", { local: { size: 6 } }),
  one("another CRC in its header", "", { local: { crc: 1 } }),
  one("a wrong CRC", "", { crc: 1 }),
  one("more content than declared", "", { method: 8, content: "x".repeat(5000), size: 4999 }),
  one("less content than declared", "", { method: 8, content: "x".repeat(5000), size: 5001 }),
  one("much more than declared", "", { method: 8, content: Buffer.alloc(9 << 20), size: 3 << 20 }),
  one("bytes after the end of its stream", "", {
    method: 8,
    content: "x",
    data: Buffer.concat([deflateRawSync("x"), Buffer.from([1, 2])]),
  }),
  one("no deflate stream", "", { method: 8, data: Buffer.alloc(60, 0xff) }),
  one("a stream cut short", "", {
    method: 8,
    content: Buffer.alloc(8 << 20),
    data: Buffer.alloc(9000),
  }),
];

Deno.test("read() rejects an entry that is not what the directory says", async (t) => {
  await using temp = await scratch();
  for (const { what, entries } of BROKEN_WHEN_READ) {
    await t.step(what, async () => {
      const path = temp.path("a.zip");
      await Deno.writeFile(path, rawZip(entries));
      await using archive = await openArchive(path);
      const entry = await archive.find("covers/a.bin");
      assert.ok(entry);

      let taken = 0;
      await assert.rejects(async () => {
        for await (const piece of archive.read(entry)) taken += piece.length;
      }, { code: "archive.damaged" });
      assert.ok(taken <= entry.size);
      assert.deepEqual((await verifyArchive(path)).damaged, ["covers/a.bin", "metadata.json"]);
    });
  }
});

Deno.test("openArchive() tells another kind of file from a ZIP cut short", async () => {
  await using temp = await scratch();
  const whole = rawZip([{ name: "covers/1" }]);
  const files: [Uint8Array, string][] = [
    [new Uint8Array(0), "archive.not_zip"],
    [new TextEncoder().encode("Rar! and then some bytes that are not a ZIP"), "archive.not_zip"],
    [whole.subarray(0, whole.length - 1), "archive.damaged"],
    [Buffer.concat([whole, Buffer.from("x")]), "archive.damaged"],
    [Buffer.concat([Buffer.from("#!/bin/sh\n"), whole]), "archive.damaged"],
  ];
  for (const [bytes, code] of files) {
    await Deno.writeFile(temp.path("a.zip"), bytes);
    await assert.rejects(openArchive(temp.path("a.zip")), { code });
  }
  await assert.rejects(openArchive(temp.path("none.zip")), { code: "storage.missing" });
});

Deno.test("entries() lists unknown folders and keeps names as they are", async () => {
  await using temp = await scratch();
  const names = [
    "covers/封面 (1).jpg",
    "covers/a:b.jpg",
    "extra/x",
    "stranger/x",
    "covers/CON",
    "x",
  ];
  await Deno.writeFile(
    temp.path("a.zip"),
    rawZip([...names.map((name) => ({ name })), { name: "covers/", content: "" }]),
  );
  await using archive = await openArchive(temp.path("a.zip"));

  const listed = await Array.fromAsync(archive.entries(), ({ path, part }) => [path, part]);

  assert.deepEqual(listed, [
    ["covers/封面 (1).jpg", "covers"],
    ["covers/a:b.jpg", "covers"],
    ["extra/x", "extra"],
    ["stranger/x", null],
    ["covers/CON", "covers"],
    ["x", null],
  ]);
});
