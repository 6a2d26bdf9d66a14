import assert from "node:assert/strict";
import { join } from "node:path";
import { compareSchemas, readRevisions } from "../../src/restore/schema_direction.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const schema = (
  versions: string[],
  columns: Record<string, string[]> = { books: ["id"] },
  virtual: string[] = [],
) => ({
  alembicVersions: versions,
  columns,
  extras: virtual.map((name) => ({ type: "virtual table" as const, name })),
});
const revisions = new Map([["a", []], ["b", ["a"]], ["c", ["b"]], ["side", ["a"]]]);

Deno.test("compareSchemas() asks the migration scripts which version follows which", () => {
  const direction = (live: string, backup: string) =>
    compareSchemas(schema([live]), schema([backup]), revisions).direction;

  assert.equal(direction("b", "b"), "same");
  assert.equal(direction("b", "c"), "newer");
  assert.equal(direction("c", "a"), "older");
  assert.equal(direction("c", "from the future"), "newer");
  assert.equal(direction("c", "side"), "unknown");
});

Deno.test("compareSchemas() without migration scripts passes only equal versions", () => {
  assert.equal(compareSchemas(schema(["b"]), schema(["b"]), null).direction, "same");
  assert.equal(compareSchemas(schema(["b"]), schema(["a"]), null).direction, "unknown");
});

Deno.test("compareSchemas() without versions goes by tables and columns", () => {
  const live = schema([], { books: ["id", "title"] });

  const more = schema([], { books: ["id", "title", "isbn"], tags: ["id"] });
  assert.deepEqual(compareSchemas(live, more, null), {
    direction: "newer",
    live: "books",
    backup: "+ tags, books.isbn",
    versions: "none",
    lacking: { tables: [], columns: [] },
  });
  assert.equal(compareSchemas(live, schema([], { books: ["id"] }), null).direction, "older");
  assert.equal(compareSchemas(live, live, null).direction, "same");
  assert.equal(compareSchemas(null, live, null).direction, "unknown");
});

Deno.test("compareSchemas() names what the backup lacks, whatever the case of names and the content of searches", () => {
  const live = schema([], { Books: ["ID", "title"], search_data: ["id"], tags: ["id"] }, [
    "search",
  ]);

  const { lacking } = compareSchemas(live, schema([], { books: ["id"] }), null);

  assert.deepEqual(lacking, { tables: ["search", "tags"], columns: ["Books.title"] });
});

Deno.test("readRevisions() reads what scripts say, not what they are called", async () => {
  await using folder = await tempFolder();
  const script = (text: string) => Deno.writeTextFile(join(folder.path, "whatever.py"), text);
  await script(
    '"""x"""\nrevision: str = "two"\ndown_revision: Union[str, None] = ("one", "uno")\n',
  );

  assert.deepEqual([...await readRevisions(folder.path) ?? []], [["two", ["one", "uno"]]]);
  assert.equal(await readRevisions(join(folder.path, "absent")), null);
});
