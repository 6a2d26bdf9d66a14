import assert from "node:assert/strict";
import { isAppError } from "../../src/base/errors.ts";
import { diffConfig } from "../../src/config/diff_config.ts";
import { mergeMachineKeys } from "../../src/config/machine_keys.ts";
import { parseConfigText } from "../../src/config/read.ts";

const LIVE = `server: { host: 0.0.0.0, port: 9000 }
database: { url: sqlite:////new/library.db }
security: { secret_key: live-secret, access_token_expire_minutes: 60 }
timezone: Asia/Shanghai
backup: { backup_path: /mnt/backups, retention_count: 3 }
opds: { title: Live }
`;

Deno.test("mergeMachineKeys() returns the backup byte for byte where machine keys are equal", () => {
  const backup = "\ufeff" + LIVE.replace("{ title: Live }", "{title:   Old}  # odd") + "\r\n\r\n";

  const merged = mergeMachineKeys(backup, LIVE);

  assert.equal(merged.text, backup);
  assert.deepEqual(merged.keptKeys, []);
  assert.deepEqual(merged.changed, [
    { key: "opds.title", before: "Live", after: "Old", kept: false },
  ]);
});

Deno.test("mergeMachineKeys() keeps what describes this machine and takes the rest", () => {
  const backup = `# from the old server
server: { host: 10.0.0.9, port: 8080, reload: true }
security: { secret_key: old-secret, access_token_expire_minutes: 60 }
backup: { backup_path: /old, state_file: /old/s.json, retention_count: 7 } # keep
opds: { title: Old }
`;

  const merged = mergeMachineKeys(backup, LIVE);

  assert.deepEqual(parseConfigText(merged.text, "x"), {
    server: { host: "0.0.0.0", port: 9000 },
    database: { url: "sqlite:////new/library.db" },
    security: { secret_key: "live-secret", access_token_expire_minutes: 60 },
    timezone: "Asia/Shanghai",
    backup: { backup_path: "/mnt/backups", retention_count: 7 },
    opds: { title: "Old" },
  });
  assert.match(merged.text, /^# from the old server\n/);
  assert.match(merged.text, /# keep\n/);
  assert.deepEqual(merged.keptKeys, [
    "backup.backup_path",
    "backup.state_file",
    "database.url",
    "security.secret_key",
    "server.host",
    "server.port",
    "server.reload",
    "timezone",
  ]);
  const shown = JSON.stringify(merged.changed);
  assert.doesNotMatch(shown, /live-secret|old-secret/);
  assert.deepEqual(merged.changed.filter(({ kept }) => !kept).map(({ key }) => key), [
    "backup.retention_count",
    "opds.title",
  ]);
});

Deno.test("mergeMachineKeys() throws for a live file that does not parse", () => {
  assert.throws(
    () => mergeMachineKeys("a: 1", "a: [1"),
    (error) => isAppError(error, "config.unreadable"),
  );
});

Deno.test("diffConfig() masks secrets and passwords inside URLs", () => {
  const before = `security: { secret_key: aaa, access_token_expire_minutes: 5 }
telegram: { bot_token: bbb }
remote: { password: ccc, api_key: ddd, url: "https://me:eee@host/x" }
`;

  const shown = diffConfig(before, "security: { access_token_expire_minutes: 6 }\n");

  assert.deepEqual(shown, [
    { key: "remote.api_key", before: "***", after: null },
    { key: "remote.password", before: "***", after: null },
    { key: "remote.url", before: "https://me:***@host/x", after: null },
    { key: "security.access_token_expire_minutes", before: "5", after: "6" },
    { key: "security.secret_key", before: "***", after: null },
    { key: "telegram.bot_token", before: "***", after: null },
  ]);
});
