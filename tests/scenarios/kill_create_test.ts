import assert from "node:assert/strict";
import { type BusyLibrary, busyLibrary } from "../helpers/busy_library.ts";
import type { ProductOrder } from "../helpers/killable_product.ts";
import { isLongRun, randomNumbers } from "../helpers/random_numbers.ts";

const ROUNDS = isLongRun ? 200 : 10;
const SEED = Number(Deno.env.get("SHUKU_SEED") ?? Date.now() % 1_000_000);

/** So few that every run also prunes. */
const KEPT = 2;

Deno.test("kill -9 at every named point of a backup leaves it out, or in and whole", async (t) => {
  await using house = await crowdedLibrary("wal");
  const { passed, code } = await house.run({ verb: "create" });
  assert.equal(code, null);
  for (const point of ["create.copied", "publish.linked", "catalog.zip_removed"]) {
    assert.ok(passed.includes(point), `never came to ${point}`);
  }

  for (const killAt of new Set(passed)) {
    await t.step(killAt, async () => {
      await survive(house, { verb: "create", killAt, killCount: 1 });
    });
  }
  await house.assertUndisturbed();
});

Deno.test("kill -9 at random moments of backups leaves them out, or in and whole", async () => {
  const random = randomNumbers(SEED);
  await using house = await crowdedLibrary("delete");
  const { workedMs } = await house.run({ verb: "create" });

  for (let round = 0; round < ROUNDS; round += 1) {
    await survive(house, { verb: "create" }, random(Math.ceil(workedMs)));
  }
  await house.assertUndisturbed();
});

/** A library with as many backups as are kept. */
async function crowdedLibrary(journalMode: "wal" | "delete"): Promise<BusyLibrary> {
  const house = await busyLibrary(journalMode, { BACKUP_RETENTION_COUNT: String(KEPT) });
  const { app } = await house.open();
  await using _app = app;
  for (let made = 0; made < KEPT; made += 1) {
    await (await app.manager.create({ actor: "test" })).result;
  }
  return house;
}

/** Kills a backup, starts the product again, and looks at everything there is. */
async function survive(
  house: BusyLibrary,
  order: Omit<ProductOrder, "env">,
  afterMs?: number,
): Promise<void> {
  const before = await house.state();
  const idsBefore = await listIds(house);
  const end = await house.run(order, afterMs === undefined ? {} : { afterMs });
  const told = `seed ${SEED}, ${JSON.stringify(order)} ${afterMs} ms ${end.stderr}`;
  if (order.killAt !== undefined) assert.ok(end.killed, told);
  const { app } = await house.open();
  await using _app = app;

  assert.deepEqual(await house.state(), before);
  await house.assertAtRest(app);
  const backups = await app.manager.list();
  const added = backups.filter(({ backup_id }) => !idsBefore.includes(backup_id));
  assert.ok(added.length <= 1, told);
  const gone = idsBefore.filter((id) => !backups.some(({ backup_id }) => backup_id === id));
  // Only a published backup prunes, and only what is over the count.
  assert.ok(gone.length <= Math.max(0, idsBefore.length + added.length - KEPT), told);
  for (const { backup_id } of backups) {
    const { result } = await app.manager.validate(backup_id, { actor: "test" });
    assert.equal((await result).valid, true, `${told}: ${backup_id}`);
  }

  const { backup_id } = await (await app.manager.create({ actor: "test" })).result;
  const after = await app.manager.list();
  assert.equal(after[0]?.backup_id, backup_id);
  assert.equal(after.length, KEPT, told);
}

async function listIds(house: BusyLibrary): Promise<string[]> {
  const names = (await Array.fromAsync(Deno.readDir(house.library.config.backup.path)))
    .map(({ name }) => name);
  return names.filter((name) => /^backup_.*\.zip$/.test(name)).map((name) => name.slice(0, -4));
}
