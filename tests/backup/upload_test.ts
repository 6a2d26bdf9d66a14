import assert from "node:assert/strict";
import { join } from "node:path";
import type { UploadRequest } from "../../src/backup/types.ts";
import { Uploader, type UploaderOptions } from "../../src/backup/upload.ts";
import { type AppError, isAppError } from "../../src/base/errors.ts";
import { temporaryName } from "../../src/storage/temporary.ts";
import { SOOKLIB_ID, SOOKLIB_ZIP, testLibrary } from "../helpers/test_library.ts";
import { type TestStore, testStore } from "../helpers/test_store.ts";

interface Fixture extends AsyncDisposable {
  readonly store: TestStore;
  upload(change?: Partial<UploadRequest>, options?: Partial<UploaderOptions>): Promise<string>;
  refusal(change: Partial<UploadRequest>, options?: Partial<UploaderOptions>): Promise<AppError>;
  /** Names in the store and its quarantine, without locks and histories. */
  files(): string[];
}

async function fixture(): Promise<Fixture> {
  const library = await testLibrary({ BACKUP_PATH: "backups" });
  const store = await testStore(library);
  const upload: Fixture["upload"] = async (change = {}, options = {}) => {
    const uploader = new Uploader({ ...store, ...options });
    const body = streamOf(await Deno.readFile(SOOKLIB_ZIP));
    const request = { fileName: `${SOOKLIB_ID}.zip`, body, expectedBytes: null, actor: "test" };
    return (await uploader.upload({ ...request, ...change })).record.backup_id;
  };
  return {
    store,
    upload,
    refusal: async (change, options) => {
      try {
        await upload(change, options);
      } catch (error) {
        if (isAppError(error)) return error;
        throw error;
      }
      throw new Error("the upload was not refused");
    },
    files: () => listFiles(store.config.backup.path),
    [Symbol.asyncDispose]: () => library[Symbol.asyncDispose](),
  };
}

function listFiles(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? listFiles(join(folder, name)) : [name]
  ).filter((name) => !/^\.(lock|jobs|shuku-store)/.test(name)).sort();
}

function streamOf(bytes: Uint8Array, chunkBytes = 1000): ReadableStream<Uint8Array> {
  let position = 0;
  return new ReadableStream({
    pull(controller) {
      if (position >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(position, position + chunkBytes));
      position += chunkBytes;
    },
  });
}

const PAIR = [`${SOOKLIB_ID}.json`, `${SOOKLIB_ID}.zip`];

Deno.test("Uploader takes in what the library's own service made, checked and hashed", async () => {
  await using fix = await fixture();

  const id = await fix.upload();

  assert.equal(id, SOOKLIB_ID);
  assert.deepEqual(fix.files(), PAIR);
  const record = await fix.store.catalog.get(id);
  assert.equal(record.kind, "uploaded");
  assert.equal(record.state, "ok");
  assert.equal(record.checksum.length, 32);
  assert.notEqual(record.verified_at, null);
  assert.equal(record.rows["books"], 200);
  assert.deepEqual(
    await Deno.readFile(join(fix.store.config.backup.path, `${id}.zip`)),
    await Deno.readFile(SOOKLIB_ZIP),
  );
});

Deno.test("Uploader names a backup by its file, else by its metadata", async (t) => {
  const cases = [
    { fileName: "backup_20250101_000000.zip", id: "backup_20250101_000000" },
    { fileName: "../../etc/backup_20250101_000000.zip", id: SOOKLIB_ID },
    { fileName: "backup_20250101_000000 (1).zip", id: SOOKLIB_ID },
    { fileName: "\u202Epiz.\n\0<img onerror=1>", id: SOOKLIB_ID },
    { fileName: null, id: SOOKLIB_ID },
  ];
  for (const { fileName, id } of cases) {
    await t.step(JSON.stringify(fileName), async () => {
      await using fix = await fixture();
      assert.equal(await fix.upload({ fileName }), id);
    });
  }
});

Deno.test("Uploader never overwrites", async () => {
  await using fix = await fixture();
  await fix.upload();
  const before = await Deno.stat(fix.store.catalog.zipPath(SOOKLIB_ID));

  const error = await fix.refusal({});

  assert.equal(error.code, "backup.exists");
  assert.equal((await Deno.stat(fix.store.catalog.zipPath(SOOKLIB_ID))).ino, before.ino);
  assert.deepEqual(fix.files(), PAIR);
});

Deno.test("Uploader refuses and leaves nothing behind", async (t) => {
  const whole = await Deno.readFile(SOOKLIB_ZIP);
  const damaged = whole.slice();
  damaged.fill(0x55, 2000, 2400);
  const empty = new Uint8Array(22);
  empty.set([0x50, 0x4b, 5, 6]);
  const stalled = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(whole.slice(0, 5000)),
  });
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(whole.slice(0, 5000));
      controller.error(new Error("connection reset"));
    },
  });
  const small = 1000;
  const cases: [string, string, Partial<UploadRequest>, Partial<UploaderOptions>?][] = [
    ["no ZIP", "upload.not_zip", { body: streamOf(new TextEncoder().encode("<html>")) }],
    ["no ZIP, byte by byte", "upload.not_zip", { body: streamOf(new Uint8Array(9), 1) }],
    ["nothing", "upload.not_zip", { body: streamOf(new Uint8Array(0)) }],
    ["two bytes of a ZIP", "upload.not_zip", { body: streamOf(whole.slice(0, 2)) }],
    ["cut off", "upload.damaged", { body: streamOf(whole.slice(0, 5000)) }],
    ["damaged", "upload.damaged", { body: streamOf(damaged) }],
    ["empty ZIP", "upload.not_backup", { body: streamOf(empty) }],
    ["shorter than said", "upload.incomplete", { expectedBytes: whole.length + 1 }],
    ["paused too long", "upload.incomplete", { body: stalled }, { idleMs: 20 }],
    ["broken off", "upload.incomplete", { body: broken }],
  ];
  for (const [name, code, change, options] of cases) {
    await t.step(name, async () => {
      await using fix = await fixture();
      assert.equal((await fix.refusal(change, options)).code, code);
      assert.deepEqual(fix.files(), []);
    });
  }

  await t.step("over the limit, announced or not", async () => {
    await using fix = await fixture();
    const { config } = fix.store;
    const limited = { config: { ...config, server: { ...config.server, maxUploadBytes: small } } };
    for (const expectedBytes of [whole.length, null]) {
      const error = await fix.refusal({ expectedBytes }, limited);
      assert.equal(error.code, "upload.too_large");
    }
    assert.deepEqual(fix.files(), []);
  });

  await t.step("no room, with the bytes needed", async () => {
    await using fix = await fixture();
    const { config } = fix.store;
    const full = {
      config: {
        ...config,
        backup: { ...config.backup, reserveBytes: Number.MAX_SAFE_INTEGER / 2 },
      },
    };
    const error = await fix.refusal({}, full);
    assert.equal(error.code, "space.insufficient");
    assert.ok(Array.isArray(error.details["deletable"]));
    assert.deepEqual(fix.files(), []);
  });
});

Deno.test("Uploader takes one upload at a time and clears what a killed one left", async () => {
  await using fix = await fixture();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const whole = await Deno.readFile(SOOKLIB_ZIP);
  let isBegun = () => {};
  const begun = new Promise<void>((resolve) => isBegun = resolve);
  const slow = new ReadableStream<Uint8Array>({
    async pull(controller) {
      isBegun();
      await released;
      controller.enqueue(whole);
      controller.close();
    },
  }, { highWaterMark: 0 });
  const first = fix.upload({ body: slow });
  await begun;

  const error = await fix.refusal({ fileName: null });

  assert.equal(error.code, "upload.busy");
  release();
  assert.equal(await first, SOOKLIB_ID);

  const left = join(fix.store.config.backup.path, ".quarantine", "upload.zip");
  await Deno.writeTextFile(temporaryName(left), "left by a killed process");
  await fix.upload({ fileName: "backup_20250101_000000.zip" });
  assert.ok(!fix.files().some((name) => name.startsWith(".shuku-")), fix.files().join());
});

Deno.test("Uploader shows an upload as a job that can be cancelled while it arrives", async () => {
  await using fix = await fixture();
  let isBegun = () => {};
  const begun = new Promise<void>((resolve) => isBegun = resolve);
  const endless = new ReadableStream<Uint8Array>({ pull: () => isBegun() }, { highWaterMark: 0 });
  const refused = fix.refusal({ body: endless });
  await begun;
  const [job] = await fix.store.jobs.list();
  assert.equal(job?.kind, "upload");

  fix.store.jobs.cancel(job?.job_id ?? "");

  assert.equal((await refused).code, "job.cancelled");
  assert.deepEqual(fix.files(), []);
});

Deno.test("Uploader lets go of each chunk once it is written", async () => {
  await using fix = await fixture();
  const MIB = 1_048_576;
  const before = Deno.memoryUsage().external;
  let most = 0;
  let sent = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      most = Math.max(most, Deno.memoryUsage().external - before);
      if (sent === 256) return controller.close();
      const chunk = new Uint8Array(MIB);
      if (sent === 0) chunk.set([0x50, 0x4b, 3, 4]);
      controller.enqueue(chunk);
      sent += 1;
    },
  }, { highWaterMark: 0 });

  const error = await fix.refusal({ body });

  assert.equal(error.code, "upload.damaged");
  assert.ok(most < 128 * MIB, `${Math.round(most / MIB)} MiB held of 256 received`);
});
