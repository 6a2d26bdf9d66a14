import assert from "node:assert/strict";
import { join } from "node:path";
import { openTestApp } from "../helpers/test_app.ts";
import { SOOKLIB_ID, SOOKLIB_ZIP } from "../helpers/test_library.ts";

async function formOf(
  name = `${SOOKLIB_ID}.zip`,
  content?: Uint8Array<ArrayBuffer>,
): Promise<FormData> {
  const form = new FormData();
  form.append("file", new File([content ?? await Deno.readFile(SOOKLIB_ZIP)], name));
  return form;
}

Deno.test("POST upload and PUT upload/{file_name} take in a backup that lists, validates and downloads", async () => {
  await using test = await openTestApp();
  const bytes = await Deno.readFile(SOOKLIB_ZIP);

  const form = await test.call("POST", "upload", { body: await formOf() });
  const raw = await test.call("PUT", "upload/backup_20250101_000000.zip", { body: bytes });

  assert.equal(form.status, 200);
  assert.equal(form.body.message, "备份上传成功");
  assert.equal(form.body.backup_id, SOOKLIB_ID);
  assert.equal(form.body.kind, "uploaded");
  assert.equal(raw.status, 200);
  assert.equal(raw.body.backup_id, "backup_20250101_000000");
  const { body: list } = await test.call("GET", "list");
  assert.equal(list.total, 2);
  assert.equal((await test.call("GET", `validate/${SOOKLIB_ID}`)).body.valid, true);
  const download = await test.send("GET", `download/${SOOKLIB_ID}`);
  assert.deepEqual(new Uint8Array(await download.arrayBuffer()), bytes);
});

Deno.test("uploads are refused with the contract's statuses and leave the list as it was", async () => {
  await using test = await openTestApp({
    configure: (config) => ({ ...config, server: { ...config.server, maxUploadBytes: 400_000 } }),
  });
  const bytes = await Deno.readFile(SOOKLIB_ZIP);
  const damaged = bytes.slice();
  damaged.fill(0x55, 2000, 2400);
  await test.call("POST", "upload", { body: await formOf() });
  const text = new TextEncoder().encode("<img src=x onerror=alert(1)>");
  const big = new Uint8Array(500_000);
  big.set([0x50, 0x4b, 3, 4]);
  const noFile = new FormData();
  noFile.append("other", "x");
  const cases: [string, string, BodyInit | undefined, number, string][] = [
    ["POST", "upload", await formOf("a.zip", text), 400, "upload.not_zip"],
    ["PUT", "upload/a.zip", text, 400, "upload.not_zip"],
    ["PUT", "upload/a.zip", undefined, 400, "upload.not_zip"],
    ["PUT", "upload/a.zip", damaged, 400, "upload.damaged"],
    ["PUT", "upload/a.zip", bytes.slice(0, 50_000), 400, "upload.damaged"],
    ["POST", "upload", await formOf(), 409, "backup.exists"],
    ["PUT", `upload/${SOOKLIB_ID}.zip`, bytes, 409, "backup.exists"],
    ["PUT", "upload/a.zip", big, 413, "upload.too_large"],
    ["POST", "upload", await formOf("a.zip", big), 413, "upload.too_large"],
    ["POST", "upload", noFile, 422, "upload.no_file"],
    ["POST", "upload", "{}", 422, "upload.no_file"],
    ["PUT", `upload/${"x".repeat(300)}.zip`, bytes, 422, "request.invalid"],
  ];
  for (const [method, path, body, status, code] of cases) {
    const answer = await test.call(method, path, body === undefined ? {} : { body });
    assert.equal(answer.body.code, code, `${method} ${path.slice(0, 40)}`);
    assert.equal(answer.status, status, code);
  }
  const notZip = await test.call("PUT", "upload/a.zip", { body: text });
  assert.equal(notZip.body.detail, "仅支持ZIP格式的备份文件");
  assert.equal((await test.call("GET", "list")).body.total, 1);
});

Deno.test("an upload is written as it comes: no more than a chunk or two is ever in memory", async () => {
  await using test = await openTestApp();
  const quarantine = join(test.library.config.backup.path, ".quarantine");
  const written = () =>
    [...Deno.readDirSync(quarantine)].filter(({ name }) => name.endsWith(".tmp"))
      .reduce((sum, { name }) => sum + Deno.statSync(join(quarantine, name)).size, 0);
  const MIB = 1_048_576;
  const head = new Uint8Array(MIB);
  head.set([0x50, 0x4b, 3, 4]);
  let sent = 0;
  let held = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent > 0) held = Math.max(held, sent * MIB - written());
      if (sent === 100) return controller.close();
      controller.enqueue(sent === 0 ? head : new Uint8Array(MIB));
      sent += 1;
    },
  }, { highWaterMark: 0 });

  const { body: answer } = await test.call("PUT", "upload/a.zip", { body });

  assert.equal(answer.code, "upload.damaged");
  assert.equal(sent, 100);
  assert.ok(held <= 4 * MIB, `${held / MIB} MiB were held back`);
});
