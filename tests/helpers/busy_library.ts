import assert from "node:assert/strict";
import { basename, dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type App, openApp } from "../../src/app.ts";
import { readLastRestore } from "../../src/restore/last_restore.ts";
import { isTemporaryName } from "../../src/storage/temporary.ts";
import { extraLibrary } from "./extra_library.ts";
import { killProduct, type ProductEnd } from "./kill_product.ts";
import type { ProductOrder } from "./killable_product.ts";
import { type OtherProgram, startProgram } from "./other_program.ts";
import { recordingLog, type RecordingLogger } from "./recording_log.ts";
import { findLeftovers, type LibraryState, readState } from "./restore_story.ts";
import { TEST_PASSWORD, type TestLibrary } from "./test_library.ts";

/** A library that one program reads and another writes all the time, while the product is killed and started again. */
export interface BusyLibrary extends AsyncDisposable {
  readonly library: TestLibrary;
  readonly reader: OtherProgram;
  readonly writer: OtherProgram;
  /** Everything but what the writer writes. */
  state(): Promise<LibraryState>;
  /** Runs the product in a process that may be killed. */
  run(
    order: Omit<ProductOrder, "env">,
    options?: { afterMs?: number },
  ): Promise<ProductEnd>;
  /** Starts the product again, in this process. */
  open(): Promise<{ app: App; log: RecordingLogger }>;
  /**
   * Fails unless an opened product is at rest: no restore pending, the lane free, every archive with its sidecar,
   * nothing temporary anywhere, no backup pinned, every file of the database sound for the other programs.
   */
  assertAtRest(app: App): Promise<void>;
  /** Ends the two programs' work; fails when they met any error but SQLITE_BUSY. */
  assertUndisturbed(): Promise<void>;
}

/** What the writer writes to. */
const PAD = "writer_pad";

/** Opens a {@linkcode BusyLibrary}. */
export async function busyLibrary(
  journalMode: "wal" | "delete",
  variables: Readonly<Record<string, string>> = {},
): Promise<BusyLibrary> {
  const env = {
    TZ: "Asia/Shanghai",
    BACKUP_ADMIN_PASSWORD: TEST_PASSWORD,
    BACKUP_PATH: "backups",
    ...variables,
  };
  const library = await extraLibrary(env);
  const { config, secrets } = library;
  {
    using database = new DatabaseSync(config.database.path);
    database.exec(`PRAGMA journal_mode = ${journalMode};
      CREATE TABLE ${PAD} (id INTEGER PRIMARY KEY, n INTEGER NOT NULL);
      INSERT INTO ${PAD} VALUES (1, 0)`);
  }
  const reader = patient(await startProgram());
  const writer = patient(await startProgram());
  for (const program of [reader, writer]) await program.open(config.database.path, 20);
  await reader.repeat("SELECT count(*), max(title) FROM books", 7);
  await writer.repeat(`UPDATE ${PAD} SET n = n + 1`, 11);
  return {
    library,
    reader,
    writer,
    state: () => readState(config, [PAD]),
    run: (order, options) => killProduct(library.root, { ...order, env }, options),
    open: async () => {
      const log = recordingLog();
      return { app: await openApp(config, secrets, { log, environment: env }), log };
    },
    assertAtRest: async (app) => {
      assert.equal(app.manager.restoreStatus().pending, false);
      await app.jobs.hold(() => Promise.resolve());
      const undo = (await readLastRestore(dirname(config.database.path)))?.undoDatabase ?? null;
      assert.deepEqual(await findLeftovers(config), undo === null ? [] : [basename(undo)]);
      await assertStoreTidy(config.backup.path);
      for (const { backup_id, pinned } of await app.manager.list()) {
        assert.equal(pinned, false, `${backup_id} is still pinned`);
      }
      const sound = [{ integrity_check: "ok" }];
      assert.deepEqual(await reader.all("PRAGMA integrity_check"), sound);
      assert.deepEqual(await writer.all("PRAGMA integrity_check"), sound);
    },
    assertUndisturbed: async () => {
      for (const [name, program] of Object.entries({ reader, writer })) {
        const { count, errors } = await program.finish();
        assert.ok(count > 0, `the ${name} never got its turn`);
        const others = errors.filter((error) => !/database is locked/.test(error));
        assert.deepEqual(others, [], name);
      }
    },
    [Symbol.asyncDispose]: async () => {
      await reader[Symbol.asyncDispose]();
      await writer[Symbol.asyncDispose]();
      await library[Symbol.asyncDispose]();
    },
  };
}

/** A program whose questions wait for their turn: the other one may be committing just now. */
function patient(program: OtherProgram): OtherProgram {
  return {
    ...program,
    all: async (sql) => {
      const deadline = performance.now() + PATIENCE_MS;
      while (true) {
        try {
          return await program.all(sql);
        } catch (error) {
          const isLocked = error instanceof Error && error.message.includes("database is locked");
          if (!isLocked || performance.now() > deadline) throw error;
        }
      }
    },
  };
}

const PATIENCE_MS = 30_000;

async function assertStoreTidy(folder: string): Promise<void> {
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  assert.deepEqual(names.filter((name) => isTemporaryName(name) || /^\.scratch-/.test(name)), []);
  const ids = (ending: string) =>
    names.filter((name) => name.startsWith("backup_") && name.endsWith(ending))
      .map((name) => name.slice(0, -ending.length)).toSorted();
  assert.deepEqual(ids(".json"), ids(".zip"), "an archive without a sidecar, or the reverse");
}
