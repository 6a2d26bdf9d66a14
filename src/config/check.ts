/**
 * The second step: plain data to typed values, every mistake collected.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { systemTimeZone } from "../base/clock.ts";
import type { Notice } from "../base/messages/mod.ts";
import { findPasswordWeakness } from "../base/weak_password.ts";
import { checkFolders } from "./check_folders.ts";
import { Checker, type Key } from "./checker.ts";
import { databaseFile } from "./database_url.ts";
import type { Environment } from "./env.ts";
import { localeLanguage } from "./locale.ts";
import type { ParsedConfig } from "./read.ts";
import {
  addressBlock,
  cronShape,
  fileMode,
  flag,
  hostName,
  integer,
  listOf,
  oneOf,
  pathText,
  Refusal,
  type Rule,
} from "./rules.ts";
import { NO_SIGNING_KEY, signingKey } from "./signing_key.ts";
import { timeZoneName } from "./time_zone.ts";
import { type Config, type Part, PARTS, type Secrets } from "./types.ts";

/** What the file alone does not tell. */
export interface CheckContext {
  /** The file's path, absolute; `null` when there is no file. */
  readonly path: string | null;
  /** Folder that relative paths start from, absolute. */
  readonly root: string;
  readonly environment: Environment;
  /** The file could not be read: what could be found of it is checked, and what is wrong or missing has its default. */
  readonly unreadable?: Notice | undefined;
  /** The process has a key of its own meanwhile. */
  readonly mayLackKey?: boolean | undefined;
  /** Where backups are when nothing says so; default `data/backups`. */
  readonly backupPath?: string | undefined;
  /** Throws for a cron expression that the scheduler would refuse; only the shape is checked without it. */
  readonly checkSchedule?: ((expression: string) => unknown) | undefined;
}

/** A configuration and what must be kept apart from it. */
export interface LoadedConfig {
  readonly config: Config;
  readonly secrets: Secrets;
}

const GIB = 1024 ** 3;

/** What every library has. */
const LIBRARY_PARTS: readonly Part[] = ["database", "covers", "config"];

/**
 * Checks a parsed configuration and fills in what it leaves out. Keys that are not ours are ignored.
 *
 * @throws {AppError} `config.invalid` with every mistake.
 */
export async function checkConfig(
  { data, warnings }: Pick<ParsedConfig, "data" | "warnings">,
  context: CheckContext,
): Promise<LoadedConfig> {
  const isSpare = context.unreadable !== undefined;
  const checker = new Checker(data, context.environment, { isLenient: isSpare });
  const inRoot = (path: string) => resolve(context.root, path);
  const backup = checkBackup(checker, context, inRoot);
  const values: Omit<Config, "warnings"> = {
    path: context.path,
    unreadable: context.unreadable ?? null,
    root: context.root,
    server: checkServer(checker),
    database: checkDatabase(checker, inRoot),
    covers: inRoot(checker.value({ path: "directories.covers" }, pathText, "covers")),
    auth: checkAuth(checker),
    logging: checkLogging(checker, context),
    timeZone: checker.value({ path: "timezone", variable: "TZ" }, timeZoneName, systemTimeZone()),
    backup,
  };
  const secrets = checkSecrets(checker, context);
  await checkFolders({
    ...values,
    database: values.database.path,
    backups: backup.path,
    extraPaths: backup.extraPaths,
  }, checker);
  checker.finish();
  const found = findWarnings(checker, values, context);
  return { config: { ...values, warnings: [...warnings, ...found] }, secrets };
}

function checkServer(checker: Checker): Config["server"] {
  const proxies = listOf(addressBlock, { en: "IP addresses or blocks", zh: " IP 地址或网段" }, {
    mayBeEmpty: true,
  });
  return {
    host: checker.value({ path: "server.host", variable: "SERVER_HOST" }, hostName, "0.0.0.0"),
    port: checker.value(
      { path: "server.port", variable: "SERVER_PORT" },
      integer(0, 65_535),
      8080,
    ),
    trustedProxies: checker.value({ path: "server.trusted_proxies" }, proxies, []),
    maxUploadBytes: checker.value({ path: "server.max_upload_bytes" }, integer(1), 10 * GIB),
  };
}

function checkDatabase(
  checker: Checker,
  inRoot: (path: string) => string,
): Config["database"] {
  const file = checker.value(
    { path: "database.url", variable: "DATABASE_URL" },
    databaseFile,
    "data/library.db",
  );
  const migrations = checker.value({ path: "database.migrations" }, pathText, "alembic/versions");
  return { path: inRoot(file), migrations: inRoot(migrations) };
}

function checkAuth(checker: Checker): Config["auth"] {
  return {
    algorithm: checker.value(
      { path: "security.algorithm" },
      oneOf(["HS256", "HS384", "HS512"]),
      "HS256",
    ),
    tokenMinutes: checker.value(
      { path: "security.access_token_expire_minutes" },
      integer(1, 5_256_000),
      10_080,
    ),
    // YAML 1.1 reads a bare `off` as false.
    libraryTokens: checker.value(
      { path: "security.library_tokens" },
      (raw, source) => raw === false ? "off" : oneOf(["all", "read", "off"])(raw, source),
      "all",
    ),
  };
}

function checkLogging(checker: Checker, { environment }: CheckContext): Config["logging"] {
  const levels = oneOf(["DEBUG", "INFO", "WARNING", "ERROR"], {
    warn: "WARNING",
    critical: "ERROR",
  });
  return {
    level: checker.value({ path: "logging.level", variable: "LOG_LEVEL" }, levels, "INFO"),
    format: checker.value({ path: "logging.format" }, oneOf(["json", "text"]), "json"),
    language: checker.value(
      { path: "logging.language" },
      oneOf(["zh", "en"], { "zh-cn": "zh", zh_cn: "zh", "en-us": "en", en_us: "en" }),
      localeLanguage(environment),
    ),
  };
}

function checkBackup(
  checker: Checker,
  context: CheckContext,
  inRoot: (path: string) => string,
): Config["backup"] {
  const path = inRoot(
    checker.value(
      { path: "backup.backup_path", variable: "BACKUP_PATH" },
      pathText,
      context.backupPath ?? "data/backups",
    ),
  );
  // For a count that nobody could read no backup is pruned.
  const unknown = context.unreadable === undefined ? null : Number.MAX_SAFE_INTEGER;
  const schedule = scheduleRule(context);
  const parts = listOf(oneOf(PARTS), { en: PARTS.join(", "), zh: ` ${PARTS.join("、")} ` });
  const paths = listOf(pathText, { en: "paths", zh: "路径" }, { mayBeEmpty: true });
  const stateFile = checker.value({ path: "backup.state_file" }, pathText, null);
  return {
    path,
    retentionCount: checker.value(
      { path: "backup.retention_count", variable: "BACKUP_RETENTION_COUNT" },
      integer(1),
      unknown ?? 7,
    ),
    snapshotRetentionCount: checker.value(
      { path: "backup.snapshot_retention_count" },
      integer(1),
      unknown ?? 5,
    ),
    autoEnabled: checker.value(
      { path: "backup.auto_backup_enabled", variable: "BACKUP_AUTO_ENABLED" },
      flag,
      false,
    ),
    autoSchedule: checker.value(
      { path: "backup.auto_backup_schedule", variable: "BACKUP_AUTO_SCHEDULE" },
      schedule,
      "0 2 * * *",
    ),
    drillSchedule: checker.value(
      { path: "backup.drill_schedule" },
      (raw, source) => raw === "" || raw === false ? "" : schedule(raw, source),
      "0 5 * * 0",
    ),
    defaultIncludes: checker.value({ path: "backup.default_includes" }, parts, LIBRARY_PARTS),
    compressionLevel: checker.value({ path: "backup.compression_level" }, integer(0, 9), 6),
    verifyAfterCreate: checker.value({ path: "backup.verify_after_create" }, flag, true),
    stateFile: stateFile === null ? join(path, "state.json") : inRoot(stateFile),
    reserveBytes: checker.value({ path: "backup.reserve_bytes" }, integer(0), null),
    fileMode: checker.value({ path: "backup.file_mode" }, fileMode, 0o600),
    extraPaths: checker.value({ path: "backup.extra_paths" }, paths, []).map(inRoot),
  };
}

const SIGNING_KEY: Key = {
  path: "security.secret_key",
  variable: "SECRET_KEY",
  isSecret: true,
};
const ADMIN_PASSWORD: Key = {
  path: "security.admin_password",
  variable: "BACKUP_ADMIN_PASSWORD",
  isSecret: true,
};

function checkSecrets(checker: Checker, { mayLackKey }: CheckContext): Secrets {
  const found = checker.value(
    SIGNING_KEY,
    (raw, source) => raw === "" ? NO_SIGNING_KEY : signingKey(raw, source),
    null,
  );
  if (found === null && mayLackKey !== true && checker.isAbsent(SIGNING_KEY)) {
    checker.refuse(`${SIGNING_KEY.path} (${SIGNING_KEY.variable})`, NO_SIGNING_KEY);
  }
  return {
    // Until the file is back, tokens are good for this process, and only the built-in login makes them.
    signingKey: found ?? crypto.getRandomValues(new Uint8Array(32)).toHex(),
    adminPassword: checker.value(ADMIN_PASSWORD, adminPassword, null),
  };
}

const adminPassword: Rule<string> = (raw) => {
  const expected = {
    en: "text of at least 10 characters that is not a well-known password",
    zh: "至少 10 个字符且不常见的密码文本",
  };
  if (typeof raw !== "string") return new Refusal(expected, `a ${typeof raw} without quotes`);
  const weakness = findPasswordWeakness(raw);
  return weakness === null ? raw : new Refusal(expected, weakness.en);
};

/** The shape first, then the scheduler's own judgement. */
function scheduleRule({ checkSchedule }: CheckContext): Rule<string> {
  return (raw, source) => {
    const shaped = cronShape(raw, source);
    if (shaped instanceof Refusal || checkSchedule === undefined) return shaped;
    try {
      checkSchedule(shaped);
      return shaped;
    } catch {
      // Whatever the scheduler dislikes about it, it is a mistake in this key like any other.
      return new Refusal({
        en: "a cron expression that matches some time, such as 0 2 * * *",
        zh: "会触发的 Cron 表达式，如 0 2 * * *",
      });
    }
  };
}

function findWarnings(
  checker: Checker,
  values: Omit<Config, "warnings">,
  { environment }: CheckContext,
): Config["warnings"] {
  const secrets = [SIGNING_KEY, ADMIN_PASSWORD].map((key) => checker.straySecret(key));
  const warnings: Config["warnings"][number][] = [values.unreadable, ...secrets]
    .filter((warning) => warning !== null);
  const hasZone = checker.raw("timezone") ?? (environment["TZ"]?.trim() || null);
  if (hasZone === null && values.timeZone === "UTC") {
    warnings.push({
      en:
        "No time zone is set, so schedules and names use UTC; set TZ or timezone, for example Asia/Shanghai",
      zh: "没有设置时区，计划与文件名按 UTC 计；请设置 TZ 或 timezone，例如 Asia/Shanghai",
    });
  }
  if (checker.raw("backup.webdav_enabled") === true) {
    warnings.push({
      en:
        "backup.webdav_enabled is true, but backups are not sent off-site yet; copy them elsewhere by other means",
      zh: "配置中 backup.webdav_enabled 为 true，但备份暂不会上传到异地；请另行复制备份",
    });
  }
  return warnings;
}
