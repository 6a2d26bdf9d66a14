import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { checkDatabase } from "../../src/database/check.ts";
import { readContents } from "../../src/database/contents.ts";
import { copyDatabase } from "../../src/database/copy.ts";
import { inspectDatabase } from "../../src/database/inspect.ts";
import { checkStranger } from "../../src/database/stranger.ts";
import { addForeignSchema, FOREIGN_SCHEMAS } from "../helpers/foreign_schema.ts";
import { makeDatabase, readOne } from "../helpers/sample_database.ts";
import { makeSickIndex } from "../helpers/sick_index.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const names = (list: readonly { name: string }[]) => list.map(({ name }) => name).toSorted();

for (const schema of FOREIGN_SCHEMAS) {
  Deno.test(`${schema.what} is no damage: it is passed over, and named`, async () => {
    await using folder = await tempFolder();
    const [path, copy] = [join(folder.path, "library.db"), join(folder.path, "copy.db")];
    makeDatabase(path, { rows: 3, journalMode: "wal" });
    addForeignSchema(path, schema);

    await copyDatabase(path, copy);
    const inspected = await inspectDatabase(copy, { check: true });
    const full = await checkDatabase(copy, { level: "full", foreignKeys: true, stranger: true });
    const quick = await checkDatabase(copy);
    const contents = await checkStranger(copy, { name: "database/library.db" });
    const live = await readContents(path);

    assert.deepEqual(inspected.problems, []);
    assert.deepEqual([full.ok, full.problems], [true, []]);
    assert.deepEqual([quick.ok, quick.problems], [true, []]);
    assert.deepEqual(
      names(inspected.passedOver),
      names(full.passedOver).filter((name) => name !== "book_tags"),
    );
    assert.deepEqual(names(full.passedOver), schema.passedOver.toSorted());
    assert.ok(full.passedOver.every(({ found }) => found.length > 5));
    for (const rows of [inspected.rows, contents.rows, live.rows]) {
      assert.equal(rows["chapters"], 3);
    }
  });
}

Deno.test("what leans on the library's program is counted and listed wherever SQLite can", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  const [collation] = FOREIGN_SCHEMAS;
  if (collation !== undefined) addForeignSchema(path, collation);

  const { rows, coverPaths } = await inspectDatabase(path, { check: false });

  assert.deepEqual(rows, { books: 2 });
  assert.deepEqual(coverPaths.toSorted(), ["covers/1.jpg", "covers/2.jpg"]);
});

for (const schema of FOREIGN_SCHEMAS.filter(({ passedOver }) => passedOver.length > 0)) {
  Deno.test(`damage beside ${schema.what} is found`, async () => {
    await using folder = await tempFolder();
    const at = (name: string) => join(folder.path, name);
    const make = (name: string) => {
      makeDatabase(at(name), { rows: 300 });
      addForeignSchema(at(name), schema);
    };
    for (const name of ["index", "page", "cut", "lost"]) make(name);
    makeSickIndex(at("index"));
    const page = Number(readOne(
      at("page"),
      `SELECT max(pageno) FROM dbstat
      WHERE name = 'chapters' AND pagetype = 'leaf'`,
    ));
    await overwrite(at("page"), (page - 1) * 4096, new Uint8Array(4096));
    await Deno.truncate(at("cut"), (Number(readOne(at("cut"), "PRAGMA page_count")) - 20) * 4096);
    // The list of free pages says that there are none, and twenty belong to nothing.
    {
      using database = new DatabaseSync(at("lost"));
      database.exec("DELETE FROM chapters WHERE id > 100");
    }
    await overwrite(at("lost"), 32, new Uint8Array(8));

    for (const name of ["index", "page", "cut", "lost"]) {
      for (const stranger of [true, false]) {
        const { ok, problems } = await checkDatabase(at(name), { level: "full", stranger });
        assert.equal(ok, false, `${name} ${stranger}: ${problems.join()}`);
      }
      const { problems } = await inspectDatabase(at(name), { check: true });
      assert.notDeepEqual(problems, [], name);
    }
  });
}

Deno.test("damage of the very table that is passed over is found in its pages", async () => {
  await using folder = await tempFolder();
  for (const schema of FOREIGN_SCHEMAS.slice(0, 6)) {
    const path = join(folder.path, "library.db");
    addForeignSchema(path, schema);
    const [table = ""] = schema.passedOver.filter((name) => name !== "book_tags");
    const [page, bytes] = [
      `SELECT rootpage FROM sqlite_schema WHERE name = '${table}'`,
      "PRAGMA page_size",
    ]
      .map((sql) => Number(readOne(path, sql)));
    await overwrite(path, ((page ?? 0) - 1) * (bytes ?? 0), new Uint8Array(bytes ?? 0));

    const { ok, problems } = await checkDatabase(path, { level: "full", stranger: true });

    assert.equal(ok, false, `${schema.what}: ${problems.join()}`);
    await Deno.remove(path);
  }
});

Deno.test("free pages are checked where SQLite's own check leaves them out for a view", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  makeDatabase(path, { rows: 300 });
  {
    using database = new DatabaseSync(path);
    database.exec("DELETE FROM chapters WHERE id > 100; CREATE VIEW titles AS SELECT 1");
  }
  await overwrite(path, 32, new Uint8Array(8));
  assert.equal(readOne(path, "PRAGMA integrity_check"), "ok");

  const { ok, problems } = await checkDatabase(path, { level: "full" });

  assert.equal(ok, false);
  assert.match(problems.join(), /of \d+ pages belong to something/);
});

Deno.test("a schema that SQLite alone cannot even read is no damage either", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  addForeignSchema(path, {
    what: "a function of SQLite's with another number of arguments",
    make: "CREATE TABLE books (title); CREATE INDEX folded ON books (lower(title))",
    replace: [["folded", "lower(title)", "lower(title, 'zh')"]],
    passedOver: [],
  });

  await assert.rejects(copyDatabase(path, join(folder.path, "copy.db")), {
    code: "database.unsupported",
  });
});

async function overwrite(path: string, position: number, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.seek(position, Deno.SeekMode.Start);
  await file.write(bytes);
}
