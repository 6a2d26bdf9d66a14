import { bothOrNeither } from "../base/both_or_neither.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import { type DatabaseContents, readContents } from "../database/contents.ts";
import { checkPageSize } from "../database/overwrite.ts";
import { passedOverNotices } from "../database/passed_over.ts";
import { checkStranger, isStrangersFault } from "../database/stranger.ts";
import { type SchemaUpgrade, upgradeSchema } from "../database/upgrade_schema.ts";
import { schemaRefusals, schemaWarnings, upgradeScope } from "./judge_schema.ts";
import type { Refusal } from "./refusal.ts";
import { compareSchemas, readRevisions, type SchemaComparison } from "./schema_direction.ts";

export type { Refusal } from "./refusal.ts";

/** What a backup's database would mean for the live one. */
export interface DatabaseJudgement {
  /** As it is now, with what was added to it. */
  readonly contents: DatabaseContents;
  /** `null`: there is no readable live database. */
  readonly live: DatabaseContents | null;
  /** As it was in the backup. */
  readonly schema: SchemaComparison;
  /** What was added; `null`: nothing was tried. */
  readonly upgrade: SchemaUpgrade | null;
  readonly admins: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly passwordChanged: readonly string[];
  } | null;
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly Notice[];
}

/** Options of {@linkcode judgeDatabase}. */
export interface JudgeOptions {
  /** Path of the live database; need not exist. */
  readonly live: string;
  /** Folder of the library's Alembic scripts. */
  readonly migrations: string;
  /** Whether the rows of each table are wanted: counting them reads every table. */
  readonly countRows: boolean;
  /** The backup was made here, or somebody vouches for it; see {@linkcode checkStranger}. */
  readonly isOwn: boolean;
  /** Whether what the live schema has, and the backup's lacks, is added to the staged file. */
  readonly upgradeSchema: boolean;
  readonly signal: AbortSignal;
}

/**
 * Checks a backup's database, which may be a stranger's, compares it with the live one, and adds to it what an older schema
 * lacks.
 *
 * @param staged Alone in a fresh folder.
 * @throws {AppError} `restore.invalid_backup` when it is no sound SQLite database or an unacceptable one,
 * `restore.needs_force` when it is only larger than a stranger's may be, `database.busy` for the live one; the signal's
 * reason.
 */
export async function judgeDatabase(
  staged: string,
  options: JudgeOptions,
): Promise<DatabaseJudgement> {
  const [found, present] = await bothOrNeither(options.signal, (signal) => [
    readStranger(staged, { ...options, signal }),
    readLive({ ...options, signal }),
  ]);
  const schema = compareSchemas(present, found, await readRevisions(options.migrations));
  const scope = options.upgradeSchema ? upgradeScope(schema) : null;
  const { live, signal } = options;
  const upgrade = scope === null ? null : await upgradeSchema(staged, live, { scope, signal });
  const contents = upgrade === null ? found : await readUpgraded(staged, found, options);
  return {
    contents,
    live: present,
    schema,
    upgrade,
    admins: compareAdmins(present, contents),
    refusals: [...schemaRefusals(schema, upgrade), ...extraRefusals(contents, present)],
    warnings: [
      ...schemaWarnings(schema, upgrade),
      ...adminWarnings(contents),
      ...pageWarnings(contents, present),
      ...passedOverNotices(contents.passedOver),
    ],
  };
}

/** The rows of what was there are known; the journal needs the schema as it is from now on. */
async function readUpgraded(
  staged: string,
  found: DatabaseContents,
  { isOwn: own, countRows, signal }: JudgeOptions,
): Promise<DatabaseContents> {
  const options = { stranger: true, own, isChecked: true, countRows: false, signal };
  const contents = await readContents(staged, options);
  const added = Object.keys(contents.columns).filter((table) => !(table in found.columns));
  const rows = countRows ? Object.fromEntries(added.map((table) => [table, 0])) : {};
  const { passedOver } = found;
  return { ...contents, rows: { ...rows, ...found.rows }, passedOver };
}

/**
 * Refuses a page size that cannot be restored while the library has its database open.
 *
 * @param options No connection of this process has `live` open.
 * @throws {AppError} `database.page_size`
 */
export async function refusePageSize(
  { contents, live }: DatabaseJudgement,
  options: Pick<JudgeOptions, "live" | "signal">,
): Promise<void> {
  if (live?.journalMode !== "wal") return;
  const pageBytes = { live: live.pageSize, backup: contents.pageSize };
  await checkPageSize(options.live, pageBytes, options.signal);
}

async function readStranger(
  staged: string,
  { countRows, isOwn: own, signal }: JudgeOptions,
): Promise<DatabaseContents> {
  try {
    return await checkStranger(staged, { name: "database/library.db", own, countRows, signal });
  } catch (error) {
    if (!isStrangersFault(error)) throw error;
    if (error.details["too_large"] === true) {
      const reasons = [`${error.details["found"]} > ${error.details["limit"]}`];
      throw new AppError("restore.needs_force", { reasons }, { cause: error });
    }
    throw new AppError("restore.invalid_backup", { reason: error }, { cause: error });
  }
}

/** The live database; `null` when it is absent or too damaged to be read, which must not block its repair. */
async function readLive(
  { live, countRows, signal }: JudgeOptions,
): Promise<DatabaseContents | null> {
  try {
    return await readContents(live, { countRows, signal });
  } catch (error) {
    if (isAppError(error, ...UNREADABLE)) return null;
    throw error;
  }
}

const UNREADABLE = [
  "database.missing",
  "database.not_sqlite",
  "database.damaged",
  "database.unsupported",
] as const;

function compareAdmins(
  live: DatabaseContents | null,
  backup: DatabaseContents,
): DatabaseJudgement["admins"] {
  if (backup.admins === null) return null;
  const before = new Map(live?.admins?.map((user) => [user.username, user.passwordHash]));
  const after = new Map(backup.admins.map((user) => [user.username, user.passwordHash]));
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    passwordChanged: [...after].filter(([name, hash]) =>
      before.has(name) && before.get(name) !== hash
    ).map(([name]) => name),
  };
}

function extraRefusals(backup: DatabaseContents, live: DatabaseContents | null): Refusal[] {
  const known = new Set((live?.extras ?? []).map(({ type, name }) => `${type} ${name}`));
  const reasons = backup.extras.map(({ type, name }) => `${type} ${name}`)
    .filter((extra) => !known.has(extra));
  if (reasons.length === 0) return [];
  return [{ error: new AppError("restore.needs_force", { reasons }), force: true }];
}

function adminWarnings({ admins }: DatabaseContents): Notice[] {
  if (admins === null || admins.length > 0) return [];
  return [{
    zh: "备份的数据库中没有任何管理员：恢复后只能用备份服务自己的密码登录",
    en:
      "The backup's database has no admin: afterwards only the backup service's own password signs in",
  }];
}

/** SQLite changes the page size of a WAL database never, and leaves WAL only for its sole user. */
function pageWarnings(backup: DatabaseContents, live: DatabaseContents | null): Notice[] {
  if (live?.journalMode !== "wal" || live.pageSize === backup.pageSize) return [];
  return [{
    zh:
      `备份的数据库页大小为 ${backup.pageSize} 字节，现有数据库为 ${live.pageSize} 字节：书库打开着数据库时无法恢复，请先停止书库`,
    en:
      `The backup's database has pages of ${backup.pageSize} bytes, the live one of ${live.pageSize}: it cannot be restored while the library has it open, so stop the library first`,
  }];
}
