import assert from "node:assert/strict";
import { AppError, isAppError } from "../../src/base/errors.ts";
import { describeError } from "../../src/base/messages/mod.ts";
import { diffConfig } from "../../src/config/diff_config.ts";
import { mergeMachineKeys } from "../../src/config/machine_keys.ts";

const LIVE = `server: { host: 0.0.0.0, port: 9000 }
database: { url: sqlite:////new/library.db }
security: { secret_key: live-secret, access_token_expire_minutes: 60 }
timezone: Asia/Shanghai
backup: { backup_path: /mnt/backups, retention_count: 3, compression_level: 9 }
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

Deno.test("mergeMachineKeys() takes two spellings of one value for equal", () => {
  const backup = "server: {port: 0x1F90, reload: off}\ntimezone: 'UTC'\nbackup:\nalerts: {}\n";

  assert.equal(
    mergeMachineKeys(backup, "server: {port: 8080, reload: false}\ntimezone: UTC\n").text,
    backup,
  );
});

Deno.test("mergeMachineKeys() keeps what describes this machine and takes the rest", () => {
  const backup = `# from the old server
server: { host: 10.0.0.9, port: 8080, reload: true }
logging: { level: DEBUG, file: /old/log }
security: { secret_key: old-secret, access_token_expire_minutes: 60 }
targets: [ { kind: s3 } ]
backup: { backup_path: /old, state_file: /old/s.json, compression_level: 1, encryption_key: k } # keep
opds: { title: Old }
`;

  const merged = mergeMachineKeys(backup, LIVE);

  assert.equal(
    merged.text,
    `# from the old server
server: { host: 0.0.0.0, port: 9000 }
logging: { level: DEBUG }
security: { secret_key: live-secret, access_token_expire_minutes: 60 }
backup: { backup_path: /mnt/backups, compression_level: 1, retention_count: 3 } # keep
opds: { title: Old }
database:
  url: sqlite:////new/library.db
timezone: Asia/Shanghai
`,
  );
  assert.deepEqual(merged.keptKeys, [
    "backup.backup_path",
    "backup.encryption_key",
    "backup.retention_count",
    "backup.state_file",
    "database.url",
    "logging.file",
    "security.secret_key",
    "server.host",
    "server.port",
    "server.reload",
    "targets",
    "timezone",
  ]);
  const shown = JSON.stringify(merged.changed);
  assert.doesNotMatch(shown, /live-secret|old-secret/);
  assert.deepEqual(merged.changed.filter(({ kept }) => !kept).map(({ key }) => key), [
    "backup.compression_level",
    "logging.level",
    "opds.title",
  ]);
});

Deno.test("mergeMachineKeys() writes to the places of differing values and to no other byte", () => {
  const backup = [
    "\ufeff%YAML 1.2",
    "--- ",
    "# 书库 的配置",
    "server:   # where it listens",
    "    # the port",
    "    port:   8080\t# behind the proxy",
    "    host: &h !!str 10.0.0.9",
    "",
    "owner_id: 1012345678901234567",
    "since: 2026-01-05T10:00:00+08:00",
    "code: 1234567e8",
    "mode: 0o17",
    "noon: 12:00:00",
    "icon: !!binary |",
    "  aGVsbG8=",
    "opds: {title:   'it''s',list: [1,2 , 3]}   # odd",
    "backup:",
    "  keep: |+",
    "    text",
    "",
    "  backup_path: '/old' # moved",
    "  compression_level: 0x6",
    "twice: 1",
    "twice: 2",
    "...",
    "",
  ].join("\r\n");
  const live = "server: {port: 9000, host: '::'}\nbackup: {backup_path: /new, state_file: s}\n";

  const { text } = mergeMachineKeys(backup, live);

  assert.equal(
    text,
    backup.replace("   8080\t", "   9000\t").replace("&h !!str 10.0.0.9", '"::"')
      .replace("'/old'", "/new").replace("0x6\r\n", "0x6\r\n  state_file: s\r\n"),
  );
});

Deno.test("mergeMachineKeys() adds and removes keys without touching what stands around them", () => {
  const cases: readonly (readonly [backup: string, live: string, expected: string])[] = [
    ["", "server: {port: 1}\n", "server:\n  port: 1\n"],
    ["# c\n", "timezone: UTC\n", "# c\ntimezone: UTC\n"],
    ["---\n", "timezone: UTC\n", "---\ntimezone: UTC\n"],
    ["a: 1", "timezone: UTC\n", "a: 1\ntimezone: UTC"],
    ["{a: 1}\n", "timezone: UTC\n", "{a: 1, timezone: UTC}\n"],
    ["{a: 1, # c\n}\n", "timezone: UTC\n", "{a: 1, timezone: UTC, # c\n}\n"],
    // The text of `a` has no last line break, and gets none.
    ["b: 2\na: |\n  text", "timezone: UTC\n", "b: 2\ntimezone: UTC\na: |\n  text"],
    ["a: |+\n  text\n\n", "timezone: UTC\n", "a: |+\n  text\n\ntimezone: UTC\n"],
    ["server: # c\na: 1\n", "server: {port: 1}\n", "server:\n  port: 1 # c\na: 1\n"],
    ["server:\n  x: 1\n  # c\na: 1\n", "server: {port: 1}\n", "server:\n  port: 1\n  # c\na: 1\n"],
    ["server:\n  x: 1\n# c\na: 1\n", "", "# c\na: 1\n"],
    ["server: {x: 1}\n", "", ""],
    ["targets:\n- a: 1\n- b\nz: 1\n", "targets: [c]\n", "targets: [c]\nz: 1\n"],
    ["backup:\n  backup_path: a # c\nz: 1\n", "", "z: 1\n"],
    ["backup:\n  backup_path: a # c\n  x: 1\n", "", "backup:\n  x: 1\n"],
    ["backup: {backup_path: a, x: 1}\n", "", "backup: {x: 1}\n"],
    ["backup: {x: 1, backup_path: a}\n", "", "backup: {x: 1}\n"],
    ["server:\n  port: 1\n  port: 2\n", "server: {port: 2}", "server:\n  port: 1\n  port: 2\n"],
    ["server:\n  port: 1\n  port: 2\n", "server: {port: 3}", "server:\n  port: 1\n  port: 3\n"],
    ["a: |\n  b\ntimezone: UTC\n  # c\n", "", "a: |\n  b\n#\n  # c\n"],
    ["a: |+\n  b\ntimezone: UTC\n\nz: 1\n", "", "a: |+\n  b\n#\n\nz: 1\n"],
    ["? timezone\n: UTC\nz: 1\n", "timezone: PRC\n", "? timezone\n: PRC\nz: 1\n"],
    ["timezone: >-\n  UTC\n\nz: 1\n", "timezone: PRC\n", "timezone: PRC\n\nz: 1\n"],
    ["timezone: UTC\n", "timezone: >-\n  a: b\n  #c\n", 'timezone: "a: b #c"\n'],
    ["timezone: UTC\n", 'timezone: "yes"\n', 'timezone: "yes"\n'],
    [
      "server: {id: 1}\n",
      "server: {id: 1012345678901234567}\n",
      "server: {id: 1012345678901234567}\n",
    ],
    ["server: {id: 1}\n", "server: {id: !!binary aGk=}\n", 'server: {id: !!binary "aGk="}\n'],
    ['"server.port": 1\n', "server: {port: 1}\n", '"server.port": 1\nserver:\n  port: 1\n'],
  ];
  for (const [backup, live, expected] of cases) {
    assert.equal(mergeMachineKeys(backup, live).text, expected, JSON.stringify([backup, live]));
  }
});

Deno.test("mergeMachineKeys() overrides what an alias brings, and leaves the anchor to others", () => {
  const base = "base: &b {port: 1, backup_path: a, x: 1}\n";
  const cases: readonly (readonly [backup: string, live: string, expected: string])[] = [
    ["server: *b\n", "server: {port: 2}\n", "server:\n  port: 2\n"],
    [
      "server:\n  <<: *b\n",
      "server: {port: 2, backup_path: a, x: 1}\n",
      "server:\n  port: 2\n  backup_path: a\n  x: 1\n",
    ],
    ["backup: *b\n", "backup: {backup_path: c}\n", "backup: {<<: *b, backup_path: c}\n"],
    ["backup: {<<: *b}\n", "backup: {backup_path: c}\n", "backup: {<<: *b, backup_path: c}\n"],
  ];
  for (const [rest, live, expected] of cases) {
    assert.equal(mergeMachineKeys(base + rest, live).text, base + expected, rest);
  }
});

Deno.test("mergeMachineKeys() refuses by name what cannot be changed without changing others", () => {
  const cases = [
    "server: &s {port: 1}\nproxy: *s\n",
    "server: {port: &p 1}\nproxy: *p\n",
    "base: &b {backup_path: a}\nbackup: *b\n",
  ];
  for (const backup of cases) {
    const live = backup.startsWith("server") ? "server: {port: 2}\n" : "x: 1\n";
    assert.throws(() => mergeMachineKeys(backup, live), (error) => {
      assert(isAppError(error, "config.not_separable"), `${backup}: ${error}`);
      assert.match(describeError(error, "en"), /server\.port|backup\.backup_path/);
      return true;
    });
  }
});

Deno.test("mergeMachineKeys() throws for a file that does not parse", () => {
  for (const [backup, live] of [["a: 1", "a: [1"], ["a: [1", "a: 1"]] as const) {
    assert.throws(
      () => mergeMachineKeys(backup, live),
      (error: AppError) => isAppError(error, "config.unreadable"),
    );
  }
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

Deno.test("diffConfig() sees differences that numbers of JavaScript do not hold", () => {
  assert.deepEqual(
    diffConfig("a: 1012345678901234567\nb: 1\nc: 5\n", 'a: 1012345678901234568\nb: 1.0\nc: "5"\n')
      .map(({ key, before, after }) => [key, before, after]),
    [["a", "1012345678901234567", "1012345678901234568"], ["b", "1", "1.0"], ["c", "5", '"5"']],
  );
});
