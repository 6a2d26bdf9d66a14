import { DatabaseSync } from "node:sqlite";

/**
 * Gives a database an index that has as many entries as its table has rows, and one that is wrong: SQLite's quick
 * check passes, its full check does not.
 */
export function makeSickIndex(path: string): void {
  const change = (work: (database: DatabaseSync) => void) => {
    using database = new DatabaseSync(path);
    (database as unknown as { enableDefensive(on: boolean): void }).enableDefensive(false);
    work(database);
  };
  let row: Record<string, unknown> = {};
  change((database) => {
    database.exec(`CREATE TABLE sick (value); CREATE INDEX sick_value ON sick (value);
      INSERT INTO sick VALUES (1), (2)`);
    row = database.prepare("SELECT * FROM sqlite_schema WHERE name = 'sick_value'").get() ?? {};
    database.exec(`PRAGMA writable_schema = ON;
      DELETE FROM sqlite_schema WHERE name = 'sick_value'; PRAGMA schema_version = 1000`);
  });
  change((database) => {
    database.exec(`UPDATE sick SET value = 99 WHERE value = 1; PRAGMA writable_schema = ON`);
    database.prepare("INSERT INTO sqlite_schema VALUES ('index', 'sick_value', 'sick', ?, ?)")
      .run(Number(row["rootpage"]), String(row["sql"]));
    database.exec("PRAGMA schema_version = 2000");
  });
}
