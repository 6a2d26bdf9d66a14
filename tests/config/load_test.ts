import assert from "node:assert/strict";
import { join } from "node:path";
import { AppError, isAppError } from "../../src/base/errors.ts";
import { describeError } from "../../src/base/messages/mod.ts";
import type { Mistake } from "../../src/config/checker.ts";
import { readEnvironment } from "../../src/config/env.ts";
import { checkConfigText, loadConfig } from "../../src/config/load.ts";
import { MAX_CONFIG_BYTES } from "../../src/config/read.ts";

const KEY = "fixture-secret-key-0123456789-0123456789-0123456789";
const SAFE = `timezone: Asia/Shanghai\nsecurity: { secret_key: "${KEY}" }\n`;

async function inFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function check(yaml: string, env: Record<string, string> = {}) {
  return checkConfigText(yaml, { path: null, root: "/srv/library", environment: env });
}

async function mistakesOf(
  yaml: string,
  env: Record<string, string> = {},
): Promise<readonly Mistake[]> {
  const error = await check(yaml, env).then(() => null, (error: unknown) => error);
  assert(isAppError(error, "config.invalid"), `accepted or another error: ${error}`);
  return error.details["mistakes"] as Mistake[];
}

Deno.test("loadConfig() reads the library's own file and fills in the defaults", () =>
  inFolder(async (folder) => {
    await Deno.copyFile(
      new URL("../fixtures/sooklib/library/config/config.yaml", import.meta.url),
      join(folder, "config.yaml"),
    );

    const { config, secrets } = await loadConfig({
      env: { TZ: "Asia/Shanghai" },
      workingFolder: folder,
    });

    assert.equal(config.path, join(folder, "config.yaml"));
    assert.equal(config.root, folder);
    assert.equal(config.database.path, join(folder, "data/library.db"));
    assert.equal(config.database.migrations, join(folder, "alembic/versions"));
    assert.equal(config.covers, join(folder, "covers"));
    assert.equal(config.backup.path, join(folder, "data/backups"));
    assert.equal(config.backup.stateFile, join(folder, "data/backups/state.json"));
    assert.deepEqual(config.server, {
      host: "0.0.0.0",
      port: 8080,
      trustedProxies: [],
      maxUploadBytes: 10 * 1024 ** 3,
    });
    assert.deepEqual(config.auth, {
      algorithm: "HS256",
      tokenMinutes: 10080,
      libraryTokens: "all",
    });
    assert.equal(config.backup.fileMode, 0o600);
    assert.equal(config.backup.drillSchedule, "0 5 * * 0");
    assert.equal(config.backup.reserveBytes, null);
    assert.equal(config.timeZone, "Asia/Shanghai");
    assert.deepEqual(config.warnings, []);
    assert.equal(secrets.signingKey, KEY);
    assert.equal(JSON.stringify(config).includes(KEY), false);
  }));

Deno.test("loadConfig() takes --config before CONFIG_PATH, --root before LIBRARY_ROOT", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "a.yaml"), SAFE + "server: { port: 1 }\n");
    await Deno.writeTextFile(join(folder, "b.yaml"), SAFE + "server: { port: 2 }\n");
    const env = { CONFIG_PATH: "b.yaml", LIBRARY_ROOT: "elsewhere" };

    const fromFlags = await loadConfig({
      configPath: "a.yaml",
      root: "lib",
      env,
      workingFolder: folder,
    });
    const fromEnv = await loadConfig({ env, workingFolder: folder });

    assert.equal(fromFlags.config.server.port, 1);
    assert.equal(fromFlags.config.covers, join(folder, "lib/covers"));
    assert.equal(fromEnv.config.server.port, 2);
    assert.equal(fromEnv.config.covers, join(folder, "elsewhere/covers"));
  }));

Deno.test("loadConfig() does without the default file, not without a named one", () =>
  inFolder(async (folder) => {
    const env = { SECRET_KEY: KEY };

    assert.equal((await loadConfig({ env, workingFolder: folder })).config.path, null);
    await assert.rejects(
      loadConfig({ env, workingFolder: folder, configPath: "none.yaml" }),
      (error) => {
        assert(isAppError(error, "config.unreadable"));
        assert.match(describeError(error, "en"), /Cannot find .*none\.yaml/);
        return true;
      },
    );
  }));

Deno.test("loadConfig() refuses files that are no configuration, quickly", () =>
  inFolder(async (folder) => {
    let bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
    for (let i = 1; i < 10; i += 1) {
      bomb += `a${i}: &a${i} [${Array(9).fill(`*a${i - 1}`).join(", ")}]\n`;
    }
    const cases: Record<string, [string | Uint8Array, RegExp]> = {
      "bomb.yaml": [bomb, /alias/i],
      "deep.yaml": ["a: " + "[".repeat(200_000), /deeply|flow/i],
      "list.yaml": ["- 1\n", /mapping/],
      "broken.yaml": ["a: [1\nb: 2\n", /line 2/],
      "latin.yaml": [new Uint8Array([0x61, 0x3a, 0x20, 0xff]), /UTF-8/],
      "huge.yaml": ["#".repeat(MAX_CONFIG_BYTES + 1), /expected at most/],
    };
    for (const [name, [content, expected]] of Object.entries(cases)) {
      const path = join(folder, name);
      await Deno.writeFile(
        path,
        typeof content === "string" ? new TextEncoder().encode(content) : content,
      );

      await assert.rejects(
        loadConfig({ configPath: path, env: {}, workingFolder: folder }),
        (error) => {
          assert(isAppError(error, "config.unreadable"), `${name}: ${error}`);
          assert.match(describeError(error, "en"), expected);
          return true;
        },
      );
    }
    await assert.rejects(
      loadConfig({ configPath: folder, env: {}, workingFolder: folder }),
      (error) => isAppError(error, "config.unreadable"),
    );
  }));

Deno.test("loadConfig() lists every mistake by key path, each on its line, in both languages", async () => {
  const yaml = `
timezone: Asia/shanghai
security: { secret_key: CHANGE_THIS_TO_A_RANDOM_SECRET_KEY, algorithm: none }
server: { port: "8080", trusted_proxies: [10.0.0.0/33] }
backup: { compression_level: 12, retention_count: 0, default_includes: [], file_mode: 640 }
logging: 5
`;
  const error = await check(yaml).then(() => null, (error: unknown) => error);

  assert(error instanceof AppError);
  const lines = describeError(error, "en").split("\n");
  assert.deepEqual(lines.slice(1).map((line) => line.split(":")[0]).toSorted(), [
    "backup.compression_level",
    "backup.default_includes",
    "backup.file_mode",
    "backup.retention_count",
    "logging",
    "security.algorithm",
    "security.secret_key",
    "server.port",
    "server.trusted_proxies",
    "timezone",
  ]);
  assert(lines.includes("backup.compression_level: 12, expected an integer from 0 to 9"));
  assert(lines.some((line) => line.startsWith("timezone:") && line.includes('"Asia/Shanghai"')));
  const chinese = describeError(error, "zh").split("\n");
  assert.equal(chinese.length, lines.length);
  assert(
    chinese.includes(
      "backup.compression_level: 12, expected an integer from 0 to 9（应为 0 到 9 的整数）",
    ),
  );
});

Deno.test("loadConfig() keeps hostile values of one mistake on one line", async () => {
  const error = await check(SAFE + 'server: { port: "1\\n\\e[31mx\\u2028y\\\\u000az" }')
    .then(() => null, (error: unknown) => error);

  const lines = describeError(error, "en").split("\n");

  assert.equal(lines.length, 2);
  // deno-lint-ignore no-control-regex -- the character that must not be there
  assert.doesNotMatch(lines[1] ?? "", /[\u001b\u2028]/);
});

Deno.test("loadConfig() never echoes a secret", async () => {
  const secrets: Record<string, RegExp> = {
    "": /missing/,
    "CHANGE_THIS_TO_A_RANDOM_SECRET_KEY": /sample/,
    "prefix-ChangeMe-0123456789-0123456789-0123456789": /sample/,
    "your-secret-key-change-this-to-random-string": /sample/,
    "your-secret-key-here-change-this": /sample/,
    "short-but-mine": /14 bytes/,
    "abababababababababababababababababababab": /same few/,
  };
  for (const [secret, found] of Object.entries(secrets)) {
    for (
      const mistakes of [
        await mistakesOf(`security: { secret_key: "${secret}" }`),
        await mistakesOf("", { SECRET_KEY: secret }),
      ]
    ) {
      const text = JSON.stringify(mistakes);
      assert.equal(mistakes.length, 1, text);
      assert.match(mistakes[0]?.found ?? "", found);
      assert.match(mistakes[0]?.expected.en ?? "", /openssl rand -hex 32/);
      if (secret !== "") assert.equal(text.includes(secret), false);
    }
  }
  const password = await mistakesOf(SAFE.replace("{ ", "{ admin_password: hunter2, "));
  assert.equal(JSON.stringify(password).includes("hunter2"), false);
  const database = await mistakesOf(SAFE + "database: { url: postgresql+asyncpg://u:pw1@h/db }");
  assert.equal(JSON.stringify(database).includes("pw1"), false);
  assert.equal(database[0]?.found, "postgresql+asyncpg://…");
});

Deno.test("loadConfig() lets the environment win, strictly read, and an empty variable counts for nothing", async () => {
  const env = {
    SERVER_HOST: "127.0.0.1",
    SERVER_PORT: "9000",
    DATABASE_URL: "sqlite:////data/other.db",
    SECRET_KEY: KEY + "-env",
    BACKUP_ADMIN_PASSWORD: "seven wet horses",
    LOG_LEVEL: "debug",
    TZ: "Europe/Berlin",
    BACKUP_PATH: "/backups",
    BACKUP_RETENTION_COUNT: "3",
    BACKUP_AUTO_ENABLED: "True",
    BACKUP_AUTO_SCHEDULE: "30 3 * * 1",
  };
  const yaml = SAFE + "server: { host: 10.0.0.1, port: 1 }\nbackup: { retention_count: 9 }\n";

  const { config, secrets } = await check(yaml, env);
  const { config: plain } = await check(yaml, { SERVER_PORT: "", TZ: " " });

  assert.equal(config.server.host, "127.0.0.1");
  assert.equal(config.server.port, 9000);
  assert.equal(config.database.path, "/data/other.db");
  assert.equal(config.logging.level, "DEBUG");
  assert.equal(config.timeZone, "Europe/Berlin");
  assert.equal(config.backup.path, "/backups");
  assert.equal(config.backup.stateFile, "/backups/state.json");
  assert.equal(config.backup.retentionCount, 3);
  assert.equal(config.backup.autoEnabled, true);
  assert.equal(config.backup.autoSchedule, "30 3 * * 1");
  assert.deepEqual(secrets, {
    signingKey: KEY + "-env",
    adminPassword: "seven wet horses",
  });
  assert.equal(plain.server.port, 1);
  assert.equal(plain.timeZone, "Asia/Shanghai");
  for (
    const [name, value] of [
      ["SERVER_PORT", "80a"],
      ["SERVER_PORT", "8e3"],
      ["SERVER_PORT", "70000"],
      ["BACKUP_RETENTION_COUNT", "0"],
      ["BACKUP_AUTO_ENABLED", "maybe"],
      ["TZ", "CST-8"],
      ["BACKUP_AUTO_SCHEDULE", "daily"],
    ] as const
  ) {
    const mistakes = await mistakesOf(yaml, { [name]: value });
    assert.equal(mistakes.length, 1, name);
    assert(mistakes[0]?.path.endsWith(` (${name})`));
  }
});

Deno.test("loadConfig() accepts what is right, however it is spelled", async () => {
  const cases: [
    string,
    (config: Awaited<ReturnType<typeof check>>["config"]) => unknown,
    unknown,
  ][] = [
    ['backup: { file_mode: "0640" }', (c) => c.backup.fileMode, 0o640],
    ["backup: { file_mode: 0644 }", (c) => c.backup.fileMode, 0o644],
    ["backup: { auto_backup_enabled: yes }", (c) => c.backup.autoEnabled, true],
    ['backup: { drill_schedule: "" }', (c) => c.backup.drillSchedule, ""],
    ["backup: { drill_schedule: off }", (c) => c.backup.drillSchedule, ""],
    ["backup: { default_includes: [config, config] }", (c) => c.backup.defaultIncludes, [
      "config",
    ]],
    ["backup: { extra_paths: [data/avatars] }", (c) => c.backup.extraPaths, [
      "/srv/library/data/avatars",
    ]],
    ["backup: { reserve_bytes: 0 }", (c) => c.backup.reserveBytes, 0],
    ["logging: { level: warn }", (c) => c.logging.level, "WARNING"],
    ["server: { trusted_proxies: [127.0.0.1, 'fd00::/8'] }", (c) => c.server.trustedProxies, [
      "127.0.0.1",
      "fd00::/8",
    ]],
    ["scanner: { interval: x }\nbackup: { future: [1] }", (c) => c.backup.retentionCount, 7],
    ["backup:\nserver: ~", (c) => c.server.port, 8080],
  ];
  for (const [yaml, read, expected] of cases) {
    assert.deepEqual(read((await check(SAFE + yaml)).config), expected, yaml);
  }
  const off = await check(SAFE.replace("{ ", "{ library_tokens: off, "));
  assert.equal(off.config.auth.libraryTokens, "off");
});

Deno.test("loadConfig() asks the scheduler about a schedule when it can", async () => {
  const context = {
    path: null,
    root: "/srv/library",
    environment: {},
    checkSchedule: (expression: string) => {
      if (expression === "0 0 31 2 *") throw new AppError("schedule.never_runs");
    },
  };
  const yaml = SAFE + 'backup: { auto_backup_schedule: "0 0 31 2 *" }';

  await check(yaml);

  await assert.rejects(
    checkConfigText(yaml, context),
    (error) => isAppError(error, "config.invalid"),
  );
});

Deno.test("loadConfig() refuses folders that would back themselves up", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "covers"));
    await Deno.mkdir(join(folder, "data"));
    await Deno.symlink(join(folder, "covers"), join(folder, "looks-fine"));
    const cases: Record<string, string | null> = {
      "backup: { backup_path: covers }": "backup.backup_path",
      "backup: { backup_path: covers/deep/er }": "backup.backup_path",
      "backup: { backup_path: looks-fine/backups }": "backup.backup_path",
      "backup: { backup_path: config/backups }": "backup.backup_path",
      "backup: { backup_path: covers2 }": null,
      "directories: { covers: data }\nbackup: { backup_path: b }": "directories.covers",
      "backup: { extra_paths: [../outside] }": "backup.extra_paths",
      "backup: { extra_paths: [/etc] }": "backup.extra_paths",
      "backup: { extra_paths: [.] }": "backup.extra_paths",
      "backup: { extra_paths: [data] }": "backup.extra_paths",
      "backup: { extra_paths: [data/avatars, ..fine] }": null,
      "backup: { extra_paths: ['data/*.json', 'data/*', '*/fonts'] }": null,
      "backup: { extra_paths: ['../*'] }": "backup.extra_paths",
      "backup: { extra_paths: ['data/backups/*'] }": "backup.extra_paths",
    };
    for (const [yaml, path] of Object.entries(cases)) {
      const found = await checkConfigText(SAFE + yaml, {
        path: join(folder, "config/config.yaml"),
        root: folder,
        environment: {},
      }).then(() => null, (error: AppError) => (error.details["mistakes"] as Mistake[])[0]?.path);
      assert.equal(found, path, yaml);
    }
  }));

Deno.test("loadConfig() warns of UTC by omission and of WebDAV that does nothing", async () => {
  const key = `security: { secret_key: "${KEY}" }\n`;
  const warn = async (yaml: string, env: Record<string, string> = {}) =>
    (await check(key + yaml, env)).config.warnings.map(({ en }) => en.split(" ")[0]);

  assert.deepEqual(await warn("timezone: UTC"), []);
  assert.deepEqual(await warn("", { TZ: "UTC" }), []);
  assert.deepEqual(await warn("timezone: UTC\nbackup: { webdav_enabled: true }"), [
    "backup.webdav_enabled",
  ]);
  const bySystem = Intl.DateTimeFormat().resolvedOptions().timeZone === "UTC" ? ["No"] : [];
  assert.deepEqual(await warn(""), bySystem);
});

Deno.test("readEnvironment() reads the variables that the product knows", () => {
  Deno.env.set("BACKUP_PATH", "/somewhere");
  try {
    assert.equal(readEnvironment()["BACKUP_PATH"], "/somewhere");
    assert.equal("PATH" in readEnvironment(), false);
  } finally {
    Deno.env.delete("BACKUP_PATH");
  }
});
