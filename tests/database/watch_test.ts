import assert from "node:assert/strict";
import { join } from "node:path";
import { watchDatabase } from "../../src/database/watch.ts";
import { probeWriteAccess } from "../../src/database/probe.ts";
import { startProgram } from "../helpers/other_program.ts";
import { makeDatabase, namesIn } from "../helpers/sample_database.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

for (const journalMode of ["wal", "delete"] as const) {
  Deno.test(`watchDatabase() notices commits to a ${journalMode} database and nothing else`, async () => {
    await using folder = await tempFolder();
    const path = join(folder.path, "library.db");
    makeDatabase(path, { journalMode });
    await using library = await startProgram();
    await library.open(path);
    await using watch = await watchDatabase(path);
    assert.equal(await watch.changed(), false);
    await library.all("SELECT * FROM marker");
    await library.exec("BEGIN IMMEDIATE; UPDATE marker SET text = 'x'");
    await library.exec("ROLLBACK");
    assert.equal(await watch.changed(), false);

    await library.exec("UPDATE marker SET text = 'y'");

    assert.equal(await watch.changed(), true);
    assert.equal(await watch.changed(), true);
  });
}

Deno.test("watchDatabase() takes a database in mid-commit for changed, without waiting", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  makeDatabase(path);
  await using library = await startProgram();
  await library.open(path);
  await using watch = await watchDatabase(path);

  await library.exec("BEGIN EXCLUSIVE");

  assert.equal(await watch.changed(), true);
  await library.exec("ROLLBACK");
});

Deno.test("probeWriteAccess() passes what could be restored and leaves no trace", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  makeDatabase(path, { journalMode: "wal" });
  await using library = await startProgram();

  await probeWriteAccess(path);
  assert.deepEqual(await namesIn(folder.path), ["library.db"]);
  await library.open(path);
  await library.exec("BEGIN IMMEDIATE");
  await probeWriteAccess(path);

  await assert.rejects(probeWriteAccess(join(folder.path, "none")), { code: "database.missing" });
  await assert.rejects(probeWriteAccess(folder.path), { code: "database.folder" });
});
