/** The process behind `startProgram()`: obeys JSON lines on standard input. */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { TextLineStream } from "./text_lines.ts";
import { overwriteDatabase } from "../../src/database/overwrite.ts";
import { tryLockFile } from "../../src/storage/lock_file.ts";

let database: DatabaseSync | null = null;
const statements = new Map<string, StatementSync>();
let repeating = false;
let repeated: Promise<{ count: number; errors: string[]; waits: number[] }> | null = null;

function opened(): DatabaseSync {
  if (database === null) throw new Error("no database is open");
  return database;
}

async function repeat(sql: string, pauseMs: number) {
  const result = { count: 0, errors: [] as string[], waits: [] as number[] };
  while (repeating) {
    const start = performance.now();
    try {
      opened().exec(sql);
      result.count += 1;
    } catch (error) {
      if (result.errors.length < 20) result.errors.push(String(error));
    }
    result.waits.push(Math.round(performance.now() - start));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  result.waits.sort((one, other) => other - one);
  return result;
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}

// deno-lint-ignore no-explicit-any -- whatever the test sent
const verbs: Record<string, (...values: any[]) => unknown> = {
  open(path: string, timeout: number) {
    database = new DatabaseSync(path, { timeout });
  },
  exec: (sql: string) => opened().exec(sql),
  all(sql: string) {
    const statement = statements.get(sql) ?? opened().prepare(sql);
    statements.set(sql, statement);
    return statement.all();
  },
  repeat(sql: string, pauseMs: number) {
    repeating = true;
    repeated = repeat(sql, pauseMs);
  },
  finish() {
    repeating = false;
    return repeated;
  },
  async lock(path: string, description: string) {
    const lock = await tryLockFile(path);
    if (lock === null) throw new Error("locked");
    await lock.describe(description);
  },
  async overwriteUntil(staged: string, live: string, steps: number) {
    let seen = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const step = () => {
      if (seen === steps) resolve();
      seen += 1;
    };
    const onLocked = () => {
      step();
      // What follows must not happen, not merely be unlikely.
      return steps === 0 ? new Promise<void>(() => {}) : undefined;
    };
    const done = overwriteDatabase(staged, live, { onLocked, onProgress: step });
    await Promise.race([promise, done]);
  },
};

print("ready");
for await (const line of Deno.stdin.readable.pipeThrough(new TextLineStream())) {
  const [verb, ...values] = JSON.parse(line);
  try {
    print(JSON.stringify({ value: (await verbs[verb]?.(...values)) ?? null }));
  } catch (error) {
    print(JSON.stringify({ error: String(error) }));
  }
}
