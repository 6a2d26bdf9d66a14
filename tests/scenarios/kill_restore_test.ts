import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type BusyLibrary, busyLibrary } from "../helpers/busy_library.ts";
import { changeExtra } from "../helpers/extra_library.ts";
import { isLongRun, randomNumbers } from "../helpers/random_numbers.ts";
import type { LibraryState } from "../helpers/restore_story.ts";

/** Rounds in all; `tests/restore/kill_test.ts` has every named moment one by one. */
const ROUNDS = isLongRun ? 200 : 30;
const SEED = Number(Deno.env.get("SHUKU_SEED") ?? Date.now() % 1_000_000);

/** A state of the library that a backup holds. */
interface Edition {
  readonly backupId: string;
  readonly title: string;
  readonly state: LibraryState;
}

for (const journalMode of ["wal", "delete"] as const) {
  Deno.test(`kill -9 at random moments of restores leaves the old or the new library, two programs at work (${journalMode})`, async () => {
    const random = randomNumbers(SEED);
    await using house = await busyLibrary(journalMode);
    let [live, other] = await makeEditions(house);
    const { passed, workedMs, code } = await house.run({ verb: "restore", target: other.backupId });
    assert.equal(code, null);
    [live, other] = [other, live];

    for (let round = 0; round < ROUNDS / 2; round += 1) {
      const order = { verb: "restore" as const, target: other.backupId };
      const killCount = 1 + random(passed.length);
      const afterMs = random(Math.ceil(workedMs));
      const end = round % 2 === 0
        ? await house.run({ ...order, killCount })
        : await house.run(order, { afterMs });
      const told = `seed ${SEED}, round ${round}: ${killCount} / ${afterMs} ms, ${end.stderr}`;
      if (random(4) === 0) await house.run({ verb: "open", killCount: 1 + random(20) });
      const { app, log } = await house.open();
      await using _app = app;

      const state = await house.state();
      const now = [live, other].find((edition) =>
        JSON.stringify(edition.state) === JSON.stringify(state)
      );

      assert.ok(now !== undefined, `${told}\na mixture\n${log.lines.join("\n")}`);
      if (!end.killed) assert.equal(now, other, `${told}\n${end.code} ${end.log.join("\n")}`);
      await house.assertAtRest(app);
      const titles = await house.reader.all("SELECT title FROM books WHERE id = 1");
      assert.deepEqual(titles, [{ title: now.title }], told);
      if (now === other) [live, other] = [other, live];
    }
    await house.assertUndisturbed();
  });
}

Deno.test("the copy kept for undoing an earlier restore goes, although the process dies just before it does", async () => {
  await using house = await busyLibrary("wal");
  const [, first] = await makeEditions(house);
  const order = { verb: "restore" as const, target: first.backupId };
  await house.run(order);
  const killAt = "restore.outcome_written";

  const { killed } = await house.run({ ...order, killAt, killCount: 1 });
  const { app } = await house.open();
  await using _app = app;

  assert.ok(killed);
  await house.assertAtRest(app);
});

/** Two backups of two states; the second is live. */
async function makeEditions(house: BusyLibrary): Promise<[Edition, Edition]> {
  const { app } = await house.open();
  await using _app = app;
  const back = async (title: string): Promise<Edition> => {
    const { backup_id: backupId } = await (await app.manager.create({ actor: "test" })).result;
    return { backupId, title, state: await house.state() };
  };
  write(house, "UPDATE books SET title = 'first edition' WHERE id = 1");
  const first = await back("first edition");
  write(house, "UPDATE books SET title = 'second edition' WHERE id = 1; DELETE FROM tags");
  const { covers, path } = house.library.config;
  await Deno.writeTextFile(join(covers, "1.jpg"), "another picture");
  await Deno.remove(join(covers, "2.jpg"));
  await Deno.remove(join(covers, "封面"), { recursive: true });
  await Deno.mkdir(join(covers, "new"));
  await Deno.writeTextFile(join(covers, "new", "one.jpg"), "a new picture");
  await changeExtra(house.library.root);
  const text = await Deno.readTextFile(path ?? "");
  await Deno.writeTextFile(path ?? "", text.replace("interval: 3600", "interval: 60"));
  return [await back("second edition"), first];
}

function write(house: BusyLibrary, sql: string): void {
  using database = new DatabaseSync(house.library.config.database.path, { timeout: 5000 });
  database.exec(sql);
}
