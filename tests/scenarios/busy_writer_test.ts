import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startProgram } from "../helpers/other_program.ts";
import { run } from "../helpers/run.ts";
import { openTestApp } from "../helpers/test_app.ts";

/** Every transaction moves one coin from one purse to another: the sum never changes. */
const PURSES = 1000;
const MOVE = `BEGIN IMMEDIATE;
UPDATE purses SET coins = coins - 1 WHERE id = 1 + abs(random() % ${PURSES});
UPDATE purses SET coins = coins + 1 WHERE id = 1 + abs(random() % ${PURSES});
UPDATE purses SET coins = coins + ${PURSES * 10} - (SELECT sum(coins) FROM purses) WHERE id = 1;
COMMIT`;

for (const journalMode of ["wal", "delete"]) {
  Deno.test(`a backup beside a library that commits every 5 ms is consistent and blocks nobody (${journalMode})`, async () => {
    await using house = await openTestApp();
    const { library, app } = house;
    fill(library.config.database.path, journalMode);
    await using writer = await startProgram();
    await writer.open(library.config.database.path, 30_000);
    await writer.repeat(MOVE, 5);

    const started = await app.manager.create({ actor: "test" });
    let answers = 0;
    let ended = false;
    const made = started.result.finally(() => {
      ended = true;
    });
    while (!ended) {
      const { status } = await house.call("GET", "/api/health", { as: "nobody" });
      assert.equal(status, 200);
      answers += 1;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const { file_path } = await made;
    const { count, errors } = await writer.finish();

    assert.deepEqual(errors, []);
    assert.ok(count > 0 && answers > 10, `${count} commits, ${answers} answers`);
    const copy = join(library.root, "copy");
    await run("unzip", ["-q", file_path, "database/library.db", "-d", copy]);
    using database = new DatabaseSync(join(copy, "database", "library.db"), { readOnly: true });
    assert.deepEqual({ ...database.prepare("SELECT sum(coins) AS sum FROM purses").get() }, {
      sum: PURSES * 10,
    });
    assert.deepEqual({ ...database.prepare("PRAGMA integrity_check").get() }, {
      integrity_check: "ok",
    });
  });
}

/** Adds the purses and some 40 MB of text, so that the copy takes many of the writer's turns. */
function fill(path: string, journalMode: string): void {
  using database = new DatabaseSync(path);
  database.exec(`PRAGMA journal_mode=${journalMode};
    BEGIN;
    CREATE TABLE purses (id INTEGER PRIMARY KEY, coins INTEGER NOT NULL);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${PURSES})
      INSERT INTO purses SELECT i, 10 FROM n;
    CREATE TABLE chapters (id INTEGER PRIMARY KEY, text TEXT);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
      INSERT INTO chapters SELECT i, hex(randomblob(2000)) FROM n;
    COMMIT`);
}
