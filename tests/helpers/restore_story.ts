import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { RestoreStatus } from "../../src/backup/types.ts";
import type { Config } from "../../src/config/types.ts";
import { walk } from "../../src/storage/walk.ts";
import { changeExtra, extraLibrary, readExtra } from "./extra_library.ts";
import type { MountNamespace } from "./mount_namespace.ts";
import type { ChildOrder } from "./restore_child.ts";
import { type RestoreHouse, restoreHouse } from "./restore_house.ts";
import { copyFolder, type TestLibrary, testLibrary } from "./test_library.ts";

/** What a library holds, as one comparable value. */
export interface LibraryState {
  readonly database: string;
  readonly covers: Readonly<Record<string, string>>;
  readonly extra: Readonly<Record<string, string>>;
  readonly config: string;
}

/** A library with a backup of its first state, that has since become something else. */
export interface RestoreStory extends AsyncDisposable {
  readonly library: TestLibrary;
  readonly config: Config;
  readonly house: RestoreHouse;
  readonly backupId: string;
  /** What the backup holds. */
  readonly backedUp: LibraryState;
  /** What is live now. */
  readonly before: LibraryState;
  state(): Promise<LibraryState>;
  /** Names of what a restore leaves behind when it should not. */
  leftovers(): Promise<string[]>;
  /** Runs a child, in a namespace when one is given; `killed` when it did not live to answer. */
  child(order: ChildOrder, within?: MountNamespace): Promise<ChildAnswer>;
  restoreInChild(order?: Partial<ChildOrder>, within?: MountNamespace): Promise<ChildAnswer>;
  sql(statements: string): void;
  /** The same story in a folder of its own beside this one, for a test that tells it many times. */
  clone(): Promise<RestoreStory>;
}

/** What a child printed. */
export interface ChildAnswer {
  readonly killed: boolean;
  // deno-lint-ignore no-explicit-any -- whatever the product answers
  readonly result: any;
  readonly code: string | null;
  readonly details: Record<string, unknown> | null;
  readonly status: RestoreStatus | null;
  readonly log: string[];
  readonly stderr: string;
}

const CHILD = join(import.meta.dirname ?? ".", "restore_child.ts");

/**
 * Makes a story: a backup of the fixture, then books deleted and added, covers and extra files changed, added and
 * removed, a config key changed.
 */
export async function restoreStory(
  options: { journalMode?: "wal" | "delete"; within?: string } = {},
): Promise<RestoreStory> {
  const library = await extraLibrary({}, options.within);
  const { config } = library;
  const mode = options.journalMode ?? "wal";
  const sql = (statements: string) => writeRows(config, statements);
  sql(`PRAGMA journal_mode = ${mode}`);
  const house = await restoreHouse(config);
  const { backup_id: backupId } = await house.create();
  const backedUp = await readState(config);

  sql("DELETE FROM books WHERE id % 2 = 0; UPDATE books SET title = 'changed' WHERE id = 1");
  await Deno.writeTextFile(join(config.covers, "1.jpg"), "another picture");
  await Deno.remove(join(config.covers, "2.jpg"));
  await Deno.remove(join(config.covers, "封面"), { recursive: true });
  await Deno.mkdir(join(config.covers, "new"));
  await Deno.writeTextFile(join(config.covers, "new", "one.jpg"), "a new picture");
  await changeExtra(library.root);
  const text = await Deno.readTextFile(config.path ?? "");
  await Deno.writeTextFile(config.path ?? "", text.replace("interval: 3600", "interval: 60"));
  const before = await readState(config);
  return tell(library, config, house, { backupId, backedUp, before });
}

type Chapter = Pick<RestoreStory, "backupId" | "backedUp" | "before">;

function tell(
  library: TestLibrary,
  config: Config,
  house: RestoreHouse,
  chapter: Chapter,
): RestoreStory {
  const child = (order: ChildOrder, within?: MountNamespace) =>
    runChild(library.root, order, within?.enter);
  return {
    ...chapter,
    library,
    config,
    house,
    sql: (statements) => writeRows(config, statements),
    child,
    state: () => readState(config),
    leftovers: () => findLeftovers(config),
    restoreInChild: (order = {}, within) => {
      const request = { backupId: chapter.backupId, ...order.request };
      return child({ verb: "restore", ...order, request }, within);
    },
    clone: async () => {
      const copy = await testLibrary({}, dirname(library.root));
      await Deno.remove(copy.root, { recursive: true });
      await copyFolder(library.root, copy.root);
      const { config } = await copy.reload();
      return tell({ ...copy, config }, config, await restoreHouse(config), chapter);
    },
    [Symbol.asyncDispose]: () => library[Symbol.asyncDispose](),
  };
}

function writeRows(config: Config, statements: string): void {
  using database = new DatabaseSync(config.database.path, { timeout: 5000 });
  database.exec(statements);
}

/** Reads everything that a restore may change; `without`: tables that somebody writes to meanwhile. */
export async function readState(
  config: Config,
  without: readonly string[] = [],
): Promise<LibraryState> {
  const covers: Record<string, string> = {};
  for await (const { relativePath, path } of walk(config.covers)) {
    covers[relativePath] = hash(await Deno.readFile(path));
  }
  return {
    database: readRows(config.database.path, without),
    covers,
    extra: await readExtra(config),
    config: await Deno.readTextFile(config.path ?? ""),
  };
}

/** Every row of every table of ours, hashed; fails when SQLite finds the file unsound. */
function readRows(path: string, without: readonly string[]): string {
  using database = new DatabaseSync(path, { timeout: 5000 });
  const check = database.prepare("PRAGMA integrity_check").get();
  if (check?.["integrity_check"] !== "ok") throw new Error(JSON.stringify(check));
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
    .map((row) => String(row["name"])).filter((name) => !without.includes(name)).toSorted();
  const rows = tables.map((name) => [name, database.prepare(`SELECT * FROM "${name}"`).all()]);
  return hash(new TextEncoder().encode(JSON.stringify(rows)));
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Names of what a restore leaves beside the live data when it should not. */
export async function findLeftovers(config: Config): Promise<string[]> {
  const names: string[] = [];
  const data = dirname(config.database.path);
  for (const folder of [data, join(data, "avatars"), config.covers, dirname(config.path ?? "")]) {
    for (const name of await namesIn(folder)) {
      if (
        /^\.(?:restore-|shuku-)/.test(name) &&
        !/^\.shuku-(?:library|restore-last|stores)\.json$/.test(name)
      ) {
        names.push(name);
      }
    }
  }
  return names;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

async function runChild(
  root: string,
  order: ChildOrder,
  enter: readonly string[] = [],
): Promise<ChildAnswer> {
  const words = [Deno.execPath(), "run", "--no-check", "-A", CHILD, root, JSON.stringify(order)];
  const [command = "", ...args] = [...enter, ...words];
  const { code, stdout, stderr } = await new Deno.Command(command, { args, stdin: "null" })
    .output();
  const text = new TextDecoder().decode(stdout).trim();
  const nothing = { result: null, code: null, details: null, status: null, log: [] };
  return {
    ...(text === "" ? nothing : JSON.parse(text)),
    killed: code === 137,
    stderr: new TextDecoder().decode(stderr),
  };
}
