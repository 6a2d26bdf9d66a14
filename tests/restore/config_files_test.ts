import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { AppError, isAppError } from "../../src/base/errors.ts";
import type { RestoreResult } from "../../src/backup/types.ts";
import { type RestoreHouse, restoreHouse } from "../helpers/restore_house.ts";
import { TEST_KEY, type TestLibrary, testLibrary } from "../helpers/test_library.ts";

/** What hand-written configurations hold, and what a round trip through another program's numbers changes. */
const OWN = [
  "\ufeff# 书库",
  `security: {secret_key: ${TEST_KEY}}   # shared with the library`,
  "server:",
  "\u0020 port: 8080\t# behind the proxy",
  "owner_id: 1012345678901234567",
  "since: 2026-01-05T10:00:00+08:00",
  "code: 1234567e8",
  "icon: !!binary |",
  "  aGVsbG8=",
  "opds: {title:   'it''s',list: [1,2 , 3]}   # odd",
  "",
].join("\r\n");

/** A library whose backup holds `backedUp`, and whose config file is `live` now. */
async function told(backedUp: string, live: string | null): Promise<Story> {
  const library = await testLibrary();
  const path = library.config.path ?? "";
  await Deno.writeTextFile(path, backedUp);
  const house = await restoreHouse(library.config);
  const { backup_id: backupId } = await house.create({ includes: ["config", "covers"] });
  await Deno.remove(path);
  if (live !== null) await Deno.writeTextFile(path, live);
  return {
    library,
    house,
    path,
    backupId,
    restore: async (request = {}) => {
      const order = { backupId, includes: ["config"] as const, actor: "test", ...request };
      return await (await house.restorer.start(order)).result;
    },
    [Symbol.asyncDispose]: () => library[Symbol.asyncDispose](),
  };
}

interface Story extends AsyncDisposable {
  readonly library: TestLibrary;
  readonly house: RestoreHouse;
  readonly path: string;
  readonly backupId: string;
  restore(request?: { createSnapshot?: boolean; machineKeys?: boolean }): Promise<RestoreResult>;
}

Deno.test("Restorer.start() leaves every byte of a config that is not this machine's", async () => {
  await using story = await told(OWN, OWN.replace("8080", "9000").replace("1,2 ", "1"));

  await story.restore();

  assert.equal(await Deno.readTextFile(story.path), OWN.replace("8080", "9000"));
});

Deno.test("Restorer.start() takes the backup's config over one that cannot be read, and keeps a copy of that", async () => {
  const broken = [OWN.replace("\u0020 port", "\tport"), "a: [1\n", "\u0000"];
  for (const live of broken) {
    await using story = await told(OWN, live);
    const order = { backupId: story.backupId, includes: ["config"] as const, actor: "test" };

    const preview = await story.house.restorer.preview(order);
    const result = await story.restore({ createSnapshot: false });

    assert.deepEqual(preview.refusals, []);
    assert.match(
      preview.warnings.map(({ en }) => en).join("\n"),
      /cannot be read and counts as none/,
    );
    assert.equal(await Deno.readTextFile(story.path), OWN);
    const warning = result.warnings.map(({ en }) => en).find((text) => text.includes("kept as"));
    const kept = /kept as (.+)$/.exec(warning ?? "")?.[1] ?? "";
    assert.ok(kept.includes(".restore-kept-"), warning);
    assert.equal(await Deno.readTextFile(kept), live);
  }
});

Deno.test("Restorer.start() takes the backup's config as it is where there is none, or an empty one", async () => {
  for (const live of [null, "", "# nothing\n"]) {
    await using story = await told(OWN, live);

    const result = await story.restore();

    assert.equal(await Deno.readTextFile(story.path), OWN);
    assert.deepEqual(result.warnings.filter(({ en }) => en.includes("config")), []);
  }
});

Deno.test("Restorer.start() leaves a folder that stands in a config file's place, names it, and restores the rest", async () => {
  await using story = await told(OWN, null);
  const cover = join(story.library.config.covers, "1.jpg");
  await Deno.remove(cover);
  await Deno.mkdir(story.path);
  const example = join(story.library.root, ".env.example");
  await Deno.remove(example).catch(() => {});
  await Deno.mkdir(example);
  const order = { backupId: story.backupId, actor: "test" };

  const preview = await story.house.restorer.preview(order);
  const result = await (await story.house.restorer.start(order)).result;

  assert.deepEqual(preview.refusals, []);
  const inTheWay = /Not restored: .*config\.yaml is a folder, expected a file/;
  assert.ok(preview.warnings.some(({ en }) => inTheWay.test(en)), JSON.stringify(preview.warnings));
  assert.ok(result.warnings.some(({ en }) => inTheWay.test(en)), JSON.stringify(result.warnings));
  assert.ok((await Deno.stat(cover)).isFile);
  await assert.rejects(
    story.restore(),
    (error) =>
      error instanceof AppError &&
      [error, error.details["reason"]].some((each) => isAppError(each, "storage.is_folder")),
  );
});

Deno.test("Restorer.start() leaves a file that stands in the place of the covers folder, and restores the rest", async () => {
  await using story = await told(OWN, "a: [1\n");
  const { covers } = story.library.config;
  await Deno.remove(covers, { recursive: true });
  await Deno.writeTextFile(covers, "no folder");
  const order = { backupId: story.backupId, actor: "test" };

  const preview = await story.house.restorer.preview(order);
  const { restored, warnings } = await (await story.house.restorer.start(order)).result;

  assert.ok(!preview.includes.includes("covers") && preview.includes.includes("config"));
  assert.ok(!restored.includes("covers") && restored.includes("config"));
  const inTheWay = /Not restored: .*covers is not a folder, expected one/;
  for (const told of [preview.warnings, warnings]) {
    assert.ok(told.some(({ en }) => inTheWay.test(en)), JSON.stringify(told));
  }
  assert.equal(await Deno.readTextFile(story.path), OWN);
  assert.equal(await Deno.readTextFile(covers), "no folder");
  await assert.rejects(
    story.house.restorer.preview({ ...order, includes: ["covers"] }),
    (error: AppError) => isAppError(error, "storage.not_folder"),
  );
});

Deno.test("Restorer.start() makes the config folder anew where it is gone", async () => {
  await using story = await told(OWN, null);
  await Deno.remove(dirname(story.path), { recursive: true });

  await story.restore();

  assert.equal(await Deno.readTextFile(story.path), OWN);
});

Deno.test("Restorer.start() refuses by its own name a config in which this machine's keys cannot be told apart", async () => {
  const backup = `security: {secret_key: ${TEST_KEY}}\nserver: {port: &p 1}\nproxy: *p\n`;
  await using story = await told(backup, backup.replace("&p 1", "&p 2"));
  const order = { backupId: story.backupId, includes: ["config"] as const, actor: "test" };

  const preview = await story.house.restorer.preview(order);
  const error = await story.restore().then(() => null, (error: unknown) => error);

  assert.deepEqual(preview.refusals.map(({ code }) => code), ["config.not_separable"]);
  const reason = error instanceof AppError ? error.details["reason"] : null;
  assert.ok(
    isAppError(error, "config.not_separable") || isAppError(reason, "config.not_separable"),
  );
  await story.restore({ machineKeys: true });
  assert.equal(await Deno.readTextFile(story.path), backup);
});

Deno.test("Restorer.start() does not write a config that is not UTF-8 as something else", async () => {
  await using story = await told(OWN, OWN);
  const live = await Deno.readFile(story.path);
  const folder = dirname(story.path);
  await Deno.writeFile(story.path, new Uint8Array([...live, 0x23, 0xb7, 0xe2]));
  const { backup_id: backupId } = await story.house.create({ includes: ["config"] });
  await Deno.writeFile(story.path, live);

  const order = { backupId, includes: ["config"] as const, actor: "test" };
  const started = await story.house.restorer.start(order);
  await assert.rejects(started.result, (error: AppError) => /UTF-8/.test(JSON.stringify(error)));

  assert.deepEqual(await Deno.readFile(join(folder, "config.yaml")), live);
});
