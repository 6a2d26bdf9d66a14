import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { type MountNamespace, mountNamespace, mountTest } from "../helpers/mount_namespace.ts";
import { readExtra, writeExtra } from "../helpers/extra_library.ts";
import {
  findLeftovers,
  type LibraryState,
  readState,
  type RestoreStory,
  restoreStory,
} from "../helpers/restore_story.ts";

/** Gives the config file a mount of its own, as a container does. @returns The file behind it. */
async function bindConfig(story: RestoreStory, space: MountNamespace): Promise<string> {
  const { path } = story.config;
  const behind = join(story.library.root, "behind.yaml");
  await Deno.copyFile(path ?? "", behind);
  await space.mount("--bind", behind, path ?? "");
  return behind;
}

/** Gives the pictures of users a volume of their own, with what is on it since. */
async function mountAvatars(story: RestoreStory, space: MountNamespace): Promise<LibraryState> {
  const folder = join(story.library.root, "data", "avatars");
  const view = space.view(story.config);
  await space.mount("-t", "tmpfs", "tmpfs", folder);
  const inside = join(dirname(view.database.path), "avatars");
  await Deno.writeTextFile(join(inside, "1.png"), "on a volume of its own");
  await Deno.writeTextFile(join(inside, "extra.png"), "added there");
  return await readState(view);
}

/** Gives two folders of covers a mount: one of another file system, one of the same. */
async function mountCovers(story: RestoreStory, space: MountNamespace): Promise<LibraryState> {
  const { covers } = story.config;
  const inside = space.view(story.config).covers;
  await Deno.mkdir(join(covers, "封面"));
  await space.mount("-t", "tmpfs", "tmpfs", join(covers, "封面"));
  await Deno.writeTextFile(join(inside, "封面", "extra.jpg"), "added on the other file system");
  const other = join(story.library.root, "other covers");
  await Deno.mkdir(other);
  await Deno.writeTextFile(join(other, "two.jpg"), "behind a mount of the same file system");
  await space.mount("--bind", other, join(covers, "new"));
  const before = await readState(space.view(story.config));
  assert.ok(before.covers["封面/extra.jpg"] && before.covers["new/two.jpg"]);
  return before;
}

async function assertEnded(
  story: RestoreStory,
  space: MountNamespace,
  wanted: LibraryState,
): Promise<void> {
  const config = space.view(story.config);
  assert.deepEqual(await readState(config), wanted);
  assert.deepEqual(await findLeftovers(config), []);
  for (const folder of ["封面", "new"]) {
    const names = await namesIn(join(config.covers, folder));
    assert.deepEqual(names.filter((name) => name.startsWith(".restore-")), []);
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

for (const isFolderReadOnly of [false, true]) {
  const where = isFolderReadOnly ? " in a folder that is read-only" : "";

  mountTest(`a config file that is itself a mount${where} is overwritten in place`, async () => {
    await using story = await restoreStory();
    await using space = await mountNamespace();
    const { path } = story.config;
    const folder = dirname(path ?? "");
    if (isFolderReadOnly) {
      await space.mount("--bind", folder, folder);
      await space.mount("-o", "remount,bind,ro", folder);
    }
    const behind = await bindConfig(story, space);
    const { ino } = await Deno.stat(behind);

    const restored = await story.restoreInChild({}, space);

    assert.equal(restored.code, null, restored.stderr);
    assert.deepEqual(restored.result.kept, []);
    assert.equal(await Deno.readTextFile(behind), story.backedUp.config);
    assert.equal((await Deno.stat(behind)).ino, ino);
    // What the mount hides is not what was restored.
    assert.equal(await Deno.readTextFile(path ?? ""), story.before.config);
    await assertEnded(story, space, story.backedUp);

    const undone = await story.child({ verb: "undo" }, space);

    assert.equal(undone.code, null, undone.stderr);
    assert.equal(await Deno.readTextFile(behind), story.before.config);
    await assertEnded(story, space, story.before);
  });
}

mountTest("a shorter config file leaves nothing of the longer one behind its mount", async () => {
  await using story = await restoreStory();
  await using space = await mountNamespace();
  const { path } = story.config;
  await Deno.writeTextFile(path ?? "", `${story.before.config}\n# ${"longer ".repeat(2000)}\n`);
  const behind = await bindConfig(story, space);

  const restored = await story.restoreInChild({ request: { includes: ["config"] } }, space);

  assert.equal(restored.code, null, restored.stderr);
  assert.equal(await Deno.readTextFile(behind), story.backedUp.config);
});

mountTest("a rollback brings a config file back that is itself a mount", async () => {
  await using story = await restoreStory();
  await using space = await mountNamespace();
  const behind = await bindConfig(story, space);

  // When the second file, which is ours, has been written.
  const failed = await story.restoreInChild(
    { failAt: "restore.config_written", failCount: 2 },
    space,
  );

  assert.equal(failed.details?.["outcome"], "rolled_back", failed.stderr);
  assert.equal(await Deno.readTextFile(behind), story.before.config);
});

mountTest("covers on mounts inside the covers folder are restored, and undone", async () => {
  await using story = await restoreStory();
  await using space = await mountNamespace();
  const before = await mountCovers(story, space);

  const restored = await story.restoreInChild({}, space);

  assert.equal(restored.code, null, restored.stderr);
  assert.deepEqual(restored.result.kept, []);
  await assertEnded(story, space, story.backedUp);
  // They lie on the mount, not in the folder under it.
  assert.deepEqual(await namesIn(join(story.config.covers, "封面")), []);

  const undone = await story.child({ verb: "undo" }, space);

  assert.equal(undone.code, null, undone.stderr);
  await assertEnded(story, space, before);
});

mountTest("a restore onto mounts that was killed is ended by recover()", async (t) => {
  const moments = ["staging_made", "file_out", "file_in", "covers_applied", "config_written"];
  for (const moment of [...moments, "staging_removed"]) {
    await t.step(moment, async () => {
      await using story = await restoreStory();
      await using space = await mountNamespace();
      const before = await mountCovers(story, space);
      await bindConfig(story, space);
      const killCount = moment === "file_in" ? 3 : 1;

      const killed = await story.restoreInChild(
        { killAt: `restore.${moment}`, killCount },
        space,
      );
      assert.ok(killed.killed, `never came to ${moment}: ${killed.code} ${killed.stderr}`);
      const recovered = await story.child({ verb: "recover" }, space);

      assert.equal(recovered.status?.pending, false, recovered.log.join("\n"));
      await assertEnded(story, space, moment === "staging_made" ? before : story.backedUp);
    });
  }
});

mountTest("extra files on a volume of their own are restored, and undone", async () => {
  await using story = await restoreStory();
  await using space = await mountNamespace();
  const before = await mountAvatars(story, space);

  const restored = await story.restoreInChild({}, space);

  assert.equal(restored.code, null, restored.stderr);
  assert.deepEqual([restored.result.kept, restored.result.warnings], [[], []]);
  assert.deepEqual(await readState(space.view(story.config)), story.backedUp);
  // They lie on the volume, not in the folder under it.
  assert.deepEqual(Object.keys(await readExtra(story.config)), [
    "data/ai.json",
    "data/avatars/1.png",
    "data/avatars/new/4.png",
    "data/settings.json",
  ]);

  const undone = await story.child({ verb: "undo" }, space);

  assert.equal(undone.code, null, undone.stderr);
  assert.deepEqual(await readState(space.view(story.config)), before);
  assert.deepEqual(await findLeftovers(space.view(story.config)), []);
});

mountTest(
  "a restore of extra files onto a volume that was killed is ended by recover()",
  async (t) => {
    for (const moment of ["staging_made", "file_out", "extra_applied", "staging_removed"]) {
      await t.step(moment, async () => {
        await using story = await restoreStory();
        await using space = await mountNamespace();
        const before = await mountAvatars(story, space);
        const order = { killAt: `restore.${moment}`, request: { includes: ["extra"] as const } };

        const killed = await story.restoreInChild(order, space);
        assert.ok(killed.killed, `never came to ${moment}: ${killed.code} ${killed.stderr}`);
        const recovered = await story.child({ verb: "recover" }, space);

        const view = space.view(story.config);
        assert.equal(recovered.status?.pending, false, recovered.log.join("\n"));
        const { extra } = moment === "staging_made" ? before : story.backedUp;
        assert.deepEqual((await readState(view)).extra, extra);
        assert.deepEqual(await findLeftovers(view), []);
      });
    }
  },
);

mountTest("a folder of extra files that is read-only is named, and the rest restored", async () => {
  await using story = await restoreStory();
  await using space = await mountNamespace();
  const folder = join(story.library.root, "data", "avatars");
  await space.mount("--bind", folder, folder);
  await space.mount("-o", "remount,bind,ro", folder);

  const { code, result, stderr } = await story.restoreInChild({}, space);

  assert.equal(code, null, stderr);
  assert.match(
    JSON.stringify(result.warnings),
    /Not restored, for their folder takes none.*extra\/data\/avatars\/1\.png/,
  );
  const { extra, ...others } = await story.state();
  const { extra: backedUp, ...othersBackedUp } = story.backedUp;
  assert.deepEqual(others, othersBackedUp);
  assert.deepEqual(extra, { ...story.before.extra, "data/ai.json": backedUp["data/ai.json"] });
});

mountTest(
  "a file in whose place there is a mount now is named, and the rest restored",
  async () => {
    await using story = await restoreStory();
    await using space = await mountNamespace();
    await writeExtra(story.library.root, { "covers/disc": "a cover", "data/disc.json": "{}" });
    const { backup_id: backupId } = await story.house.create();
    await writeExtra(story.library.root, { "covers/disc": null, "data/disc.json": null });
    for (const folder of ["covers/disc", "data/disc.json"]) {
      await Deno.mkdir(join(story.library.root, folder));
      await space.mount("-t", "tmpfs", "tmpfs", join(story.library.root, folder));
    }

    const { code, result, stderr } = await story.restoreInChild({ request: { backupId } }, space);

    assert.equal(code, null, stderr);
    const told = JSON.stringify(result.warnings);
    assert.match(told, /not restored: disc/);
    assert.match(told, /not restored: extra\/data\/disc\.json/);
  },
);

mountTest("a mount of covers that is away suspends the restore until it is back", async () => {
  await using story = await restoreStory();
  await using space = await mountNamespace();
  await mountCovers(story, space);
  const folder = join(story.config.covers, "new");
  const killed = await story.restoreInChild({ killAt: "restore.committed" }, space);
  assert.ok(killed.killed, killed.stderr);
  await space.unmount(folder);

  const without = await story.child({ verb: "recover" }, space);
  await space.mount("--bind", join(story.library.root, "other covers"), folder);
  const back = await story.child({ verb: "recover" }, space);

  assert.equal(without.status?.pending, true);
  assert.equal(without.status?.stuck, false);
  assert.match(
    without.status?.reason?.en ?? "",
    /covers\/new\/\.restore-\w+ are missing; a data volume/,
  );
  assert.equal(back.status?.pending, false, back.log.join("\n"));
  await assertEnded(story, space, story.backedUp);
});
