import { DatabaseSync } from "node:sqlite";

/** Options of {@linkcode makeDatabase}. */
export interface SampleOptions {
  readonly journalMode?: "wal" | "delete";
  readonly pageBytes?: number;
  /** Rows of `chapters`, about 1 KB each. */
  readonly rows?: number;
  /** What `marker` holds, to tell databases apart. */
  readonly marker?: string;
}

/** What the money in {@linkcode makeDatabase}'s `accounts` adds up to, whatever {@linkcode TRANSFER} does. */
export const TOTAL = 100_000;

/** Moves money between accounts, touching pages all over the file: a copy torn in time would not add up. */
export const TRANSFER = `BEGIN IMMEDIATE;
  UPDATE accounts SET money = money - 1 WHERE id = 1 + abs(random()) % 100;
  UPDATE accounts SET money = money - 2 WHERE id = 1 + abs(random()) % 100;
  UPDATE accounts SET money = money + (SELECT ${TOTAL} - sum(money) FROM accounts)
    WHERE id = 1 + abs(random()) % 100;
  UPDATE chapters SET body = randomblob(1000) WHERE id = 1 + abs(random()) % 100;
  COMMIT;`;

/** Makes a database with accounts that add up, and chapters between them. */
export function makeDatabase(path: string, options: SampleOptions = {}): void {
  const { journalMode = "delete", pageBytes = 4096, rows = 200, marker = "first" } = options;
  using database = new DatabaseSync(path);
  database.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA journal_mode = ${journalMode};
    PRAGMA synchronous = OFF; BEGIN;
    CREATE TABLE marker (text TEXT NOT NULL);
    INSERT INTO marker VALUES ('${marker}');
    CREATE TABLE accounts (id INTEGER PRIMARY KEY, money INTEGER NOT NULL, padding BLOB);
    CREATE TABLE chapters (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
      INSERT INTO accounts SELECT i, ${TOTAL / 100}, randomblob(900) FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
      INSERT INTO chapters SELECT i, randomblob(1000) FROM n;
    CREATE INDEX chapter_bodies ON chapters (substr(body, 1, 8));
    COMMIT;`);
}

/** Reads one value of a database. */
export function readOne(path: string, sql: string): unknown {
  using database = new DatabaseSync(path);
  return Object.values(database.prepare(sql).get() ?? {})[0];
}

/** The names in a folder, sorted. */
export async function namesIn(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
}
