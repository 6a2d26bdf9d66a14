/**
 * The third step, and the door of this room: one typed value out of a file, the environment and defaults.
 *
 * @module
 */
import { resolve } from "node:path";
import { isAppError } from "../base/errors.ts";
import { checkConfig, type CheckContext, type LoadedConfig } from "./check.ts";
import type { Environment } from "./env.ts";
import { decodeConfig, parseConfig, readConfigFile } from "./read.ts";

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
}

/**
 * Loads the configuration. A file that was named must exist; the default one may be absent.
 *
 * @returns The checked configuration, every path absolute, and the secrets apart from it.
 * @throws {AppError} `config.unreadable`; `config.invalid` with every mistake at once.
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const { env, workingFolder } = options;
  const named = options.configPath ?? (env["CONFIG_PATH"] || undefined);
  const path = resolve(workingFolder, named ?? "config.yaml");
  const root = resolve(workingFolder, options.root ?? (env["LIBRARY_ROOT"] || "."));
  const text = await readText(path, named !== undefined);
  const context = {
    path: text === null ? null : path,
    root,
    environment: env,
    checkSchedule: options.checkSchedule,
  };
  return await checkConfig(parseConfig(text ?? "", path), context);
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

async function readText(path: string, mustExist: boolean): Promise<string | null> {
  try {
    return await readConfigFile(path);
  } catch (error) {
    const isMissing = isAppError(error, "config.unreadable") &&
      isAppError(error.details["reason"], "storage.missing");
    if (isMissing && !mustExist) return null;
    throw error;
  }
}
