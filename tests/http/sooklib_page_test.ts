import assert from "node:assert/strict";
import { BASE, libraryToken, openTestApp } from "../helpers/test_app.ts";
import { SOOKLIB_ID, SOOKLIB_ZIP } from "../helpers/test_library.ts";

/**
 * What the admin page of the library does, over a socket, with the token that the library gave its admin: no
 * header but `Authorization`, `?token=` for downloads, bodies as axios sends them.
 */
Deno.test("the library's own admin page works against this service unchanged", async (t) => {
  await using test = await openTestApp({ open: { serve: true } });
  const { port } = await test.app.startServing();
  const token = await libraryToken({ sub: "admin" });
  const request = async (method: string, path: string, init: RequestInit = {}) => {
    const response = await fetch(`http://127.0.0.1:${port}${BASE}${path}`, {
      method,
      ...init,
      headers: { ...init.headers, Authorization: `Bearer ${token}` },
    });
    return { status: response.status, body: await response.json() };
  };
  const json = (value: unknown): RequestInit => ({
    body: JSON.stringify(value),
    headers: { "Content-Type": "application/json" },
  });
  let made = "";

  await t.step("it loads the list, the figures, the schedule and WebDAV at once", async () => {
    const answers = await Promise.all(
      ["/list", "/stats", "/scheduler/status", "/webdav"].map((path) => request("GET", path)),
    );

    assert.deepEqual(answers.map(({ status }) => status), [200, 200, 200, 200]);
    const [list, stats, scheduler, webdav] = answers.map(({ body }) => body);
    assert.deepEqual(list, { backups: [], total: 0 });
    assert.equal(stats.total_backups, 0);
    assert.equal(scheduler.last_status, "未运行");
    assert.equal(webdav.enabled, false);
    assert.equal(webdav.password_configured, false);
    assert.equal(webdav.timeout, 30);
    assert.equal(webdav.verify_ssl, true);
  });

  await t.step("it creates a backup", async () => {
    const { status, body } = await request(
      "POST",
      "/create",
      json({ includes: ["database", "covers", "config"], description: "手动备份" }),
    );

    assert.equal(status, 200);
    assert.equal(body.success, true);
    made = body.backup_id;
  });

  await t.step("it uploads a backup that the library made", async () => {
    const form = new FormData();
    form.append("file", new File([await Deno.readFile(SOOKLIB_ZIP)], `${SOOKLIB_ID}.zip`));

    const { status, body } = await request("POST", "/upload", { body: form });

    assert.equal(status, 200);
    assert.equal(body.message, "备份上传成功");
    assert.equal((await request("GET", "/list")).body.total, 2);
  });

  await t.step("it opens a download with the token in the address", async () => {
    const url = `http://127.0.0.1:${port}${BASE}/download/${made}?token=${token}`;

    const head = await fetch(url, { method: "HEAD" });
    const response = await fetch(url);
    const bytes = await response.bytes();

    assert.equal(response.status, 200);
    assert.equal(head.headers.get("Content-Length"), String(bytes.length));
    assert.equal(response.headers.get("Content-Length"), String(bytes.length));
    assert.equal(
      response.headers.get("Content-Disposition"),
      `attachment; filename="${made}.zip"`,
    );
    assert.deepEqual([...bytes.slice(0, 4)], [0x50, 0x4b, 3, 4]);
  });

  await t.step("it validates and restores, and names the snapshot", async () => {
    const validated = await request("GET", `/validate/${made}`);
    const restored = await request(
      "POST",
      "/restore",
      json({ backup_id: made, includes: ["database", "covers"], create_snapshot: true }),
    );

    assert.equal(validated.body.valid, true);
    assert.equal(restored.status, 200, JSON.stringify(restored.body));
    assert.equal(restored.body.success, true);
    assert.equal(restored.body.backup_id, made);
    assert.deepEqual(restored.body.restored, ["database", "covers"]);
    const { body: list } = await request("GET", "/list");
    const snapshot = list.backups.find((one: { backup_id: string }) =>
      one.backup_id === restored.body.snapshot_id
    );
    assert.equal(snapshot.kind, "snapshot");
    assert.equal(snapshot.description, `恢复前快照 (before restore ${made})`);
  });

  await t.step(
    "it turns the schedule on without a body, triggers it and turns it off",
    async () => {
      const enabled = await request("POST", "/scheduler/enable");
      const triggered = await request("POST", "/scheduler/trigger");
      const disabled = await request("POST", "/scheduler/disable");

      assert.equal(enabled.body.message, "自动备份已启用");
      assert.equal(triggered.body.message, "备份任务执行成功");
      assert.equal(disabled.body.message, "自动备份已禁用");
    },
  );

  await t.step("it deletes a backup", async () => {
    const { status, body } = await request("DELETE", `/${SOOKLIB_ID}`);

    assert.equal(status, 200);
    assert.deepEqual(body, { message: "备份已删除", backup_id: SOOKLIB_ID });
  });

  assert.ok(!test.log.lines.some((line) => line.includes(token)), "the token is in the log");
});
