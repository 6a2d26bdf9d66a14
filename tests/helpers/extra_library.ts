import { dirname, join } from "node:path";
import type { Environment } from "../../src/config/env.ts";
import type { Config } from "../../src/config/types.ts";
import { walk } from "../../src/storage/walk.ts";
import { type TestLibrary, testLibrary } from "./test_library.ts";

/** The fixture library with pictures of its users and settings beside the database, named as extra. */
export async function extraLibrary(env: Environment = {}, within?: string): Promise<TestLibrary> {
  const library = await testLibrary(env, within);
  await nameExtra(library.config, ["data/avatars", "data/*.json"]);
  await writeExtra(library.root, {
    "data/avatars/1.png": "one",
    "data/avatars/2.png": "two",
    "data/avatars/头像/3.png": "three",
    "data/ai.json": '{"model": "a"}',
    "data/settings.json": "{}",
  });
  return { ...library, ...await library.reload() };
}

/** Names extra paths in the config file. */
export async function nameExtra(config: Config, paths: readonly string[]): Promise<void> {
  const text = await Deno.readTextFile(config.path ?? "");
  const line = `  extra_paths: ${JSON.stringify(paths)}\n`;
  await Deno.writeTextFile(
    config.path ?? "",
    text.replace(/^ {2}extra_paths: .*\n/m, "").replace(/^backup:\n/m, (key) => key + line),
  );
}

/** Writes files into a library; `null` removes one, a folder with all it holds. */
export async function writeExtra(
  root: string,
  files: Readonly<Record<string, string | null>>,
): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, name);
    if (text === null) await Deno.remove(path, { recursive: true });
    else {
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeTextFile(path, text);
    }
  }
}

/** What a library gave its users since. */
export async function changeExtra(root: string): Promise<void> {
  await writeExtra(root, {
    "data/avatars/1.png": "another one",
    "data/avatars/2.png": null,
    "data/avatars/头像": null,
    "data/avatars/new/4.png": "four",
    "data/ai.json": '{"model": "b"}',
  });
}

/** The extra files of an {@linkcode extraLibrary}, as they are now. */
export async function readExtra({ database }: Config): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { relativePath, path } of walk(dirname(database.path))) {
    if (!/^(?:avatars\/.*|[^./][^/]*\.json)$/.test(relativePath)) continue;
    files[`data/${relativePath}`] = await Deno.readTextFile(path);
  }
  return files;
}
