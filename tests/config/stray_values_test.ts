import assert from "node:assert/strict";
import { AppError, isAppError } from "../../src/base/errors.ts";
import { describeError } from "../../src/base/messages/mod.ts";
import type { Mistake } from "../../src/config/checker.ts";
import { loadConfig, type LoadOptions } from "../../src/config/load.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const KEY = "fixture-secret-key-0123456789-0123456789-0123456789";

/** What a value looks like that came along with something, and what the refusal calls that. */
const STRAY: readonly (readonly [wrap: (value: string) => string, called: RegExp, zh: RegExp])[] = [
  [(value) => `"${value}"`, /without the quotes/, /不带引号/],
  [(value) => `'${value}'`, /without the quotes/, /不带引号/],
  [(value) => `“${value}”`, /without the quotes/, /不带引号/],
  [(value) => `”${value}”`, /without the quotes/, /不带引号/],
  [(value) => `‘${value}’`, /without the quotes/, /不带引号/],
  [(value) => `「${value}」`, /without the quotes/, /不带引号/],
  [(value) => `"${value}`, /without the quotes/, /不带引号/],
  [(value) => `${value}"`, /without the quotes/, /不带引号/],
  [(value) => `'"${value}"'`, /without the quotes/, /不带引号/],
  [(value) => `${value}\r`, /without the line break/, /不带换行符/],
  [(value) => `"${value}"\r`, /without the line break/, /不带换行符/],
  [(value) => `${value}\n`, /without the line break/, /不带换行符/],
  [
    (value) => `\ufeff${value}`,
    /without the invisible character U\+FEFF/,
    /不带不可见字符 U\+FEFF/,
  ],
  [(value) => `${value}\u200b`, /without the invisible character U\+200B/, /U\+200B/],
  [(value) => `\u00a0${value}`, /without the invisible character U\+00A0/, /U\+00A0/],
  [(value) => `\u202a${value}`, /without the invisible character U\+202A/, /U\+202A/],
  [(value) => ` ${value}`, /without the blanks/, /不带空格/],
  [(value) => `${value}\t`, /without the blanks/, /不带空格/],
];

const VARIABLES: Readonly<Record<string, string>> = {
  BACKUP_PATH: "/backups",
  DATABASE_URL: "sqlite:////srv/library.db",
  SERVER_HOST: "0.0.0.0",
  SERVER_PORT: "8080",
  LOG_LEVEL: "INFO",
  TZ: "Asia/Shanghai",
  BACKUP_RETENTION_COUNT: "3",
  BACKUP_AUTO_ENABLED: "true",
  BACKUP_AUTO_SCHEDULE: "0 2 * * *",
  LIBRARY_ROOT: "/srv/library",
  CONFIG_PATH: "/srv/config.yaml",
};

async function mistakesOf(options: Partial<LoadOptions>): Promise<readonly Mistake[]> {
  await using folder = await tempFolder();
  const error = await loadConfig({ env: {}, workingFolder: folder.path, ...options })
    .then(() => null, (error: unknown) => error);
  assert(isAppError(error, "config.invalid"), `${JSON.stringify(options)}: ${error}`);
  assert.ok(!describeError(error, "en").includes("\r"));
  return error.details["mistakes"] as Mistake[];
}

Deno.test("loadConfig() refuses by its name a variable that something came along with", async () => {
  for (const [name, value] of Object.entries(VARIABLES)) {
    for (const [wrap, called, zh] of STRAY) {
      const mistakes = await mistakesOf({ env: { SECRET_KEY: KEY, [name]: wrap(value) } });

      assert.deepEqual(mistakes.length, 1, `${name}=${JSON.stringify(wrap(value))}`);
      const [{ path = "", expected = { en: "", zh: "" } } = {}] = mistakes;
      assert.ok(path === name || path.endsWith(` (${name})`), path);
      assert.match(expected.en, called);
      assert.ok(expected.en.startsWith(`${value} without`), expected.en);
      assert.match(expected.zh.replace("前后不带空格", "不带空格"), zh);
    }
  }
});

Deno.test("loadConfig() refuses --root and --config likewise", async () => {
  const mistakes = await mistakesOf({ root: '"/srv"', configPath: "/srv/c.yaml\r", env: {} });

  assert.deepEqual(mistakes.map(({ path, expected }) => [path, expected.en.slice(0, 30)]), [
    ["--config", "/srv/c.yaml without the line b"],
    ["--root", "/srv without the quotes"],
  ]);
});

Deno.test("loadConfig() takes a blank variable for none, and quotes inside a value for what they are", async () => {
  await using folder = await tempFolder();
  const env = {
    SECRET_KEY: KEY,
    LIBRARY_ROOT: " ",
    CONFIG_PATH: "",
    BACKUP_PATH: 'it\'s "mine" x',
  };

  const { config } = await loadConfig({ env, workingFolder: folder.path });

  assert.equal(config.root, folder.path);
  assert.equal(config.backup.path, `${folder.path}/it's "mine" x`);
});

Deno.test("loadConfig() finds in the file what was quoted twice, and leaves blanks to the parser", async () => {
  await using folder = await tempFolder();
  const configPath = `${folder.path}/config.yaml`;
  const load = (yaml: string) => {
    Deno.writeTextFileSync(configPath, `security: {secret_key: ${KEY}}\n${yaml}`);
    return loadConfig({ env: {}, workingFolder: folder.path });
  };
  const wrong = [
    `backup: {backup_path: '"/backups"'}`,
    `backup: {backup_path: "“/backups”"}`,
    `directories: {covers: "\\u200bcovers"}`,
    `database: {url: "'sqlite:////x.db'"}`,
    `timezone: "'UTC'"`,
    `server: {trusted_proxies: ['"127.0.0.1"']}`,
    `backup: {extra_paths: ["'data/avatars'"]}`,
    `backup: {auto_backup_schedule: "'0 2 * * *'"}`,
  ];

  for (const yaml of wrong) {
    await assert.rejects(load(yaml), (error: AppError) => {
      assert(isAppError(error, "config.invalid"), yaml);
      assert.match(describeError(error, "en"), /without the (?:quotes|invisible)/);
      return true;
    });
  }
  assert.equal((await load("timezone: |\n  UTC\n")).config.timeZone, "UTC");
  assert.equal((await load('backup: {backup_path: " /b "}\n')).config.backup.path, "/b");
});

Deno.test("loadConfig() takes a secret as it is, and warns by name without showing it", async () => {
  await using folder = await tempFolder();
  const env = { SECRET_KEY: `"${KEY}"`, BACKUP_ADMIN_PASSWORD: "a good long passphrase\r" };

  const { config, secrets } = await loadConfig({ env, workingFolder: folder.path });

  assert.deepEqual(secrets, {
    signingKey: env.SECRET_KEY,
    adminPassword: env.BACKUP_ADMIN_PASSWORD,
  });
  const warnings = config.warnings.map(({ en }) => en);
  assert.match(warnings.join("\n"), /\(SECRET_KEY\) begins or ends with quotes/);
  assert.match(warnings.join("\n"), /\(BACKUP_ADMIN_PASSWORD\) begins or ends/);
  assert.ok(
    !JSON.stringify(config).includes(KEY) && !JSON.stringify(config).includes("passphrase"),
  );
});
