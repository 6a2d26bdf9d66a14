import { dirname, join, relative } from "node:path";
import { AppError } from "../../base/errors.ts";
import type { Notice } from "../../base/messages/mod.ts";
import { readFreeSpace } from "../../storage/free_space.ts";
import { isOsError } from "../../storage/os_error.ts";
import { publishFile } from "../../storage/publish_file.ts";
import { readChunks } from "../../storage/read_chunks.ts";
import type { Source } from "../../storage/source.ts";
import { syncFolder } from "../../storage/sync_folder.ts";
import { checkObjectName, isPartName, partName } from "../object_name.ts";
import { readSource } from "../read_source.ts";
import type {
  CallOptions,
  GetOptions,
  PutOptions,
  Target,
  TargetAbilities,
  TargetObject,
  TargetSpace,
} from "../target.ts";
import { fromFolderError } from "./folder_error.ts";
import { hasMarker, MARKER } from "./marker.ts";

/** A folder on another disk, or where NFS or SMB is mounted. */
export interface FolderSettings {
  readonly kind: "folder";
  /** Absolute; it exists. */
  readonly path: string;
}

const RESERVED: Notice = { zh: "这是目标的标记文件", en: "it is the target's marker" };

const ABILITIES: TargetAbilities = {
  publishesByRename: true,
  conditionalCreate: true,
  serverDigest: false,
  resume: false,
  quota: true,
  maxObjectBytes: null,
  maxListed: null,
};

/**
 * Copies in a folder.
 *
 * Every call looks for the marker first: where a disk is not mounted its mount point is an empty folder, which must not
 * be written to nor taken for a target whose copies are gone.
 */
export class FolderTarget implements Target {
  readonly kind = "folder";
  readonly abilities = ABILITIES;
  readonly #root: string;

  constructor(settings: FolderSettings) {
    this.#root = settings.path;
  }

  async probe(options: CallOptions = {}): Promise<void> {
    await this.#ready(options);
  }

  async put(name: string, source: Source, options: PutOptions = {}): Promise<TargetObject> {
    const final = this.#pathOf(name);
    await this.#ready(options);
    if (await this.stat(name, options) !== null) throw new AppError("target.exists", { name });
    const part = partName(final);
    try {
      await asFolder(name, () => this.#makeFolders(dirname(final)));
      await writeWhole(part, { name, source }, options);
      options.signal?.throwIfAborted();
      await asFolder(name, () => publishFile(part, final));
    } catch (error) {
      // The first error says why; what stays is swept later.
      await Deno.remove(part).catch(() => {});
      throw error;
    }
    return await this.stat(name) ?? gone(name);
  }

  async get(
    name: string,
    options: GetOptions = {},
  ): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const path = this.#pathOf(name);
    if (await this.stat(name, options) === null) gone(name);
    return ReadableStream.from(chunksOf(path, name, options));
  }

  async stat(name: string, options: CallOptions = {}): Promise<TargetObject | null> {
    const path = this.#pathOf(name);
    await this.#ready(options);
    try {
      const { isFile, size, mtime } = await Deno.stat(path);
      return isFile ? { name, size, modifiedAt: mtime?.getTime() ?? null } : null;
    } catch (error) {
      if (isOsError(error, "ENOENT", "ENOTDIR")) return null;
      throw fromFolderError(error, name);
    }
  }

  async *list(prefix: string, options: CallOptions = {}): AsyncGenerator<TargetObject> {
    await this.#ready(options);
    for await (const path of this.#files(startOf(this.#root, prefix), options)) {
      const name = relative(this.#root, path);
      if (!name.startsWith(prefix) || name === MARKER || isPartName(name)) continue;
      const found = await this.stat(name);
      if (found !== null) yield found;
    }
  }

  async remove(name: string, options: CallOptions = {}): Promise<void> {
    const path = this.#pathOf(name);
    await this.#ready(options);
    try {
      await Deno.remove(path);
      await syncFolder(dirname(path));
    } catch (error) {
      if (!isOsError(error, "ENOENT", "ENOTDIR")) throw fromFolderError(error, name);
    }
  }

  async space(options: CallOptions = {}): Promise<TargetSpace | null> {
    await this.#ready(options);
    try {
      const { freeBytes, totalBytes } = await readFreeSpace(this.#root);
      return totalBytes === 0 ? null : { freeBytes, totalBytes };
    } catch (error) {
      throw fromFolderError(error, this.#root);
    }
  }

  async sweep({ olderThanMs, signal }: CallOptions & { olderThanMs: number }): Promise<number> {
    const options = signal === undefined ? {} : { signal };
    await this.#ready(options);
    const now = await this.#ownTime();
    let swept = 0;
    for await (const path of this.#files(this.#root, options)) {
      if (!isPartName(path)) continue;
      try {
        const { mtime } = await Deno.stat(path);
        if (mtime === null || now - mtime.getTime() < olderThanMs) continue;
        await Deno.remove(path);
        swept += 1;
      } catch (error) {
        // Published or given up by the one who wrote it.
        if (!isOsError(error, "ENOENT")) throw fromFolderError(error, path);
      }
    }
    return swept;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #pathOf(name: string): string {
    const path = join(this.#root, checkObjectName(name));
    if (name === MARKER) throw new AppError("target.name", { name, reason: RESERVED });
    return path;
  }

  async #ready({ signal }: CallOptions): Promise<void> {
    signal?.throwIfAborted();
    if (await hasMarker(this.#root)) return;
    throw new AppError("target.unreachable", { path: this.#root, found: "no_marker" });
  }

  /** What this disk or server calls now: its clock may not be ours. */
  async #ownTime(): Promise<number> {
    const probe = partName(join(this.#root, "clock"));
    try {
      await Deno.writeFile(probe, new Uint8Array(), { createNew: true });
      const { mtime } = await Deno.stat(probe);
      return mtime?.getTime() ?? 0;
    } catch (error) {
      throw fromFolderError(error, probe);
    } finally {
      await Deno.remove(probe).catch(() => {});
    }
  }

  async #makeFolders(folder: string): Promise<void> {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
    for (let made = folder; made !== this.#root && made.length > this.#root.length;) {
      made = dirname(made);
      await syncFolder(made);
    }
  }

  /** Plain files below a folder; links and folders that vanish are passed over. */
  async *#files(folder: string, options: CallOptions): AsyncGenerator<string> {
    options.signal?.throwIfAborted();
    const folders: string[] = [];
    try {
      for await (const { name, isFile, isDirectory } of Deno.readDir(folder)) {
        if (isDirectory) folders.push(join(folder, name));
        else if (isFile) yield join(folder, name);
      }
    } catch (error) {
      if (isOsError(error, "ENOENT") && folder !== this.#root) return;
      throw fromFolderError(error, folder);
    }
    for (const inner of folders) yield* this.#files(inner, options);
  }
}

/** The deepest folder that holds everything with this prefix. */
function startOf(root: string, prefix: string): string {
  const folders = prefix.split("/").slice(0, -1);
  return join(root, ...folders.map((segment) => checkObjectName(segment)));
}

/** What the source throws passes as it is: only the folder's own faults are the target's. */
async function writeWhole(
  path: string,
  { name, source }: { name: string; source: Source },
  options: PutOptions,
): Promise<void> {
  const how = { write: true, createNew: true, mode: 0o600 };
  using file = await asFolder(name, () => Deno.open(path, how));
  for await (const piece of readSource(source, options)) {
    await asFolder(name, () => writeAll(file, piece));
  }
  const { size } = await asFolder(name, async () => {
    await file.sync();
    return await file.stat();
  });
  if (size !== source.size) {
    throw new AppError("target.failed", { name, found: `${size} of ${source.size} bytes` });
  }
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += await file.write(bytes.subarray(written));
}

/** Runs what asks the file system, and has its errors say what a target's do. */
async function asFolder<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw fromFolderError(error, name);
  }
}

async function* chunksOf(
  path: string,
  name: string,
  options: GetOptions,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  try {
    yield* readChunks(path, options);
  } catch (error) {
    throw fromFolderError(error, name);
  }
}

function gone(name: string): never {
  throw new AppError("target.not_found", { name });
}
