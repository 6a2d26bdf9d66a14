/**
 * The third step, and the door of this room: one typed value out of a file, the environment and defaults.
 *
 * @module
 */
import { resolve } from "node:path";
import { AppError, isAppError } from "../base/errors.ts";
import { type Notice, noticeOf } from "../base/messages/mod.ts";
import { findStray } from "../base/find_stray.ts";
import { checkConfig, type CheckContext, type LoadedConfig } from "./check.ts";
import { invalidConfig, type Mistake } from "./checker.ts";
import type { Environment } from "./env.ts";
import { decodeConfig, parseConfig, readConfigFile } from "./read.ts";
import { salvageConfig } from "./salvage_config.ts";

/** Where to look. */
export interface LoadOptions {
  /** From `--config`; else the variable `CONFIG_PATH`, else `config.yaml` in the working folder. */
  readonly configPath?: string | undefined;
  /** From `--root`; else the variable `LIBRARY_ROOT`, else the working folder. */
  readonly root?: string | undefined;
  readonly env: Environment;
  readonly workingFolder: string;
  /** Throws for a cron expression that the scheduler would refuse; only the shape is checked without it. */
  readonly checkSchedule?: CheckContext["checkSchedule"];
  /**
   * Goes on without a file that cannot be read. Given the database's path, resolves with the folder of backups that was
   * used beside it, or `null`.
   */
  readonly findBackups?: ((databasePath: string) => Promise<string | null>) | undefined;
}

/** Where the file and the library are. */
interface Places {
  readonly path: string;
  /** Somebody said so: then it must be there. */
  readonly isNamed: boolean;
  readonly root: string;
}

/**
 * Loads the configuration. A file that was named must exist; the default one may be absent.
 *
 * @returns The checked configuration, every path absolute, and the secrets apart from it.
 * @throws {AppError} `config.unreadable`, unless `findBackups` is given; `config.invalid` with every mistake at once.
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const places = findPlaces(options);
  const { path, root } = places;
  const context = { root, environment: options.env, checkSchedule: options.checkSchedule };
  try {
    const text = await readText(places);
    const parsed = parseConfig(text ?? "", path);
    return await checkConfig(parsed, { ...context, path: text === null ? null : path });
  } catch (error) {
    if (options.findBackups === undefined || !isAppError(error, "config.unreadable")) throw error;
    return await loadSpare({ ...context, path }, error, options.findBackups);
  }
}

/**
 * Checks the text of a configuration that is no file yet, as a restore does before it commits to one.
 *
 * @throws {AppError} `config.unreadable`, `config.invalid`.
 */
export async function checkConfigText(text: string, context: CheckContext): Promise<LoadedConfig> {
  return await checkConfig(parseConfig(text, context.path ?? "config.yaml"), context);
}

/** {@linkcode checkConfigText} for the bytes of a file. */
export async function checkConfigBytes(
  bytes: Uint8Array,
  context: CheckContext,
): Promise<LoadedConfig> {
  return await checkConfigText(decodeConfig(bytes, context.path ?? "config.yaml"), context);
}

function findPlaces({ configPath, root, env, workingFolder }: LoadOptions): Places {
  const mistakes: Mistake[] = [];
  const look = (option: string, given: string | undefined, variable: string) => {
    const value = given ?? (env[variable]?.trim() === "" ? undefined : env[variable]);
    const stray = value === undefined ? null : findStray(value);
    if (stray !== null) {
      const path = given === undefined ? variable : option;
      mistakes.push({ path, found: stray.found, expected: stray.expected });
    }
    return value;
  };
  const named = look("--config", configPath, "CONFIG_PATH");
  const library = look("--root", root, "LIBRARY_ROOT");
  if (mistakes.length > 0) throw invalidConfig(mistakes);
  return {
    path: resolve(workingFolder, named ?? "config.yaml"),
    isNamed: named !== undefined,
    root: resolve(workingFolder, library ?? "."),
  };
}

async function readText({ path, isNamed }: Places): Promise<string | null> {
  try {
    return await readConfigFile(path);
  } catch (error) {
    const isMissing = isAppError(error, "config.unreadable") &&
      isAppError(error.details["reason"], "storage.missing");
    if (isMissing && !isNamed) return null;
    throw error;
  }
}

/** What the environment says, what can be made out in the file, where backups were before, and defaults. */
async function loadSpare(
  context: CheckContext & { path: string },
  error: AppError,
  findBackups: NonNullable<LoadOptions["findBackups"]>,
): Promise<LoadedConfig> {
  const found = { data: await salvageConfig(context.path), warnings: [] };
  const check = (more: Pick<CheckContext, "unreadable" | "backupPath">) =>
    checkConfig(found, { ...context, mayLackKey: true, ...more });
  const unreadable = noticeOf(error);
  const { database } = (await check({ unreadable })).config;
  const backupPath = await findBackups(database.path) ?? undefined;
  const { config } = await check({ unreadable, backupPath });
  return await check({ unreadable: sayWhatIsUsed(unreadable, config), backupPath });
}

function sayWhatIsUsed(
  { zh, en }: Notice,
  { database, covers, backup }: LoadedConfig["config"],
): Notice {
  return {
    zh:
      `${zh}；暂且不用它: 数据库 ${database.path}，封面 ${covers}，备份目录 ${backup.path}，不清理旧备份。若有不对，请用 --root、DATABASE_URL、BACKUP_PATH 指明`,
    en:
      `${en}. Going on without it: database ${database.path}, covers ${covers}, backups in ${backup.path}, and no backup is pruned. Where that is wrong, say so with --root, DATABASE_URL or BACKUP_PATH`,
  };
}
