import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { overwriteDamagedDatabase, overwriteDatabase } from "../../src/database/overwrite.ts";
import { checkDatabase } from "../../src/database/check.ts";
import { Control } from "../../src/database/work/control.ts";
import { overwrite } from "../../src/database/work/overwrite.ts";
import { readSchemaVersion } from "../../src/database/contents.ts";
import { startProgram } from "../helpers/other_program.ts";
import { makeDatabase, namesIn, readOne, TOTAL, TRANSFER } from "../helpers/sample_database.ts";
import { TextLineStream } from "../helpers/text_lines.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const MODES = ["wal", "delete"] as const;
const HELPERS = join(import.meta.dirname ?? ".", "..", "helpers");
const MARKER = "SELECT text FROM marker";

for (const journalMode of MODES) {
  Deno.test(`overwriteDatabase() is seen by programs that hold a ${journalMode} database open`, async () => {
    await using folder = await tempFolder();
    const { staged, live } = makePair(folder.path, { journalMode });
    await using reader = await startProgram();
    await using writer = await startProgram();
    await reader.open(live, 10_000);
    await writer.open(live, 30_000);
    assert.deepEqual(await reader.all(MARKER), [{ text: "old" }]);
    await writer.repeat(TRANSFER, 5);

    await overwriteDatabase(staged, live, { lockTimeoutMs: 30_000 });

    assert.deepEqual(await reader.all(MARKER), [{ text: "new" }]);
    assert.deepEqual(await reader.all("SELECT count(*) AS n FROM chapters"), [{ n: 300 }]);
    const { errors } = await writer.finish();
    assert.deepEqual(errors, []);
    await writer.exec("UPDATE marker SET text = 'written after'");
    assert.deepEqual(await reader.all(MARKER), [{ text: "written after" }]);
    assert.equal(readOne(live, "SELECT sum(money) FROM accounts"), TOTAL);
    assert.equal(readOne(live, "PRAGMA journal_mode"), journalMode);
    assert.deepEqual(await checkDatabase(live, { level: "full" }), sound());
  });

  Deno.test(`overwriteDatabase() of a locked ${journalMode} database is busy, and nothing changes later`, async () => {
    await using folder = await tempFolder();
    const { staged, live } = makePair(folder.path, { journalMode });
    await using library = await startProgram();
    await library.open(live);
    await library.exec("BEGIN IMMEDIATE; UPDATE marker SET text = 'the library''s'");

    await assert.rejects(overwriteDatabase(staged, live, { lockTimeoutMs: 300 }), {
      code: "database.busy",
    });

    await library.exec("COMMIT");
    await library.exec("BEGIN EXCLUSIVE; COMMIT");
    assert.deepEqual(await library.all(MARKER), [{ text: "the library's" }]);
  });

  Deno.test(`overwriteDatabase() raises schema_version of a ${journalMode} database by one, rows leave it alone`, async () => {
    await using folder = await tempFolder();
    const { staged, live } = makePair(folder.path, { journalMode });
    await using library = await startProgram();
    await library.open(live, 5_000);
    await library.exec("CREATE TABLE more (x); CREATE TABLE still_more (x)");
    const before = await readSchemaVersion(live);
    assert.notEqual(before, await readSchemaVersion(staged));

    await overwriteDatabase(staged, live);
    const after = await readSchemaVersion(live);
    await library.exec(TRANSFER);

    assert.equal(after, before + 1);
    assert.equal(await readSchemaVersion(live), after);
  });

  for (const pageBytes of [512, 1024, 4096, 8192, 65536]) {
    Deno.test(`overwriteDatabase() restores pages of ${pageBytes} bytes into ${journalMode} databases of other sizes`, async () => {
      await using folder = await tempFolder();
      const staged = join(folder.path, "staged.db");
      makeDatabase(staged, { marker: "new", pageBytes });
      for (const livePageBytes of [512, 4096, 65536]) {
        const live = join(folder.path, `live${livePageBytes}.db`);
        makeDatabase(live, { marker: "old", journalMode, pageBytes: livePageBytes });
        const before = Number(readOne(live, "PRAGMA schema_version"));

        await overwriteDatabase(staged, live);

        assert.equal(readOne(live, MARKER), "new");
        assert.equal(readOne(live, "PRAGMA page_size"), pageBytes);
        assert.equal(readOne(live, "PRAGMA journal_mode"), journalMode);
        assert.equal(readOne(live, "PRAGMA schema_version"), before + 1);
        assert.equal(readOne(live, "PRAGMA quick_check"), "ok");
      }
    });
  }
}

Deno.test("overwriteDatabase() waits for readers of a rollback-journal database only so long", async () => {
  await using folder = await tempFolder();
  const { staged, live } = makePair(folder.path);
  await using library = await startProgram();
  await library.open(live);
  await library.exec("BEGIN; SELECT count(*) FROM chapters");

  await assert.rejects(overwriteDatabase(staged, live, { lockTimeoutMs: 200 }), {
    code: "database.busy",
  });

  await library.exec("COMMIT");
  await overwriteDatabase(staged, live, { lockTimeoutMs: 200 });
  assert.deepEqual(await library.all(MARKER), [{ text: "new" }]);
});

for (const [liveBytes, stagedBytes] of [[4096, 8192], [8192, 4096], [8192, 1024]]) {
  Deno.test(`overwriteDatabase() refuses pages of ${stagedBytes} bytes for a WAL database of ${liveBytes} in use`, async () => {
    await using folder = await tempFolder();
    const staged = join(folder.path, "staged.db");
    const live = join(folder.path, "live.db");
    makeDatabase(staged, { marker: "new", pageBytes: stagedBytes ?? 0 });
    makeDatabase(live, { marker: "old", pageBytes: liveBytes ?? 0, journalMode: "wal" });
    await using library = await startProgram();
    await library.open(live, 1_000);
    await library.all(MARKER);

    await assert.rejects(overwriteDatabase(staged, live), { code: "database.page_size" });

    assert.deepEqual(await library.all(MARKER), [{ text: "old" }]);
    await library.exec(TRANSFER);
    assert.equal(readOne(live, "PRAGMA journal_mode"), "wal");
  });
}

for (const pageBytes of [512, 8192, 65536]) {
  Deno.test(`overwriteDatabase() restores equal pages of ${pageBytes} bytes into a WAL database in use`, async () => {
    await using folder = await tempFolder();
    const staged = join(folder.path, "staged.db");
    const live = join(folder.path, "live.db");
    makeDatabase(staged, { marker: "new", pageBytes });
    makeDatabase(live, { marker: "old", pageBytes, journalMode: "wal" });
    await using library = await startProgram();
    await library.open(live, 1_000);
    await library.all(MARKER);

    await overwriteDatabase(staged, live);

    assert.deepEqual(await library.all(MARKER), [{ text: "new" }]);
    assert.equal(readOne(live, "PRAGMA journal_mode"), "wal");
  });
}

Deno.test("overwriteDatabase() keeps rollback mode though the staged copy bears the mark of WAL", async () => {
  await using folder = await tempFolder();
  const staged = join(folder.path, "staged.db");
  const live = join(folder.path, "live.db");
  makeDatabase(staged, { marker: "new", journalMode: "wal" });
  makeDatabase(live, { marker: "old" });

  await overwriteDatabase(staged, live);

  assert.equal(readOne(live, "PRAGMA journal_mode"), "delete");
  assert.equal(readOne(live, MARKER), "new");
  assert.deepEqual(await namesIn(folder.path), ["live.db", "staged.db"]);
});

Deno.test("overwriteDatabase() creates a live database that is not there", async () => {
  await using folder = await tempFolder();
  const { staged, live } = makePair(folder.path);
  await Deno.remove(live);

  await overwriteDatabase(staged, live);

  assert.equal(readOne(live, MARKER), "new");
});

Deno.test("overwriteDatabase() fills an empty live file", async () => {
  await using folder = await tempFolder();
  const { staged, live } = makePair(folder.path);
  await Deno.truncate(live);
  assert.equal(await readSchemaVersion(live), 0);

  await overwriteDatabase(staged, live);

  assert.equal(readOne(live, MARKER), "new");
  assert.equal(await readSchemaVersion(live), 1);
});

Deno.test("overwriteDatabase() calls onLocked with the lock held, and waits for it", async () => {
  await using folder = await tempFolder();
  const { staged, live } = makePair(folder.path, { journalMode: "wal" });
  await using library = await startProgram();
  await library.open(live);

  await overwriteDatabase(staged, live, {
    async onLocked() {
      await assert.rejects(library.exec("BEGIN IMMEDIATE"), /locked/);
      assert.deepEqual(await library.all(MARKER), [{ text: "old" }]);
    },
  });

  assert.deepEqual(await library.all(MARKER), [{ text: "new" }]);
});

for (const journalMode of ["wal", "delete"] as const) {
  Deno.test(`overwriteDatabase() calls onCommitted when others see the new content of a ${journalMode} database`, async () => {
    await using folder = await tempFolder();
    const { staged, live } = makePair(folder.path, { journalMode });
    await using library = await startProgram();
    await library.open(live);
    let seen: Promise<unknown> | null = null;

    await overwriteDatabase(staged, live, { onCommitted: () => seen = library.all(MARKER) });

    assert.deepEqual(await seen, [{ text: "new" }]);
  });
}

Deno.test("overwriteDatabase() leaves a database alone whose schema version is not the wanted one", async () => {
  await using folder = await tempFolder();
  const { staged, live } = makePair(folder.path, { journalMode: "wal" });
  const absent = join(folder.path, "absent.db");
  const ifSchemaVersion = await readSchemaVersion(live);

  assert.equal(
    await overwriteDatabase(staged, live, { ifSchemaVersion: ifSchemaVersion + 1 }),
    false,
  );
  assert.equal(await overwriteDatabase(staged, absent, { ifSchemaVersion }), false);
  assert.equal(readOne(live, MARKER), "old");
  assert.ok(!(await namesIn(folder.path)).includes("absent.db"));

  assert.equal(await overwriteDatabase(staged, live, { ifSchemaVersion }), true);
  assert.equal(await overwriteDatabase(staged, absent, { ifSchemaVersion: 0 }), true);
  assert.equal(readOne(live, MARKER), "new");
});

Deno.test("overwrite() leaves a database alone whose schema version changed while its lock was waited for", async () => {
  await using folder = await tempFolder();
  const { staged, live } = makePair(folder.path, { journalMode: "wal" });
  const schemaVersion = await readSchemaVersion(live);
  using library = new DatabaseSync(live);
  library.exec("BEGIN IMMEDIATE; CREATE TABLE added (id INTEGER)");
  const control = new class extends Control {
    override pause = () => library.exec("COMMIT");
  }(Control.createMemory());
  const never = () => assert.fail("the lock was taken for its own");
  const bench = { control, progress: never, confirmLocked: never, reportCommitted: never };

  assert.equal(await overwrite({ staged, live, lockTimeoutMs: 9000, schemaVersion }, bench), false);

  assert.equal(readOne(live, MARKER), "old");
});

Deno.test("overwriteDatabase() changes nothing when onLocked throws", async () => {
  await using folder = await tempFolder();
  const { staged, live } = makePair(folder.path);
  const absent = join(folder.path, "absent.db");
  const reason = new Error("the journal could not be written");
  const onLocked = () => Promise.reject(reason);

  await assert.rejects(overwriteDatabase(staged, live, { onLocked }), reason);
  await assert.rejects(overwriteDatabase(staged, absent, { onLocked }), reason);

  assert.equal(readOne(live, MARKER), "old");
  assert.deepEqual(await namesIn(folder.path), ["live.db", "staged.db"]);
});

Deno.test("overwriteDatabase() cancelled with the lock held leaves the old content", async () => {
  await using folder = await tempFolder();
  const { staged, live } = makePair(folder.path);
  const controller = new AbortController();
  const reason = new Error("enough");
  const before = await readSchemaVersion(live);

  const overwriting = overwriteDatabase(staged, live, {
    signal: controller.signal,
    onLocked: () => controller.abort(reason),
  });

  await assert.rejects(overwriting, reason);
  assert.equal(readOne(live, MARKER), "old");
  assert.equal(await readSchemaVersion(live), before);
});

Deno.test("overwriteDatabase() that stalls says so, and its thread undoes what it still does later", async () => {
  await using folder = await tempFolder();
  const { staged, live } = makePair(folder.path);
  await using other = await startProgram();
  await other.open(staged);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", join(HELPERS, "stalled_overwrite.ts"), staged, live],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextLineStream()).getReader();
  assert.equal((await lines.read()).value, '"locked"');
  await other.exec("BEGIN EXCLUSIVE");
  const input = child.stdin.getWriter();
  await input.write(new Uint8Array([10]));

  const outcome = JSON.parse((await lines.read()).value ?? "");
  await other.exec("ROLLBACK");
  const { success } = await child.status;

  assert.equal(outcome.code, "database.timeout");
  assert.equal(outcome.unstoppable, true);
  assert.ok(success);
  assert.equal(readOne(live, MARKER), "old");
  await input.close().catch(() => {});
  await lines.cancel();
});

for (const journalMode of MODES) {
  Deno.test(`overwriteDatabase() killed at any moment leaves all old or all new in a ${journalMode} database`, async () => {
    await using folder = await tempFolder();
    const outcomes = new Set<unknown>();
    for (const steps of [0, 1, 4, 9, 15, 1_000]) {
      await Deno.mkdir(join(folder.path, String(steps)));
      const { staged, live } = makePair(join(folder.path, String(steps)), {
        journalMode,
        rows: 6_000,
      });
      const before = await readSchemaVersion(live);
      await using victim = await startProgram();
      await victim.overwriteUntil(staged, live, steps);

      await victim.kill();

      const marker = readOne(live, MARKER);
      outcomes.add(marker);
      assert.ok(marker === "new" || marker === "old");
      assert.equal(await readSchemaVersion(live), marker === "old" ? before : before + 1);
      assert.equal(readOne(live, "SELECT sum(money) FROM accounts"), TOTAL);
      assert.equal(readOne(live, "PRAGMA journal_mode"), journalMode);
      assert.deepEqual(await checkDatabase(live, { level: "full" }), sound());
    }
    assert.deepEqual([...outcomes].sort(), ["new", "old"]);
  });
}

Deno.test("overwriteDatabase() replaces a live database whose inner pages or schema are damaged", async () => {
  await using folder = await tempFolder();
  for (const position of [100, 5 * 4096]) {
    for (const journalMode of MODES) {
      const { staged, live } = makePair(folder.path, { journalMode });
      const bytes = await Deno.readFile(live);
      await Deno.writeFile(live, bytes.fill(0xa5, position, position + 3_000));

      await overwriteDatabase(staged, live);

      assert.equal(readOne(live, MARKER), "new");
      assert.equal(readOne(live, "PRAGMA journal_mode"), journalMode);
      assert.deepEqual(await checkDatabase(live, { level: "full" }), sound());
      for (const path of [staged, live]) await Deno.remove(path);
    }
  }
});

Deno.test("overwriteDamagedDatabase() replaces what is no database, in place, with what lay beside it", async () => {
  await using folder = await tempFolder();
  const { staged, live } = makePair(folder.path);
  await Deno.writeTextFile(live, "我不是数据库。".repeat(500));
  await Deno.chmod(live, 0o664);
  await assert.rejects(overwriteDatabase(staged, live), { code: "database.not_sqlite" });
  // Only now: whoever opens the file tidies up.
  for (const suffix of ["-wal", "-shm", "-journal"]) {
    await Deno.writeTextFile(live + suffix, "stale");
  }
  const { ino } = await Deno.stat(live);

  await overwriteDamagedDatabase(staged, live);

  assert.equal(readOne(live, MARKER), "new");
  const after = await Deno.stat(live);
  assert.equal(after.ino, ino);
  assert.equal((after.mode ?? 0) & 0o777, 0o664);
  assert.deepEqual(await namesIn(folder.path), ["live.db", "staged.db"]);
});

function makePair(
  folder: string,
  options: { journalMode?: "wal" | "delete"; rows?: number } = {},
): { staged: string; live: string } {
  const staged = join(folder, "staged.db");
  const live = join(folder, "live.db");
  const { rows = 300 } = options;
  makeDatabase(staged, { marker: "new", rows });
  makeDatabase(live, { marker: "old", ...options, rows: 2 * rows });
  return { staged, live };
}

function sound() {
  return { ok: true, problems: [], violations: [], passedOver: [] };
}
