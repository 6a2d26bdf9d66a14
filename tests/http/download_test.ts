import assert from "node:assert/strict";
import { BASE, openTestApp } from "../helpers/test_app.ts";

async function fixture() {
  const test = await openTestApp();
  const { body } = await test.call("POST", "create", { json: {} });
  const bytes = await Deno.readFile(body.file_path);
  const get = async (headers: Record<string, string> = {}, path?: string) => {
    const response = await test.send("GET", path ?? `download/${body.backup_id}`, { headers });
    return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
  };
  return { test, id: body.backup_id as string, bytes, get };
}

Deno.test("GET download streams the whole file with what a download manager needs", async () => {
  const { test, id, bytes, get } = await fixture();
  await using _ = test;

  const whole = await get();

  const { headers } = whole.response;
  assert.equal(whole.response.status, 200);
  assert.deepEqual(whole.bytes, bytes);
  assert.equal(headers.get("Content-Length"), String(bytes.length));
  assert.equal(headers.get("Content-Type"), "application/zip");
  assert.equal(headers.get("Content-Disposition"), `attachment; filename="${id}.zip"`);
  assert.equal(headers.get("Accept-Ranges"), "bytes");
  assert.match(headers.get("ETag") ?? "", /^"[^"]+"$/);
  assert.match(headers.get("Cache-Control") ?? "", /no-store/);
});

Deno.test("GET download serves ranges, refuses impossible ones and keeps to If-Range", async () => {
  const { test, bytes, get } = await fixture();
  await using _ = test;
  const size = bytes.length;
  const etag = (await get()).response.headers.get("ETag") ?? "";
  const modified = (await get()).response.headers.get("Last-Modified") ?? "";
  const cases: [Record<string, string>, number, number, number][] = [
    [{ Range: "bytes=0-3" }, 206, 0, 4],
    [{ Range: "bytes=10-" }, 206, 10, size],
    [{ Range: "bytes=-5" }, 206, size - 5, size],
    [{ Range: "bytes=0-3", "If-Range": etag }, 206, 0, 4],
    [{ Range: "bytes=0-3", "If-Range": modified }, 206, 0, 4],
    [{ Range: "bytes=0-3", "If-Range": '"old"' }, 200, 0, size],
    [{ Range: "bytes=0-1,4-5" }, 200, 0, size],
    [{ Range: "nonsense" }, 200, 0, size],
  ];
  for (const [headers, status, start, end] of cases) {
    const part = await get(headers);
    assert.equal(part.response.status, status, JSON.stringify(headers));
    assert.deepEqual(part.bytes, bytes.slice(start, end), JSON.stringify(headers));
    assert.equal(part.response.headers.get("Content-Length"), String(end - start));
    const range = status === 206 ? `bytes ${start}-${end - 1}/${size}` : null;
    assert.equal(part.response.headers.get("Content-Range"), range);
  }

  const beyond = await get({ Range: `bytes=${size}-` });
  assert.equal(beyond.response.status, 416);
  assert.equal(beyond.response.headers.get("Content-Range"), `bytes */${size}`);
  const same = await get({ "If-None-Match": etag });
  assert.equal(same.response.status, 304);
  assert.equal(same.bytes.length, 0);
});

Deno.test("HEAD download has the headers of GET and no body", async () => {
  const { test, id, bytes } = await fixture();
  await using _ = test;

  const head = await test.send("HEAD", `download/${id}`, { headers: { Range: "bytes=0-3" } });

  assert.equal(head.status, 200);
  assert.equal(head.headers.get("Content-Length"), String(bytes.length));
  assert.equal(head.headers.get("Accept-Ranges"), "bytes");
  assert.equal(head.body, null);
});

Deno.test("a download is read as it is taken, and let go when the client leaves", async () => {
  const { test, id } = await fixture();
  await using _ = test;
  const response = await test.send("GET", `download/${id}`);
  const reader = response.body?.getReader();
  await reader?.read();

  // An open file that stayed open would be reported by the resource sanitizer.
  await reader?.cancel();
});

Deno.test("a ticket is one link to one backup: HEAD spends nothing, GET does, ranges go on", async () => {
  const { test, id, bytes } = await fixture();
  await using _ = test;
  const { status, body } = await test.call("POST", `download/${id}/ticket`, { json: {} });
  const open = async (method: string, url: string, headers: Record<string, string> = {}) => {
    const response = await test.send(method, url, { as: "nobody", headers });
    const text = await response.arrayBuffer();
    return { status: response.status, length: text.byteLength, headers: response.headers };
  };

  assert.equal(status, 200);
  assert.equal(body.expires_in, 60);
  assert.match(body.url, /^\.\.\/backup_\d+_\d+\?ticket=[\w-]{22,}$/);
  const { pathname, search } = new URL(body.url, `http://x${BASE}/download/${id}/ticket`);
  const url = pathname + search;
  assert.equal((await open("HEAD", url)).status, 200);
  assert.equal((await open("HEAD", url)).status, 200);
  assert.deepEqual((await open("GET", url)).length, bytes.length);
  const again = await open("GET", url);
  assert.equal(again.status, 401);
  assert.equal(again.headers.get("WWW-Authenticate"), "Bearer");
  assert.equal((await open("GET", url, { Range: "bytes=5-" })).status, 206);
});

Deno.test("a ticket opens nothing else and tells a stranger nothing", async () => {
  const { test, id } = await fixture();
  await using _ = test;
  const { body } = await test.call("POST", `download/${id}/ticket`, { json: {} });
  const ticket = new URL(body.url, "http://x").searchParams.get("ticket") ?? "";
  const cases: [string, string, string][] = [
    ["another id", "GET", `download/backup_20200101_000000?ticket=${ticket}`],
    ["a made-up ticket", "GET", `download/${id}?ticket=${"A".repeat(22)}`],
    ["an empty ticket", "GET", `download/${id}?ticket=`],
    ["a list", "GET", `list?ticket=${ticket}`],
    ["a deletion", "DELETE", `${id}?ticket=${ticket}`],
    ["a post", "POST", `download/${id}?ticket=${ticket}`],
  ];
  for (const [name, method, path] of cases) {
    assert.equal((await test.call(method, path, { as: "nobody" })).status, 401, name);
  }
  assert.ok(!test.log.lines.some((line) => line.includes(ticket)));
});
