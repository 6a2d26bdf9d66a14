import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startValidate } from "../../src/backup/validate.ts";
import { run } from "../helpers/run.ts";
import { makeTwiceNamed } from "../helpers/twice_named.ts";
import { SOOKLIB_ID, SOOKLIB_ZIP, testLibrary } from "../helpers/test_library.ts";
import { type TestStore, testStore } from "../helpers/test_store.ts";

async function validate(store: TestStore, backupId: string) {
  return await (await startValidate(store, backupId, { actor: "test" })).result;
}

Deno.test("validate says yes to a backup made here and to one made by Sooklib", async () => {
  await using library = await testLibrary();
  const store = await testStore(library);
  const { backup_id, checksum } = await store.create();
  await Deno.copyFile(SOOKLIB_ZIP, store.catalog.zipPath(SOOKLIB_ID));

  const ours = await validate(store, backup_id);
  const theirs = await validate(store, SOOKLIB_ID);

  assert.equal(ours.valid, true);
  assert.equal(ours.checksum, checksum);
  assert.equal(theirs.valid, true);
  assert.deepEqual(theirs.includes, ["database", "covers", "config"]);
  assert.notEqual((await store.catalog.get(SOOKLIB_ID)).verified_at, null);
});

Deno.test("validate names every damaged entry, not the first, and the list shows the damage", async () => {
  await using library = await testLibrary();
  // The fixture holds this picture twice.
  await Deno.writeFile(
    join(library.config.covers, "1.jpg"),
    crypto.getRandomValues(new Uint8Array(3450)),
  );
  const store = await testStore(library);
  const { backup_id, file_path } = await store.create();
  for (const name of ["covers/7.jpg", "covers/封面/红楼梦.jpg"]) {
    await spoil(file_path, library.config.covers, name);
  }

  const result = await validate(store, backup_id);

  assert.equal(result.valid, false);
  assert.deepEqual([...result.damaged ?? []].sort(), ["covers/7.jpg", "covers/封面/红楼梦.jpg"]);
  assert.deepEqual(result.damage, ["archive"]);
  const record = await store.catalog.get(backup_id);
  assert.equal(record.state, "damaged");
  assert.equal(record.verified_at, null);
});

Deno.test("validate tells a damaged database in a sound archive from a damaged archive", async () => {
  await using library = await testLibrary();
  const store = await testStore(library);
  const id = "backup_20260115_230000";
  const folder = join(library.root, "made");
  await Deno.mkdir(join(folder, "database"), { recursive: true });
  const bad = join(folder, "database", "library.db");
  await Deno.copyFile(library.config.database.path, bad);
  const bytes = await Deno.readFile(bad);
  bytes.fill(0xa5, 4096 * 3, 4096 * 9);
  await Deno.writeFile(bad, bytes);
  await zipFolder(folder, store.catalog.zipPath(id));

  const result = await validate(store, id);

  assert.equal(result.valid, false);
  assert.deepEqual(result.damage, ["database"]);
  assert.deepEqual(result.damaged, ["database/library.db"]);
});

Deno.test("validate refuses a database of garbage bytes", async () => {
  await using library = await testLibrary();
  const store = await testStore(library);
  const id = "backup_20260115_230000";
  const folder = join(library.root, "made");
  await Deno.mkdir(join(folder, "database"), { recursive: true });
  await Deno.writeTextFile(join(folder, "database", "library.db"), "garbage ".repeat(5000));
  await zipFolder(folder, store.catalog.zipPath(id));

  const result = await validate(store, id);

  assert.deepEqual(result.damage, ["database"]);
});

Deno.test("validate gets to the end of a stranger's schema that has none", async () => {
  await using library = await testLibrary();
  const store = await testStore(library);
  const id = "backup_20260115_230000";
  const folder = join(library.root, "made");
  await Deno.mkdir(join(folder, "database"), { recursive: true });
  makeTwiceNamed(join(folder, "database", "library.db"), "schema");
  await zipFolder(folder, store.catalog.zipPath(id));

  const result = await validate(store, id);

  assert.deepEqual(result.damage, ["database"]);
  assert.match(result.error?.en ?? "", /not acceptable/);
});

Deno.test("validate accepts a library in WAL mode with an open writer", async () => {
  await using library = await testLibrary();
  using writer = new DatabaseSync(library.config.database.path);
  writer.exec("PRAGMA journal_mode=WAL; UPDATE books SET description = 'x' WHERE id = 1");
  const store = await testStore(library);

  const result = await validate(store, (await store.create()).backup_id);

  assert.equal(result.valid, true);
});

/** Flips a byte in the middle of a stored cover, where the archive keeps it. */
async function spoil(zip: string, covers: string, name: string): Promise<void> {
  const cover = await Deno.readFile(join(covers, name.slice("covers/".length)));
  const bytes = await Deno.readFile(zip);
  const needle = cover.subarray(1000, 1040);
  const at = bytes.findIndex((_, index) =>
    needle.every((byte, offset) => bytes[index + offset] === byte)
  );
  assert.notEqual(at, -1, "covers are stored, not deflated");
  const { mtime } = await Deno.stat(zip);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await Deno.writeFile(zip, bytes);
  await Deno.utime(zip, mtime ?? 0, mtime ?? 0);
}

/** Makes a foreign ZIP of a folder's `database`, with metadata as Sooklib writes it. */
async function zipFolder(folder: string, zip: string): Promise<void> {
  const metadata = {
    backup_id: "backup_20260115_230000",
    created_at: "2026-01-15T23:00:00.000001",
    description: "",
    includes: ["database"],
    file_size: 0,
    checksum: "",
    version: "1.0",
  };
  await Deno.writeTextFile(join(folder, "metadata.json"), JSON.stringify(metadata));
  await run("zip", ["-q", "-r", zip, "database", "metadata.json"], { cwd: folder });
}
