import { join } from "node:path";
import { loadConfig } from "../../src/config/load.ts";
import type { Config, Secrets } from "../../src/config/types.ts";
import type { Environment } from "../../src/config/env.ts";
import { tempFolder } from "./temp_folder.ts";

/** Signs the tokens of tests; the fixture's config has the same. */
export const TEST_KEY = "fixture-secret-key-0123456789-0123456789-0123456789";
/** Password of the built-in login in tests. */
export const TEST_PASSWORD = "a long enough test passphrase";

/** A copy of the fixture library that a test may damage as it likes. */
export interface TestLibrary extends AsyncDisposable {
  readonly root: string;
  readonly config: Config;
  readonly secrets: Secrets;
  /** Reads the configuration again, with other variables when wanted. */
  reload(env?: Environment): Promise<{ config: Config; secrets: Secrets }>;
}

const FIXTURE = join(import.meta.dirname ?? ".", "..", "fixtures", "sooklib");

/** The ZIP that Sooklib itself made of the fixture library. */
export const SOOKLIB_ZIP = join(FIXTURE, "backup_20261122_102110.zip");
/** The id of {@linkcode SOOKLIB_ZIP}. */
export const SOOKLIB_ID = "backup_20261122_102110";

/**
 * Copies the fixture library into a folder of its own.
 *
 * @param env Variables on top of a zone, a free port and a password.
 * @param within The folder to make it in; default the system's for temporary files.
 */
export async function testLibrary(env: Environment = {}, within?: string): Promise<TestLibrary> {
  const folder = await tempFolder(within);
  await copyFolder(join(FIXTURE, "library"), folder.path);
  const reload = (changes: Environment = {}) =>
    loadConfig({
      configPath: join(folder.path, "config", "config.yaml"),
      root: folder.path,
      workingFolder: folder.path,
      env: {
        TZ: "Asia/Shanghai",
        SERVER_HOST: "127.0.0.1",
        SERVER_PORT: "0",
        BACKUP_ADMIN_PASSWORD: TEST_PASSWORD,
        ...env,
        ...changes,
      },
    });
  const { config, secrets } = await reload();
  return {
    root: folder.path,
    config,
    secrets,
    reload,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** Copies a folder of plain files. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(join(from, name), join(to, name));
    else await Deno.copyFile(join(from, name), join(to, name));
  }
}
