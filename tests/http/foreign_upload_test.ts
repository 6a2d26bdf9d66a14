import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { rawZip } from "../archive/support/raw_zip.ts";
import { openTestApp } from "../helpers/test_app.ts";
import { SOOKLIB_ZIP } from "../helpers/test_library.ts";

const whole = await Deno.readFile(SOOKLIB_ZIP);
const zipOf = (...names: string[]) => rawZip(names.map((name) => ({ name, content: "x" })));
const tar = Buffer.alloc(1024);
tar.write("covers/1.jpg");
tar.write("ustar", 257);

/** What people send that is no backup: as bytes, and the words that have to be in both sentences. */
const FOREIGN: readonly [what: string, bytes: Uint8Array, zh: RegExp, en: RegExp][] = [
  ["nothing", new Uint8Array(0), /空文件（0 字节）/, /an empty file \(0 bytes\)/],
  ["zeros", new Uint8Array(5000), /全是 0.*没有下载完/, /zeros.*unfinished download/],
  ["rar", Buffer.from("Rar!\x1a\x07\x01\0and more", "latin1"), /RAR/, /a RAR archive/],
  ["7z", Buffer.from("7z\xbc\xaf\x27\x1c\0\x04", "latin1"), /7z/, /a 7z archive/],
  ["tar.gz", gzipSync(tar), /tar\.gz/, /tar\.gz/],
  ["tar", tar, /tar 包/, /a tar archive/],
  ["exe", Buffer.from("MZ\x90\0\x03\0\0\0", "latin1"), /\.exe/, /\.exe/],
  [
    "a web page",
    Buffer.from("\n <!DOCTYPE html><html>"),
    /网页.*登录页或错误页/,
    /sign-in or error page/,
  ],
  [
    "a database",
    Buffer.from("SQLite format 3\0\x10\0", "latin1"),
    /SQLite 数据库/,
    /SQLite database/,
  ],
  ["a form", Buffer.from("--x1\r\nContent-Disposition: form-data"), /multipart/, /multipart/],
  ["json", Buffer.from('{"backup_id": 1}'), /JSON/, /JSON/],
  ["binary", Buffer.from([1, 2, 3, 4, 5, 6]), /开头没有 ZIP 标记/, /do not begin like a ZIP/],
  [
    "docx",
    zipOf("[Content_Types].xml", "word/document.xml"),
    /Word.*metadata\.json/,
    /Word.*metadata\.json/,
  ],
  ["xlsx", zipOf("[Content_Types].xml", "xl/workbook.xml"), /Excel/, /Excel/],
  ["epub", zipOf("mimetype", "META-INF/container.xml"), /EPUB/, /EPUB/],
  ["jar", zipOf("META-INF/MANIFEST.MF"), /\.jar/, /\.jar/],
  ["photos", zipOf("holiday/1.jpg", "holiday/2.jpg"), /holiday\/1\.jpg/, /holiday\/1\.jpg/],
  ["an empty ZIP", rawZip([]), /空的 ZIP/, /an empty ZIP/],
  ["a cut ZIP", whole.subarray(0, 60_000), /不完整.*60000 字节/, /incomplete.*60000 bytes/],
  [
    "a ZIP whose end is zeros",
    Buffer.concat([whole.subarray(0, 60_000), Buffer.alloc(9000)]),
    /不完整/,
    /incomplete/,
  ],
  [
    "bytes behind",
    Buffer.concat([whole, Buffer.from("</html>")]),
    /后面多出 7 字节/,
    /Behind.* 7 bytes/,
  ],
  [
    "a damaged ZIP",
    whole.slice().fill(0x55, 2000, 2400),
    /重新上传原来的文件/,
    /upload the original again/,
  ],
];

Deno.test("an upload that is no backup is told for what it is, and blames no disk", async (t) => {
  await using test = await openTestApp();
  for (const [what, bytes, zh, en] of FOREIGN) {
    await t.step(what, async () => {
      const send = (language: string) =>
        test.call("PUT", `upload/${encodeURIComponent(what)}.zip`, {
          body: new Uint8Array(bytes),
          headers: { "Accept-Language": language },
        });

      const chinese = await send("zh");
      const english = await send("en");

      assert.equal(chinese.status, 400);
      assert.match(chinese.body.detail, zh);
      assert.match(english.body.detail, en);
      assert.doesNotMatch(chinese.body.detail + english.body.detail, /磁盘|disk|\?/);
      const [job] = (await test.call("GET", "jobs")).body.jobs;
      assert.deepEqual([job.kind, job.state, job.file_name], ["upload", "failed", `${what}.zip`]);
    });
  }
  assert.equal((await test.call("GET", "list")).body.total, 0);
});

Deno.test("one part of a ZIP that was cut into pieces is told by its name", async () => {
  await using test = await openTestApp();

  const answer = await test.call("PUT", "upload/backup.zip.001", {
    body: whole.slice(0, 60_000),
    headers: { "Accept-Language": "en" },
  });

  assert.match(answer.body.detail, /one part of a split archive/);
});

Deno.test("a ZIP with something before it, as a browser or a mailer may put it there, says so", async () => {
  await using test = await openTestApp();
  const { config } = test.library;
  const id = "backup_20260101_000000";
  await Deno.writeFile(
    `${config.backup.path}/${id}.zip`,
    Buffer.concat([Buffer.from("#!/bin/sh\n"), whole]),
  );

  const { body } = await test.call("GET", `validate/${id}`);

  assert.equal(body.valid, false);
  assert.match(body.error, /前面多出 10 字节/);
});
