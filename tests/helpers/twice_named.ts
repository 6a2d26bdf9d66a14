import { DatabaseSync } from "node:sqlite";

const PAGE = 512;

/**
 * Makes a small database in which one page is named twice as a child: damage that every program reads to its end.
 *
 * @param what `table`: in a table's tree. `schema`: in the schema's own.
 */
export function makeTwiceNamed(path: string, what: "table" | "schema"): void {
  let root = 1;
  {
    using database = new DatabaseSync(path);
    database.exec(`PRAGMA page_size = ${PAGE}`);
    for (let index = 0; index < 40; index += 1) database.exec(`CREATE TABLE t${index} (a)`);
    const add = database.prepare("INSERT INTO t0 VALUES (zeroblob(100))");
    for (let index = 0; index < 40; index += 1) add.run();
    const table = database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 't0'").get();
    if (what === "table") root = Number(table?.["rootpage"]);
  }
  const bytes = Deno.readFileSync(path);
  const view = new DataView(bytes.buffer);
  const start = (root - 1) * PAGE;
  // https://sqlite.org/fileformat2.html#b_tree_pages
  const header = start + (root === 1 ? 100 : 0);
  if (view.getUint8(header) !== 0x05) throw new Error("the tree has one page only");
  const first = start + view.getUint16(header + 12);
  view.setUint32(header + 8, view.getUint32(first));
  Deno.writeFileSync(path, bytes);
}
