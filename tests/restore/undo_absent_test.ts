import assert from "node:assert/strict";
import { join } from "node:path";
import { RESTORE_MOMENTS } from "../../src/restore/moments.ts";
import { hashTree, type Tree } from "../helpers/hash_tree.ts";
import { nameExtra, writeExtra } from "../helpers/extra_library.ts";
import { type RestoreStory, restoreStory } from "../helpers/restore_story.ts";

/** Everything of the library but backups and our own notes. */
async function treeOf({ library }: RestoreStory): Promise<Tree> {
  return await hashTree(
    library.root,
    (name) => name === "backups" || name.startsWith(".shuku"),
  );
}

async function empty({ library, config }: RestoreStory, names: readonly string[]): Promise<void> {
  for (const name of names) await Deno.remove(join(library.root, name), { recursive: true });
  assert.ok(!names.includes("covers") || !await exists(config.covers));
}

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}

const FILES = ["covers", "data/avatars", "data/ai.json", "data/settings.json"];

Deno.test("undo takes away the covers and extra files that there were none of before, and the undo can be undone", async () => {
  await using story = await restoreStory();
  const { restorer } = story.house;
  await empty(story, FILES);
  const before = await treeOf(story);
  const includes = ["covers", "extra"] as const;
  const request = { backupId: story.backupId, includes, actor: "test" };

  const restored = await (await restorer.start(request)).result;
  const after = await treeOf(story);
  const undone = await (await restorer.undo({ actor: "test" })).result;
  const undoneTree = await treeOf(story);
  const again = await (await restorer.undo({ actor: "test" })).result;

  assert.deepEqual(restored.restored, ["covers", "extra"]);
  assert.deepEqual(undone.restored, ["covers", "extra"]);
  assert.deepEqual([undone.warnings, undone.kept], [[], []]);
  assert.deepEqual(undoneTree, before);
  assert.deepEqual(again.restored, ["covers", "extra"]);
  assert.deepEqual(await treeOf(story), after);
  assert.deepEqual(await story.leftovers(), []);
});

Deno.test("undo on a fresh server takes away what came, and says that the database stays", async () => {
  await using story = await restoreStory();
  const { restorer } = story.house;
  const fresh = [...FILES, "config/config.yaml", ".env.example", "data/library.db"];
  await empty(
    story,
    [...fresh, "data/library.db-wal", "data/library.db-shm"].filter((name) => {
      try {
        return Deno.lstatSync(join(story.library.root, name)) !== null;
      } catch {
        return false;
      }
    }),
  );
  const before = await treeOf(story);

  await (await restorer.start({ backupId: story.backupId, actor: "test" })).result;
  const came = await treeOf(story);
  const undone = await (await restorer.undo({ actor: "test" })).result;

  assert.ok("config/config.yaml" in came && "covers/1.jpg" in came && ".env.example" in came);
  const { "data/library.db": database, ...left } = await treeOf(story);
  assert.deepEqual(undone.restored, ["covers", "config", "extra"]);
  assert.ok(database !== undefined);
  assert.match(
    undone.warnings.map(({ en }) => en).join(),
    /There was no database.*library\.db stays/,
  );
  assert.deepEqual(left, before);
});

Deno.test("undo of a database alone that there was none of says why it cannot", async () => {
  await using story = await restoreStory();
  const { restorer } = story.house;
  for (const end of ["", "-wal", "-shm"]) {
    await Deno.remove(story.config.database.path + end).catch(() => {});
  }
  const includes = ["database"] as const;
  await (await restorer.start({ backupId: story.backupId, includes, actor: "test" })).result;

  const { result } = await restorer.undo({ actor: "test" });

  await assert.rejects(result, { code: "restore.no_database_before" });
  assert.equal((await story.state()).database, story.backedUp.database);
});

Deno.test("a restore that goes back leaves no folder that it made", async () => {
  await using story = await restoreStory();
  await empty(story, ["covers", "data/avatars"]);
  const before = await treeOf(story);

  const order = { failAt: "restore.config_written", failCount: 2 };
  const { details } = await story.restoreInChild({
    ...order,
    request: { includes: ["covers", "extra", "config"] },
  });

  const kept = (tree: Tree) => Object.keys(tree).filter((path) => !/\.restore-kept-/.test(path));
  assert.equal(details?.["outcome"], "rolled_back");
  assert.deepEqual(kept(await treeOf(story)), kept(before));
});

Deno.test("undo takes away single files that the restore brought, and none that extra_paths name only since", async () => {
  await using story = await restoreStory();
  const { restorer, create } = { ...story.house, restorer: story.house.restorer };
  await writeExtra(story.library.root, { "data/brought.json": "{}" });
  const { backup_id: backupId } = await create();
  await writeExtra(story.library.root, { "data/brought.json": null });
  const before = (await story.state()).extra;
  const request = { backupId, includes: ["extra"] as const, actor: "test" };

  await (await restorer.start(request)).result;
  await writeExtra(story.library.root, { "data/fonts/song.ttf": "a font" });
  await nameExtra(story.config, ["data/avatars", "data/*.json", "data/fonts"]);
  const undone = await story.child({ verb: "undo" });

  assert.equal(undone.code, null, undone.stderr);
  assert.deepEqual((await story.state()).extra, before);
  assert.ok(await exists(join(story.library.root, "data", "fonts", "song.ttf")));
});

Deno.test("an undo to nothing that was killed is ended by recover()", async (t) => {
  const committed = RESTORE_MOMENTS.indexOf("committed");
  for (
    const moment of ["staged", "committed", "surplus_out", "config_written", "settled"] as const
  ) {
    await t.step(moment, async () => {
      await using story = await restoreStory();
      await empty(story, [...FILES, ".env.example"]);
      const before = await treeOf(story);
      const includes = ["covers", "config", "extra"] as const;
      const request = { backupId: story.backupId, includes, actor: "test", machineKeys: true };
      await (await story.house.restorer.start(request)).result;
      const after = await treeOf(story);

      const { killed, stderr } = await story.child({ verb: "undo", killAt: `restore.${moment}` });
      assert.ok(killed, stderr);
      await story.house.restorer.recover();

      const isUndone = RESTORE_MOMENTS.indexOf(moment) >= committed;
      assert.equal(story.house.restorer.status().pending, false);
      assert.deepEqual(await treeOf(story), isUndone ? before : after);
    });
  }
});
