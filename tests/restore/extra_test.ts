import assert from "node:assert/strict";
import { join } from "node:path";
import type { RestoreRequest, RestoreResult } from "../../src/backup/types.ts";
import type { RawEntry } from "../archive/support/raw_zip.ts";
import { nameExtra, readExtra, writeExtra } from "../helpers/extra_library.ts";
import { hashTree } from "../helpers/hash_tree.ts";
import { soundArchive } from "../helpers/hostile_archives.ts";
import { type RestoreHouse, restoreHouse } from "../helpers/restore_house.ts";
import { restoreStory } from "../helpers/restore_story.ts";
import { type TestLibrary, testLibrary } from "../helpers/test_library.ts";

/** A library with files of its own, of which some are named as extra. */
interface ExtraWorld extends AsyncDisposable {
  readonly library: TestLibrary;
  readonly house: RestoreHouse;
  write(files: Record<string, string | null>): Promise<void>;
  /** Text files below a folder of the library. */
  read(folder?: string): Promise<Record<string, string>>;
  /** Makes a backup of the extra files alone. */
  back(): Promise<string>;
  restore(backupId: string, request?: Partial<RestoreRequest>): Promise<RestoreResult>;
  /** Puts an archive of somebody else's into the store. */
  receive(...entries: RawEntry[]): Promise<string>;
}

async function extraWorld(
  paths: readonly string[],
  files: Record<string, string> = {},
): Promise<ExtraWorld> {
  const made = await testLibrary({ BACKUP_PATH: "backups" });
  const write = (files: Record<string, string | null>) => writeExtra(made.root, files);
  await nameExtra(made.config, paths);
  await write(files);
  const library = { ...made, ...await made.reload() };
  const house = await restoreHouse(library.config);
  return {
    library,
    house,
    write,
    read: async (folder = "data") => {
      const texts: Record<string, string> = {};
      const skip = (name: string) => /library\.db|^\.shuku/.test(name);
      for (const path of Object.keys(await hashTree(join(made.root, folder), skip))) {
        const info = await Deno.lstat(join(made.root, folder, path));
        if (info.isSymlink) texts[path] = "a link";
        if (info.isFile) texts[path] = await Deno.readTextFile(join(made.root, folder, path));
      }
      return texts;
    },
    back: async () => (await house.create({ includes: ["extra"] })).backup_id,
    restore: async (backupId, request = {}) =>
      await (await house.restorer.start({ backupId, actor: "test", ...request })).result,
    receive: async (...entries) => {
      const id = "backup_20260101_000000";
      await Deno.writeFile(house.catalog.zipPath(id), soundArchive(entries));
      return id;
    },
    [Symbol.asyncDispose]: () => made[Symbol.asyncDispose](),
  };
}

/** The extra files in a backup. */
async function pathsIn({ catalog }: RestoreHouse, backupId: string): Promise<string[]> {
  const { files } = await catalog.sidecar(backupId);
  const paths = await Array.fromAsync(files, ({ path }) => path);
  return paths.filter((path) => path.startsWith("extra/"));
}

Deno.test("extra files are a part: saved by default, listed, previewed, restored and undone", async () => {
  await using story = await restoreStory();
  const { restorer, catalog } = story.house;

  const listed = await catalog.get(story.backupId);
  const preview = await restorer.preview({ backupId: story.backupId, actor: "test" });
  const request = { backupId: story.backupId, includes: ["extra"], actor: "test" } as const;
  const restored = await (await restorer.start(request)).result;
  const { extra, covers } = await story.state();
  const undone = await (await restorer.undo({ actor: "test" })).result;

  assert.deepEqual(listed.includes, ["database", "covers", "config", "extra"]);
  assert.equal((await pathsIn(story.house, story.backupId)).length, 5);
  assert.deepEqual(preview.extra, {
    added: 2,
    removed: 1,
    changed: 2,
    unchanged: 1,
    first: {
      added: ["data/avatars/2.png", "data/avatars/头像/3.png"],
      removed: ["data/avatars/new/4.png"],
      changed: ["data/avatars/1.png", "data/ai.json"],
    },
  });
  assert.deepEqual(restored.restored, ["extra"]);
  assert.deepEqual(restored.warnings, []);
  assert.deepEqual([extra, covers], [story.backedUp.extra, story.before.covers]);
  assert.deepEqual(undone.restored, ["extra"]);
  assert.deepEqual(await story.state(), story.before);
});

Deno.test("a backup that an earlier version made, which did not say that it holds extra files, offers them", async () => {
  await using story = await restoreStory();
  const { catalog, restorer } = story.house;
  const path = catalog.sidecarPath(story.backupId);
  const text = await Deno.readTextFile(path);
  const then = text.replace(/,\s*"extra"\s*\]/, "]").replace(/ *"symlinks_count": 0,\n/, "");
  await Deno.writeTextFile(path, then);

  const { includes } = await catalog.get(story.backupId);
  const request = { backupId: story.backupId, includes: ["extra"], actor: "test" } as const;
  await (await restorer.start(request)).result;

  assert.notEqual(await Deno.readTextFile(path), text);
  assert.deepEqual(includes, ["database", "covers", "config", "extra"]);
  assert.deepEqual((await story.state()).extra, story.backedUp.extra);
});

Deno.test("extra files are saved only when they are asked for, and a wildcard names none of another part", async () => {
  await using world = await extraWorld(["*/*", "*.txt"], {
    "data/a.json": "a",
    "data/folder/b": "b",
    "notes.txt": "notes",
    "config/certificate": "c",
    "config/other.json": "{}",
  });
  const { house, library } = world;
  await Deno.writeTextFile(join(library.root, "data", "library.db-wal"), "");
  await Deno.writeTextFile(join(library.root, "data", ".shuku-restore-last.json"), "{}");

  const without = await house.create({ includes: ["database", "covers", "config"] });
  const all = await house.create();

  assert.deepEqual(without.includes, ["database", "covers", "config"]);
  assert.deepEqual(await pathsIn(house, without.backup_id), []);
  assert.deepEqual(all.includes, ["database", "covers", "config", "extra"]);
  assert.deepEqual(await pathsIn(house, all.backup_id), [
    "extra/config/certificate",
    "extra/data/a.json",
    "extra/data/folder/b",
    "extra/notes.txt",
  ]);
});

Deno.test("what is named although it belongs to another part is saved, and not restored to it", async () => {
  await using world = await extraWorld([".env.example", "alembic", "data/a.json"], {
    "data/a.json": "a",
  });
  const before = await world.read("alembic");
  const backupId = await world.back();
  await world.write({ ".env.example": "changed", "alembic/versions/new.py": "new" });
  await world.write({ "data/a.json": "changed" });

  const { warnings } = await world.restore(backupId);

  const saved = await pathsIn(world.house, backupId);
  assert.ok(saved.includes("extra/.env.example") && saved.includes("extra/data/a.json"));
  assert.equal(saved.length, 2 + Object.keys(before).length);
  assert.deepEqual(await world.read("alembic"), { ...before, "versions/new.py": "new" });
  assert.equal(await Deno.readTextFile(join(world.library.root, ".env.example")), "changed");
  assert.deepEqual(await world.read(), { "a.json": "a" });
  assert.match(warnings.map(({ en }) => en).join(), /places belong to other parts.*\.env\.example/);
});

Deno.test("an extra path that names nothing is a warning", async () => {
  await using world = await extraWorld(["data/avatars", "data/*.json", "data/none"], {
    "data/a.json": "a",
  });

  const { warnings, includes } = await world.house.create({ includes: ["extra"] });

  assert.deepEqual(includes, ["extra"]);
  assert.deepEqual(warnings.map(({ en }) => /at (\S+) of/.exec(en)?.[1]), [
    "data/avatars",
    "data/none",
  ]);
});

Deno.test("files go from a folder that the backup has something of, and from nowhere else", async () => {
  await using world = await extraWorld(["data/avatars", "data/fonts", "data/*.json"], {
    "data/avatars/1.png": "1",
    "data/a.json": "a",
  });
  const backupId = await world.back();
  await world.write({
    "data/avatars/2.png": "2",
    "data/fonts/song.ttf": "a font",
    "data/b.json": "b",
    "data/c.txt": "not named",
  });

  const { extra: preview } = await world.house.restorer.preview({ backupId, actor: "test" });
  await world.restore(backupId);

  assert.deepEqual([preview?.removed, preview?.first.removed], [1, ["data/avatars/2.png"]]);
  assert.deepEqual(await world.read(), {
    "a.json": "a",
    "avatars/1.png": "1",
    "b.json": "b",
    "c.txt": "not named",
    "fonts/song.ttf": "a font",
  });
});

Deno.test("with add_missing no extra file is changed or removed", async () => {
  await using world = await extraWorld(["data/avatars"], {
    "data/avatars/1.png": "1",
    "data/avatars/2.png": "2",
  });
  const backupId = await world.back();
  await world.write({
    "data/avatars/1.png": "mine",
    "data/avatars/2.png": null,
    "data/avatars/3.png": "3",
  });

  await world.restore(backupId, { coversMode: "add_missing" });

  assert.deepEqual(await world.read(), {
    "avatars/1.png": "mine",
    "avatars/2.png": "2",
    "avatars/3.png": "3",
  });
});

Deno.test("what this machine's extra_paths do not name is skipped and named, the rest is restored", async () => {
  await using world = await extraWorld(["data/avatars"]);
  const id = await world.receive(
    { name: "extra/data/avatars/1.png", content: "1" },
    { name: "extra/data/ai.json", content: "{}" },
    { name: "extra/etc/passwd", content: "root" },
  );

  const { restored, warnings } = await world.restore(id);

  assert.deepEqual(restored, ["covers", "extra"]);
  assert.deepEqual(await world.read(), { "avatars/1.png": "1" });
  assert.match(
    warnings.map(({ en }) => en).join(),
    /These extra files .*data\/ai\.json, etc\/passwd/,
  );
});

Deno.test("a backup with nowhere to put its extra files restores the rest, or is refused when nothing else is asked for", async () => {
  await using world = await extraWorld([]);
  const id = await world.receive({ name: "extra/data/ai.json", content: "{}" });

  const { restored, warnings } = await world.restore(id);
  const alone = world.restore(id, { includes: ["extra"] });

  assert.deepEqual(restored, ["covers"]);
  assert.match(warnings.map(({ zh }) => zh).join(), /附加文件.*data\/ai\.json/);
  await assert.rejects(alone, { code: "restore.no_place" });
  assert.deepEqual(await world.read(), {});
});

for (
  const [name, what] of [
    ["data/library.db", "the database"],
    ["data/LIBRARY.DB", "the database, on a disk that does not tell capitals apart"],
    ["data/library.db-wal", "its log"],
    ["data/.shuku-restore.json", "the journal"],
    ["data", "the folder around the database"],
    ["backups/backup_20250101_000000.zip", "a backup"],
    ["covers/1.jpg", "a cover"],
    ["covers", "the folder of covers"],
    ["config/config.yaml", "the configuration"],
    ["config/other.yml", "a file beside the configuration"],
    ["alembic/versions/evil.py", "a migration"],
    [".env.example", "the sample of the environment"],
  ] as const
) {
  Deno.test(`no extra file is ever restored over ${what}, whatever extra_paths name`, async () => {
    await using world = await extraWorld(["*", "*/*", "*/*/*", ".env.example"]);
    const { root } = world.library;
    const id = await world.receive({ name: `extra/${name}`, content: "evil" });
    const skip = (path: string) => path.startsWith("backups") || /\.shuku-restore-last/.test(path);
    const before = await hashTree(root, skip);

    await world.restore(id, { createSnapshot: false, coversMode: "add_missing" })
      .catch((error) => assert.equal(error.code, "restore.no_place"));

    const after = await hashTree(root, skip);
    assert.deepEqual(after, before);
  });
}

Deno.test("a folder that is a file now, and a file that is a folder now, are restored as they were", async () => {
  await using world = await extraWorld(["data/avatars", "data/settings", "data/deep/*"], {
    "data/avatars/1.png": "1",
    "data/settings": "a file",
    "data/deep/a": "a file",
    "data/deep/b/c": "in a folder",
  });
  const backedUp = await world.read();
  const backupId = await world.back();
  await world.write({
    "data/avatars": null,
    "data/settings": null,
    "data/deep/a": null,
    "data/deep/b": null,
  });
  await world.write({
    "data/avatars": "a file now",
    "data/settings/x": "in a folder now",
    "data/deep/a/x": "in a folder now",
    "data/deep/b": "a file now",
  });

  await world.restore(backupId);

  assert.deepEqual(await world.read(), backedUp);
});

Deno.test("extra paths that overlap save and restore each file once", async () => {
  await using world = await extraWorld(["data/a", "data/a/b", "data/*", "data/a/b/c.txt"], {
    "data/a/b/c.txt": "c",
    "data/a/d.txt": "d",
    "data/e.txt": "e",
  });
  const backedUp = await world.read();
  const backupId = await world.back();
  await world.write({ "data/a": null, "data/e.txt": "changed", "data/a/b/new": "new" });

  await world.restore(backupId);

  assert.deepEqual((await pathsIn(world.house, backupId)).toSorted(), [
    "extra/data/a/b/c.txt",
    "extra/data/a/d.txt",
    "extra/data/e.txt",
  ]);
  assert.deepEqual(await world.read(), backedUp);
});

Deno.test("symbolic links among extra files are left alone and named", async () => {
  await using world = await extraWorld(["data/avatars"], {
    "data/avatars/1.png": "1",
    "data/avatars/a/2.png": "2",
    "elsewhere/2.png": "not ours",
  });
  const backupId = await world.back();
  await world.write({ "data/avatars/1.png": null, "data/avatars/a": null });
  const { root } = world.library;
  await Deno.symlink(join(root, "elsewhere"), join(root, "data", "avatars", "a"));
  await Deno.symlink(join(root, "elsewhere", "2.png"), join(root, "data", "avatars", "1.png"));

  const { warnings } = await world.restore(backupId);

  assert.deepEqual(await world.read(), { "avatars/1.png": "a link", "avatars/a": "a link" });
  assert.deepEqual(await world.read("elsewhere"), { "2.png": "not ours" });
  const told = warnings.map(({ en }) => en).join();
  assert.match(told, /extra\/data\/avatars\/1\.png, extra\/data\/avatars\/a\/2\.png/);
});

Deno.test("an extra path that leads through a link into the library is saved and restored there", async () => {
  await using world = await extraWorld(["media/avatars"], { "disk/avatars/1.png": "1" });
  const { root } = world.library;
  await Deno.symlink(join(root, "disk"), join(root, "media"));
  const backupId = await world.back();
  await world.write({ "disk/avatars/1.png": "changed", "disk/avatars/2.png": "2" });

  const { warnings } = await world.restore(backupId);

  assert.deepEqual(await world.read("disk"), { "avatars/1.png": "1" });
  assert.deepEqual(warnings, []);
});

Deno.test("extra files are restored to a library that has none of them yet", async () => {
  await using world = await extraWorld(["data/avatars", "media/fonts", "data/*.json"], {
    "data/avatars/a/1.png": "1",
    "media/fonts/song.ttf": "a font",
    "data/a.json": "a",
  });
  const backupId = await world.back();
  await world.write({ "data/avatars": null, "media": null, "data/a.json": null });

  const { warnings, kept } = await world.restore(backupId);

  assert.deepEqual(await world.read(), { "a.json": "a", "avatars/a/1.png": "1" });
  assert.deepEqual(await world.read("media"), { "fonts/song.ttf": "a font" });
  assert.deepEqual([warnings, kept], [[], []]);
});

Deno.test("an extra file that the library writes while it is restored is kept and named", async () => {
  await using story = await restoreStory();
  const killed = await story.restoreInChild({
    killAt: "restore.extra_applied",
    request: { includes: ["extra"] },
  });
  assert.ok(killed.killed, killed.stderr);
  await writeExtra(story.library.root, { "data/avatars/9.png": "mine" });

  await story.house.restorer.recover();

  assert.deepEqual(await readExtra(story.config), {
    ...story.backedUp.extra,
    "data/avatars/9.png": "mine",
  });
});
