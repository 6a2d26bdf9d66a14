import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { dirname, join } from "node:path";
import { isAppError } from "../../src/base/errors.ts";
import { installFailPoints } from "../../src/base/fail_point.ts";
import { describeError } from "../../src/base/messages/mod.ts";
import { JournalFile } from "../../src/restore/journal.ts";
import { restoreHouse } from "../helpers/restore_house.ts";
import { type RestoreStory, restoreStory } from "../helpers/restore_story.ts";
import { smallVolume } from "../helpers/small_volume.ts";
import { startProgram } from "../helpers/other_program.ts";

const RUIN = new TextEncoder().encode("no database any more ".repeat(1000));

const ANEW = "made anew by a library that found none";

/** What may become of a live database while a restore waits to be completed. */
const LOSSES: Record<string, (path: string) => void> = {
  "removed": (path) => {
    for (const suffix of ["", "-wal", "-shm"]) removeIfThere(path + suffix);
  },
  "ruined": (path) => {
    for (const suffix of ["-wal", "-shm"]) removeIfThere(path + suffix);
    Deno.writeFileSync(path, RUIN);
  },
  "emptied": (path) => {
    for (const suffix of ["-wal", "-shm"]) removeIfThere(path + suffix);
    Deno.truncateSync(path);
  },
  [ANEW]: (path) => {
    for (const suffix of ["", "-wal", "-shm"]) removeIfThere(path + suffix);
    using fresh = new DatabaseSync(path);
    fresh.exec("CREATE TABLE books (id INTEGER PRIMARY KEY); CREATE TABLE users (id INTEGER)");
  },
};

/** Where the process dies: on the way there, and on a way back that a person chose. */
const DEATHS: [string, (story: RestoreStory) => Promise<unknown>][] = [
  ["after the database", (story) => die(story, "restore", "database_applied")],
  ["before clearing up", (story) => die(story, "restore", "settled")],
  ["at the beginning of a rollback", async (story) => {
    await die(story, "restore", "covers_applied");
    await die(story, "rollback", "covers_returned");
  }],
  ["in a planned rollback", async (story) => {
    await die(story, "restore", "covers_applied");
    await die(story, "rollback", "database_return_planned");
  }],
  ["at the end of a rollback", async (story) => {
    await die(story, "restore", "covers_applied");
    await die(story, "rollback", "outcome_written");
  }],
];

for (const [death, dieThere] of DEATHS) {
  Deno.test(`a database that is lost while a restore waits is never taken for the restored one: ${death}`, async (t) => {
    await using original = await restoreStory();
    for (const [loss, lose] of Object.entries(LOSSES)) {
      for (const action of ["resume", "rollback"] as const) {
        await t.step(`${loss}, then ${action}`, async () => {
          await using story = await original.clone();
          await dieThere(story);
          lose(story.config.database.path);

          // The rollback keeps what is there and goes on.
          if (loss === ANEW && death === "at the beginning of a rollback") {
            await story.house.restorer.recover();
            return assert.deepEqual(await story.state(), story.before);
          }

          // Looked at again and again, nothing is done, deleted or copied until somebody says so.
          for (let time = 0; time < 2; time += 1) await story.house.restorer.recover();
          const { stuck, reason } = story.house.restorer.status();
          assert.equal(stuck, true, story.house.log.lines.join("\n"));
          assert.match(reason?.en ?? "", WORDS[loss] ?? /changed/);
          assert.equal((await readJournal(story)).kind, "found");
          assert.deepEqual((await keptFiles(story)).filter((name) => name.endsWith(".raw")), []);

          const status = await story.house.restorer.resolve({ action, actor: "test" });

          assert.equal(status.pending, false, JSON.stringify(status));
          assert.equal((await readJournal(story)).kind, "absent");
          const wanted = action === "resume" ? story.backedUp : story.before;
          assert.deepEqual(await story.state(), wanted);
          if (loss !== "ruined") return;
          const raw = (await keptFiles(story)).filter((path) => path.endsWith(".raw"));
          assert.equal(raw.length, 1);
          assert.deepEqual(await Deno.readFile(raw[0] ?? ""), RUIN);
        });
      }
    }
  });
}

const WORDS: Record<string, RegExp> = {
  "removed": /is gone/,
  "ruined": /is no database any more/,
  "emptied": /is gone or empty/,
};

Deno.test("a rollback for which nothing was saved says that it cannot be, and changes nothing", async () => {
  await using story = await restoreStory();
  // Without a snapshot, and the copy of the old database is lost as well.
  const child = await story.restoreInChild({
    killAt: "restore.covers_applied",
    request: { createSnapshot: false },
  });
  assert.ok(child.killed, child.stderr);
  const reading = await readJournal(story);
  assert.ok(reading.kind === "found");
  const { journal } = reading;
  assert.ok(journal.database !== null);
  const lost = { ...journal, database: { ...journal.database, old: null } };
  await new JournalFile(dirname(story.config.database.path)).write(lost);
  const before = await story.state();

  await assert.rejects(
    story.house.restorer.resolve({ action: "rollback", actor: "test" }),
    (error) => isAppError(error, "restore.no_way_back"),
  );

  assert.deepEqual(await story.state(), before);
  await story.house.restorer.resolve({ action: "resume", actor: "test" });
  assert.deepEqual(await story.state(), story.backedUp);
});

Deno.test("a rollback that waits for the database copies it once, and again only what the library wrote since", async () => {
  await using story = await restoreStory();
  await die(story, "restore", "covers_applied");
  const house = await restoreHouse(story.config, { lockTimeoutMs: 50 });
  await using other = await startProgram();
  await other.open(story.config.database.path);
  await other.exec("BEGIN IMMEDIATE");
  await house.restorer.resolve({ action: "rollback", actor: "test" });
  const copies: string[] = [];
  const copied = async () => {
    const [path = ""] = (await keptFiles(story)).filter((name) => name.endsWith("library.db"));
    const { ino, mtime } = await Deno.stat(path);
    copies.push(`${ino} ${mtime?.getTime()}`);
  };

  for (let time = 0; time < 3; time += 1) {
    await house.restorer.recover();
    await copied();
  }
  await other.exec("COMMIT");
  await other.exec("INSERT INTO tags (name, type) VALUES ('late', 'late')");
  await other.exec("BEGIN IMMEDIATE");
  await house.restorer.recover();
  await copied();
  await other.exec("ROLLBACK");
  await house.restorer.recover();

  assert.equal(new Set(copies.slice(0, 3)).size, 1, copies.join());
  assert.notEqual(copies[3], copies[2]);
  assert.deepEqual(await story.state(), story.before);
  const [kept = ""] = (await keptFiles(story)).filter((name) => name.endsWith("library.db"));
  using database = new DatabaseSync(kept, { readOnly: true });
  assert.equal(
    database.prepare("SELECT count(*) AS n FROM tags WHERE name = 'late'").get()?.["n"],
    1,
  );
});

Deno.test("a damaged database outlives a disk that fills up while it is overwritten, and the answer says where", async () => {
  await using volume = await smallVolume(24 * 1_048_576);
  await using original = await restoreStory({ within: volume.path });
  const outcomes = new Set<string>();
  for (const createSnapshot of [false, true]) {
    for (const left of [0, 4096, 65_536, 262_144, 4 * 1_048_576]) {
      await using story = await original.clone();
      const { path } = story.config.database;
      LOSSES["ruined"]?.(path);
      const covers = (await withSoundDatabase(story)).covers;
      installFailPoints((name) => {
        if (name === "restore.committed") volume.fillLeaving(left);
      });
      const error = await restore(story, createSnapshot).then(() => null, (reason) => reason);
      installFailPoints(null);
      const isLive = equal(await Deno.readFile(path), RUIN);
      volume.free();
      if (error === null) {
        outcomes.add("ok");
        assert.deepEqual(await story.state(), story.backedUp);
        continue;
      }
      const said = describeError(error, "en");
      const about = `${left} left, snapshot ${createSnapshot}: ${said}`;
      assert.ok(isAppError(error, "restore.failed"), about);
      outcomes.add(String(error.details["outcome"]));
      if (createSnapshot) {
        assert.equal(typeof error.details["snapshot_id"], "string", about);
      } else {
        assert.equal(isLive, true, about);
        const named = String(error.details["raw_copy"]);
        assert.ok(said.includes(named), about);
        assert.deepEqual(await Deno.readFile(named), RUIN);
      }
      if (error.details["outcome"] === "nothing_changed") assert.equal(isLive, true, about);
      if (error.details["outcome"] === "pending") {
        await story.house.restorer.recover();
        assert.deepEqual(await story.state(), story.backedUp);
        continue;
      }
      assert.equal((await readJournal(story)).kind, "absent", about);
      assert.deepEqual((await withSoundDatabase(story)).covers, covers);
      LOSSES["ruined"]?.(path);
      await restore(story, createSnapshot);
      assert.deepEqual(await story.state(), story.backedUp);
    }
  }
  assert.deepEqual(outcomes, new Set(["pending", "nothing_changed", "ok"]));
});

async function restore(story: RestoreStory, createSnapshot: boolean) {
  const { restorer } = story.house;
  const request = { backupId: story.backupId, actor: "test", libraryStopped: true, createSnapshot };
  return await (await restorer.start(request)).result;
}

/** The state of a library whose database is none. */
async function withSoundDatabase(story: RestoreStory) {
  const { path } = story.config.database;
  const bytes = await Deno.readFile(path);
  await Deno.remove(path);
  new DatabaseSync(path).close();
  const state = await story.state();
  LOSSES["removed"]?.(path);
  await Deno.writeFile(path, bytes);
  return state;
}

async function die(
  story: RestoreStory,
  verb: "restore" | "rollback",
  moment: string,
): Promise<void> {
  const killAt = `restore.${moment}`;
  const child = verb === "restore"
    ? await story.restoreInChild({ killAt })
    : await story.child({ verb, killAt });
  assert.ok(child.killed, `never came to ${moment}: ${child.code} ${child.stderr}`);
}

function readJournal(story: RestoreStory) {
  return new JournalFile(dirname(story.config.database.path)).read();
}

/** Everything in the kept folders beside the database. */
async function keptFiles(story: RestoreStory): Promise<string[]> {
  const data = dirname(story.config.database.path);
  const found: string[] = [];
  for (const name of await story.leftovers()) {
    if (!name.startsWith(".restore-kept-")) continue;
    const folder = join(data, name);
    // One among the covers bears the same name.
    const files = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
    found.push(...files.map((file) => join(folder, file.name)));
  }
  return found;
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
