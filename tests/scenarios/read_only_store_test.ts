import assert from "node:assert/strict";
import { join } from "node:path";
import { mountNamespace, mountTest } from "../helpers/mount_namespace.ts";
import { openTestApp } from "../helpers/test_app.ts";
import { testCommand } from "../helpers/test_command.ts";
import { testLibrary } from "../helpers/test_library.ts";

Deno.test("less room than the reserve: a backup is validated, previewed, listed and downloaded all the same", async () => {
  const noRoom = Number.MAX_SAFE_INTEGER / 2;
  let reserveBytes: number | null = null;
  await using house = await openTestApp({
    configure: (config) => ({
      ...config,
      backup: {
        ...config.backup,
        get reserveBytes() {
          return reserveBytes;
        },
      },
    }),
  });
  const made = await house.call("POST", "create", { json: {} });
  const id = made.body.backup_id;
  const before = (await house.call("GET", id)).body.verified_at;
  reserveBytes = noRoom;

  const validated = await house.call("GET", `validate/${id}`);
  const preview = await house.call("POST", "restore/preview", {
    json: { backup_id: id, includes: ["config"] },
  });
  const restored = await house.call("POST", "restore", {
    json: { backup_id: id, includes: ["config"] },
  });
  const listed = await house.call("GET", "list");
  const download = await house.send("GET", `download/${id}`);

  assert.equal(validated.status, 200, JSON.stringify(validated.body));
  assert.equal(validated.body.valid, true);
  assert.match(validated.body.warnings.join(), /没有地方解压其中的数据库/);
  assert.equal(validated.body.verified_at, before, "SQLite has not looked again");
  assert.equal(preview.status, 200, JSON.stringify(preview.body));
  assert.equal(restored.status, 200, JSON.stringify(restored.body));
  assert.equal(listed.body.total, 2, "with the snapshot");
  assert.equal((await download.bytes()).length, made.body.file_size);
});

mountTest(
  "a store that is mounted read-only is listed, validated and previewed by the command line",
  async () => {
    await using library = await testLibrary({ BACKUP_PATH: "backups" });
    const { json: made } = await testCommand(library, ["backup", "--json"]);
    await using namespace = await mountNamespace();
    const store = library.config.backup.path;
    await namespace.mount("--bind", store, store);
    await namespace.mount("-o", "remount,ro,bind", store);
    const [command = "", ...enter] = namespace.enter;
    const main = join(import.meta.dirname ?? ".", "..", "..", "src", "main.ts");
    const config = library.config.path ?? "";
    const shuku = async (...words: string[]) => {
      const args = [
        ...[
          ...enter,
          "env",
          "BACKUP_PATH=backups",
          "TZ=Asia/Shanghai",
          "LC_ALL=C",
          Deno.execPath(),
        ],
        ...["run", "-A", "--no-check", "--unstable-cron", main, ...words],
        ...["--json", "--config", config, "--root", library.root],
      ];
      const { stdout } = await new Deno.Command(command, { args, stdin: "null" }).output();
      return JSON.parse(new TextDecoder().decode(stdout));
    };

    const listed = await shuku("list");
    const validated = await shuku("validate", made.backup_id);
    const preview = await shuku("restore", made.backup_id, "--dry-run", "--no-snapshot");
    const refused = await shuku("restore", made.backup_id, "--includes", "config", "--yes");
    const restored = await shuku(
      ...["restore", made.backup_id, "--includes", "config", "--no-snapshot", "--yes"],
    );

    assert.equal(refused.code, "restore.no_snapshot", JSON.stringify(refused));
    assert.match(refused.detail, /read-only.*Nothing has changed.*--no-snapshot/);
    assert.equal(restored.success, true, JSON.stringify(restored));
    assert.equal(listed.total, 1);
    assert.equal(validated.valid, true, JSON.stringify(validated));
    assert.deepEqual(validated.warnings, [], "the database was unpacked beside the live one");
    assert.equal(preview.allowed, true, JSON.stringify(preview.refusals));
  },
);
