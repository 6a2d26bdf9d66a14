import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { checkDatabase } from "../../src/database/check.ts";
import { type MountNamespace, mountNamespace, mountTest } from "../helpers/mount_namespace.ts";
import { startProgram as startLibrary } from "../helpers/other_program.ts";
import { onLibrary, startProgram } from "../helpers/program.ts";
import { run } from "../helpers/run.ts";
import { makeDatabase, readOne, TOTAL, TRANSFER } from "../helpers/sample_database.ts";
import { type TestLibrary, testLibrary } from "../helpers/test_library.ts";

/** Mounts the library's data read-only for the service, as a careful administrator does. */
async function mountReadOnly(space: MountNamespace, library: TestLibrary): Promise<void> {
  const data = dirname(library.config.database.path);
  await space.mount("--bind", data, data);
  await space.mount("-o", "remount,bind,ro", data);
}

/** Runs the product where the data are read-only. */
async function command(space: MountNamespace, library: TestLibrary, words: readonly string[]) {
  const { argv, env } = onLibrary(library);
  await using program = startProgram([...words, "--json", ...argv], {
    within: space.enter,
    env: { ...env, BACKUP_PATH: join(library.root, "backups") },
  });
  const [code, stdout, stderr] = [
    await program.exitCode,
    await program.stdout,
    await program.stderr,
  ];
  return { code, stderr, json: JSON.parse(stdout) };
}

/** Takes the database out of a backup, and asks SQLite about it. */
async function assertSound(library: TestLibrary, zip: string): Promise<string> {
  const folder = join(library.root, "unpacked");
  await run("unzip", ["-q", "-o", zip, "database/library.db", "-d", folder]);
  const path = join(folder, "database", "library.db");
  assert.deepEqual((await checkDatabase(path, { level: "full" })).problems, []);
  assert.equal(readOne(path, "SELECT sum(money) FROM accounts"), TOTAL);
  return path;
}

for (const journalMode of ["wal", "delete"] as const) {
  mountTest(
    `a ${journalMode} database that is mounted read-only is backed up while the library writes`,
    async () => {
      await using library = await testLibrary();
      await using space = await mountNamespace();
      const { path } = library.config.database;
      makeDatabase(path, { journalMode, rows: 2_000 });
      await using other = await startLibrary();
      await other.open(path, 30_000);
      await other.repeat(TRANSFER, 5);
      await mountReadOnly(space, library);

      const made = await command(space, library, ["backup"]);
      const { count, errors } = await other.finish();

      assert.equal(made.code, 0, made.stderr + JSON.stringify(made.json));
      assert.equal(typeof made.json.verified_at, "string");
      await assertSound(library, made.json.file_path);
      assert.ok(count > 0);
      assert.deepEqual(errors, []);
    },
  );
}

for (const ending of ["stopped", "killed"] as const) {
  mountTest(
    `a WAL database that is mounted read-only is backed up when the library was ${ending}`,
    async () => {
      await using library = await testLibrary();
      await using space = await mountNamespace();
      const { path } = library.config.database;
      makeDatabase(path, { journalMode: "wal", rows: 2_000 });
      {
        await using other = await startLibrary();
        await other.open(path);
        await other.exec("PRAGMA wal_autocheckpoint = 0; UPDATE marker SET text = 'last'");
        if (ending === "killed") await other.kill();
      }
      if (ending === "stopped") {
        using database = new DatabaseSync(path);
        database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      }
      await mountReadOnly(space, library);

      const made = await command(space, library, ["backup"]);

      assert.equal(made.code, 0, made.stderr + JSON.stringify(made.json));
      const unpacked = await assertSound(library, made.json.file_path);
      assert.equal(readOne(unpacked, "SELECT text FROM marker"), "last");
    },
  );
}

mountTest(
  "a restore onto data that are mounted read-only says so, and changes nothing",
  async () => {
    await using library = await testLibrary();
    await using space = await mountNamespace();
    const { path } = library.config.database;
    await mountReadOnly(space, library);
    const made = await command(space, library, ["backup"]);
    const before = await Deno.readFile(path);

    const restored = await command(space, library, ["restore", made.json.backup_id, "--yes"]);

    assert.equal(restored.code, 1);
    assert.match(restored.json.detail, /read-only/);
    assert.deepEqual(await Deno.readFile(path), before);
  },
);
