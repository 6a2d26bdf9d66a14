import assert from "node:assert/strict";
import { isAppError } from "../../src/base/errors.ts";
import { openFormFile } from "../../src/http/multipart.ts";

const TYPE = "multipart/form-data; boundary=xyz";
const ENCODER = new TextEncoder();

function form(...lines: string[]): ReadableStream<Uint8Array> {
  return ReadableStream.from([ENCODER.encode(lines.join("\r\n"))]);
}

const FILE_HEAD = ['Content-Disposition: form-data; name="file"; filename="a.zip"', "", "content"];

async function readText(body: ReadableStream<Uint8Array>): Promise<string> {
  return await new Response(body).text();
}

Deno.test("openFormFile() streams the field file, whatever stands around it", async () => {
  const body = form(
    "--xyz",
    'Content-Disposition: form-data; name="note"',
    "",
    "hello",
    "--xyz",
    ...FILE_HEAD,
    "--xyz--",
    "",
  );

  const file = await openFormFile(body, TYPE);

  assert.equal(file.fileName, "a.zip");
  assert.equal(await readText(file.body), "content");
});

Deno.test("openFormFile() refuses what holds no file", async (t) => {
  const other = 'Content-Disposition: form-data; name="other"; filename="a.zip"';
  const cases: [string, ReadableStream<Uint8Array> | null, string | undefined][] = [
    ["no body", null, TYPE],
    ["no type", form("x"), undefined],
    ["another type", form("x"), "application/json"],
    ["no boundary", form("x"), "multipart/form-data"],
    ["another field", form("--xyz", other, "", "content", "--xyz--", ""), TYPE],
    ["an empty form", form("--xyz--", ""), TYPE],
  ];
  for (const [name, body, type] of cases) {
    await t.step(name, async () => {
      await assert.rejects(
        openFormFile(body, type),
        (error) => isAppError(error, "upload.no_file", "upload.incomplete"),
      );
    });
  }
});

Deno.test("openFormFile() errors the file of a form that breaks off", async () => {
  const file = await openFormFile(form("--xyz", ...FILE_HEAD), TYPE);

  await assert.rejects(readText(file.body), (error) => isAppError(error, "upload.incomplete"));
});

Deno.test("openFormFile() reads the request no faster than the file is taken, and stops with it", async () => {
  let sent = 0;
  let isCancelled = false;
  const head = ENCODER.encode(["--xyz", ...FILE_HEAD].join("\r\n"));
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(sent === 0 ? head : new Uint8Array(65_536));
      sent += 1;
    },
    cancel: () => {
      isCancelled = true;
    },
  }, { highWaterMark: 0 });

  const file = await openFormFile(endless, TYPE);
  const reader = file.body.getReader();
  for (let i = 0; i < 20; i += 1) await reader.read();

  assert.ok(sent < 60, `${sent} chunks of 64 KiB were read for 20 taken`);
  await reader.cancel();
  assert.equal(isCancelled, true);
});
