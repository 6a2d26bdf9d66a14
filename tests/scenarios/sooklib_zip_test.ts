import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { walk } from "../../src/storage/walk.ts";
import { openTestApp } from "../helpers/test_app.ts";
import { SOOKLIB_ID, SOOKLIB_ZIP } from "../helpers/test_library.ts";

const FIXTURE = join(import.meta.dirname ?? ".", "..", "fixtures", "sooklib", "library");

Deno.test("a ZIP made by Sooklib is listed, valid, and restored to every row and every byte", async () => {
  await using house = await openTestApp();
  const { app, library } = house;
  await Deno.copyFile(SOOKLIB_ZIP, join(library.config.backup.path, `${SOOKLIB_ID}.zip`));
  {
    using database = new DatabaseSync(library.config.database.path);
    database.exec(
      "DELETE FROM books; UPDATE users SET username = 'x' || id; CREATE TABLE later (id)",
    );
  }
  await Deno.writeTextFile(join(library.config.covers, "1.jpg"), "spoilt");
  await Deno.writeTextFile(join(library.config.covers, "new.jpg"), "added later");
  await Deno.remove(join(library.config.covers, "封面"), { recursive: true });
  const validated = await (await app.manager.validate(SOOKLIB_ID, { actor: "test" })).result;

  const { restored } = await (await app.manager.restore({ backupId: SOOKLIB_ID, actor: "test" }))
    .result;

  assert.equal(validated.valid, true);
  assert.deepEqual(restored, ["database", "covers", "config"]);
  assert.deepEqual(rows(library.config.database.path), rows(join(FIXTURE, "data", "library.db")));
  assert.deepEqual(await bytes(library.config.covers), await bytes(join(FIXTURE, "covers")));
});

/** Every row of every table. */
function rows(path: string): Record<string, unknown[]> {
  using database = new DatabaseSync(path, { readOnly: true });
  const tables = database.prepare(
    "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name",
  ).all();
  return Object.fromEntries(tables.map(({ name }) => [
    String(name),
    database.prepare(`SELECT * FROM "${name}"`).all().map((row) => ({ ...row })),
  ]));
}

/** Every file by its name. */
async function bytes(folder: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for await (const { relativePath, path } of walk(folder)) {
    files.set(relativePath, await Deno.readFile(path));
  }
  return files;
}
