import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import fc from "fast-check";
import { type App, openApp } from "../../src/app.ts";
import { isAppError } from "../../src/base/errors.ts";
import type { BackupDocument } from "../../src/backup/types.ts";
import { extraLibrary } from "../helpers/extra_library.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { killProduct } from "../helpers/kill_product.ts";
import type { ProductOrder } from "../helpers/killable_product.ts";
import { isLongRun } from "../helpers/random_numbers.ts";
import { recordingLog } from "../helpers/recording_log.ts";
import { ModelStore } from "../helpers/model_store.ts";
import { TEST_PASSWORD, type TestLibrary } from "../helpers/test_library.ts";

const KEPT = 3;
const KEPT_SNAPSHOTS = 2;
const ENV = {
  TZ: "Asia/Shanghai",
  BACKUP_ADMIN_PASSWORD: TEST_PASSWORD,
  BACKUP_PATH: "backups",
  BACKUP_RETENTION_COUNT: String(KEPT),
};
const START = "2026-03-01T08:00:00.000Z";
/** Of a short run; a long one takes every sequence. */
const BUDGET_MS = 30_000;
const MINUTE_MS = 60_000;

/** One step: what, on which of the backups there are, and a number for whatever else is to be chosen. */
const step = fc.record({
  verb: fc.oneof(
    { weight: 5, arbitrary: fc.constant("create" as const) },
    { weight: 3, arbitrary: fc.constant("restore" as const) },
    { weight: 2, arbitrary: fc.constantFrom("delete" as const, "pin" as const, "undo" as const) },
    { weight: 2, arbitrary: fc.constantFrom("upload" as const, "clock" as const) },
    { weight: 1, arbitrary: fc.constant("kill" as const) },
  ),
  which: fc.nat(99),
  number: fc.nat(9999),
});
type Step = { verb: string; which: number; number: number };

Deno.test("after any sequence of steps the restorable backups are those of a simple model", async () => {
  const seed = Number(Deno.env.get("SHUKU_SEED") ?? Date.now() % 1_000_000_000);
  const sequences = fc.array(step, { minLength: 8, maxLength: 16, size: "max" });

  const begunAt = performance.now();
  let taken = 0;

  await fc.assert(
    fc.asyncProperty(sequences, async (steps) => {
      // On a slow machine fewer sequences are taken, but always some.
      if (!isLongRun && taken >= 3 && performance.now() - begunAt > BUDGET_MS) return;
      taken += 1;
      await using world = await World.open();
      for (const one of steps) await world.take(one);
      await world.assertAllRestorable();
    }),
    {
      seed,
      verbose: 1,
      numRuns: isLongRun ? 200 : 20,
      // Making a failing sequence shorter is worth the time to a person, not to a pipeline.
      endOnFailure: !isLongRun,
    },
  );
});

/** The product and the model of it, side by side. */
class World implements AsyncDisposable {
  readonly #library: TestLibrary;
  readonly #clock = new FakeClock(START);
  readonly #model = new ModelStore({
    kept: KEPT,
    keptSnapshots: KEPT_SNAPSHOTS,
    now: () => this.#clock.now(),
  });
  #app: App;
  #contents = 0;

  private constructor(library: TestLibrary, app: App) {
    this.#library = library;
    this.#app = app;
  }

  static async open(): Promise<World> {
    const library = await extraLibrary(ENV);
    const world = new World(library, await World.#openApp(library, new FakeClock(START)));
    await world.#reopen();
    world.#write();
    return world;
  }

  static #openApp(library: TestLibrary, clock: FakeClock): Promise<App> {
    const backup = { ...library.config.backup, snapshotRetentionCount: KEPT_SNAPSHOTS };
    const config = { ...library.config, backup };
    return openApp(config, library.secrets, { log: recordingLog(), clock, environment: ENV });
  }

  /** Takes a step on both sides and compares. */
  async take({ verb, which, number }: Step): Promise<void> {
    this.#clock.advance(MINUTE_MS);
    const target = this.#pick(which);
    if (verb === "clock") this.#clock.jumpTo(this.#clock.now() + (number - 5000) * 10 * MINUTE_MS);
    if (verb === "create") await this.#create();
    if (verb === "kill") await this.#kill(target, number);
    if (verb === "undo") await this.#undo();
    if (target !== null) {
      if (verb === "restore") await this.#restore(target);
      if (verb === "delete") await this.#delete(target);
      if (verb === "pin") await this.#pin(target);
      if (verb === "upload") await this.#upload(target, number);
    }
    await this.#compare(`after ${verb} ${target} ${number}`);
  }

  /** Every backup validates, and restoring it brings back what the model says. */
  async assertAllRestorable(): Promise<void> {
    for (const id of this.#model.ids()) {
      const { result } = await this.#app.manager.validate(id, { actor: "test" });
      assert.equal((await result).valid, true, id);
    }
    const oldest = this.#model.ids().at(-1);
    if (oldest === undefined) return;
    await this.#restore(oldest);
    await this.#compare("after the last restore");
  }

  async #create(): Promise<void> {
    this.#write();
    const { backup_id } = await (await this.#app.manager.create({ actor: "test" })).result;
    this.#model.created(backup_id, (await this.#app.manager.list()).map(factsOf));
  }

  async #restore(target: string): Promise<void> {
    const { result } = await this.#app.manager.restore({ backupId: target, actor: "test" });
    const { snapshot_id } = await result;
    this.#model.restored(target, snapshot_id ?? "");
  }

  async #undo(): Promise<void> {
    const target = this.#model.undoTarget();
    const outcome = await this.#app.manager.undoRestore({ actor: "test" })
      .then(({ result }) => result).catch((error) => error);
    if (target === null) return assert.ok(isAppError(outcome, "restore.nothing_to_undo"), outcome);
    assert.ok(!(outcome instanceof Error), String(outcome));
    this.#model.restored(target, outcome.snapshot_id);
  }

  async #delete(target: string): Promise<void> {
    const outcome = await this.#app.manager.remove(target, { actor: "test" })
      .then(() => null, (error) => error);
    if (this.#model.isPinned(target)) return assert.ok(isAppError(outcome, "backup.pinned"));
    assert.equal(outcome, null);
    this.#model.removed(target);
  }

  async #pin(target: string): Promise<void> {
    const pinned = !this.#model.isPinned(target);
    await this.#app.manager.update(target, { pinned }, { actor: "test" });
    this.#model.pinned(target, pinned);
  }

  /** Sends a backup again under a name of its own, or its own name, which is taken. */
  async #upload(target: string, number: number): Promise<void> {
    const path = join(this.#library.config.backup.path, `${target}.zip`);
    const other = `backup_20250101_${String(number).padStart(6, "0")}`;
    const id = number % 4 === 0 ? target : other;
    const fileName = `${id}.zip`;
    const body = (await Deno.open(path)).readable;
    const outcome = await this.#app.manager
      .upload({ body, fileName, expectedBytes: null, actor: "test" })
      .then(() => null, (error) => error);
    if (this.#model.ids().includes(id)) {
      return assert.ok(isAppError(outcome, "backup.exists"), String(outcome));
    }
    assert.equal(outcome, null);
    this.#model.uploaded(id, target);
  }

  /** Kills a backup or a restore somewhere, starts again, and lets the model learn which way it went. */
  async #kill(target: string | null, number: number): Promise<void> {
    this.#write();
    await this.#app[Symbol.asyncDispose]();
    const order: ProductOrder = {
      ...target === null || number % 2 === 0
        ? { verb: "create" as const }
        : { verb: "restore" as const, target },
      killCount: 1 + number % (number % 2 === 0 ? 8 : 90),
      now: this.#clock.now(),
      env: ENV,
    };
    await killProduct(this.#library.root, order);
    await this.#reopen();
    const list = await this.#app.manager.list();
    const live = this.#readContent();
    this.#model.interrupted(list.map(factsOf), order.verb === "restore" ? target : null, live);
  }

  async #compare(told: string): Promise<void> {
    const list = await this.#app.manager.list();
    const known = list.map(({ backup_id, pinned, kind }) => ({ id: backup_id, pinned, kind }));
    assert.deepEqual(known, this.#model.list(), told);
    assert.ok(list.every(({ state }) => state === "ok"), told);
    assert.equal(this.#readContent(), this.#model.live, told);
  }

  #pick(which: number): string | null {
    const ids = this.#model.ids();
    return ids[which % Math.max(1, ids.length)] ?? null;
  }

  /** Gives the library content that no backup has: in the database, among the covers and the extra files. */
  #write(): void {
    this.#contents += 1;
    const text = `content ${this.#contents}`;
    using database = new DatabaseSync(this.#library.config.database.path);
    database.prepare("UPDATE books SET title = ? WHERE id = 1").run(text);
    for (const path of this.#files()) Deno.writeTextFileSync(path, text);
    this.#model.live = text;
  }

  #files(): string[] {
    const { covers, root } = this.#library.config;
    return [join(covers, "1.jpg"), join(root, "data/avatars/1.png"), join(root, "data/ai.json")];
  }

  /** What is live; fails when the parts disagree. */
  #readContent(): string {
    using database = new DatabaseSync(this.#library.config.database.path);
    const title = database.prepare("SELECT title FROM books WHERE id = 1").get()?.["title"];
    for (const path of this.#files()) {
      assert.equal(Deno.readTextFileSync(path), title, `the database and ${path} disagree`);
    }
    return String(title);
  }

  async #reopen(): Promise<void> {
    await this.#app[Symbol.asyncDispose]();
    this.#app = await World.#openApp(this.#library, this.#clock);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#app[Symbol.asyncDispose]();
    await this.#library[Symbol.asyncDispose]();
  }
}

function factsOf({ backup_id, kind, pinned, created_at_utc }: BackupDocument) {
  return { id: backup_id, kind, pinned, createdAt: Date.parse(created_at_utc) };
}
