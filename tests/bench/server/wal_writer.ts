/**
 * A library at work: commits a row every 10 ms until its standard input closes, then prints how long each commit took.
 *
 * Usage: `deno run -A --no-check tests/bench/server/wal_writer.ts DATABASE`
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { print } from "../print.ts";

const EVERY_MS = 10;

async function main(path: string): Promise<void> {
  using database = new DatabaseSync(path, { timeout: 10_000 });
  database.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");
  const write = database.prepare(
    "INSERT INTO reading_progress (user_id, book_id, position) VALUES (1, 1, ?)",
  );
  const waitsMs: number[] = [];
  let stopped = false;
  const input = Deno.stdin.readable.pipeTo(new WritableStream()).then(() => stopped = true);
  for (let position = 0; !stopped; position++) {
    const began = performance.now();
    write.run(position);
    waitsMs.push(performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
  await input;
  print(JSON.stringify(waitsMs));
}

if (import.meta.main) await main(Deno.args[0] ?? "");
