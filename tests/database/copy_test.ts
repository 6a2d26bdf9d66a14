import assert from "node:assert/strict";
import { join } from "node:path";
import { checkDatabase } from "../../src/database/check.ts";
import { copyDatabase, copyRawDatabase } from "../../src/database/copy.ts";
import { startProgram } from "../helpers/other_program.ts";
import { makeDatabase, namesIn, readOne, TOTAL, TRANSFER } from "../helpers/sample_database.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const MODES = ["wal", "delete"] as const;

for (const journalMode of MODES) {
  Deno.test(`copyDatabase() copies one instant of a ${journalMode} database that another process writes`, async () => {
    await using folder = await tempFolder();
    const source = join(folder.path, "library.db");
    makeDatabase(source, { journalMode, rows: 8_000 });
    await using library = await startProgram();
    await library.open(source, 30_000);
    await library.repeat(TRANSFER, 5);

    for (let round = 0; round < 3; round += 1) {
      const copy = join(folder.path, `copy${round}.db`);
      const facts = await copyDatabase(source, copy);

      assert.equal(facts.journalMode, journalMode);
      assert.equal(facts.bytes, (await Deno.stat(copy)).size);
      assert.equal(facts.pages, facts.bytes / 4096);
      assert.equal(readOne(copy, "SELECT sum(money) FROM accounts"), TOTAL);
      assert.equal(readOne(copy, "PRAGMA integrity_check"), "ok");
      assert.equal(readOne(copy, "PRAGMA journal_mode"), "delete");
    }

    const { count, errors } = await library.finish();
    assert.ok(count > 0);
    assert.deepEqual(errors, []);
    assert.equal(readOne(source, "SELECT sum(money) FROM accounts"), TOTAL);
  });

  Deno.test(`copyDatabase() copies what was committed to a ${journalMode} database, not what is open`, async () => {
    await using folder = await tempFolder();
    const source = join(folder.path, "library.db");
    makeDatabase(source, { journalMode });
    await using library = await startProgram();
    await library.open(source);
    await library.exec("UPDATE marker SET text = 'committed'");
    await library.exec("BEGIN IMMEDIATE; UPDATE marker SET text = 'open'");

    await copyDatabase(source, join(folder.path, "copy.db"));

    assert.equal(readOne(join(folder.path, "copy.db"), "SELECT text FROM marker"), "committed");
  });

  Deno.test(`copyDatabase() of a locked ${journalMode} database is busy in bounded time and leaves nothing`, async () => {
    await using folder = await tempFolder();
    const source = join(folder.path, "library.db");
    makeDatabase(source, { journalMode });
    await using library = await startProgram();
    await library.open(source);
    await library.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM marker");
    const before = await namesIn(folder.path);

    await assert.rejects(copyDatabase(source, join(folder.path, "copy.db"), { timeoutMs: 300 }), {
      code: "database.busy",
    });

    assert.deepEqual(await namesIn(folder.path), before);
  });
}

Deno.test("copyDatabase() leaves one private file, without -wal, of a WAL source", async () => {
  await using folder = await tempFolder();
  await Deno.mkdir(join(folder.path, "out"));
  const source = join(folder.path, "library.db");
  const copy = join(folder.path, "out", "copy.db");
  makeDatabase(source, { journalMode: "wal" });

  await copyDatabase(source, copy);

  const header = (await Deno.readFile(copy)).subarray(18, 20);
  assert.deepEqual(header, new Uint8Array([1, 1]));
  assert.equal(((await Deno.stat(copy)).mode ?? 0) & 0o777, 0o600);
  assert.deepEqual(await namesIn(join(folder.path, "out")), ["copy.db"]);
});

Deno.test("copyDatabase() cancelled while it copies leaves no file and throws the reason", async () => {
  await using folder = await tempFolder();
  const source = join(folder.path, "library.db");
  makeDatabase(source, { rows: 40_000 });
  const controller = new AbortController();
  const reason = new Error("the user thought better of it");
  const seen: number[] = [];

  const copying = copyDatabase(source, join(folder.path, "copy.db"), {
    signal: controller.signal,
    onProgress(doneBytes, totalBytes) {
      seen.push(doneBytes / totalBytes);
      controller.abort(reason);
    },
  });

  await assert.rejects(copying, reason);
  assert.ok(seen.every((part) => part > 0 && part < 1));
  assert.deepEqual(await namesIn(folder.path), ["library.db"]);
});

Deno.test("copyDatabase() cancelled while it waits for a lock stops waiting", async () => {
  await using folder = await tempFolder();
  const source = join(folder.path, "library.db");
  makeDatabase(source);
  await using library = await startProgram();
  await library.open(source);
  await library.exec("BEGIN EXCLUSIVE");
  const reason = new Error("enough");

  const copying = copyDatabase(source, join(folder.path, "copy.db"), {
    timeoutMs: 3_600_000,
    signal: AbortSignal.any([abortSoon(reason)]),
  });

  await assert.rejects(copying, reason);
  await assert.rejects(Deno.stat(join(folder.path, "copy.db")), Deno.errors.NotFound);
});

Deno.test("copyDatabase() reports progress up to the end, and never backwards", async () => {
  await using folder = await tempFolder();
  const source = join(folder.path, "library.db");
  makeDatabase(source, { rows: 30_000 });
  const seen: number[] = [];

  const { bytes } = await copyDatabase(source, join(folder.path, "copy.db"), {
    onProgress: (doneBytes, totalBytes) => {
      assert.equal(totalBytes, (Deno.statSync(source)).size);
      seen.push(doneBytes);
    },
  });

  assert.ok(seen.length > 2);
  assert.deepEqual(seen, seen.toSorted((one, other) => one - other));
  assert.ok((seen.at(-1) ?? 0) > bytes / 2);
});

Deno.test("copyDatabase() tells what is wrong with a source and leaves no copy", async () => {
  await using folder = await tempFolder();
  const at = (name: string) => join(folder.path, name);
  makeDatabase(at("damaged.db"), { rows: 500 });
  await scribble(at("damaged.db"), 40 * 4096, 20 * 4096);
  makeDatabase(at("schema.db"));
  await scribble(at("schema.db"), 100, 3000);
  await Deno.writeTextFile(at("text.db"), "我不是数据库。".repeat(500));
  await Deno.writeTextFile(at("empty.db"), "");
  await Deno.mkdir(at("folder.db"));
  const before = await namesIn(folder.path);
  const cases = {
    "damaged.db": "database.damaged",
    "schema.db": "database.damaged",
    "text.db": "database.not_sqlite",
    "empty.db": "database.not_sqlite",
    "folder.db": "database.folder",
    "none.db": "database.missing",
    "text.db/x": "database.missing",
  };

  for (const [name, code] of Object.entries(cases)) {
    await assert.rejects(copyDatabase(at(name), at("copy.db")), { code }, name);
  }

  assert.deepEqual(await namesIn(folder.path), before);
});

Deno.test("copyDatabase() leaves the check of an unchecked copy to its caller", async () => {
  await using folder = await tempFolder();
  const [source, copy] = [join(folder.path, "damaged.db"), join(folder.path, "copy.db")];
  makeDatabase(source, { rows: 500 });
  await scribble(source, 40 * 4096, 20 * 4096);

  const { bytes } = await copyDatabase(source, copy, { unchecked: true });

  assert.equal(bytes, (await Deno.stat(copy)).size);
  assert.equal((await checkDatabase(copy, { level: "full", trusted: true })).ok, false);
});

Deno.test("copyDatabase() never replaces a file, and wants the destination's folder", async () => {
  await using folder = await tempFolder();
  const source = join(folder.path, "library.db");
  const taken = join(folder.path, "taken");
  makeDatabase(source);
  await Deno.writeTextFile(taken, "mine");

  await assert.rejects(copyDatabase(source, taken), { code: "storage.exists" });
  await assert.rejects(copyDatabase(source, join(folder.path, "none", "copy.db")), {
    code: "storage.missing",
  });

  assert.equal(await Deno.readTextFile(taken), "mine");
});

Deno.test("copyDatabase() keeps every page size", async () => {
  await using folder = await tempFolder();
  for (const pageBytes of [512, 1024, 4096, 8192, 65536]) {
    const source = join(folder.path, `${pageBytes}.db`);
    makeDatabase(source, { pageBytes, journalMode: "wal" });

    await copyDatabase(source, `${source}.copy`);

    assert.equal(readOne(`${source}.copy`, "PRAGMA page_size"), pageBytes);
    assert.equal(readOne(`${source}.copy`, "SELECT sum(money) FROM accounts"), TOTAL);
  }
});

Deno.test("copyRawDatabase() copies the bytes of what is no database any more", async () => {
  await using folder = await tempFolder();
  const source = join(folder.path, "library.db");
  const copy = join(folder.path, "raw.db");
  const bytes = crypto.getRandomValues(new Uint8Array(50_000));
  await Deno.writeFile(source, bytes);

  assert.deepEqual(await copyRawDatabase(source, copy), { bytes: bytes.length });

  assert.deepEqual(await Deno.readFile(copy), bytes);
  await assert.rejects(copyRawDatabase(source, copy), { code: "storage.exists" });
});

/** Overwrites a stretch of a file. */
async function scribble(path: string, position: number, length: number): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.seek(position, Deno.SeekMode.Start);
  await file.write(new Uint8Array(length).fill(0xa5));
}

function abortSoon(reason: unknown): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), 50);
  return controller.signal;
}
