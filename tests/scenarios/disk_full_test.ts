import assert from "node:assert/strict";
import { join } from "node:path";
import { type App, openApp } from "../../src/app.ts";
import { isAppError } from "../../src/base/errors.ts";
import { installFailPoints } from "../../src/base/fail_point.ts";
import { describeError } from "../../src/base/messages/mod.ts";
import { RESTORE_MOMENTS } from "../../src/restore/moments.ts";
import { isLongRun } from "../helpers/random_numbers.ts";
import { recordingLog } from "../helpers/recording_log.ts";
import { restoreHouse } from "../helpers/restore_house.ts";
import { readState, type RestoreStory, restoreStory } from "../helpers/restore_story.ts";
import { type SmallVolume, smallVolume } from "../helpers/small_volume.ts";
import { SOOKLIB_ID, SOOKLIB_ZIP, type TestLibrary, testLibrary } from "../helpers/test_library.ts";

const MEBIBYTE = 1_048_576;
/** What a job on the fixture library writes in all is less. */
const ENOUGH_BYTES = 1.5 * MEBIBYTE;

/** How much is left when the disk fills up: from nothing to enough. */
const FINE = isLongRun
  ? [0, 4096, 8192, 12_288, ...steps(16_384, ENOUGH_BYTES, 16_384), ENOUGH_BYTES]
  : [0, 4096, 16_384, 65_536, 262_144, 458_752, 655_360, ENOUGH_BYTES];
const COARSE = isLongRun ? FINE : [0, 8192];

Deno.test("a disk that fills up during a backup costs that backup and nothing else", async () => {
  await using volume = await smallVolume(24 * MEBIBYTE);
  await using house = await openHouse(volume);
  const { app, library } = house;
  const { backup_id: first } = await (await app.manager.create({ actor: "test" })).result;
  const before = await readState(library.config);
  const outcomes = new Set<string>();

  const points = ["create.copied", "create.archived", "create.verified", "publish.sidecar_written"];
  for (const point of ["create.space_checked", ...points]) {
    for (const left of point === "create.space_checked" ? FINE : COARSE) {
      const error = await whenFull(volume, point, left, async () => {
        const { backup_id } = await (await app.manager.create({ actor: "test" })).result;
        volume.free();
        await app.manager.remove(backup_id, { actor: "test" });
      });
      outcomes.add(error === null ? "ok" : "full");
      if (error === null) continue;
      assertTells(error, volume, `${point}, ${left} bytes left`);
      assertEstimated(error, `${point}, ${left} bytes left`);
      const ids = (await app.manager.list()).map(({ backup_id }) => backup_id);
      assert.deepEqual(ids, [first], `${point}, ${left}: ${error}`);
      assert.deepEqual(await namesIn(library), [`${first}.json`, `${first}.zip`]);
    }
  }

  assert.deepEqual(outcomes, new Set(["full", "ok"]));
  assert.deepEqual(await readState(library.config), before);
  await assertWorks(app, [first]);
});

Deno.test("a disk that fills up during an upload costs that upload and nothing else", async () => {
  await using volume = await smallVolume(24 * MEBIBYTE);
  await using house = await openHouse(volume);
  const { app, library } = house;
  const { backup_id: first } = await (await app.manager.create({ actor: "test" })).result;
  const outcomes = new Set<string>();
  const { size } = await Deno.stat(SOOKLIB_ZIP);

  for (const point of ["upload.space_checked", "upload.received", "upload.checked"]) {
    for (const left of point === "upload.space_checked" ? FINE : COARSE) {
      const error = await whenFull(volume, point, left, async () => {
        await upload(app, size);
        volume.free();
        await app.manager.remove(SOOKLIB_ID, { actor: "test" });
      });
      outcomes.add(error === null ? "ok" : "full");
      if (error === null) continue;
      assertTells(error, volume, `${point}, ${left} bytes left`);
      assertEstimated(error, `${point}, ${left} bytes left`);
      assert.deepEqual(await namesIn(library), [`${first}.json`, `${first}.zip`]);
      const quarantine = join(library.config.backup.path, ".quarantine");
      assert.deepEqual((await Array.fromAsync(Deno.readDir(quarantine))).map(({ name }) => name), [
        ".lock",
      ]);
    }
  }

  assert.deepEqual(outcomes, new Set(["full", "ok"]));
  await upload(app);
  await assertWorks(app, [SOOKLIB_ID, first]);
});

Deno.test("too little space is told before anything is written, with what is needed and what is free", async () => {
  await using volume = await smallVolume(24 * MEBIBYTE);
  await using house = await openHouse(volume);
  const { app } = house;
  const { backup_id: first } = await (await app.manager.create({ actor: "test" })).result;
  const verbs = {
    create: async () => {
      await (await app.manager.create({ actor: "test" })).result;
    },
    restore: async () => {
      await (await app.manager.restore({ backupId: first, actor: "test" })).result;
    },
    upload: () => upload(app, Deno.statSync(SOOKLIB_ZIP).size),
  };

  for (const [verb, work] of Object.entries(verbs)) {
    volume.fillLeaving(100_000);
    const error = await work().then(() => null, (reason) => reason);
    assertTells(error, volume, verb);
    assert.ok(isAppError(error, "space.insufficient"), `${verb}: ${error}`);
    assert.ok(Number(error.details["needed_bytes"]) > 100_000, verb);
    assert.ok(Number(error.details["free_bytes"]) <= 100_000, verb);
  }
  // Reading needs no room.
  const { result } = await app.manager.validate(first, { actor: "test" });
  assert.equal((await result).valid, true);
  volume.free();
  await assertWorks(app, [first]);
});

Deno.test("with no byte free, backups are listed and deleted, and the product starts", async () => {
  await using volume = await smallVolume(24 * MEBIBYTE);
  await using house = await openHouse(volume);
  const { app, reopen } = house;
  const made: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    made.push((await (await app.manager.create({ actor: "test" })).result).backup_id);
  }
  const [oldest = "", middle = "", newest = ""] = made;
  volume.fillLeaving(0);

  await app.manager.remove(oldest, { actor: "test" });
  volume.fillLeaving(0);
  await using again = await reopen();
  await again.manager.remove(middle, { actor: "test" });

  assert.deepEqual((await again.manager.list()).map(({ backup_id }) => backup_id), [newest]);
  volume.free();
  await assertWorks(again, [newest]);
});

for (const journalMode of ["wal", "delete"] as const) {
  Deno.test(`a disk that fills up during a restore leaves the old library or the new one (${journalMode})`, async () => {
    await using volume = await smallVolume(24 * MEBIBYTE);
    await using original = await restoreStory({ journalMode, within: volume.path });
    const outcomes: Record<string, number> = {};

    const everyMoment = journalMode === "wal" || isLongRun;
    const moments = RESTORE_MOMENTS.slice(1, RESTORE_MOMENTS.indexOf("rolling_back"));
    const attempts: [string, number][] = [
      ...FINE.map((left): [string, number] => ["committed", left]),
      ...(everyMoment ? FINE : COARSE).map((left): [string, number] => ["planned", left]),
      ...(everyMoment ? moments : []).map((moment): [string, number] => [moment, 0]),
    ];
    for (const [moment, left] of attempts) {
      await using story = await original.clone();
      const told = await fillDuringRestore(story, volume, moment, left);
      outcomes[told] = (outcomes[told] ?? 0) + 1;
    }

    for (const outcome of ["ok", "nothing_changed"]) {
      assert.ok(outcome in outcomes, `no restore ended ${outcome}: ${JSON.stringify(outcomes)}`);
    }
  });
}

/** @returns How the restore ended, as it told. */
async function fillDuringRestore(
  story: RestoreStory,
  volume: SmallVolume,
  moment: string,
  left: number,
): Promise<string> {
  const told = `${moment}, ${left} bytes left`;
  const config = { ...story.config, backup: { ...story.config.backup, reserveBytes: 0 } };
  const options = { sleep: () => Promise.resolve() };
  const house = await restoreHouse(config, options);
  const idsBefore = (await house.catalog.list()).map(({ backup_id }) => backup_id);

  const error = await whenFull(volume, `restore.${moment}`, left, async () => {
    const request = { backupId: story.backupId, actor: "test" };
    await (await house.restorer.start(request)).result;
  });
  volume.free();
  const outcome = error === null ? "ok" : outcomeOf(error);
  if (error !== null) assertTells(error, volume, told);

  const next = await restoreHouse(config, options);
  await next.restorer.recover();

  const log = [...house.log.lines, ...next.log.lines].join("\n");
  assert.equal(next.restorer.status().pending, false, `${told}\n${log}`);
  const state = await story.state();
  const expected = {
    ok: [story.backedUp],
    nothing_changed: [story.before],
    rolled_back: [story.before],
    pending: [story.before, story.backedUp],
  }[outcome] ?? [];
  const isOneOf = expected.some((one) => JSON.stringify(one) === JSON.stringify(state));
  assert.ok(isOneOf, `${told}: ${outcome}\n${log}`);
  const leftovers = await story.leftovers();
  assert.deepEqual(leftovers.filter((name) => !name.startsWith(".restore-kept-")), [], told);
  const backups = await next.catalog.list();
  assert.ok(idsBefore.every((id) => backups.some(({ backup_id }) => backup_id === id)), told);
  assert.ok(backups.every(({ state, pinned }) => state === "ok" && !pinned), `${told}\n${log}`);

  if (isLongRun || left > 0) {
    const request = { backupId: story.backupId, actor: "test" };
    await (await next.restorer.start(request)).result;
    assert.deepEqual(await story.state(), story.backedUp, told);
  }
  return outcome;
}

/** Before there is a snapshot, the error itself comes out: nothing changed. */
function outcomeOf(error: unknown): string {
  if (!isAppError(error, "restore.failed")) return "nothing_changed";
  return String(error.details["outcome"]);
}

/** Does something during which the disk fills up, as soon as a fail point is reached. */
async function whenFull(
  volume: SmallVolume,
  point: string,
  left: number,
  work: () => Promise<void>,
): Promise<unknown> {
  volume.free();
  let reached = false;
  installFailPoints((name) => {
    if (name !== point || reached) return;
    reached = true;
    volume.fillLeaving(left);
  });
  const error = await work().then(() => null, (reason) => reason);
  installFailPoints(null);
  assert.ok(reached, `never came to ${point}: ${error}`);
  return error;
}

/** An error about space names the volume and the bytes, in both languages. */
function assertTells(error: unknown, volume: SmallVolume, told: string): void {
  for (const language of ["zh", "en"] as const) {
    const sentence = describeError(error, language);
    assert.ok(sentence.includes(volume.path), `${told}: ${sentence} (${error})`);
    assert.match(sentence, /\d+ (?:bytes|字节)/, `${told}: ${sentence}`);
    assert.doesNotMatch(sentence, /\?/, told);
  }
}

/** What was estimated before is told, also when the disk filled up in the middle. */
function assertEstimated(error: unknown, told: string): void {
  const space = isAppError(error, "backup.create_failed") ? error.details["reason"] : error;
  assert.ok(isAppError(space, "space.insufficient"), `${told}: ${error}`);
  assert.ok(Number(space.details["needed_bytes"]) > 100_000, `${told}: ${space}`);
}

interface House extends AsyncDisposable {
  readonly app: App;
  readonly library: TestLibrary;
  reopen(): Promise<App>;
}

/** The product over a library on a volume, with no bytes held in reserve. */
async function openHouse(volume: SmallVolume): Promise<House> {
  const library = await testLibrary({ BACKUP_PATH: "backups" }, volume.path);
  const config = {
    ...library.config,
    backup: { ...library.config.backup, reserveBytes: 0 },
  };
  const reopen = () => openApp(config, library.secrets, { log: recordingLog() });
  const app = await reopen();
  return {
    app,
    library,
    reopen,
    [Symbol.asyncDispose]: async () => {
      await app[Symbol.asyncDispose]();
      await library[Symbol.asyncDispose]();
    },
  };
}

async function upload(app: App, expectedBytes: number | null = null): Promise<void> {
  const body = (await Deno.open(SOOKLIB_ZIP)).readable;
  await app.manager.upload({
    body,
    fileName: `${SOOKLIB_ID}.zip`,
    expectedBytes,
    actor: "test",
  });
}

/** Every backup of before is valid, and another one can be made. */
async function assertWorks(app: App, ids: readonly string[]): Promise<void> {
  assert.deepEqual(
    (await app.manager.list()).map(({ backup_id }) => backup_id).toSorted(),
    [
      ...ids,
    ].toSorted(),
  );
  for (const id of ids) {
    const { result } = await app.manager.validate(id, { actor: "test" });
    assert.equal((await result).valid, true, id);
  }
  await (await app.manager.create({ actor: "test" })).result;
}

/** What the store holds, but for the product's own books. */
async function namesIn({ config }: TestLibrary): Promise<string[]> {
  const names = (await Array.fromAsync(Deno.readDir(config.backup.path))).map(({ name }) => name);
  return names.filter((name) => name.startsWith("backup_") || name.endsWith(".tmp")).toSorted();
}

function steps(from: number, below: number, by: number): number[] {
  const values: number[] = [];
  for (let value = from; value < below; value += by) values.push(value);
  return values;
}
