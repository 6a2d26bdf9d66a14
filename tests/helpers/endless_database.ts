import { DatabaseSync } from "node:sqlite";

const PAGE = 512;
const LEVELS = 18;

/**
 * Makes a database of a few pages that takes for ever to walk: pages name one page as their child many times over,
 * level under level.
 *
 * @param what `table`: one table's tree. `schema`: the schema itself.
 */
export function makeEndless(path: string, what: "table" | "schema"): void {
  {
    using database = new DatabaseSync(path);
    database.exec(
      `PRAGMA page_size = ${PAGE}; CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1)`,
    );
  }
  const original = Deno.readFileSync(path);
  const pages = original.length / PAGE;
  const bytes = new Uint8Array((pages + LEVELS + 2) * PAGE);
  bytes.set(original);
  new DataView(bytes.buffer).setUint32(28, pages + LEVELS + 2);
  if (what === "table") {
    const leaf = pages + LEVELS + 1;
    bytes.copyWithin((leaf - 1) * PAGE, PAGE, 2 * PAGE);
    writeLevels(bytes, pages, leaf);
    writeInterior(bytes, 2, [pages + 1, pages + 1]);
  } else {
    const first = pages + LEVELS + 1;
    const rows = schemaRows(original);
    writeLeaf(bytes, first, rows.slice(0, 1));
    writeLeaf(bytes, first + 1, rows.slice(1));
    writeLevels(bytes, pages, first + 1);
    writeInterior(bytes, 1, [first, pages + 1]);
  }
  Deno.writeFileSync(path, bytes);
}

function writeLevels(bytes: Uint8Array<ArrayBuffer>, pages: number, leaf: number): void {
  for (let level = 1; level <= LEVELS; level += 1) {
    const child = level === LEVELS ? leaf : pages + level + 1;
    writeInterior(bytes, pages + level, Array.from({ length: 60 }, () => child));
  }
}

/** @see https://sqlite.org/fileformat2.html#b_tree_pages */
function writeInterior(bytes: Uint8Array<ArrayBuffer>, page: number, children: number[]): void {
  const base = (page - 1) * PAGE;
  const header = base + (page === 1 ? 100 : 0);
  bytes.fill(0, header, base + PAGE);
  const view = new DataView(bytes.buffer);
  const last = children.at(-1) ?? 0;
  const cells = children.slice(0, -1);
  const content = PAGE - 5 * cells.length;
  view.setUint8(header, 0x05);
  view.setUint16(header + 3, cells.length);
  view.setUint16(header + 5, content);
  view.setUint32(header + 8, last);
  cells.forEach((child, index) => {
    const at = content + 5 * index;
    view.setUint16(header + 12 + 2 * index, at);
    view.setUint32(base + at, child);
    view.setUint8(base + at + 4, index + 1);
  });
}

function writeLeaf(bytes: Uint8Array<ArrayBuffer>, page: number, cells: Uint8Array[]): void {
  const base = (page - 1) * PAGE;
  bytes.fill(0, base, base + PAGE);
  const view = new DataView(bytes.buffer);
  let content = PAGE;
  cells.forEach((cell, index) => {
    content -= cell.length;
    bytes.set(cell, base + content);
    view.setUint16(base + 8 + 2 * index, content);
  });
  view.setUint8(base, 0x0d);
  view.setUint16(base + 3, cells.length);
  view.setUint16(base + 5, content);
}

/** The cells of page 1, which small schemas have all their rows in. */
function schemaRows(bytes: Uint8Array<ArrayBuffer>): Uint8Array[] {
  const view = new DataView(bytes.buffer);
  const count = view.getUint16(103);
  return Array.from({ length: count }, (_, index) => {
    const at = view.getUint16(108 + 2 * index);
    // Length and row id are one-byte numbers here.
    return bytes.slice(at, at + 2 + view.getUint8(at));
  });
}
