import { dirname } from "node:path";
import type { Archive, ArchiveEntry } from "../archive/read.ts";
import { AppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import { type Config, type Part, PARTS } from "../config/types.ts";
import { readFreeSpace } from "../storage/free_space.ts";
import { liveSchemaVersion } from "./apply_database.ts";
import { configTarget } from "./config_files.ts";
import type { Refusal } from "./judge_database.ts";
import { Lacking } from "./lacking.ts";
import { inTheWayWarning, placeConfig, type PlacedConfig } from "./place_config.ts";
import { type FilesPlan, planCovers, planExtra, type PlannedFile } from "./plan_files.ts";
import { planSpace, spaceRefusals, type VolumeNeed } from "./plan_space.ts";
import { lookUp } from "./staging.ts";
import { asLarge } from "./unpack_archive.ts";
import type { LargeEntry } from "./unpack_content.ts";

/** What is to be restored, and how. */
export interface RestoreOrder {
  readonly backupId: string;
  /** Path of the ZIP. */
  readonly archive: string;
  /** Default: every part the backup has. */
  readonly parts?: readonly Part[] | undefined;
  readonly coversMode: "exact" | "add_missing";
  readonly createSnapshot: boolean;
  /** The backup's values of the keys that otherwise stay this machine's. */
  readonly machineKeys: boolean;
  readonly force: boolean;
  /** Add to the backup's database what the live schema has and it lacks. */
  readonly upgradeSchema: boolean;
  /** It was made here: the limits for what strangers send are not for it. */
  readonly isOwn: boolean;
  /** The administrator says that no other program has the database open. */
  readonly libraryStopped: boolean;
  /** For undo: a database newer than the one in the archive, to be restored instead. */
  readonly databaseOverride: string | null;
  /** For undo: what there was before beside what the archive holds. */
  readonly undoes?: Undoes;
  /** What speaks against it besides what is found here. */
  readonly refusals?: readonly Refusal[];
  readonly warnings?: readonly Notice[];
  /** What was recorded when the backup was made. */
  readonly expected: {
    readonly md5?: string;
    readonly sha256?: string;
  };
}

/** What an undo takes away, for there was none of it before. */
export interface Undoes {
  /** Parts of which there was nothing. */
  readonly absent: readonly Part[];
  /** Config files. */
  readonly createdConfig: readonly string[];
  /** Folders, the innermost first; they go when they are empty. */
  readonly madeFolders: readonly string[];
  /** What named extra files before. */
  readonly extraPaths: readonly string[];
}

/** What a restore will do, found out without changing anything. */
export interface RestorePlan {
  readonly order: RestoreOrder;
  readonly parts: readonly Part[];
  /** Of all content of the archive, as declared. */
  readonly archiveBytes: number;
  readonly database: ArchiveEntry | null;
  /** The database again, when it is worth threads of its own. */
  readonly large: LargeEntry | null;
  readonly files: readonly FilesPlan[];
  readonly config: readonly PlacedConfig[];
  /** The archive's entries have the modes of the library's files. */
  readonly hasModes: boolean;
  /** Config files that go. */
  readonly removedConfig: readonly { readonly name: string; readonly target: string }[];
  /** What the backup says nothing about. */
  readonly lacking: Lacking;
  readonly live: LiveFacts;
  readonly space: readonly VolumeNeed[];
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Notice[];
}

/** What is there now. */
export interface LiveFacts {
  readonly databaseBytes: number;
  readonly databaseExists: boolean;
  /** The file is there and SQLite does not take it for a database. */
  readonly isDatabaseDamaged: boolean;
  /** Of the files that a snapshot will hold. */
  readonly fileBytes: number;
}

interface Contents {
  database: ArchiveEntry | null;
  covers: { count: number; bytes: number };
  readonly config: ArchiveEntry[];
  readonly extra: PlannedFile[];
  bytes: number;
}

/**
 * Plans a restore: what is in the archive, where it goes, whether there is room, and why it would be refused.
 *
 * Changes nothing. Reads the archive's directory, and walks the live files of the parts that are restored once.
 *
 * @throws {AppError} `backup.part_missing`, `restore.no_place`, `archive.*` when the directory itself is bad; the signal's reason.
 */
export async function planRestore(
  archive: Archive,
  order: RestoreOrder,
  config: Config,
  signal: AbortSignal,
): Promise<RestorePlan> {
  const contents = await readDirectory(archive, signal);
  const metadata = await archive.readMetadata();
  const covers = planCovers(config.covers, contents.covers);
  const extra = await planExtra(config, contents.extra, order.undoes?.extraPaths ?? null);
  const included = metadata?.includes ?? [];
  const inTheWay = await inTheWayOf(config.covers);
  const { parts, warnings } = order.undoes === undefined
    ? chooseParts(order, contents, { included, extra, inTheWay })
    : chooseUndone(order.parts ?? [], order.undoes, config);
  const files = [covers, extra].filter(({ part }) => parts.includes(part));
  const lacking = new Lacking(metadata);
  const hasModes = metadata?.modes === true;
  const live = await readLiveFacts(config, { parts, files }, signal);
  const settings = parts.includes("config")
    ? await placeConfig(contents.config, config, { isAlone: parts.length === 1 })
    : null;
  const space = await planSpace({
    config,
    order,
    parts,
    live,
    databaseBytes: await stagedDatabaseBytes(order, contents),
    files,
  });
  return {
    order,
    parts,
    archiveBytes: contents.bytes,
    database: parts.includes("database") ? contents.database : null,
    large: asLarge(archive, contents.database),
    files,
    config: settings?.placed ?? [],
    hasModes,
    removedConfig: parts.includes("config") ? await placeRemoved(order, config) : [],
    lacking,
    live,
    space,
    refusals: [
      ...order.refusals ?? [],
      ...damageRefusals(order, config, live, parts),
      ...await networkRefusals(config, { parts, files }),
      ...settings?.refusals ?? [],
      ...spaceRefusals(space),
    ],
    warnings: [
      ...order.warnings ?? [],
      ...settings?.warnings ?? [],
      ...warnings,
      ...lacking.warnings(parts),
    ],
  };
}

async function readDirectory(archive: Archive, signal: AbortSignal): Promise<Contents> {
  const contents: Contents = {
    database: null,
    covers: { count: 0, bytes: 0 },
    config: [],
    extra: [],
    bytes: 0,
  };
  for await (const entry of archive.entries({ signal })) {
    contents.bytes += entry.size;
    if (entry.path === "database/library.db") contents.database = entry;
    else if (entry.part === "config") contents.config.push(entry);
    else if (entry.part === "extra") contents.extra.push(extraFile(entry));
    else if (entry.part === "covers") {
      contents.covers.count += 1;
      contents.covers.bytes += entry.size;
    }
  }
  return contents;
}

function chooseParts(
  order: RestoreOrder,
  contents: Contents,
  { included, extra, inTheWay }: {
    included: readonly Part[];
    extra: FilesPlan;
    /** What stands where the covers folder belongs. */
    inTheWay: AppError | null;
  },
): { parts: Part[]; warnings: Notice[] } {
  const available = PARTS.filter((part) => {
    if (part === "database") return contents.database !== null || order.databaseOverride !== null;
    if (part === "covers") return contents.covers.count > 0 || included.includes("covers");
    if (part === "extra") return contents.extra.length > 0;
    return contents.config.length > 0;
  });
  const wanted = order.parts === undefined || order.parts.length === 0 ? available : order.parts;
  const missing = wanted.filter((part) => !available.includes(part));
  if (missing.length > 0 || wanted.length === 0) {
    throw new AppError("backup.part_missing", { missing, available });
  }
  // What has no place here is left out with a warning, and is no reason to leave out the rest.
  const hasPlace = (part: Part) =>
    part === "extra" ? extra.count > 0 : part !== "covers" || inTheWay === null;
  const placed = wanted.filter(hasPlace);
  if (placed.length === 0 && inTheWay !== null) throw inTheWay;
  if (placed.length === 0) throw new AppError("restore.no_place", { paths: [...extra.except] });
  return {
    parts: PARTS.filter((part) => placed.includes(part)),
    warnings: [
      ...wanted.includes("extra") ? extra.warnings : [],
      ...inTheWay !== null && wanted.includes("covers") ? [inTheWayWarning(inTheWay)] : [],
    ],
  };
}

/** A database that there was none of stays: somebody may have it open, and has written to it since. */
function chooseUndone(
  parts: readonly Part[],
  { absent, createdConfig }: Undoes,
  config: Config,
): { parts: Part[]; warnings: Notice[] } {
  const isGone = (part: Part) => absent.includes(part);
  const undone = PARTS.filter((part) =>
    parts.includes(part) && !(part === "database" && isGone(part)) &&
    !(part === "config" && isGone(part) && createdConfig.length === 0)
  );
  const { path } = config.database;
  if (undone.length === 0) {
    throw new AppError(
      isGone("database") ? "restore.no_database_before" : "restore.nothing_to_undo",
      { path },
    );
  }
  return {
    parts: undone,
    warnings: !isGone("database") ? [] : [{
      zh:
        `恢复前没有数据库：${path} 保持现状，没有撤销；要回到没有数据库的状态，请停止书库后自行删除它和 -wal、-shm 文件`,
      en:
        `There was no database before the restore: ${path} stays as it is; to be without one again, stop the library and delete it, its -wal and its -shm`,
    }],
  };
}

async function placeRemoved({ undoes }: RestoreOrder, config: Config) {
  const removed: RestorePlan["removedConfig"][number][] = [];
  for (const name of undoes?.createdConfig ?? []) {
    const target = await configTarget(name, config);
    if (target !== null) removed.push({ name, target });
  }
  return removed;
}

/** A folder that is not there yet is made. */
async function inTheWayOf(folder: string): Promise<AppError | null> {
  const found = await Deno.stat(folder).catch(() => null);
  return found === null || found.isDirectory
    ? null
    : new AppError("storage.not_folder", { path: folder });
}

function extraFile({ path, size }: ArchiveEntry): PlannedFile {
  return { name: path.slice("extra/".length), size };
}

async function readLiveFacts(
  config: Config,
  { parts, files }: Pick<RestorePlan, "parts" | "files">,
  signal: AbortSignal,
): Promise<LiveFacts> {
  const file = lookUp(config.database.path);
  const wantsDatabase = parts.includes("database");
  const version = wantsDatabase ? await liveSchemaVersion(config.database.path) : 0;
  let fileBytes = 0;
  for (const { walkLive } of files) {
    for await (const { sizeBytes } of walkLive(signal)) fileBytes += sizeBytes;
  }
  return {
    databaseExists: file !== null,
    databaseBytes: file === null ? 0 : (await Deno.stat(config.database.path)).size,
    isDatabaseDamaged: version === null,
    fileBytes,
  };
}

async function stagedDatabaseBytes(order: RestoreOrder, contents: Contents): Promise<number> {
  if (order.databaseOverride === null) return contents.database?.size ?? 0;
  return (await Deno.stat(order.databaseOverride)).size;
}

function damageRefusals(
  order: RestoreOrder,
  config: Config,
  live: LiveFacts,
  parts: readonly Part[],
): Refusal[] {
  if (!parts.includes("database") || !live.isDatabaseDamaged || order.libraryStopped) return [];
  const error = new AppError("restore.stop_library", { path: config.database.path });
  return [{ error, force: false }];
}

/** Locks and flushes on a network or FUSE mount may promise more than they keep. */
async function networkRefusals(
  config: Config,
  { parts, files }: Pick<RestorePlan, "parts" | "files">,
): Promise<Refusal[]> {
  const reasons: string[] = [];
  const places = [
    ...parts.includes("database") ? [dirname(config.database.path)] : [],
    ...files.flatMap(({ folders }) => folders.map(({ path }) => path)),
  ];
  for (const place of places) {
    const { isNetwork, fileSystem, volume } = await readFreeSpace(place);
    if (isNetwork) reasons.push(`${volume} (${fileSystem})`);
  }
  if (reasons.length === 0) return [];
  return [{ error: new AppError("restore.needs_force", { reasons }), force: true }];
}
