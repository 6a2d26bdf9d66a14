import { DatabaseSync } from "node:sqlite";
import { allowSchemaWrites } from "./write_schema.ts";

const PAGE = 512;

/**
 * Makes a sound database of so many empty tables, called `t1`, `t2` and so on. SQLite, which reads the schema anew for each
 * table that it makes, would need a minute.
 */
export function makeManyTables(path: string, count: number): void {
  let pages = 0;
  {
    using database = new DatabaseSync(path);
    allowSchemaWrites(database);
    database.exec(`PRAGMA page_size = ${PAGE}; CREATE TABLE t (a); PRAGMA writable_schema = ON`);
    const first = 1_000_000;
    database.exec(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
      INSERT INTO sqlite_schema
      SELECT 'table', 't' || i, 't' || i, ${first} + i, 'CREATE TABLE t' || i || ' (a)' FROM n`,
    );
    // Behind the schema, whose size is known now.
    pages = Number(Object.values(database.prepare("PRAGMA page_count").get() ?? {})[0]);
    database.exec(`UPDATE sqlite_schema SET rootpage = rootpage - ${first - pages}
      WHERE rootpage > ${first}`);
    const grown = Number(Object.values(database.prepare("PRAGMA page_count").get() ?? {})[0]);
    if (grown !== pages) throw new Error(`${grown} pages, expected ${pages}`);
  }
  const bytes = new Uint8Array((pages + count) * PAGE);
  bytes.set(Deno.readFileSync(path));
  const view = new DataView(bytes.buffer);
  view.setUint32(28, pages + count);
  for (let page = pages; page < pages + count; page += 1) {
    // An empty page of a table: https://sqlite.org/fileformat2.html#b_tree_pages
    view.setUint8(page * PAGE, 0x0d);
    view.setUint16(page * PAGE + 5, PAGE);
  }
  Deno.writeFileSync(path, bytes);
}
