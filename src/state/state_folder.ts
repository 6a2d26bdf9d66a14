import { join } from "node:path";
import { failPoint } from "../base/fail_point.ts";
import { fromOsError, isOsError } from "../storage/os_error.ts";
import { publishFile } from "../storage/publish_file.ts";
import { temporaryName } from "../storage/temporary.ts";
import { writeAtomic } from "../storage/write_atomic.ts";

/** The service's own small files. */
export type StateFile = "audit.jsonl" | "drills.jsonl" | "jobs.jsonl" | "password.json";

/** Where the service keeps what is not a backup. */
export interface StateFolder {
  /** The folder itself. */
  readonly folder: string;
  /** The path of one of its files. */
  path(file: StateFile): string;
}

/** What lay among the backups before, under a dot. A log that is full has an older part beside it. */
const MOVED = [
  ...["audit.jsonl", "drills.jsonl", "jobs.jsonl"].flatMap((name) => [name, `${name}.1`]),
  "password.json",
];

/** Says of each old file how it was when it was last taken over. */
const TAKEN = "taken_over.json";

/** Size and modification time of an old file, as text. */
type Seen = Readonly<Record<string, string>>;

/** What a folder answers that cannot be written: a dying disk, somebody else's. */
const CLOSED = ["EROFS", "EACCES", "EPERM", "ENOSPC", "EDQUOT"];

/**
 * Opens `<store>/.shuku/`, and takes over what earlier versions kept among the backups.
 *
 * The old files stay as they are, so that an earlier version, put back, finds its password and history. What it then
 * writes is taken over at the next start. Each step may be repeated after a kill.
 *
 * @param store The folder of backups; it exists.
 * @returns Where the files are: among the backups still, when the store cannot be written.
 * @throws {AppError} `storage.*` when the folder cannot be read.
 */
export async function openStateFolder(store: string): Promise<StateFolder> {
  const folder = join(store, ".shuku");
  const old = (file: string) => join(store, `.${file}`);
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    await takeOver(folder, old);
  } catch (error) {
    if (!isOsError(causeOf(error), ...CLOSED)) throw fromOsError(error, folder);
    if (!await isThere(folder)) return { folder: store, path: old };
  }
  return { folder, path: (file) => join(folder, file) };
}

async function takeOver(folder: string, old: (file: string) => string): Promise<void> {
  const before = await readSeen(join(folder, TAKEN));
  const now: Record<string, string> = {};
  for (const file of MOVED) {
    const seen = await look(old(file));
    if (seen === null) continue;
    now[file] = seen;
    if (before[file] !== seen) await takeOverFile(old(file), join(folder, file));
  }
  if (JSON.stringify(now) === JSON.stringify(before) || Object.keys(now).length === 0) return;
  failPoint("state.taken");
  await writeAtomic(join(folder, TAKEN), JSON.stringify(now, null, 2) + "\n");
}

/** Copies what is not there yet; of a log that is, adds the lines it lacks. A password that is newer wins. */
async function takeOverFile(from: string, to: string): Promise<void> {
  const text = await Deno.readTextFile(from);
  const known = await readTextOrNull(to);
  if (known === null) return await copyNew(text, to);
  if (!to.endsWith(".json")) return await addLines(text, known, to);
  if (await isNewer(from, to)) await writeAtomic(to, text);
}

async function copyNew(text: string, to: string): Promise<void> {
  const temporary = temporaryName(to);
  await writeAtomic(temporary, text);
  failPoint("state.copied");
  try {
    await publishFile(temporary, to);
  } catch (error) {
    await Deno.remove(temporary);
    // Another process of ours was quicker.
    if (!await isThere(to)) throw error;
  }
}

async function addLines(text: string, known: string, to: string): Promise<void> {
  const has = new Set(known.split("\n"));
  const lacking = text.split("\n").filter((line) => line !== "" && !has.has(line));
  if (lacking.length === 0) return;
  await Deno.writeTextFile(to, lacking.map((line) => `\n${line}\n`).join(""), { append: true });
}

async function isNewer(from: string, to: string): Promise<boolean> {
  const [old, own] = await Promise.all([Deno.stat(from), Deno.stat(to)]);
  return (old.mtime?.getTime() ?? 0) > (own.mtime?.getTime() ?? 0);
}

async function look(path: string): Promise<string | null> {
  try {
    const { size, mtime } = await Deno.stat(path);
    return `${size} ${mtime?.toISOString() ?? ""}`;
  } catch (error) {
    if (isOsError(error, "ENOENT")) return null;
    throw error;
  }
}

/** What cannot be read was never taken over: at worst it is taken over once more. */
async function readSeen(path: string): Promise<Seen> {
  const text = await readTextOrNull(path);
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? value as Seen : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}

async function readTextOrNull(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (isOsError(error, "ENOENT")) return null;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return await look(path) !== null;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? error.cause : error;
}
