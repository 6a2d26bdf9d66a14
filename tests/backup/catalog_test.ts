import assert from "node:assert/strict";
import { join } from "node:path";
import { isAppError } from "../../src/base/errors.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { SOOKLIB_ID, SOOKLIB_ZIP, testLibrary } from "../helpers/test_library.ts";
import { testStore } from "../helpers/test_store.ts";

Deno.test("Catalog lists a ZIP that Sooklib wrote, by what is really inside", async () => {
  await using library = await testLibrary();
  const { catalog } = await testStore(library);
  await Deno.copyFile(SOOKLIB_ZIP, catalog.zipPath(SOOKLIB_ID));

  const [record] = await catalog.list();

  assert.equal(record?.backup_id, SOOKLIB_ID);
  assert.deepEqual(record?.includes, ["database", "covers", "config"]);
  assert.equal(record?.created_at, "2026-11-22T10:21:10");
  assert.equal(record?.kind, "uploaded");
  assert.equal(record?.cover_count, 42);
  assert.equal(record?.checksum.length, 32);
  assert.equal(record?.state, "ok");
});

Deno.test("Catalog lists a damaged ZIP and says what is wrong with it", async () => {
  await using library = await testLibrary();
  const { catalog } = await testStore(library);
  await Deno.writeTextFile(catalog.zipPath("backup_20260115_230000"), "PK not a zip at all");

  const [record] = await catalog.list();

  assert.equal(record?.state, "damaged");
  assert.ok(record?.error !== null);
  assert.equal(record?.created_at, "2026-01-15T23:00:00");
});

Deno.test("Catalog opens no ZIP whose sidecar still fits", async () => {
  await using library = await testLibrary();
  const store = await testStore(library);
  const { backup_id } = await store.create();
  const path = store.catalog.zipPath(backup_id);
  const { mtime, size } = await Deno.stat(path);
  await Deno.writeFile(path, new Uint8Array(size));
  await Deno.utime(path, mtime ?? 0, mtime ?? 0);

  const { catalog } = await testStore(library);

  assert.equal((await catalog.get(backup_id)).state, "ok");
});

Deno.test("Catalog ignores what is not a backup's name, and folders and links so named", async () => {
  await using library = await testLibrary();
  const { catalog } = await testStore(library);
  for (
    const name of ["backup.zip", "backup_2026_1.zip", "backup_20260115_230000.zip.tmp", "x.json"]
  ) {
    await Deno.writeTextFile(join(catalog.folder, name), "x");
  }
  await Deno.mkdir(join(catalog.folder, "backup_20260101_000000.zip"));
  await Deno.symlink("/etc/passwd", join(catalog.folder, "backup_20260102_000000.zip"));

  assert.deepEqual(await catalog.list(), []);
});

Deno.test("Catalog.get() answers not found for an id that is none, without touching the disk", async () => {
  await using library = await testLibrary();
  const { catalog } = await testStore(library);

  for (
    const id of ["../../etc/passwd", "backup_1", "", "backup_20260115_230000/..", "b".repeat(5000)]
  ) {
    await assert.rejects(catalog.get(id), (error) => isAppError(error, "backup.not_found"));
  }
});

Deno.test("Catalog orders by when a backup was made in UTC, not by its name", async () => {
  await using library = await testLibrary();
  const clock = new FakeClock("2026-11-01T05:30:00Z");
  const config = { ...library.config, timeZone: "America/New_York" };
  const store = await testStore(library, { clock, config });
  const before = await store.create({ includes: ["config"] });
  clock.advance(45 * 60_000);

  const after = await store.create({ includes: ["config"] });

  assert.ok(after.backup_id < before.backup_id, "local time went back an hour in between");
  assert.deepEqual((await store.catalog.list()).map(({ backup_id }) => backup_id), [
    after.backup_id,
    before.backup_id,
  ]);
});

Deno.test("Catalog.removeOrphans() takes only sidecars of ours without a ZIP, and no pinned one", async () => {
  await using library = await testLibrary();
  const store = await testStore(library);
  const kept = await store.create({ includes: ["config"] });
  const gone = await store.create({ includes: ["config"] });
  const away = await store.create({ includes: ["config"] });
  await store.catalog.update(away.backup_id, { pinned: true });
  for (const { file_path } of [gone, away]) await Deno.remove(file_path);
  const foreign = store.catalog.sidecarPath("backup_20200101_000000");
  await Deno.writeTextFile(foreign, `{"mine": true}`);

  await store.catalog.removeOrphans();

  await assert.rejects(Deno.stat(store.catalog.sidecarPath(gone.backup_id)), Deno.errors.NotFound);
  await Deno.stat(store.catalog.sidecarPath(kept.backup_id));
  await Deno.stat(store.catalog.sidecarPath(away.backup_id));
  await Deno.stat(foreign);
  assert.notEqual((await store.create({ includes: ["config"] })).backup_id, away.backup_id);
});
