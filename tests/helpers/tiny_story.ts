import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isAppError } from "../../src/base/errors.ts";
import { startValidate } from "../../src/backup/validate.ts";
import type { ValidateResult } from "../../src/backup/types.ts";
import { systemClock } from "../../src/base/clock.ts";
import { hashTree, type Tree } from "./hash_tree.ts";
import { type RestoreHouse, restoreHouse } from "./restore_house.ts";
import { copyFolder, type TestLibrary, testLibrary } from "./test_library.ts";

/** What became of an archive that was put into the store. */
export interface Fate {
  readonly validated: ValidateResult;
  /** The code with which its restore was refused; `null`: it was restored, exactly. */
  readonly refusal: string | null;
}

/** A library of a few kilobytes with a backup of its first state, that has since become something else. */
export interface TinyStory extends AsyncDisposable {
  readonly library: TestLibrary;
  readonly house: RestoreHouse;
  /** The backup. */
  readonly backupId: string;
  /** Its bytes. */
  readonly archive: Uint8Array<ArrayBuffer>;
  /**
   * Copies an archive into the store by hand, validates it and restores it.
   *
   * Fails the test unless either both refuse it and nothing live changed, or both accept it and the library is
   * then, to the byte, what the undamaged backup would have made of it.
   */
  meet(archive: Uint8Array): Promise<Fate>;
}

const FOLDERS = ["data", "covers", "config", "alembic"];

/** Makes a {@linkcode TinyStory}. */
export async function tinyStory(): Promise<TinyStory> {
  const library = await testLibrary({ BACKUP_PATH: "backups" });
  const { config, root } = library;
  await furnish(library);
  const house = await restoreHouse(config);
  const { backup_id: backupId, file_path: path } = await house.create();
  const archive = await Deno.readFile(path);
  await change(library);
  const kept = join(root, "kept");
  for (const folder of FOLDERS) await copyFolder(join(root, folder), join(kept, folder));
  const before = await readLibrary(root);
  await restore(house, backupId);
  const restored = await readLibrary(root);
  await putBack(root, kept);
  assert.deepEqual(await readLibrary(root), before);
  let met = 0;

  return {
    library,
    house,
    backupId,
    archive,
    meet: async (bytes) => {
      met += 1;
      const id = `backup_20260101_000000_${met}`;
      await Deno.writeFile(house.catalog.zipPath(id), bytes);
      const validated = await validate(house, id);
      const refusal = await restore(house, id);
      const after = await readLibrary(root);
      assert.equal(refusal === null, validated.valid, `${JSON.stringify(validated)} ${refusal}`);
      assert.deepEqual(after, refusal === null ? restored : before);
      if (refusal === null) await putBack(root, kept);
      await house.catalog.remove(id);
      return { validated, refusal };
    },
    [Symbol.asyncDispose]: () => library[Symbol.asyncDispose](),
  };
}

/** Three covers, one of them deflated, and a database of small pages. */
async function furnish({ config }: TestLibrary): Promise<void> {
  for await (const { name } of Deno.readDir(config.covers)) {
    if (!["1.jpg", "2.jpg"].includes(name)) {
      await Deno.remove(join(config.covers, name), { recursive: true });
    }
  }
  for (const name of ["1.jpg", "2.jpg"]) await Deno.truncate(join(config.covers, name), 300);
  await Deno.mkdir(join(config.covers, "封面"));
  await Deno.writeTextFile(
    join(config.covers, "封面", "三体.svg"),
    "<svg><path/></svg>".repeat(30),
  );
  await Deno.remove(config.database.path);
  using database = new DatabaseSync(config.database.path);
  database.exec(`PRAGMA page_size = 512;
    CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, cover_path TEXT);
    CREATE INDEX titles ON books (title);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
      INSERT INTO books SELECT i, '三体 ' || i * i * i, i || '.jpg' FROM n;`);
}

async function change({ config }: TestLibrary): Promise<void> {
  {
    using database = new DatabaseSync(config.database.path);
    database.exec("DELETE FROM books WHERE id % 3 = 0; UPDATE books SET title = 'changed'");
  }
  await Deno.writeTextFile(join(config.covers, "1.jpg"), "another picture");
  await Deno.remove(join(config.covers, "2.jpg"));
  await Deno.writeTextFile(join(config.covers, "new.jpg"), "a new picture");
  const text = await Deno.readTextFile(config.path ?? "");
  await Deno.writeTextFile(config.path ?? "", text.replace("interval: 3600", "interval: 60"));
}

async function validate(house: RestoreHouse, id: string): Promise<ValidateResult> {
  const services = { ...house, clock: systemClock };
  return await (await startValidate(services, id, { actor: "test" })).result;
}

/** Without a snapshot: what is refused never gets that far, and what is restored is put back by hand. */
async function restore(house: RestoreHouse, backupId: string): Promise<string | null> {
  try {
    const request = { backupId, actor: "test", createSnapshot: false };
    await (await house.restorer.start(request)).result;
    return null;
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
}

/** What of the library a reader would see; a restore leaves a note of itself beside the database. */
async function readLibrary(root: string): Promise<Tree> {
  const tree: Record<string, string> = {};
  for (const folder of FOLDERS) {
    const skip = (name: string) => /^\.shuku-(?:library|restore-last)\.json$/.test(name);
    for (const [path, what] of Object.entries(await hashTree(join(root, folder), skip))) {
      tree[join(folder, path)] = what;
    }
  }
  return tree;
}

async function putBack(root: string, kept: string): Promise<void> {
  for (const folder of FOLDERS) {
    await Deno.remove(join(root, folder), { recursive: true });
    await copyFolder(join(kept, folder), join(root, folder));
  }
}
