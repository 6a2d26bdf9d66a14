import { Buffer } from "node:buffer";
import { extraField, type RawEnd, type RawEntry, rawZip } from "../archive/support/raw_zip.ts";

/** An archive that must be refused whoever sends it. */
export interface HostileArchive {
  readonly what: string;
  make(): Uint8Array<ArrayBuffer>;
}

/** Part of every name that would lead out of the staging; nothing so called may exist afterwards. */
export const SLIPPED = "shuku-slipped";

/** What {@linkcode soundArchive} holds without being told to. */
const METADATA = { backup_id: "backup_20260101_000000", includes: ["covers"] };
const COVER: RawEntry = { name: "covers/1.jpg", content: "a picture" };

/** A small archive that is accepted, with what a test adds. */
export function soundArchive(
  added: readonly RawEntry[] = [],
  options: { metadata?: unknown; end?: RawEnd } = {},
): Uint8Array<ArrayBuffer> {
  const { metadata = METADATA, end = {} } = options;
  const text = typeof metadata === "string" ? metadata : JSON.stringify(metadata);
  const entries = [COVER, ...added, { name: "metadata.json", method: 8, content: text }];
  return new Uint8Array(rawZip(entries, end));
}

const adding = (what: string, ...entries: RawEntry[]): HostileArchive => ({
  what,
  make: () => soundArchive(entries),
});
const named = (what: string, name: string): HostileArchive => adding(what, { name });
const saying = (what: string, metadata: () => unknown): HostileArchive => ({
  what,
  make: () => soundArchive([], { metadata: metadata() }),
});
const ending = (what: string, end: RawEnd): HostileArchive => ({
  what,
  make: () => soundArchive([], { end }),
});
const bytes = (what: string, make: () => Uint8Array): HostileArchive => ({
  what,
  make: () => new Uint8Array(make()),
});
const evil = (entry: Partial<RawEntry>): RawEntry => ({ name: "covers/evil.jpg", ...entry });
const mode = (bits: number) =>
  evil({ content: "../../etc/passwd", attributes: (bits << 16) >>> 0 });
const wide = (value: bigint) => {
  const content = Buffer.alloc(8);
  content.writeBigUInt64LE(value);
  return extraField(1, content);
};

/** More content than memory may grow by, in a hundredth of a percent of the bytes. */
const bomb = (mebibytes: number) => Buffer.alloc(mebibytes << 20);

/** Every way we know in which an archive can be more than it says. */
export const HOSTILE_ARCHIVES: readonly HostileArchive[] = [
  named("a way out", `covers/../../${SLIPPED}`),
  named("a way out of the config", `config/../../${SLIPPED}.yaml`),
  named("an absolute path", `/tmp/${SLIPPED}`),
  named("a drive", `C:/${SLIPPED}`),
  named("a UNC path", `\\\\server\\${SLIPPED}`),
  named("a network path", `//server/${SLIPPED}`),
  named("backslashes", `covers\\..\\..\\${SLIPPED}`),
  named("NUL", `covers/${SLIPPED}\0.jpg`),
  named("control characters", `covers/\u001b[2J${SLIPPED}`),
  named("the staging folder of a restore", `covers/.restore-1/${SLIPPED}`),
  adding("a symbolic link", mode(0o120777)),
  adding("a device", mode(0o020666)),
  adding("a hard link", evil({ extra: extraField(0x000d, Buffer.alloc(40, "x")) })),
  adding("a file through a link's name", mode(0o120777), { name: "covers/evil.jpg/x" }),
  adding("a duplicate", { name: "covers/1.jpg", content: "another" }),
  adding("names alike but for case", { name: "COVERS/1.JPG" }),
  adding("names alike but for normalisation", { name: "covers/é" }, { name: "covers/e\u0301" }),
  adding("another name in the header", evil({ local: { name: "covers/sage.jpg" } })),
  adding("another size in the header", evil({ local: { size: 3 } })),
  adding("overlapping entries", evil({ content: "x".repeat(100), offset: 10 })),
  adding(
    "a bomb of one content under many names",
    ...Array.from({ length: 50 }, (_, index): RawEntry => ({
      name: `covers/${index}.bin`,
      method: 8,
      content: bomb(1),
      offset: 100,
    })),
  ),
  bytes(
    "a bomb that says it is small",
    () => soundArchive([evil({ method: 8, content: bomb(64), size: 1 << 20 })]),
  ),
  adding("less than it says", evil({ method: 8, content: "x", size: 900 })),
  adding("more than deflate can hold", evil({ method: 8, size: 0xfffffff0 })),
  adding("an exabyte by ZIP64", evil({ method: 8, size: 0xffffffff, extra: wide(1n << 60n) })),
  adding("a terabyte by ZIP64", evil({ method: 8, size: 0xffffffff, extra: wide(1n << 40n) })),
  ending("another directory by ZIP64", { zip64: { entries: 2, directoryAt: 7 } }),
  ending("more than four million entries", { entries: 0xffff, zip64: { entries: 4_000_001 } }),
  ending("fewer entries than there are", { entries: 1 }),
  ending("a second end in the comment", { comment: soundArchive() }),
  adding("encryption", evil({ flags: 0x801 })),
  adding("an unknown method", evil({ method: 14 })),
  adding("a wrong CRC", evil({ crc: 1 })),
  adding("a journal beside the database", { name: "database/library.db-journal" }),
  adding("a log beside the database", { name: "database/library.db-wal" }),
  saying("a database that is only announced", () => ({ includes: ["database"] })),
  saying("metadata of the wrong types", () => ({ ...METADATA, backup_id: 7, includes: "covers" })),
  saying("metadata that is no JSON", () => "{"),
  saying("metadata a thousand levels deep", () => `{"a":${"[".repeat(1000)}${"]".repeat(1000)}}`),
  saying("metadata of a million values", () => `{"a":[${"{},".repeat(500_000)}1]}`),
  saying("a description of 20 MiB", () => ({ ...METADATA, description: "书".repeat(7 << 20) })),
  saying("a list of files that are not there", () => ({
    ...METADATA,
    files: [{ path: `../${SLIPPED}`, size: 1, sha256: "0".repeat(64) }],
  })),
  bytes("a text", () => new TextEncoder().encode("<img src=x onerror=alert(1)>".repeat(9))),
  bytes("nothing but an end", () => rawZip([])),
  bytes("a beginning without an end", () => soundArchive().subarray(0, 50)),
];
