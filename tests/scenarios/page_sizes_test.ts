import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { startProgram } from "../helpers/other_program.ts";
import { isLongRun } from "../helpers/random_numbers.ts";
import { type RestoreHouse, restoreHouse } from "../helpers/restore_house.ts";
import { makeDatabase, readOne } from "../helpers/sample_database.ts";
import { libraryToken, openTestApp, type TestApp } from "../helpers/test_app.ts";
import { testLibrary } from "../helpers/test_library.ts";

const SIZES = [512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536] as const;
const MODES = ["wal", "delete"] as const;
/** The databases here know no users. */
const as = { token: await libraryToken({ sub: "somebody", role: "admin" }) };
const MARKER = "SELECT text FROM marker";

/** A database before it is backed up, or before a backup is restored over it. */
interface Kind {
  readonly pageBytes: number;
  readonly journalMode: typeof MODES[number];
}

interface Pair {
  readonly live: Kind;
  readonly backup: Kind;
}

Deno.test("a backup of any page size and journal mode is restored over any other (16 of 256 pairs; SHUKU_LONG=1: all)", async (t) => {
  // One backup of each kind, none of which may be pruned.
  const kept = String(SIZES.length * MODES.length);
  await using library = await testLibrary({ BACKUP_RETENTION_COUNT: kept });
  const { database } = library.config;
  const house = await restoreHouse(library.config);
  const backups = new Map<string, { id: string; rows: string }>();
  const backupOf = async (kind: Kind) => {
    const key = nameOf(kind);
    const known = backups.get(key) ?? await backUp(house, kind);
    backups.set(key, known);
    return known;
  };

  for (const [index, { live, backup }] of choosePairs().entries()) {
    await t.step(`${nameOf(backup)} over ${nameOf(live)}`, async () => {
      const { id, rows } = await backupOf(backup);
      await renew(database.path, { ...live, marker: "old" });

      const request = { backupId: id, actor: "test", createSnapshot: index % 4 === 0 };
      await (await house.restorer.start(request)).result;

      assert.equal(readRows(database.path), rows);
      assert.equal(readOne(database.path, "PRAGMA journal_mode"), live.journalMode);
      assert.equal(readOne(database.path, "PRAGMA page_size"), backup.pageBytes);
      assert.equal(readOne(database.path, "PRAGMA integrity_check"), "ok");
      assert.deepEqual(await leftBeside(database.path), []);
    });
  }
});

for (const create_snapshot of [true, false]) {
  Deno.test(`a WAL database of another page size that the library has open is refused with database.page_size (snapshot: ${create_snapshot})`, async () => {
    await using test = await openTestApp();
    const { path } = test.library.config.database;
    await renew(path, { pageBytes: 8192, journalMode: "delete", marker: "new" });
    const json = { backup_id: await backUpByHttp(test), create_snapshot };
    await renew(path, { pageBytes: 4096, journalMode: "wal", marker: "old" });
    const rows = readRows(path);
    await using reader = await startProgram();
    await reader.open(path, 5_000);
    await reader.all(MARKER);

    const chinese = await test.call("POST", "restore", { as, json });
    const english = await test.call("POST", "restore", {
      as,
      json,
      headers: { "Accept-Language": "en" },
    });

    for (const { status, body } of [chinese, english]) {
      assert.equal(body.code, "database.page_size", JSON.stringify(body));
      assert.equal(status, 409);
      assert.deepEqual([body.live, body.backup], [4096, 8192]);
    }
    assert.match(chinese.body.detail, /请先停止书库/);
    assert.match(english.body.detail, /stop the library/i);
    assert.equal((await test.call("GET", "restore/status", { as })).body.pending, false);
    const { backups } = (await test.call("GET", "list", { as })).body;
    assert.deepEqual(
      backups.map((backup: { backup_id: string }) => backup.backup_id),
      [json.backup_id],
      "a snapshot that nobody needs",
    );
    assert.equal(readRows(path), rows);
    assert.deepEqual(await leftBeside(path), ["-shm", "-wal"]);

    await reader.exec("UPDATE marker SET text = 'still the library''s'");
    await reader.kill();
    const { status, body } = await test.call("POST", "restore", { as, json });
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(readOne(path, MARKER), "new");
    assert.equal(readOne(path, "PRAGMA journal_mode"), "wal");
  });
}

Deno.test("a WAL database of the same page size is restored while the library has it open", async () => {
  await using test = await openTestApp();
  const { path } = test.library.config.database;
  await renew(path, { pageBytes: 8192, journalMode: "delete", marker: "new" });
  const backup_id = await backUpByHttp(test);
  await renew(path, { pageBytes: 8192, journalMode: "wal", marker: "old" });
  await using reader = await startProgram();
  await reader.open(path, 5_000);
  assert.deepEqual(await reader.all(MARKER), [{ text: "old" }]);

  const { status } = await test.call("POST", "restore", { as, json: { backup_id } });

  assert.equal(status, 200);
  assert.deepEqual(await reader.all(MARKER), [{ text: "new" }]);
});

/** Each size and mode over another, each once live in either mode; both extremes over each other. */
function choosePairs(): Pair[] {
  const kinds = SIZES.flatMap((pageBytes) =>
    MODES.map((journalMode): Kind => ({ pageBytes, journalMode }))
  );
  const all = kinds.flatMap((live) => kinds.map((backup): Pair => ({ live, backup })));
  if (isLongRun) return all;
  const chosen = new Map(
    kinds.map((live, index) => [live, kinds[(5 * index + 14) % kinds.length]]),
  );
  return all.filter(({ live, backup }) => chosen.get(live) === backup);
}

function nameOf({ pageBytes, journalMode }: Kind): string {
  return `${pageBytes} ${journalMode}`;
}

async function backUpByHttp(test: TestApp): Promise<string> {
  const json = { includes: ["database"] };
  return (await test.call("POST", "create", { as, json })).body.backup_id;
}

async function backUp(house: RestoreHouse, kind: Kind): Promise<{ id: string; rows: string }> {
  const { path } = house.config.database;
  await renew(path, { ...kind, marker: nameOf(kind) });
  const rows = readRows(path);
  const { backup_id: id } = await house.create({ includes: ["database"] });
  return { id, rows };
}

/** Puts a new database in the place of the library's. */
async function renew(path: string, options: Kind & { marker: string }): Promise<void> {
  for (const suffix of ["", "-wal", "-shm"]) await Deno.remove(path + suffix).catch(() => {});
  makeDatabase(path, { ...options, rows: options.marker === "old" ? 90 : 40 });
}

function readRows(path: string): string {
  using database = new DatabaseSync(path);
  const hash = createHash("sha256");
  for (const table of ["marker", "accounts", "chapters"]) {
    const rows = database.prepare(`SELECT rowid, * FROM ${table} ORDER BY rowid`).all();
    hash.update(JSON.stringify(rows, (_, value) => {
      return value instanceof Uint8Array ? value.toHex() : value;
    }));
  }
  return hash.digest("hex");
}

/** What lies beside the database: logs by their suffix, and anything of ours but its note. */
async function leftBeside(path: string): Promise<string[]> {
  const names = await Array.fromAsync(Deno.readDir(join(path, "..")), ({ name }) => name);
  const log = names.filter((name) => name.startsWith("library.db-")).map((name) => name.slice(10));
  const ours = names.filter((name) => /^\.(?:restore-|shuku-restore-(?!last))/.test(name));
  return [...log, ...ours].sort();
}
