import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import fc from "fast-check";
import { parse } from "yaml";
import { type App, openApp } from "../../src/app.ts";
import { loadConfig } from "../../src/config/load.ts";
import { isSystemFolder } from "../../src/storage/system_folder.ts";
import { FOREIGN_COMMENTS, randomConfig } from "./random_library/config_text.ts";
import {
  makeCovers,
  type RandomCover,
  randomCovers,
  readTree,
  spellings,
  withFolders,
} from "./random_library/covers.ts";
import {
  makeDatabase,
  type RandomDatabase,
  randomDatabase,
  readPages,
} from "./random_library/database.ts";
import { isLongRun } from "../helpers/random_numbers.ts";
import { recordingLog } from "../helpers/recording_log.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { TEST_KEY, TEST_PASSWORD } from "../helpers/test_library.ts";

/** Of a short run; a long one takes two thousand. */
const BUDGET_MS = 40_000;

/** A library as somebody may have it. */
interface RandomLibrary {
  readonly covers: readonly RandomCover[];
  readonly database: RandomDatabase;
  readonly config: string;
  readonly machineKeys: boolean;
}

const randomLibrary: fc.Arbitrary<RandomLibrary> = fc.record({
  covers: randomCovers,
  database: randomDatabase,
  config: randomConfig.map((text) => text.replace("KEY", TEST_KEY)),
  machineKeys: fc.boolean(),
});

Deno.test("a random library comes back whole on a fresh machine, but for what a warning named", async () => {
  const seed = Number(Deno.env.get("SHUKU_SEED") ?? Date.now() % 1_000_000_000);
  const begunAt = performance.now();
  let taken = 0;

  await fc.assert(
    fc.asyncProperty(randomLibrary, async (library) => {
      // On a slow machine fewer are taken, but always some.
      if (!isLongRun && taken >= 5 && performance.now() - begunAt > BUDGET_MS) return;
      taken += 1;
      await tryOne(library);
    }),
    {
      seed,

      numRuns: isLongRun ? 2000 : 100,
      endOnFailure: Deno.env.get("CI") === "true",
    },
  );
});

async function tryOne(library: RandomLibrary): Promise<void> {
  await using folder = await tempFolder();
  const [old, fresh] = [join(folder.path, "old"), join(folder.path, "fresh")];
  await makeLibrary(old, library);
  await makeMachine(fresh);
  const named: string[] = [];
  let zip: string;
  {
    await using app = await open(old);
    const made = await (await app.manager.create({ actor: "test" })).result;
    const valid = await (await app.manager.validate(made.backup_id, { actor: "test" })).result;
    assert.equal(valid.valid, true, JSON.stringify(valid));
    const detail = await app.manager.get(made.backup_id);
    named.push(JSON.stringify([made.warnings, { ...detail, files: [] }]));
    zip = join(app.config.backup.path, detail.file_name);
  }
  await using app = await open(fresh);
  await restore(app, zip, library, named);

  const told = named.join("\n");
  await compareCovers(old, fresh, told);
  assert.deepEqual(
    await readPages(join(fresh, "data", "library.db")),
    await readPages(join(old, "data", "library.db")),
    "the database",
  );
  await compareConfig(old, fresh, library);
}

async function restore(
  app: App,
  zip: string,
  { machineKeys }: RandomLibrary,
  named: string[],
): Promise<void> {
  const { backup_id: backupId } = await app.manager.upload({
    fileName: zip.slice(zip.lastIndexOf("/") + 1),
    body: (await Deno.open(zip)).readable,
    expectedBytes: null,
    actor: "test",
  });
  const request = { backupId, machineKeys, createSnapshot: false, force: true, actor: "test" };
  const preview = await app.manager.previewRestore(request);
  const restored = await (await app.manager.restore(request)).result;
  named.push(JSON.stringify([preview.warnings, restored.warnings, restored.kept]));
}

async function makeLibrary(root: string, library: RandomLibrary): Promise<void> {
  for (const name of ["data", "covers", "config"]) {
    await Deno.mkdir(join(root, name), { recursive: true });
  }
  makeDatabase(join(root, "data", "library.db"), library.database);
  await makeCovers(join(root, "covers"), library.covers);
  await Deno.writeTextFile(join(root, "config", "config.yaml"), library.config);
}

/** A machine with its own port, key and folders, and nothing else yet. */
async function makeMachine(root: string): Promise<void> {
  for (const name of ["data", "covers", "config"]) {
    await Deno.mkdir(join(root, name), { recursive: true });
  }
  await Deno.writeTextFile(
    join(root, "config", "config.yaml"),
    `server:\n  port: 8199\nsecurity:\n  secret_key: ${TEST_KEY}-fresh\ntimezone: Europe/Berlin\n`,
  );
}

async function open(root: string): Promise<App> {
  const { config, secrets } = await loadConfig({
    configPath: join(root, "config", "config.yaml"),
    root,
    workingFolder: root,
    env: { TZ: "Asia/Shanghai", BACKUP_ADMIN_PASSWORD: TEST_PASSWORD },
  });
  return await openApp(config, secrets, { log: recordingLog() });
}

async function compareCovers(old: string, fresh: string, told: string): Promise<void> {
  const [before, after] = [
    await readTree(join(old, "covers")),
    await readTree(join(fresh, "covers")),
  ];
  for (const [path, hash] of after) {
    assert.equal(before.get(path), hash, `${spellings(path)[0]} came back as something else`);
  }
  for (const path of before.keys()) {
    // What a NAS or a desktop keeps there is passed over, as README says.
    if (after.has(path) || isOfTheSystem(path)) continue;
    const isNamed = withFolders(path).some((one) =>
      spellings(one).some((spelling) =>
        told.includes(spelling) || told.includes(JSON.stringify(spelling).slice(1, -1))
      )
    );
    assert.ok(isNamed, `${spellings(path).join(" = ")} is gone without a word; told: ${told}`);
  }
}

function isOfTheSystem(hex: string): boolean {
  const segments = (spellings(hex)[0] ?? "").split("/");
  return segments.slice(0, -1).some((_name, index) =>
    isSystemFolder(segments.slice(0, index + 1).join("/"), true)
  );
}

/** With the machine's keys byte for byte; without, everything but the machine's own keys is as it was. */
async function compareConfig(
  old: string,
  fresh: string,
  { machineKeys }: RandomLibrary,
): Promise<void> {
  const [before, after] = await Promise.all(
    [old, fresh].map((root) => Deno.readFile(join(root, "config", "config.yaml"))),
  ) as [Uint8Array, Uint8Array];
  if (machineKeys) {
    assert.equal(hash(after), hash(before), "the config, byte for byte");
    return;
  }
  assert.deepEqual(foreignKeys(after), foreignKeys(before));
  const kept = new TextDecoder().decode(after);
  // Those beside the machine's own values go where these go.
  for (const comment of FOREIGN_COMMENTS) {
    const had = new TextDecoder().decode(before).includes(comment);
    assert.ok(!had || kept.includes(comment), `the comment ${comment} is gone`);
  }
}

function foreignKeys(bytes: Uint8Array): unknown {
  const values = parse(new TextDecoder().decode(bytes), {
    uniqueKeys: false,
    merge: true,
    version: "1.1",
    intAsBigInt: true,
    logLevel: "silent",
  });
  const { server: _server, security: _security, timezone: _zone, logging: _logging, ...others } =
    values;
  return others;
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
