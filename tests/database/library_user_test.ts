import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { readLibraryUser } from "../../src/database/library_user.ts";
import { startProgram } from "../helpers/other_program.ts";
import { addForeignSchema } from "../helpers/foreign_schema.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const USERS = `CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT, is_admin BOOLEAN);
  INSERT INTO users VALUES (1, 'admin', 1), (2, 'reader', 0), (3, '1', 0), (4, 'null', NULL);`;

function make(path: string, sql: string): void {
  using database = new DatabaseSync(path);
  database.exec(sql);
}

Deno.test("readLibraryUser() finds users by name, never by id", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  make(path, USERS);
  const cases: Record<string, boolean | null> = {
    admin: true,
    reader: false,
    // The id of somebody; a token with a deleted user's name must not become theirs.
    "2": null,
    // Somebody's name, though it is another's id.
    "1": false,
    null: false,
    nobody: null,
    "": null,
    "1.0": null,
    "01": null,
    "99": null,
    "' OR 1 --": null,
  };

  for (const [subject, isAdmin] of Object.entries(cases)) {
    const expected = isAdmin === null ? null : { isAdmin };
    assert.deepEqual(await readLibraryUser(path, subject), expected, subject);
  }
});

Deno.test("readLibraryUser() knows nobody in a library without users, or with a view of them", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  make(
    path,
    "CREATE TABLE books (id); CREATE VIEW users AS SELECT 'admin' AS username, 1 AS is_admin",
  );

  assert.equal(await readLibraryUser(path, "admin"), null);
});

Deno.test("readLibraryUser() is unavailable when the database is missing, damaged or locked", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  const text = join(folder.path, "text.db");
  make(path, USERS);
  await Deno.writeTextFile(text, "text ".repeat(500));
  await using library = await startProgram();
  await library.open(path);
  await library.exec("BEGIN EXCLUSIVE");
  const unavailable = { code: "auth.library_unavailable" };

  await assert.rejects(readLibraryUser(join(folder.path, "none"), "admin"), unavailable);
  await assert.rejects(readLibraryUser(text, "admin"), unavailable);
  await assert.rejects(readLibraryUser(path, "admin"), unavailable);

  await library.exec("COMMIT");
  assert.deepEqual(await readLibraryUser(path, "admin"), { isAdmin: true });
});

Deno.test("readLibraryUser() needs no collation of the library's own", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  addForeignSchema(path, {
    what: "names in an order of the library's own",
    make: `CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT UNIQUE, is_admin BOOLEAN);
      INSERT INTO users VALUES (1, 'Ada', 1), (2, 'reader', 0)`,
    replace: [["users", "username TEXT", "username TEXT COLLATE some_ci"]],
    passedOver: [],
  });

  assert.deepEqual(await readLibraryUser(path, "Ada"), { isAdmin: true });
  assert.deepEqual(await readLibraryUser(path, "reader"), { isAdmin: false });
  assert.equal(await readLibraryUser(path, "ada"), null, "compared by bytes");
});
