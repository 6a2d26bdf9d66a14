import { crc32 } from "node:zlib";
import type { Archive } from "../archive/read.ts";
import type { Lacking } from "../restore/lacking.ts";
import { SMALL_BYTES } from "../restore/hash_live_file.ts";
import type { FilesPlan } from "../restore/plan_files.ts";
import { pathFault } from "../storage/os_error.ts";
import { readChunks } from "../storage/read_chunks.ts";
import type { WalkedFile } from "../storage/walk.ts";
import type { RestorePreview } from "./types.ts";

/** What a restore of a part would change that is a tree of files. */
export type FilesComparison = NonNullable<RestorePreview["covers"]>;

/** Options of {@linkcode compareFiles}. */
export interface CompareOptions {
  readonly mode: "exact" | "add_missing";
  /** What the backup says nothing about, and a restore leaves as it is. */
  readonly lacking: Lacking;
  /** Entries that are none of the backup's. */
  readonly ignored: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

const NAMED = 10;

/**
 * Compares an archive's files with the live ones, by size and then by CRC-32.
 *
 * Reads each live file that has the same size once; about 150 bytes of memory for each file of the archive.
 */
export async function compareFiles(
  archive: Archive,
  plan: FilesPlan,
  { mode, lacking, ignored, signal }: CompareOptions,
): Promise<FilesComparison> {
  const inside = new Map<string, { size: number; crc32: number }>();
  for await (const { part, path, size, crc32 } of archive.entries({ signal })) {
    const name = path.slice(plan.part.length + 1);
    const isNobodys = ignored.has(path) || plan.except.has(name);
    if (part === plan.part && !isNobodys) inside.set(name, { size, crc32 });
  }
  const counts = { added: 0, removed: 0, changed: 0, unchanged: 0 };
  const first = { added: [] as string[], removed: [] as string[], changed: [] as string[] };
  const count = (kind: "added" | "removed" | "changed", path: string) => {
    counts[kind] += 1;
    if (first[kind].length < NAMED) first[kind].push(path);
  };
  for await (const file of plan.walkLive(signal)) {
    const path = file.relativePath;
    // A Mac that packed the backup anew may have taken the letters of its names apart.
    const name = inside.has(path) ? path : path.normalize("NFD");
    const wanted = inside.get(name);
    inside.delete(name);
    if (file.kind !== "file" || (wanted === undefined && mode === "add_missing")) continue;
    if (wanted === undefined) {
      const goes = plan.surplusOf(path) !== null && !lacking.has(`${plan.part}/${path}`);
      if (goes) count("removed", path);
    } else if (mode === "add_missing") counts.unchanged += 1;
    else if (wanted.size !== file.sizeBytes || wanted.crc32 !== await crcOf(file, signal)) {
      count("changed", path);
    } else counts.unchanged += 1;
  }
  for (const path of inside.keys()) count("added", path);
  return { ...counts, first };
}

/** `null` when it cannot be read: it is taken for another then. */
async function crcOf(file: WalkedFile, signal: AbortSignal): Promise<number | null> {
  try {
    return await readCrc(file, signal);
  } catch (error) {
    if (pathFault(error) !== null) return null;
    throw error;
  }
}

async function readCrc({ path, sizeBytes }: WalkedFile, signal: AbortSignal): Promise<number> {
  // Most covers are small: a buffer of a mebibyte for each would cost more than reading them.
  if (sizeBytes <= SMALL_BYTES) return crc32(await Deno.readFile(path)) >>> 0;
  let value = 0;
  for await (const chunk of readChunks(path, { signal, reuseBuffer: true })) {
    value = crc32(chunk, value);
  }
  return value >>> 0;
}
