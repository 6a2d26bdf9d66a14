import { isAppError } from "../base/errors.ts";
import { type Notice, noticeOf } from "../base/messages/mod.ts";
import { hashFile } from "../storage/read_chunks.ts";
import {
  HASH_AT_ONCE_BYTES,
  rebuildSidecar,
  unreadSidecar,
  type ZipFacts,
} from "./rebuild_sidecar.ts";
import type { Beside, Sidecar } from "./sidecar.ts";

/** What is believed of a ZIP. */
export interface Reconciled {
  readonly sidecar: Sidecar;
  /** It says something new and certain, to be written beside the ZIP. */
  readonly isNew: boolean;
  /** Nothing is in doubt. What is in doubt is kept as it was, and decides nothing. */
  readonly isSettled: boolean;
}

/** The hashes of a whole file. */
export interface ZipHashes {
  readonly md5: string;
  readonly sha256: string;
}

/** What {@linkcode reconcileSidecar} may do. */
export interface ReconcileOptions {
  /** Settles every doubt, however long hashing takes; else only up to 256 MiB. */
  readonly thorough?: boolean;
  /** The file's hashes, where somebody has just computed them. */
  readonly found?: ZipHashes | undefined;
}

/**
 * Decides what is to be believed of a ZIP and of what lies beside it.
 *
 * A sidecar whose size and modification time are the ZIP's is believed. Where they differ, as after a copy of the folder
 * or a `touch`, its hashes decide: of the same file it keeps everything, and of another it keeps the hashes and what a
 * person set, while what is inside is read from the ZIP, which counts as damaged from then on. Without a sidecar the ZIP
 * is taken for a stranger's.
 */
export async function reconcileSidecar(
  zipPath: string,
  facts: ZipFacts,
  beside: Beside,
  options: ReconcileOptions = {},
): Promise<Reconciled> {
  const ours = beside.kind === "ours" ? beside.sidecar : null;
  if (ours !== null && fits(ours, facts)) return { sidecar: ours, isNew: false, isSettled: true };
  try {
    if (beside.kind === "none") {
      return settled(await rebuildSidecar(zipPath, facts, options.found));
    }
    if (beside.kind === "unreadable") return open(await rebuildSidecar(zipPath, facts, UNKNOWN));
    const before = beside.kind === "ours" ? memoryOf(beside.sidecar) : beside.evidence;
    const doubt = { zipPath, facts, before, ours };
    const verdict = await judge(doubt, options);
    return verdict.kind === "unknowable"
      ? settled(await findAnew(doubt, options))
      : await settle(doubt, verdict);
  } catch (error) {
    // It cannot be read just now: that keeps no other from being listed, and what was known of it stays beside it.
    if (!isAppError(error)) throw error;
    const reason = noticeOf(error);
    return open(ours === null ? unreadSidecar(facts, reason) : unvouched(ours, facts, reason));
  }
}

const UNKNOWN: ZipHashes = { md5: "", sha256: "" };

/** What cannot be had from the ZIP: hashes of what it was, and what a person set. */
type Memory =
  & Pick<Sidecar, "checksum" | "sha256" | "pinned">
  & { readonly description: string | null }
  & Partial<Omit<Sidecar, "description">>;

interface Doubt {
  readonly zipPath: string;
  readonly facts: ZipFacts;
  readonly before: Memory;
  /** The sidecar whole, when it is one of ours. */
  readonly ours: Sidecar | null;
}

type Verdict =
  | { readonly kind: "same"; readonly hashes: ZipHashes }
  | { readonly kind: "changed"; readonly difference: Notice }
  /** Too large to be hashed for a listing. */
  | { readonly kind: "open" }
  /** There is no hash to compare with, or none that means anything. */
  | { readonly kind: "unknowable" };

function fits(sidecar: Sidecar, { backupId, size, modifiedAt }: ZipFacts): boolean {
  const { file_size, file_mtime_ms } = sidecar;
  const last = sidecar.changed ?? { size: file_size, mtime_ms: file_mtime_ms };
  return sidecar.backup_id === backupId && last.size === size && last.mtime_ms === modifiedAt;
}

function memoryOf(sidecar: Sidecar): Memory {
  const { checksum, sha256, pinned, description, kind, drill, free_bytes, restoring } = sidecar;
  const { created_at, created_at_utc, warnings, library_id } = sidecar;
  const set = { pinned, description, kind };
  const made = { created_at, created_at_utc, drill, free_bytes, restoring };
  const told = {
    ...warnings === undefined ? {} : { warnings },
    ...library_id === undefined ? {} : { library_id },
  };
  return { checksum, sha256, ...set, ...made, ...told };
}

async function judge(doubt: Doubt, { thorough, found }: ReconcileOptions): Promise<Verdict> {
  const { zipPath, facts, before, ours } = doubt;
  const name = before.sha256 !== "" ? "sha256" : "md5";
  const recorded = name === "sha256" ? before.sha256 : before.checksum;
  if (recorded === "" || ours?.unproven === true) return { kind: "unknowable" };
  if (ours !== null && ours.file_size !== facts.size) {
    return { kind: "changed", difference: sizeDiffers(ours.file_size, facts.size) };
  }
  const isQuick = facts.size <= HASH_AT_ONCE_BYTES;
  if (found === undefined && !isQuick && thorough !== true) return { kind: "open" };
  const hashes = found ?? await hashFile(zipPath, ["md5", "sha256"]);
  return hashes[name] === recorded
    ? { kind: "same", hashes }
    : { kind: "changed", difference: hashDiffers(recorded, hashes[name]) };
}

async function settle(
  doubt: Doubt,
  verdict: Exclude<Verdict, { kind: "unknowable" }>,
): Promise<Reconciled> {
  const { facts, before, ours } = doubt;
  const { checksum, sha256 } = before;
  switch (verdict.kind) {
    case "open":
      return ours !== null && ours.changed === undefined
        ? open(unvouched(ours, facts, ours.error))
        : open({ ...await readAnew(doubt), checksum, sha256 });
    case "same": {
      const hashes = { checksum: verdict.hashes.md5, sha256: verdict.hashes.sha256 };
      return ours === null || ours.changed !== undefined
        ? settled({ ...await readAnew(doubt), ...hashes })
        : settled({ ...ours, ...placeOf(facts), ...hashes });
    }
    case "changed": {
      const { error, ...inside } = await readAnew(doubt);
      const changed = { size: facts.size, mtime_ms: facts.modifiedAt };
      const { file_size, file_mtime_ms } = ours ?? inside;
      const was = { file_size, file_mtime_ms, checksum, sha256 };
      return settled({ ...inside, ...was, error: error ?? verdict.difference, changed });
    }
  }
}

/** As a ZIP that nobody has seen before, but for what a person set. */
async function findAnew(
  { zipPath, facts, before }: Doubt,
  { found }: ReconcileOptions,
): Promise<Sidecar> {
  const { description, kind, ...anew } = await rebuildSidecar(zipPath, facts, found);
  return {
    ...anew,
    kind: before.kind ?? kind,
    pinned: before.pinned,
    description: before.description || description,
  };
}

/** The sidecar as it was, less what nobody can vouch for now. */
function unvouched(ours: Sidecar, { backupId, size }: ZipFacts, error: Notice | null): Sidecar {
  return { ...ours, backup_id: backupId, file_size: size, verified_at: null, error };
}

/** What is inside, from the ZIP itself; everything else as it is remembered. Its hashes are left open. */
async function readAnew({ zipPath, facts, before }: Doubt): Promise<Sidecar> {
  const { unproven: _unproven, ...anew } = await rebuildSidecar(zipPath, facts, UNKNOWN);
  return { ...anew, ...setOf(before) };
}

function setOf({ checksum: _md5, sha256: _sha256, description, ...set }: Memory): Partial<Sidecar> {
  return { ...set, ...description === null ? {} : { description } };
}

function placeOf({ backupId, size, modifiedAt }: ZipFacts) {
  return { backup_id: backupId, file_size: size, file_mtime_ms: modifiedAt };
}

function settled(sidecar: Sidecar): Reconciled {
  return { sidecar, isNew: true, isSettled: true };
}

function open(sidecar: Sidecar): Reconciled {
  return { sidecar, isNew: false, isSettled: false };
}

/** Says how a hash differs from the recorded one. */
export function hashDiffers(recorded: string, found: string): Notice {
  return {
    zh: `备份制作之后被改动过，校验和不一致: 记录为 ${recorded}，实际为 ${found}`,
    en:
      `Changed since the backup was made, the checksum differs: recorded ${recorded}, found ${found}`,
  };
}

function sizeDiffers(recorded: number, found: number): Notice {
  return {
    zh: `备份制作之后被改动过，大小不一致: 记录为 ${recorded} 字节，实际为 ${found} 字节`,
    en:
      `Changed since the backup was made, the size differs: recorded ${recorded} bytes, found ${found}`,
  };
}
