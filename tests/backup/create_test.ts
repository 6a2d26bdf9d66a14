import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AppError, isAppError } from "../../src/base/errors.ts";
import { installFailPoints } from "../../src/base/fail_point.ts";
import { readFreeSpace } from "../../src/storage/free_space.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { run } from "../helpers/run.ts";
import { testLibrary } from "../helpers/test_library.ts";
import { testStore } from "../helpers/test_store.ts";

Deno.test("create makes one verified ZIP of database, migrations, covers and config", async () => {
  await using library = await testLibrary();
  const store = await testStore(library);

  const made = await store.create({ description: "升级前备份" });

  const names = (await run("unzip", ["-Z1", made.file_path])).stdout.trim().split("\n");
  assert.equal(names.at(-2), "database/library.db");
  assert.equal(names.at(-1), "metadata.json");
  assert.ok(names.includes("covers/封面/红楼梦.jpg"));
  assert.ok(names.includes("covers/empty.jpg"));
  assert.ok(names.includes("database/alembic/versions/20260115_initial.py"));
  assert.ok(names.includes("config/config.yaml") && names.includes("config/.env.example"));
  assert.equal((await run("md5sum", [made.file_path])).stdout.slice(0, 32), made.checksum);
  assert.deepEqual(made.includes, ["database", "covers", "config"]);
  assert.notEqual(made.verified_at, null);
  const record = await store.catalog.get(made.backup_id);
  assert.equal(record.rows["books"], 200);
  assert.equal(record.cover_count, 42);
  assert.equal(record.description, "升级前备份");
});

Deno.test("create opens in Info-ZIP, 7-Zip and Python and leaves nothing else behind", async () => {
  await using library = await testLibrary();
  const store = await testStore(library);

  const { file_path, backup_id } = await store.create();

  await run("unzip", ["-tq", file_path]);
  await run("7z", ["t", file_path]);
  await run("python3", [
    "-c",
    `import zipfile; assert zipfile.ZipFile(${JSON.stringify(file_path)}).testzip() is None`,
  ]);
  const left = (await Array.fromAsync(Deno.readDir(library.config.backup.path))).map(({ name }) =>
    name
  );
  assert.deepEqual(left.sort(), [
    ".jobs.jsonl",
    ".lock",
    ".shuku-retention.json",
    ".shuku-store.json",
    `${backup_id}.json`,
    `${backup_id}.zip`,
  ]);
  assert.equal((await Deno.stat(file_path)).mode ?? 0, 0o100600);
});

Deno.test("create fails when the library has no database, and lists nothing", async () => {
  await using library = await testLibrary();
  await Deno.remove(library.config.database.path);
  const store = await testStore(library);

  const failed = store.create();

  await assert.rejects(failed, (error) => {
    assert.ok(isAppError(error, "backup.create_failed"));
    assert.ok(isAppError(error.details["reason"], "database.missing"));
    return true;
  });
  assert.deepEqual(await store.catalog.list(), []);
});

Deno.test("create names covers that the database has and the folder lacks", async () => {
  await using library = await testLibrary();
  await Deno.remove(join(library.config.covers, "7.jpg"));
  const store = await testStore(library);

  const made = await store.create();

  assert.ok(made.missing_covers.includes("7.jpg"));
  assert.ok(!made.missing_covers.includes("8.jpg"));
});

Deno.test("create warns of an empty covers folder that the database expects full, and prunes nothing", async () => {
  await using library = await testLibrary({ BACKUP_RETENTION_COUNT: "1" });
  const clock = new FakeClock("2026-01-15T02:00:00Z");
  const store = await testStore(library, { clock });
  const first = await store.create();
  clock.advance(60_000);
  await Deno.remove(library.config.covers, { recursive: true });

  const second = await store.create();

  assert.deepEqual(second.includes, ["database", "config"]);
  assert.match(second.warnings.map(({ en }) => en).join(), /covers folder is absent or empty/);
  assert.deepEqual(second.removed, []);
  await store.catalog.get(first.backup_id);
});

Deno.test("create keeps the newest by retention and takes the oldest away", async () => {
  await using library = await testLibrary({ BACKUP_RETENTION_COUNT: "2" });
  const clock = new FakeClock("2026-01-15T02:00:00Z");
  const store = await testStore(library, { clock });
  const ids: string[] = [];

  for (let n = 0; n < 3; n++) {
    ids.push((await store.create()).backup_id);
    clock.advance(60_000);
  }

  assert.deepEqual((await store.catalog.list()).map(({ backup_id }) => backup_id), [
    ids[2],
    ids[1],
  ]);
});

Deno.test("create gives two backups of one second different ids", async () => {
  await using library = await testLibrary();
  const store = await testStore(library, { clock: new FakeClock("2026-01-15T02:00:00Z") });

  const ids = [await store.create(), await store.create(), await store.create()].map((made) =>
    made.backup_id
  );

  assert.deepEqual(ids, [
    "backup_20260115_100000",
    "backup_20260115_100000_2",
    "backup_20260115_100000_3",
  ]);
});

Deno.test("create marks a backup of a library that lost half its rows, and pins the one before", async () => {
  await using library = await testLibrary();
  const clock = new FakeClock("2026-01-15T02:00:00Z");
  const store = await testStore(library, { clock });
  const before = await store.create();
  clock.advance(60_000);
  using database = new DatabaseSync(library.config.database.path);
  database.exec("DELETE FROM books WHERE id > 20");

  const after = await store.create();

  assert.equal((await store.catalog.get(after.backup_id)).shrunk, true);
  assert.equal((await store.catalog.get(before.backup_id)).pinned, true);
});

Deno.test("create fails in a store that was there and is now empty", async () => {
  await using library = await testLibrary();
  const store = await testStore(library);
  await store.create();
  await Deno.remove(library.config.backup.path, { recursive: true });
  await Deno.mkdir(library.config.backup.path);

  const failed = store.create();

  await assert.rejects(failed, (error) =>
    isAppError(error, "backup.create_failed") &&
    isAppError(error.details["reason"], "backup.store_missing"));
});

Deno.test("create that is cancelled leaves no file and frees the lane", async () => {
  await using library = await testLibrary();
  const store = await testStore(library);
  const stop = new AbortController();
  stop.abort(new AppError("job.cancelled"));

  const cancelled = store.create({ signal: stop.signal });

  await assert.rejects(cancelled, (error) => isAppError(error, "job.cancelled"));
  assert.deepEqual(await store.catalog.list(), []);
  assert.equal((await store.create()).success, true);
});

Deno.test("create refuses with numbers and candidates when space is short", async () => {
  await using library = await testLibrary();
  const store = await testStore(library);
  const first = await store.create();
  const second = await store.create();
  const config = {
    ...library.config,
    backup: { ...library.config.backup, reserveBytes: Number.MAX_SAFE_INTEGER / 2 },
  };

  const refused = (await testStore(library, { config })).create();

  await assert.rejects(refused, (error) => {
    assert.ok(isAppError(error, "space.insufficient"));
    assert.ok(Number(error.details["needed_bytes"]) > Number(error.details["free_bytes"]));
    assert.deepEqual(error.details["deletable"], [{
      backup_id: first.backup_id,
      file_size: first.file_size,
    }]);
    return true;
  });
  assert.ok(second.success);
});

Deno.test("create refuses covers that do not fit, though the copy has begun, and leaves nothing", async () => {
  await using library = await testLibrary();
  const { freeBytes } = await readFreeSpace(library.root);
  const reserveBytes = freeBytes - 512 * 1024 ** 2;
  const config = { ...library.config, backup: { ...library.config.backup, reserveBytes } };
  const store = await testStore(library, { config });
  // A hole: it takes no room here, and would in an archive.
  const huge = join(library.config.covers, "huge.jpg");
  await Deno.create(huge).then((file) => file.close());
  await Deno.truncate(huge, 1024 ** 3);

  const came: string[] = [];
  installFailPoints((name) => void came.push(name));
  try {
    await assert.rejects(store.create(), (error) => {
      assert.ok(isAppError(error, "space.insufficient"), String(error));
      assert.ok(Number(error.details["needed_bytes"]) > reserveBytes + 1024 ** 3);
      return true;
    });
  } finally {
    installFailPoints(null);
  }

  assert.ok(came.includes("create.space_checked") && !came.includes("create.listed"), came.join());
  assert.deepEqual(await store.catalog.list(), []);
  const left = (await Array.fromAsync(Deno.readDir(store.catalog.folder))).map(({ name }) => name);
  assert.deepEqual(left.filter((name) => /^backup_|\.tmp/.test(name)), []);
});

Deno.test("create keeps backup.extra_paths under extra/, files and folders", async () => {
  await using library = await testLibrary();
  const extraPaths = [join(library.root, "alembic"), join(library.root, ".env.example")];
  const config = { ...library.config, backup: { ...library.config.backup, extraPaths } };
  const store = await testStore(library, { config });

  const { file_path } = await store.create();

  const names = (await run("unzip", ["-Z1", file_path])).stdout.split("\n");
  assert.ok(names.includes("extra/.env.example"), names.join());
  assert.ok(names.includes("extra/alembic/versions/20260115_initial.py"), names.join());
});

Deno.test("create goes on when a cover vanishes or grows while it is being backed up", async () => {
  await using library = await testLibrary();
  const store = await testStore(library);
  installFailPoints((name) => {
    if (name !== "create.listed") return;
    Deno.removeSync(join(library.config.covers, "5.jpg"));
    Deno.writeTextFileSync(join(library.config.covers, "6.jpg"), "more", { append: true });
  });
  try {
    const { backup_id, warnings, verified_at } = await store.create();

    assert.match(warnings.map(({ en }) => en).join(), /covers\/5\.jpg vanished/);
    assert.notEqual(verified_at, null);
    const files = await Array.fromAsync((await store.catalog.sidecar(backup_id)).files);
    const size = (await Deno.stat(join(library.config.covers, "6.jpg"))).size;
    assert.equal(files.find(({ path }) => path === "covers/6.jpg")?.size, size);
    assert.ok(!files.some(({ path }) => path === "covers/5.jpg"));
  } finally {
    installFailPoints(null);
  }
});

Deno.test("create takes the cover of a book that is added while it begins", async () => {
  await using library = await testLibrary();
  const store = await testStore(library);
  using database = new DatabaseSync(library.config.database.path);
  // The copy, which begins together with the listing, waits until the book is there.
  database.exec("PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE");
  installFailPoints((name) => {
    if (name !== "create.listed") return;
    database.exec(`UPDATE books SET cover_path = 'covers/late/1.jpg' WHERE id = 1; COMMIT`);
    Deno.mkdirSync(join(library.config.covers, "late"));
    Deno.writeTextFileSync(join(library.config.covers, "late", "1.jpg"), "a late picture");
    // Nobody's: it may as well wait for the next backup.
    Deno.writeTextFileSync(join(library.config.covers, "late", "2.jpg"), "another");
  });
  try {
    const { file_path, missing_covers, verified_at } = await store.create();

    assert.notEqual(verified_at, null);
    assert.ok(!missing_covers.includes("late/1.jpg"), missing_covers.join());
    const picture = await run("unzip", ["-p", file_path, "covers/late/1.jpg"]);
    assert.equal(picture.stdout, "a late picture");
  } finally {
    installFailPoints(null);
  }
});
