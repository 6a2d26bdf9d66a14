import assert from "node:assert/strict";
import { join } from "node:path";
import { giveToNobody } from "../helpers/nobody.ts";
import { makeNamed } from "../helpers/odd_files.ts";
import { type RestoreStory, restoreStory } from "../helpers/restore_story.ts";
import type { ChildOrder } from "../helpers/restore_child.ts";

/** Restores as somebody who may not look into everything, and opens it all again. */
async function restore(story: RestoreStory, closed: readonly string[], order: Partial<ChildOrder>) {
  const { covers } = story.config;
  await giveToNobody(story.library.root);
  for (const name of closed) await Deno.chmod(join(covers, name), 0o000);
  const { result, code, stderr } = await story.restoreInChild({ asNobody: true, ...order });
  for (const name of closed) await Deno.chmod(join(covers, name), 0o755).catch(() => {});
  assert.equal(code, null, stderr);
  assert.equal(result.success, true);
  const warnings: string[] = result.warnings.map(({ en }: { en: string }) => en);
  return { ...result, warnings: warnings.join("\n") };
}

async function read(story: RestoreStory, name: string): Promise<string> {
  return await Deno.readTextFile(join(story.config.covers, name));
}

Deno.test("a restore of the database alone neither reads nor saves the covers", async () => {
  await using story = await restoreStory();

  const done = await restore(story, ["."], { request: { includes: ["database"] } });

  const state = await story.state();
  assert.equal(state.database, story.backedUp.database);
  assert.deepEqual(state.covers, story.before.covers);
  const snapshot = await story.house.catalog.get(done.snapshot_id);
  assert.deepEqual([snapshot.includes, snapshot.incomplete], [["database"], false]);
  assert.deepEqual(await story.leftovers(), []);
});

for (const createSnapshot of [true, false]) {
  const how = createSnapshot ? "" : ", without a snapshot";
  Deno.test(`covers and folders that cannot be reached cost themselves only${how}`, async () => {
    await using story = await restoreStory();
    const { covers } = story.config;
    await Deno.mkdir(join(covers, "封面"));
    await Deno.writeTextFile(join(covers, "3.jpg"), "nobody can read this");

    const done = await restore(story, ["封面", "new", "3.jpg"], { request: { createSnapshot } });

    assert.match(
      done.warnings,
      /Not restored, for they cannot be written \(EACCES\): 封面\/红楼梦\.jpg/,
    );
    const state = await story.state();
    const { "封面/红楼梦.jpg": lost, ...wanted } = story.backedUp.covers;
    assert.ok(lost !== undefined);
    const live = { ...wanted, "new/one.jpg": story.before.covers["new/one.jpg"] };
    assert.deepEqual(state.covers, live);
    assert.equal(state.database, story.backedUp.database);
    // It was not saved, so it is not thrown away either.
    assert.deepEqual(done.kept, ["3.jpg"]);
    const [kept] = await story.leftovers();
    assert.equal(await read(story, join(kept ?? "", "3.jpg")), "nobody can read this");
    if (!createSnapshot) return;
    assert.match(done.warnings, /The snapshot of before: Not backed up: .*covers\/3\.jpg/);
    const snapshot = await story.house.catalog.sidecar(done.snapshot_id);
    assert.deepEqual(
      snapshot.left_out?.map(({ path }) => path).toSorted(),
      ["covers/new/", "covers/封面/", "covers/3.jpg"].toSorted(),
    );
  });
}

Deno.test("covers are restored although none of those before could be saved", async () => {
  await using story = await restoreStory();
  const { covers } = story.config;
  await Deno.remove(covers, { recursive: true });
  await Deno.mkdir(covers);
  await Deno.writeTextFile(join(covers, "1.jpg"), "nobody can read this");

  const done = await restore(story, ["1.jpg"], { request: { includes: ["covers"] } });

  assert.deepEqual((await story.state()).covers, story.backedUp.covers);
  assert.deepEqual(done.kept, ["1.jpg"]);
  assert.match(done.warnings, /The snapshot of before: Not backed up: covers\/1\.jpg/);
});

Deno.test("a restore takes nothing away that its backup had to leave out", async () => {
  await using story = await restoreStory();
  const { covers } = story.config;
  const names = ["Twin.jpg", "twin.jpg", "back\\slash.jpg", "new/line\nbreak.jpg"];
  for (const name of names) await Deno.writeTextFile(join(covers, name), name);
  await makeNamed(covers, String.raw`\267\342.jpg`);
  const { backup_id: backupId, incomplete } = await story.house.create();
  assert.equal(incomplete, true);
  await Deno.writeTextFile(join(covers, "later.jpg"), "surplus");
  await Deno.writeTextFile(join(covers, "Twin.jpg"), "changed");

  const preview = await story.house.restorer.preview({ backupId, actor: "test" });
  const { result } = await story.restoreInChild({ request: { backupId } });

  assert.deepEqual(preview.covers?.first.removed, ["later.jpg"]);
  for (const warnings of [preview.warnings, result.warnings]) {
    const told = warnings.map(({ en }: { en: string }) => en).join("\n");
    assert.match(told, /incomplete; what it lacks stays as it is now: .*covers\/twin\.jpg/);
  }
  for (const name of names) assert.equal(await read(story, name), name);
  await assert.rejects(read(story, "later.jpg"), Deno.errors.NotFound);
  assert.deepEqual(result.kept, []);
});
