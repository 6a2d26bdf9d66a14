import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { dirname, relative } from "node:path";
import { JournalFile } from "../../src/restore/journal.ts";
import { type RestoreStory, restoreStory } from "../helpers/restore_story.ts";
import { killOnWayBack } from "../helpers/way_back.ts";

/** What there was to restore then. */
const includes = ["database", "covers", "config"] as const;

/** Writes the journal as version 0.1.0 did, which knew of covers alone. */
async function writeAsEarlier(story: RestoreStory): Promise<void> {
  const file = new JournalFile(dirname(story.config.database.path));
  const reading = await file.read();
  assert.ok(reading.kind === "found");
  const { files: [step], filesFolders, ...others } = reading.journal;
  assert.ok(step !== undefined);
  const { part: _, exactIn: __, stagings, ...covers } = step;
  const folder = stagings[0]?.root ?? "";
  const body = {
    ...others,
    coversFolder: filesFolders[0] ?? null,
    covers: {
      ...covers,
      folder,
      stagings: stagings.map(({ path, root }) => ({ path, under: relative(folder, root) })),
    },
  };
  const check = createHash("sha256").update(JSON.stringify(body)).digest("hex");
  await Deno.writeTextFile(file.path, JSON.stringify({ format: 1, check, body }));
}

for (const moment of ["staged", "committed", "file_in", "covers_applied", "settled"]) {
  Deno.test(`recover() ends what an earlier version left at ${moment}`, async () => {
    await using story = await restoreStory();
    const order = { killAt: `restore.${moment}`, request: { includes } };
    const { killed } = await story.restoreInChild(order);
    assert.ok(killed);
    await writeAsEarlier(story);

    await story.house.restorer.recover();

    const { extra } = story.before;
    const ended = moment === "staged" ? story.before : { ...story.backedUp, extra };
    assert.deepEqual(await story.state(), ended, story.house.log.lines.join("\n"));
    assert.deepEqual(await story.leftovers(), []);
  });
}

Deno.test("recover() ends a rollback that an earlier version left", async () => {
  await using story = await restoreStory();
  await killOnWayBack(story, "file_returned", { includes });
  await writeAsEarlier(story);

  await story.house.restorer.recover();

  assert.deepEqual(await story.state(), story.before, story.house.log.lines.join("\n"));
});
