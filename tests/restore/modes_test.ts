import assert from "node:assert/strict";
import { join } from "node:path";
import { hashTree } from "../helpers/hash_tree.ts";
import { run } from "../helpers/run.ts";
import { type RestoreHouse, restoreHouse } from "../helpers/restore_house.ts";
import { type TestLibrary, testLibrary } from "../helpers/test_library.ts";

const MODES: Readonly<Record<string, number>> = {
  "covers/1.jpg": 0o640,
  "covers/2.jpg": 0o755,
  "covers/3.jpg": 0o444,
  "covers/封面/红楼梦.jpg": 0o664,
  "covers/large.bmp": 0o604,
  "data/library.db": 0o660,
  "config/other.yaml": 0o644,
};

/** A library whose files have many modes, and a backup of it. */
async function moderated(library: TestLibrary): Promise<[RestoreHouse, string]> {
  await Deno.writeTextFile(join(library.root, "config", "other.yaml"), "a: 1\n");
  await Deno.writeFile(join(library.config.covers, "large.bmp"), new Uint8Array(9_000_000));
  for (const [path, mode] of Object.entries(MODES)) {
    await Deno.chmod(join(library.root, path), mode);
  }
  const house = await restoreHouse(library.config);
  return [house, (await house.create()).backup_id];
}

async function readModes({ root }: TestLibrary): Promise<Record<string, number>> {
  const modes: Record<string, number> = {};
  for (const path of Object.keys(MODES)) {
    modes[path] = ((await Deno.stat(join(root, path))).mode ?? 0) & 0o7777;
  }
  return modes;
}

async function restore(house: RestoreHouse, backupId: string): Promise<void> {
  await (await house.restorer.start({ backupId, actor: "test" })).result;
}

Deno.test("a restore onto a fresh server gives every file the mode that it had", async () => {
  await using library = await testLibrary({ BACKUP_PATH: "backups" });
  const [house, backupId] = await moderated(library);
  const before = await hashTree(library.config.covers);
  await Deno.remove(library.config.covers, { recursive: true });
  await Deno.remove(library.config.database.path);
  await Deno.remove(join(library.root, "config", "other.yaml"));

  await restore(house, backupId);

  assert.deepEqual(await readModes(library), MODES);
  assert.deepEqual(await hashTree(library.config.covers), before);
});

Deno.test("a replaced file keeps its own mode, and undo brings back that of a removed one", async () => {
  await using library = await testLibrary({ BACKUP_PATH: "backups" });
  const [house, backupId] = await moderated(library);
  const own = join(library.config.covers, "1.jpg");
  await Deno.writeTextFile(own, "changed");
  await Deno.chmod(own, 0o600);
  const surplus = join(library.config.covers, "surplus.jpg");
  await Deno.writeTextFile(surplus, "surplus", { mode: 0o622 });
  await Deno.chmod(surplus, 0o622);

  await restore(house, backupId);

  assert.deepEqual(await readModes(library), { ...MODES, "covers/1.jpg": 0o600 });
  await (await house.restorer.undo({ actor: "test" })).result;
  assert.equal(((await Deno.stat(surplus)).mode ?? 0) & 0o777, 0o622);
});

Deno.test("unzip gives every file of a backup the mode that it had, and no other program's rights", async () => {
  await using library = await testLibrary({ BACKUP_PATH: "backups" });
  const special = join(library.config.covers, "4.jpg");
  await Deno.chmod(special, 0o4755);
  const [house, backupId] = await moderated(library);
  const unpacked = join(library.root, "unpacked");

  await run("unzip", ["-q", house.catalog.zipPath(backupId), "-d", unpacked]);

  const modeOf = (path: string) => (Deno.statSync(join(unpacked, path)).mode ?? 0) & 0o7777;
  for (const [path, mode] of Object.entries(MODES)) {
    assert.equal(modeOf(path.replace("data/", "database/")), mode, path);
  }
  assert.equal(modeOf("covers/4.jpg"), 0o755);
  assert.equal(modeOf("metadata.json"), 0o600);
});
