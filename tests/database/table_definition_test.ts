import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import {
  generatedBy,
  hasClause,
  readColumns,
  replaceColumn,
  withoutClause,
  withoutRules,
} from "../../src/database/work/table_definition.ts";

const ODD = `CREATE TABLE "b""ks" (a,
  id INTEGER PRIMARY KEY, -- the id, that is
  "title, (x)" VARCHAR(200) NOT NULL DEFAULT 'a,b)',
  [odd name] text collate zh_ci constraint u unique on conflict ignore check (a in (1,2)),
  \`q\` int /* c, */ as (id * (2+1)) stored, 书名 TEXT, UNIQUE (id, q),
  CONSTRAINT fk FOREIGN KEY (id) REFERENCES a (b), CONSTRAINT c CHECK (own(a) > 0))`;

Deno.test("readColumns() finds each column, however it is written", () => {
  assert.deepEqual(readColumns(ODD), [
    { name: "a", sql: "a" },
    { name: "id", sql: "id INTEGER PRIMARY KEY" },
    { name: "title, (x)", sql: `"title, (x)" VARCHAR(200) NOT NULL DEFAULT 'a,b)'` },
    {
      name: "odd name",
      sql:
        "[odd name] text collate zh_ci constraint u unique on conflict ignore check (a in (1,2))",
    },
    { name: "q", sql: "`q` int   as (id * (2+1)) stored" },
    { name: "书名", sql: "书名 TEXT" },
  ]);
  assert.deepEqual(readColumns("CREATE TABLE t AS SELECT 1"), []);
});

Deno.test("replaceColumn() replaces one column and nothing else", () => {
  const changed = replaceColumn("CREATE TABLE ta (b, a, ba, UNIQUE (a))", "A", "a INT");

  assert.equal(changed, "CREATE TABLE ta (b, a INT, ba, UNIQUE (a))");
  assert.equal(replaceColumn("CREATE TABLE t (a)", "b", "b"), null);
});

Deno.test("withoutClause() takes out a clause with its name and its ON CONFLICT", () => {
  const column =
    "a TEXT CONSTRAINT one UNIQUE ON CONFLICT IGNORE COLLATE zh CHECK (a IN (1, 2)) NOT NULL";

  assert.equal(withoutClause(column, "UNIQUE"), "a TEXT  COLLATE zh CHECK (a IN (1, 2)) NOT NULL");
  assert.ok(!hasClause(withoutClause(column, "CHECK"), "CHECK"));
  assert.equal(withoutClause("a 'UNIQUE'", "UNIQUE"), "a 'UNIQUE'");
  assert.equal(generatedBy("q INT GENERATED ALWAYS AS (a * (2 + 1)) STORED"), "(a * (2 + 1))");
});

Deno.test("withoutRules() gives what SQLite alone can make", () => {
  using database = new DatabaseSync(":memory:");

  database.exec(withoutRules(ODD));

  const columns = database.prepare(`SELECT name FROM pragma_table_xinfo('b"ks')`).all();
  assert.deepEqual(columns.map(({ name }) => name), readColumns(ODD).map(({ name }) => name));
});
