import { DatabaseSync } from "node:sqlite";
import { allowSchemaWrites } from "./write_schema.ts";

/** An index that is not told of a change to its table. */
export interface Neglect {
  /** SQL that makes the table and the index. */
  readonly make: string;
  readonly table: string;
  readonly index: string;
  /** SQL that changes the table while SQLite does not know the index. */
  readonly change: string;
}

/** Makes an index and lets it fall behind its table: SQLite's quick check passes, its full check does not. */
export function neglectIndex(path: string, { make, table, index, change }: Neglect): void {
  const edit = (work: (database: DatabaseSync) => void) => {
    using database = new DatabaseSync(path);
    allowSchemaWrites(database);
    work(database);
  };
  let row: Record<string, unknown> = {};
  edit((database) => {
    database.exec(make);
    row = database.prepare("SELECT * FROM sqlite_schema WHERE name = ?").get(index) ?? {};
    database.exec("PRAGMA writable_schema = ON");
    database.prepare("DELETE FROM sqlite_schema WHERE name = ?").run(index);
    database.exec("PRAGMA schema_version = 1000");
  });
  edit((database) => {
    database.exec(`${change}; PRAGMA writable_schema = ON`);
    database.prepare("INSERT INTO sqlite_schema VALUES ('index', ?, ?, ?, ?)")
      .run(index, table, Number(row["rootpage"]), String(row["sql"]));
    database.exec("PRAGMA schema_version = 2000");
  });
}

/** Gives a database an index that has as many entries as its table has rows, and one that is wrong. */
export function makeSickIndex(path: string): void {
  neglectIndex(path, {
    make: `CREATE TABLE sick (value); CREATE INDEX sick_value ON sick (value);
      INSERT INTO sick VALUES (1), (2)`,
    table: "sick",
    index: "sick_value",
    change: "UPDATE sick SET value = 99 WHERE value = 1",
  });
}
