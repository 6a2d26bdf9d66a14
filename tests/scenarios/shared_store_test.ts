import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type App, openApp } from "../../src/app.ts";
import type { CreateRequest, CreateResult } from "../../src/backup/types.ts";
import { isAppError } from "../../src/base/errors.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { killProduct } from "../helpers/kill_product.ts";
import { hashTree } from "../helpers/hash_tree.ts";
import { recordingLog } from "../helpers/recording_log.ts";
import { run } from "../helpers/run.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { testCommand } from "../helpers/test_command.ts";
import { type TestLibrary, testLibrary } from "../helpers/test_library.ts";

const ENV = { BACKUP_RETENTION_COUNT: "2" };
const MINUTE = 60_000;

/** Libraries that keep their backups in one folder. */
async function sharing(count: number) {
  const store = await tempFolder();
  const clock = new FakeClock("2026-01-15T02:00:00Z");
  const libraries: TestLibrary[] = [];
  for (let made = 0; made < count; made += 1) {
    libraries.push(await testLibrary({ ...ENV, BACKUP_PATH: store.path }));
  }
  const open = (library: TestLibrary) => {
    const backup = { ...library.config.backup, snapshotRetentionCount: 1 };
    return openApp({ ...library.config, backup }, library.secrets, { log: recordingLog(), clock });
  };
  return {
    store: store.path,
    clock,
    libraries,
    open,
    /** Makes a backup, a minute after whatever came before. */
    create: async (library: TestLibrary, request: Partial<CreateRequest> = {}) => {
      clock.advance(MINUTE);
      await using app = await open(library);
      const { result } = await app.manager.create({ actor: "test", ...request });
      return await result;
    },
    [Symbol.asyncDispose]: async () => {
      for (const library of libraries) await library[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

async function identityOf(library: TestLibrary): Promise<string | null> {
  try {
    return JSON.parse(await Deno.readTextFile(identityPath(library))).library_id;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function identityPath({ config }: TestLibrary): string {
  return join(dirname(config.database.path), ".shuku-library.json");
}

async function owners(app: App): Promise<Map<string, { own: boolean; id: string | null }>> {
  return new Map(
    (await app.manager.list()).map(({ backup_id, library_id, other_library }) => [
      backup_id,
      { own: !other_library, id: library_id },
    ]),
  );
}

Deno.test("two libraries in one folder of backups never prune, count or age each other, snapshots too", async () => {
  await using shared = await sharing(2);
  const [one, two] = shared.libraries;
  assert.ok(one !== undefined && two !== undefined);
  const mine = await shared.create(one);
  const undone: (string | null)[] = [];
  {
    await using app = await shared.open(one);
    shared.clock.advance(MINUTE);
    const { result } = await app.manager.restore({ backupId: mine.backup_id, actor: "test" });
    undone.push((await result).snapshot_id);
  }
  const before = await shared.create(one);

  const others: CreateResult[] = [];
  for (let made = 0; made < 5; made += 1) {
    others.push(await shared.create(two));
    if (made < 3) continue;
    await using app = await shared.open(two);
    shared.clock.advance(MINUTE);
    const { result } = await app.manager.restore({
      backupId: others.at(-1)?.backup_id ?? "",
      actor: "test",
    });
    await result;
  }
  await shared.create(two);

  const ids = [await identityOf(one), await identityOf(two)];
  assert.ok(ids[0] !== null && ids[1] !== null && ids[0] !== ids[1]);
  await using app = await shared.open(one);
  const list = await owners(app);
  for (const id of [mine.backup_id, before.backup_id, undone[0] ?? ""]) {
    assert.deepEqual(list.get(id), { own: true, id: ids[0] }, id);
  }
  const strangers = [...list.values()].filter(({ own }) => !own);
  assert.equal(strangers.length, 2 + 1, "as many as the other one keeps");
  assert.ok(strangers.every(({ id }) => id === ids[1]));
  const stats = await app.manager.stats();
  assert.equal(stats.latest_backup?.backup_id, before.backup_id);
  assert.equal(stats.latest_verified?.backup_id, before.backup_id);
  assert.deepEqual(stats.other_libraries.map(({ library_id, backups }) => [library_id, backups]), [
    [ids[1], 3],
  ]);
  const { backups } = await app.manager.previewRetention();
  assert.equal(backups.filter(({ reason }) => reason === "other_library").length, 3);
  const health = await (await app.fetch(new Request("http://x/api/health"))).json();
  const madeAt = Date.parse((await app.manager.get(before.backup_id)).created_at_utc);
  assert.equal(health.last_backup_age_seconds, (shared.clock.now() - madeAt) / 1000);
});

Deno.test("a library that shrank is not compared with another's, and list and start name whose is whose", async () => {
  await using shared = await sharing(2);
  const [large, small] = shared.libraries;
  assert.ok(large !== undefined && small !== undefined);
  {
    using database = new DatabaseSync(small.config.database.path);
    database.exec("DELETE FROM books WHERE id > 20");
  }
  await shared.create(large);

  const made = await shared.create(small);

  assert.match(made.warnings.map(({ en }) => en).join(), /those of another library/);
  await using app = await shared.open(small);
  const record = await app.manager.get(made.backup_id);
  assert.equal(record.shrunk, false);
  assert.equal(record.library_id, await identityOf(small));
  assert.ok((await app.manager.list()).every(({ pinned }) => !pinned));
  const inside = await run("unzip", ["-p", made.file_path, "metadata.json"]);
  assert.equal(JSON.parse(inside.stdout).library_id, record.library_id);
  const { terminal } = await testCommand(small, ["list"]);
  assert.match(terminal.output, /another library's/);
  assert.match(terminal.noted.join(), new RegExp(`library_id ${await identityOf(large)}`));
  const log = recordingLog();
  await using server = await openApp(small.config, small.secrets, { log, serve: true });
  await server.startServing();
  await server.settle();
  while (!log.lines.some((line) => line.includes("store.warning"))) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
});

Deno.test("restoring another library's backup is told in the preview and takes force", async () => {
  await using shared = await sharing(2);
  const [one, two] = shared.libraries;
  assert.ok(one !== undefined && two !== undefined);
  const { backup_id: backupId } = await shared.create(one);
  await shared.create(two);
  const before = await hashTree(two.config.covers);
  await using app = await shared.open(two);

  const preview = await app.manager.previewRestore({ backupId, actor: "test" });
  const { result } = await app.manager.restore({ backupId, actor: "test" });

  const refusal = preview.refusals.find(({ code }) => code === "restore.other_library");
  assert.equal(preview.allowed, false);
  assert.equal(refusal?.force, true);
  assert.match(refusal.detail.en, new RegExp(`${await identityOf(one)}`));
  await assert.rejects(result, (error) => isAppError(error, "restore.other_library"));
  assert.deepEqual(await hashTree(two.config.covers), before);
  const id = await identityOf(two);
  const forced = await app.manager.restore({ backupId, actor: "test", force: true });
  assert.equal((await forced.result).success, true);
  assert.equal(await identityOf(two), id, "it stays who it is");
});

Deno.test("an empty library takes over the identity of what is restored onto it, its snapshot too", async () => {
  await using shared = await sharing(2);
  const [old, fresh] = shared.libraries;
  assert.ok(old !== undefined && fresh !== undefined);
  const { backup_id: backupId } = await shared.create(old);
  await Deno.remove(fresh.config.database.path);
  await Deno.remove(fresh.config.covers, { recursive: true });
  await using app = await shared.open(fresh);
  shared.clock.advance(MINUTE);
  const preview = await app.manager.previewRestore({ backupId, actor: "test" });
  assert.deepEqual(preview.refusals, []);
  assert.equal(await identityOf(fresh), null);

  const { result } = await app.manager.restore({ backupId, actor: "test" });
  const { snapshot_id: snapshot } = await result;

  const id = await identityOf(old);
  assert.ok(id !== null);
  assert.equal(await identityOf(fresh), id);
  const list = await owners(app);
  assert.ok(snapshot !== null);
  for (const id of [backupId, snapshot]) assert.equal(list.get(id)?.own, true);
});

Deno.test("an identity is taken over although the process was killed while it restored", async () => {
  await using shared = await sharing(2);
  const [old, fresh] = shared.libraries;
  assert.ok(old !== undefined && fresh !== undefined);
  const { backup_id: target } = await shared.create(old);
  await Deno.remove(fresh.config.database.path);
  const env = { ...ENV, TZ: "Asia/Shanghai", BACKUP_PATH: shared.store };
  const order = {
    verb: "restore",
    target,
    killAt: "restore.committed",
    killCount: 1,
    env,
  } as const;

  const { killed } = await killProduct(fresh.root, order);
  assert.equal(killed, true);
  assert.equal(await identityOf(fresh), null);
  await using app = await shared.open(fresh);

  assert.equal(app.manager.restoreStatus().pending, false);
  const id = await identityOf(old);
  assert.ok(id !== null);
  assert.equal(await identityOf(fresh), id);
});

Deno.test("a library that never made a backup becomes what is restored onto it, and says so before", async () => {
  await using shared = await sharing(2);
  const [old, fresh] = shared.libraries;
  assert.ok(old !== undefined && fresh !== undefined);
  const { backup_id: backupId } = await shared.create(old);
  await using app = await shared.open(fresh);
  shared.clock.advance(MINUTE);

  const preview = await app.manager.previewRestore({ backupId, actor: "test" });
  const { result } = await app.manager.restore({ backupId, actor: "test" });
  const { snapshot_id } = await result;

  assert.match(preview.warnings.map(({ en }) => en).join(), /it has no identity yet/);
  assert.equal(await identityOf(fresh), await identityOf(old));
  assert.equal((await owners(app)).get(snapshot_id ?? "")?.own, true);
});

Deno.test("backups of before there were identities are the library's once it makes one", async () => {
  await using shared = await sharing(1);
  const [library] = shared.libraries;
  assert.ok(library !== undefined);
  const made = [await shared.create(library), await shared.create(library)];
  const uploaded = join(shared.store, "backup_20250101_000000.zip");
  await Deno.copyFile(made[0]?.file_path ?? "", uploaded);
  for (const { backup_id } of made) await forgetOwner(join(shared.store, `${backup_id}.json`));
  await Deno.remove(identityPath(library));

  const next = await shared.create(library);

  const id = await identityOf(library);
  assert.deepEqual(next.removed, [made[0]?.backup_id], "retention goes on");
  assert.deepEqual(next.warnings, []);
  await using app = await shared.open(library);
  for (const backup of [made[1], next]) {
    assert.deepEqual((await owners(app)).get(backup?.backup_id ?? ""), { own: true, id });
  }
});

Deno.test("a damaged identity is written anew from the backups, or made, and told; what it was is kept", async () => {
  await using shared = await sharing(1);
  const [library] = shared.libraries;
  assert.ok(library !== undefined);
  await shared.create(library);
  const id = await identityOf(library);
  for (const damage of ["", "{", `{"library_id": 7}`, `{"library_id": "../../x"}`, "[]"]) {
    await Deno.writeTextFile(identityPath(library), damage);

    const made = await shared.create(library);

    assert.match(made.warnings.map(({ en }) => en).join(), /damaged and has been written anew/);
    assert.equal(await identityOf(library), id);
    assert.equal(await Deno.readTextFile(`${identityPath(library)}.damaged`), damage);
  }
});

Deno.test("a data folder that cannot be written stops no backup and no retention", async () => {
  await using shared = await sharing(1);
  const [library] = shared.libraries;
  assert.ok(library !== undefined);
  // A folder of that name can be neither read as a file nor replaced by one, by root neither.
  await Deno.mkdir(join(identityPath(library), "x"), { recursive: true });
  const made: CreateResult[] = [];

  for (let run = 0; run < 3; run += 1) made.push(await shared.create(library));

  assert.match(
    made[2]?.warnings.map(({ en }) => en).join() ?? "",
    /Cannot note beside the database/,
  );
  assert.deepEqual(made[2]?.removed, [made[0]?.backup_id]);
  await Deno.remove(identityPath(library), { recursive: true });
  const named = await shared.create(library);
  assert.deepEqual(named.removed, [made[1]?.backup_id]);
  assert.deepEqual(named.warnings, []);
});

Deno.test("a copied library is the same library", async () => {
  await using shared = await sharing(2);
  const [one, copy] = shared.libraries;
  assert.ok(one !== undefined && copy !== undefined);
  const { backup_id: backupId } = await shared.create(one);
  await Deno.copyFile(identityPath(one), identityPath(copy));

  const made = await shared.create(copy);

  assert.deepEqual(made.warnings, []);
  await using app = await shared.open(copy);
  const preview = await app.manager.previewRestore({ backupId, actor: "test" });
  assert.deepEqual([preview.refusals, (await owners(app)).get(backupId)?.own], [[], true]);
});

Deno.test("the identity is made by no start, list or preview, and goes into no backup", async () => {
  await using shared = await sharing(1);
  const [library] = shared.libraries;
  assert.ok(library !== undefined);
  await (await shared.open(library))[Symbol.asyncDispose]();
  await testCommand(library, ["list"]);
  assert.equal(await identityOf(library), null);
  const data = dirname(library.config.database.path);
  const config = join(data, "config.yaml");
  await Deno.copyFile(library.config.path ?? "", config);
  const backup = { ...library.config.backup, extraPaths: [data] };
  const beside = { ...library, config: { ...library.config, path: config, backup } };

  await shared.create(beside);
  const { file_path } = await shared.create(beside);

  const { stdout } = await run("unzip", ["-Z1", file_path]);
  assert.match(stdout, /^extra\/data\//m);
  assert.doesNotMatch(stdout, /\.shuku/);
});

async function forgetOwner(sidecar: string): Promise<void> {
  const { library_id: _id, ...rest } = JSON.parse(await Deno.readTextFile(sidecar));
  await Deno.writeTextFile(sidecar, JSON.stringify(rest));
}
