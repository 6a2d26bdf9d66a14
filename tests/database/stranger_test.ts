import assert from "node:assert/strict";
import { join } from "node:path";
import { isAppError } from "../../src/base/errors.ts";
import { checkStranger } from "../../src/database/stranger.ts";
import { run } from "../helpers/run.ts";
import { makeDatabase } from "../helpers/sample_database.ts";
import { makeSickIndex } from "../helpers/sick_index.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const NAME = { name: "database/library.db" };

Deno.test("checkStranger() tells what is in a sound database", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  makeDatabase(path, { rows: 3 });

  const contents = await checkStranger(path, NAME);

  assert.equal(contents.rows["chapters"], 3);
});

Deno.test("checkStranger() takes nothing that fails SQLite's full check, however well it can be read", async () => {
  await using folder = await tempFolder();
  const at = (name: string) => join(folder.path, name);
  makeDatabase(at("sick.db"), { rows: 3 });
  makeSickIndex(at("sick.db"));
  await Deno.writeTextFile(at("text.db"), "我不是数据库。".repeat(500));

  await assert.rejects(checkStranger(at("sick.db"), NAME), (error) => {
    assert.ok(isAppError(error, "database.damaged"), String(error));
    return error.details.path === NAME.name;
  });
  await assert.rejects(checkStranger(at("text.db"), NAME), { code: "database.not_sqlite" });
});

Deno.test("checkStranger() lets no stranger's value outgrow its limit, and what is our own be as large as it is", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  // Sound, and 257 MiB while the index is compared with its table. By another program: the limit is a whole process's.
  await run("sqlite3", [
    path,
    `CREATE TABLE books (content BLOB); CREATE INDEX sizes ON books (length(hex(content)));
      INSERT INTO books VALUES (zeroblob(135000000))`,
  ]);

  await assert.rejects(checkStranger(path, NAME), (error) => {
    assert.ok(isAppError(error, "database.hostile"), String(error));
    assert.equal(error.details.limit, "256 MiB");
    return true;
  });
  const { rows, passedOver } = await checkStranger(path, { ...NAME, own: true });
  assert.deepEqual(rows, { books: 1 });
  assert.ok(passedOver.length <= 1, "no more than that table goes unchecked");
});
