import assert from "node:assert/strict";
import { join } from "node:path";
import { isAppError } from "../../src/base/errors.ts";
import { describeError } from "../../src/base/messages/mod.ts";
import { copyDatabase } from "../../src/database/copy.ts";
import { fromSqliteError } from "../../src/database/work/sqlite_error.ts";
import { mountNamespace, mountTest } from "../helpers/mount_namespace.ts";
import { run as runProgram } from "../helpers/run.ts";
import { makeDatabase, namesIn } from "../helpers/sample_database.ts";
import { smallVolume } from "../helpers/small_volume.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const HELPERS = join(import.meta.dirname ?? ".", "..", "helpers");

for (const journalMode of ["wal", "delete"] as const) {
  Deno.test(`too many open files are called so, however few are lacking (${journalMode})`, async () => {
    await using folder = await tempFolder();
    const source = join(folder.path, "library.db");
    makeDatabase(source, { journalMode, rows: 20 });
    const script = join(HELPERS, "print_copy_without_files.ts");
    const command = [Deno.execPath(), "run", "--no-check", "-A", script, source, folder.path];

    const { stdout } = await runProgram("sh", ["-c", 'ulimit -n 120; exec "$@"', "sh", ...command]);

    const outcomes: string[] = JSON.parse(stdout);
    const lacking = outcomes.indexOf("ok");
    assert.ok(lacking >= 3, outcomes.join());
    assert.deepEqual(new Set(outcomes.slice(0, lacking)), new Set(["storage.too_many_files"]));
    assert.deepEqual(new Set(outcomes.slice(lacking)), new Set(["ok"]));
  });
}

Deno.test("a store that is full is blamed, and not the library's database", async () => {
  await using folder = await tempFolder();
  await using volume = await smallVolume(1_048_576);
  const source = join(folder.path, "library.db");
  const copy = join(volume.path, "copy.db");
  makeDatabase(source, { rows: 2_000 });

  await assert.rejects(copyDatabase(source, copy), (error) => {
    assert.ok(isAppError(error, "storage.full"), String(error));
    assert.deepEqual([error.details.path, error.details.volume], [copy, volume.path]);
    return true;
  });

  assert.deepEqual(await namesIn(volume.path), []);
});

Deno.test("a store that takes no file of that size is blamed, with the system's reason", async () => {
  await using folder = await tempFolder();
  const source = join(folder.path, "library.db");
  const copy = join(folder.path, "copy.db");
  makeDatabase(source, { rows: 2_000 });
  const script = join(HELPERS, "print_copy_reason.ts");
  const limits = ["env", "--ignore-signal=XFSZ", "sh", "-c", 'ulimit -f 1000; exec "$@"', "sh"];
  const command = [Deno.execPath(), "run", "--no-check", "-A", script, source, copy];

  const { stdout } = await runProgram(limits[0] ?? "", [...limits.slice(1), ...command]);

  assert.deepEqual(JSON.parse(stdout), { code: "storage.failed", path: copy, found: "EFBIG" });
});

mountTest("a volume that is mounted read-only is called so", async () => {
  await using folder = await tempFolder();
  await using space = await mountNamespace();
  const [place, work] = [join(folder.path, "data"), join(folder.path, "work")];
  for (const path of [place, work]) await Deno.mkdir(path);
  const live = join(place, "library.db");
  makeDatabase(live);
  makeDatabase(join(work, "staged.db"));
  await space.mount("--bind", place, place);
  await space.mount("-o", "remount,bind,ro", place);
  const script = join(HELPERS, "print_copy_error.ts");
  const run = [Deno.execPath(), "run", "--no-check", "-A", script, live, work];

  const { stdout } = await runProgram(space.enter[0] ?? "", [...space.enter.slice(1), ...run]);

  assert.deepEqual(JSON.parse(stdout), ["ok", "storage.read_only", "database.read_only"]);
});

Deno.test("each of SQLite's codes has the sentence that fits it", () => {
  const path = "/library/data/library.db";
  for (
    const [errcode, message, limited, code] of [
      [1, "no such function: app_key", false, "database.unsupported"],
      [257, "no such collation sequence: some_ci", true, "database.unsupported"],
      [undefined, "no such collation sequence: some_ci", false, "database.unsupported"],
      [5, "database is locked", false, "database.busy"],
      [261, "database is locked", false, "database.busy"],
      [7, "out of memory", true, "database.hostile"],
      [7, "out of memory", false, "database.unsupported"],
      [10, "disk I/O error", false, "storage.failed"],
      [266, "disk I/O error", false, "storage.failed"],
      [11, "database disk image is malformed", false, "database.damaged"],
      [undefined, "malformed database schema (t)", false, "database.damaged"],
      [15, "locking protocol", false, "database.busy"],
      [18, "string or blob too big", true, "database.hostile"],
      [26, "file is not a database", false, "database.not_sqlite"],
      [1032, "attempt to write a readonly database", false, "storage.failed"],
    ] as const
  ) {
    const error = Object.assign(new Error(message), { code: "ERR_SQLITE_ERROR", errcode });

    const known = fromSqliteError(error, path, { limited });

    assert.ok(isAppError(known, code), `${errcode} ${message}: ${known}`);
  }
  const other = new TypeError("nothing of SQLite's");
  assert.equal(fromSqliteError(other, path), other);
  const failed = fromSqliteError(
    Object.assign(new Error("disk I/O error"), { code: "ERR_SQLITE_ERROR", errcode: 266 }),
    path,
  );
  assert.match(
    describeError(failed, "en"),
    /disk I\/O error \(SQLITE_IOERR_READ\), the disk or the network mount reports an error/,
  );
});
