import assert from "node:assert/strict";
import { join } from "node:path";
import { startDrill } from "../../src/backup/drill.ts";
import { systemClock } from "../../src/base/clock.ts";
import type { Config } from "../../src/config/types.ts";
import type { TempFolder } from "../helpers/temp_folder.ts";
import { exfatDisk } from "../helpers/exfat_disk.ts";
import { readState } from "../helpers/restore_story.ts";
import { type RestoreHouse, restoreHouse } from "../helpers/restore_house.ts";
import { type TestLibrary, testLibrary } from "../helpers/test_library.ts";

const REFUSED = ["a:b?.jpg", "folder?/1.jpg", "封面/谁?.jpg"];
const LARGE = "large*.bmp";

/** A backup with names that exFAT does not take, and a house whose covers are on such a disk. */
async function moved(
  library: TestLibrary,
  disk: TempFolder,
): Promise<{ config: Config; house: RestoreHouse; backupId: string }> {
  const { covers } = library.config;
  await Deno.mkdir(join(covers, "folder?"));
  for (const name of [...REFUSED, "Capital.jpg", "dot.", "plain.jpg"]) {
    await Deno.writeTextFile(join(covers, name), name);
  }
  await Deno.writeFile(join(covers, LARGE), new Uint8Array(2_000_000).fill(1));
  const { backup_id: backupId } = await (await restoreHouse(library.config)).create();
  const config = { ...library.config, covers: join(disk.path, "covers") };
  return { config, backupId, house: await restoreHouse(config) };
}

async function restore(house: RestoreHouse, backupId: string) {
  const request = { backupId, actor: "test", force: true };
  const done = await (await house.restorer.start(request)).result;
  return { ...done, told: done.warnings.map(({ en }) => en).join("\n") };
}

Deno.test("covers whose names a disk does not take are named, and the rest restored and undone", async () => {
  await using library = await testLibrary({ BACKUP_PATH: "backups" });
  await using disk = await exfatDisk();
  const { config, house, backupId } = await moved(library, disk);
  await Deno.mkdir(config.covers);
  await Deno.writeTextFile(join(config.covers, "before.jpg"), "was there before");
  const wanted = await readState(library.config);
  const before = await readState(config);

  const done = await restore(house, backupId);

  for (const name of [...REFUSED, LARGE]) {
    assert.ok(done.told.includes(name), `${name}: ${done.told}`);
    delete (wanted.covers as Record<string, string>)[name];
  }
  assert.match(done.told, /This disk does not take these names/);
  assert.deepEqual(await readState(config), wanted);
  assert.deepEqual(
    [...Deno.readDirSync(config.covers)].filter(({ name }) => name.startsWith(".")),
    [],
  );

  await (await house.restorer.undo({ actor: "test" })).result;
  assert.deepEqual((await readState(config)).covers, before.covers);
});

Deno.test("a cover that is live under other capitals stays, where the disk does not tell them apart", async () => {
  await using library = await testLibrary({ BACKUP_PATH: "backups" });
  await using disk = await exfatDisk();
  const { config, house, backupId } = await moved(library, disk);
  await Deno.mkdir(config.covers);
  await Deno.writeTextFile(join(config.covers, "CAPITAL.jpg"), "Capital.jpg");
  await Deno.writeTextFile(join(config.covers, "PLAIN.jpg"), "something else");
  await Deno.writeTextFile(join(config.covers, "surplus.jpg"), "surplus");

  await restore(house, backupId);

  assert.equal(await Deno.readTextFile(join(config.covers, "Capital.jpg")), "Capital.jpg");
  assert.equal(await Deno.readTextFile(join(config.covers, "plain.jpg")), "plain.jpg");
  await assert.rejects(Deno.stat(join(config.covers, "surplus.jpg")), Deno.errors.NotFound);
});

Deno.test("a drill passes where the disk of the backups does not take a name, and says so", async () => {
  await using library = await testLibrary();
  await using disk = await exfatDisk();
  const { backupId, house: { catalog: made } } = await moved(library, disk);
  const config = { ...library.config, backup: { ...library.config.backup, path: disk.path } };
  const house = await restoreHouse(config);
  for (const from of [made.zipPath(backupId), made.sidecarPath(backupId)]) {
    await Deno.copyFile(from, from.replace(made.folder, disk.path));
  }

  const recordDrill = () => Promise.resolve();
  const started = await startDrill({ ...house, clock: systemClock, recordDrill }, {
    backupId,
    actor: "test",
  });
  const { result, outcomes } = await started.result;

  assert.equal(result, "passed", JSON.stringify(outcomes));
  for (const name of [...REFUSED, LARGE]) assert.ok(outcomes[0]?.detail?.en.includes(name), name);
});
