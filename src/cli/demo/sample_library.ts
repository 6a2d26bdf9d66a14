import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Host, SampleBook } from "../verb.ts";
import { sampleCover } from "./sample_cover.ts";
import { SAMPLE_TITLES } from "./sample_titles.ts";

/** Where the demo's files are. */
export interface SampleLibrary {
  /** Its folder, absolute. */
  readonly root: string;
  /** Its configuration file. */
  readonly configPath: string;
  /** `false`: it was there already and nothing was touched. */
  readonly isNew: boolean;
}

/** Books that {@linkcode makeSampleLibrary} leaves for {@linkcode growSampleLibrary}. */
const LATER_BOOKS = 8;

/**
 * Makes the demo's library: a database of classical books, their covers, a migration and a configuration
 * with a signing key of its own. A library that is there already stays as it is.
 *
 * @param root Its folder; made when missing.
 */
export async function makeSampleLibrary(
  root: string,
  addSampleBooks: Host["addSampleBooks"],
): Promise<SampleLibrary> {
  const configPath = join(root, "config", "config.yaml");
  const databasePath = join(root, "data", "library.db");
  if (await exists(databasePath) && await exists(configPath)) {
    return { root, configPath, isNew: false };
  }
  for (const folder of ["config", "data", "covers", join("alembic", "versions")]) {
    await Deno.mkdir(join(root, folder), { recursive: true });
  }
  await Deno.writeTextFile(join(root, "alembic", "versions", "20260115_initial.py"), MIGRATION);
  const secretKey = randomBytes(32).toString("hex");
  await Deno.writeTextFile(configPath, configText(secretKey), { mode: 0o600 });
  await addBooks(root, 0, SAMPLE_TITLES.length - LATER_BOOKS, addSampleBooks);
  return { root, configPath, isNew: true };
}

/** Adds the remaining books and covers, so that a preview of the first backup has something to show. */
export async function growSampleLibrary(
  { root }: SampleLibrary,
  addSampleBooks: Host["addSampleBooks"],
): Promise<void> {
  const first = SAMPLE_TITLES.length - LATER_BOOKS;
  await addBooks(root, first, SAMPLE_TITLES.length, addSampleBooks);
}

async function addBooks(
  root: string,
  from: number,
  to: number,
  addSampleBooks: Host["addSampleBooks"],
): Promise<void> {
  const books: SampleBook[] = [];
  for (const [index, title] of SAMPLE_TITLES.slice(from, to).entries()) {
    const number = from + index + 1;
    const coverPath = `${number}.jpg`;
    await Deno.writeFile(join(root, "covers", coverPath), sampleCover(number));
    books.push({ ...title, coverPath });
  }
  await addSampleBooks(join(root, "data", "library.db"), books);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function configText(secretKey: string): string {
  return `# 演示书库的配置，由 demo 命令生成 / made by the verb demo
security:
  secret_key: ${secretKey}
timezone: Asia/Shanghai
logging:
  format: text
  level: WARNING
backup:
  auto_backup_enabled: true
  auto_backup_schedule: "0 2 * * *"
`;
}

const MIGRATION = `"""initial"""
revision = "20260115"
down_revision = None
`;
