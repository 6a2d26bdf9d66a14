import assert from "node:assert/strict";
import { join } from "node:path";
import { startValidate } from "../../src/backup/validate.ts";
import { HASH_AT_ONCE_BYTES } from "../../src/backup/rebuild_sidecar.ts";
import { FakeClock } from "../helpers/fake_clock.ts";
import { run } from "../helpers/run.ts";
import { SOOKLIB_ID, SOOKLIB_ZIP, testLibrary } from "../helpers/test_library.ts";
import { type TestStore, testStore } from "../helpers/test_store.ts";

async function validate(store: TestStore, backupId: string) {
  return await (await startValidate(store, backupId, { actor: "test" })).result;
}

/** As `cp -r` or a restore of the disk leaves a file: the same bytes, another time. */
async function touch(path: string): Promise<void> {
  await Deno.utime(path, 1_700_000_000, 1_700_000_000);
}

/** Adds a comment to a ZIP: every entry is whole, and the file another. */
async function addComment(path: string): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[bytes.length - 2] = 3;
  await Deno.writeFile(path, new Uint8Array([...bytes, 0x6e, 0x65, 0x77]));
}

async function readJson(path: string) {
  return JSON.parse(await Deno.readTextFile(path));
}

Deno.test("a backup that was only copied or touched keeps all that was set and found", async () => {
  await using library = await testLibrary();
  const store = await testStore(library);
  const made = await store.create({ kind: "auto", description: "升级前" });
  await store.catalog.update(made.backup_id, { pinned: true, description: "升级之前" });
  await touch(made.file_path);

  for (const { catalog } of [store, await testStore(library)]) {
    const record = await catalog.get(made.backup_id);

    const { pinned, description, kind, verified_at, state, changed } = record;
    assert.deepEqual([pinned, description, kind, state], [true, "升级之前", "auto", "ok"]);
    assert.equal(verified_at, made.verified_at);
    assert.equal(changed, false);
  }
});

Deno.test("a pinned backup and an uploaded one outlive a touch and every retention after it", async () => {
  await using library = await testLibrary({ BACKUP_RETENTION_COUNT: "1" });
  const clock = new FakeClock("2026-01-15T02:00:00Z");
  const store = await testStore(library, { clock });
  const pinned = await store.create({ includes: ["config"] });
  await store.catalog.update(pinned.backup_id, { pinned: true });
  const uploaded = await store.create({ includes: ["config"] });
  const sidecar = store.catalog.sidecarPath(uploaded.backup_id);
  await Deno.writeTextFile(
    sidecar,
    JSON.stringify({ ...await readJson(sidecar), kind: "uploaded" }),
  );
  for (const { file_path } of [pinned, uploaded]) await touch(file_path);

  for (let run = 0; run < 3; run += 1) {
    clock.advance(60_000);
    await store.create({ includes: ["config"] });
  }

  const kinds = new Map((await store.catalog.list()).map((one) => [one.backup_id, one.kind]));
  assert.equal(kinds.get(pinned.backup_id), "manual");
  assert.equal(kinds.get(uploaded.backup_id), "uploaded");
  assert.equal(kinds.size, 3);
});

Deno.test("a ZIP whose sidecar is lost counts as uploaded, whatever is inside, and is not pruned", async () => {
  await using library = await testLibrary({ BACKUP_RETENTION_COUNT: "2" });
  const clock = new FakeClock("2026-01-15T02:00:00Z");
  const store = await testStore(library, { clock });
  const lost = await store.create({ includes: ["config"], kind: "auto" });
  const torn = await store.create({ includes: ["config"], kind: "auto" });
  await Deno.remove(store.catalog.sidecarPath(lost.backup_id));
  await Deno.writeTextFile(store.catalog.sidecarPath(torn.backup_id), `{"backup_id":`);

  for (let run = 0; run < 3; run += 1) {
    clock.advance(60_000);
    await store.create({ includes: ["config"] });
  }

  for (const { backup_id, checksum } of [lost, torn]) {
    const record = await store.catalog.get(backup_id);
    assert.equal(record.kind, "uploaded");
    assert.equal(record.checksum, checksum);
  }
});

Deno.test("a ZIP that changed since it was made is damaged, its hashes and pin are kept, and it is named", async (t) => {
  await using library = await testLibrary();
  const changes: [string, (path: string) => Promise<void>][] = [
    ["another size", addComment],
    ["the same size", async (path) => {
      const bytes = await Deno.readFile(path);
      // The time of its first file: no entry's content, and no hash but that of the whole.
      bytes[10] = (bytes[10] ?? 0) ^ 0x20;
      const at = findDirectory(bytes) + 12;
      bytes[at] = (bytes[at] ?? 0) ^ 0x20;
      await Deno.writeFile(path, bytes);
    }],
    ["another backup over it", (path) => Deno.copyFile(SOOKLIB_ZIP, path)],
  ];
  for (const [name, change] of changes) {
    await t.step(name, async () => {
      const store = await testStore(library);
      const made = await store.create({ includes: ["config"] });
      const { backup_id, file_path, checksum } = made;
      const { sha256 } = await store.catalog.update(backup_id, { pinned: true });
      const original = await Deno.readFile(file_path);
      await change(file_path);
      await touch(file_path);

      const listed = await store.catalog.get(backup_id);
      const result = await validate(store, backup_id);
      const again = await (await testStore(library)).catalog.get(backup_id);

      const found = (await run("md5sum", [file_path])).stdout.slice(0, 32);
      assert.equal(result.valid, false);
      assert.deepEqual(result.damage, ["checksum"]);
      assert.ok(result.error?.en.includes(checksum) && result.error.en.includes(found));
      for (const record of [listed, again]) {
        assert.equal(record.state, "damaged");
        assert.equal(record.changed, true);
        assert.match(record.error?.en ?? "", /Changed since the backup was made/);
        assert.deepEqual([record.checksum, record.sha256], [checksum, sha256]);
        assert.equal(record.pinned, true);
        assert.equal(record.verified_at, null);
      }
      assert.equal((await readJson(store.catalog.sidecarPath(backup_id))).checksum, checksum);

      await Deno.writeFile(file_path, original);
      const back = await store.catalog.get(backup_id);
      assert.deepEqual([back.state, back.changed, back.pinned], ["ok", false, true]);
      assert.deepEqual(back.includes, ["config"]);
      assert.equal((await validate(store, backup_id)).valid, true);
    });
  }
});

Deno.test("a ZIP that is seen while it is still being copied is judged by what it becomes", async (t) => {
  await using library = await testLibrary();
  const store = await testStore(library);
  const made = await store.create({ includes: ["config"], kind: "auto" });
  await store.catalog.update(made.backup_id, { pinned: true });
  const whole = await Deno.readFile(made.file_path);
  const sidecar = await Deno.readFile(store.catalog.sidecarPath(made.backup_id));
  for (const alone of [true, false]) {
    await t.step(alone ? "alone" : "after its sidecar, as cp -r takes them", async () => {
      const { catalog } = await testStore(library);
      await catalog.remove(made.backup_id);
      if (!alone) await Deno.writeFile(catalog.sidecarPath(made.backup_id), sidecar);
      await Deno.writeFile(made.file_path, whole.subarray(0, whole.length / 2));
      const half = await catalog.get(made.backup_id);
      await Deno.writeFile(made.file_path, whole);

      const done = await catalog.get(made.backup_id);

      assert.equal(half.state, "damaged");
      assert.equal(half.file_size, Math.floor(whole.length / 2));
      assert.deepEqual([done.state, done.changed, done.checksum], ["ok", false, made.checksum]);
      assert.equal(done.file_size, whole.length);
      assert.deepEqual([done.kind, done.pinned], alone ? ["uploaded", false] : ["auto", true]);
      assert.equal((await validate({ ...store, catalog }, made.backup_id)).valid, true);
    });
  }
});

Deno.test("a ZIP brought by hand is evidence of itself once it was found whole", async () => {
  await using library = await testLibrary();
  const store = await testStore(library);
  const zip = store.catalog.zipPath(SOOKLIB_ID);
  await Deno.copyFile(SOOKLIB_ZIP, zip);
  assert.equal((await validate(store, SOOKLIB_ID)).valid, true);
  await addComment(zip);

  const result = await validate(store, SOOKLIB_ID);

  assert.deepEqual(result.damage, ["checksum"]);
});

Deno.test("a changed ZIP shows the parts that are really inside", async () => {
  await using library = await testLibrary();
  const store = await testStore(library);
  const { backup_id, file_path } = await store.create({ includes: ["config"] });
  await Deno.copyFile(SOOKLIB_ZIP, file_path);

  const record = await store.catalog.get(backup_id);

  assert.deepEqual(record.includes, ["database", "covers", "config"]);
  assert.equal(record.kind, "manual");
});

Deno.test("a changed ZIP is not pruned", async () => {
  await using library = await testLibrary({ BACKUP_RETENTION_COUNT: "1" });
  const clock = new FakeClock("2026-01-15T02:00:00Z");
  const store = await testStore(library, { clock });
  const { backup_id, file_path } = await store.create({ includes: ["config"] });
  await addComment(file_path);

  for (let run = 0; run < 3; run += 1) {
    clock.advance(60_000);
    await store.create({ includes: ["config"] });
  }

  assert.equal((await store.catalog.get(backup_id)).changed, true);
});

Deno.test("the MD5 in another program's document beside a ZIP is compared, and its pin and words are kept", async () => {
  await using library = await testLibrary();
  const { catalog, ...store } = await testStore(library);
  const zip = catalog.zipPath(SOOKLIB_ID);
  await Deno.copyFile(SOOKLIB_ZIP, zip);
  const checksum = (await run("md5sum", [zip])).stdout.slice(0, 32);
  const document = { backup_id: SOOKLIB_ID, description: "来自旧机", file_size: 0, pinned: true };
  const say = (md5: string) =>
    Deno.writeTextFile(
      catalog.sidecarPath(SOOKLIB_ID),
      JSON.stringify({ ...document, checksum: md5 }),
    );

  await say(checksum.toUpperCase());
  const right = await catalog.get(SOOKLIB_ID);
  await say("0".repeat(32));
  const wrong = await catalog.get(SOOKLIB_ID);

  assert.deepEqual([right.state, right.checksum], ["ok", checksum]);
  for (const record of [right, wrong]) {
    assert.deepEqual([record.kind, record.pinned, record.description], [
      "uploaded",
      true,
      "来自旧机",
    ]);
  }
  assert.deepEqual([wrong.state, wrong.changed], ["damaged", true]);
  const result = await validate({ catalog, ...store }, SOOKLIB_ID);
  assert.deepEqual(result.damage, ["checksum"]);
});

Deno.test("a ZIP without metadata is not called sound before it was looked at", async () => {
  await using library = await testLibrary();
  const store = await testStore(library);
  const id = "backup_20260115_230000";
  await run("zip", ["-q", "-r", store.catalog.zipPath(id), "covers"], { cwd: library.root });

  const listed = await store.catalog.get(id);

  assert.equal(listed.state, "damaged");
  assert.match(listed.error?.en ?? "", /metadata\.json/);
  assert.equal((await validate(store, id)).valid, false);
});

Deno.test("what this user may not read hides no other backup, and is neither judged nor replaced", async () => {
  await using library = await testLibrary({ BACKUP_PATH: "backups" });
  const store = await testStore(library);
  const open = await store.create({ includes: ["config"] });
  const closed = await store.create({ includes: ["config"] });
  const sidecarClosed = await store.create({ includes: ["config"] });
  await store.catalog.update(sidecarClosed.backup_id, { pinned: true });
  const beside = store.catalog.sidecarPath(sidecarClosed.backup_id);
  const before = await Deno.readTextFile(beside);
  await Deno.chmod(library.root, 0o755);
  await Deno.chmod(store.catalog.folder, 0o777);
  for (const { name } of Deno.readDirSync(store.catalog.folder)) {
    await Deno.chmod(join(store.catalog.folder, name), 0o666);
  }
  const hidden = [
    beside,
    closed.file_path,
    store.catalog.sidecarPath(closed.backup_id),
  ];
  for (const path of hidden) await Deno.chmod(path, 0o000);
  const script = join(import.meta.dirname ?? ".", "..", "helpers", "create_as_nobody.ts");
  const words = ["run", "-A", "--no-check", script, library.config.path ?? "", library.root];

  const { stdout } = await run(Deno.execPath(), [...words, "", "GET list"]);

  const states = new Map<string, string>(
    JSON.parse(stdout).backups.map((one: { backup_id: string; state: string }) => [
      one.backup_id,
      one.state,
    ]),
  );
  assert.equal(states.get(open.backup_id), "ok", stdout);
  assert.equal(states.get(sidecarClosed.backup_id), "ok", stdout);
  assert.equal(states.get(closed.backup_id), "damaged", stdout);
  for (const path of hidden) await Deno.chmod(path, 0o600);
  assert.equal(await Deno.readTextFile(beside), before);
  assert.equal((await store.catalog.get(closed.backup_id)).state, "ok");
});

Deno.test("a touched ZIP of hundreds of megabytes keeps its pin unread, and is hashed before it could be lost", async () => {
  await using library = await testLibrary();
  const covers = join(library.config.covers, "huge.jpg");
  await Deno.writeFile(covers, new Uint8Array(0));
  await Deno.truncate(covers, HASH_AT_ONCE_BYTES + 1);
  const store = await testStore(library);
  const made = await store.create({ includes: ["covers"] });
  await store.catalog.update(made.backup_id, { pinned: true });
  await touch(made.file_path);

  const listed = await store.catalog.get(made.backup_id);
  const pinnedStill = await store.catalog.update(made.backup_id, { description: "big" });
  const settled = await store.catalog.settle(made.backup_id);

  assert.deepEqual([listed.pinned, listed.verified_at], [true, null]);
  assert.deepEqual([pinnedStill.pinned, pinnedStill.description], [true, "big"]);
  assert.deepEqual([settled.pinned, settled.description], [true, "big"]);
  assert.notEqual(settled.verified_at, null);
});

/** Where the directory of a ZIP begins, from its end record. */
function findDirectory(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getUint32(bytes.length - 22 + 16, true);
}
