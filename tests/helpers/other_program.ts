import assert from "node:assert/strict";
import { join } from "node:path";

/** A row as a program prints it. */
export type ProgramRow = Record<string, string | number | null>;

/** Another process with a database open, such as the library, doing as a test tells it step by step. */
export interface OtherProgram extends AsyncDisposable {
  /** Opens a database, with a busy timeout in milliseconds. */
  open(path: string, timeoutMs?: number): Promise<void>;
  /** Runs statements. */
  exec(sql: string): Promise<void>;
  /** Runs a query; the statement stays prepared, as an application's would. */
  all(sql: string): Promise<ProgramRow[]>;
  /** Runs statements again and again, with a pause in milliseconds, until {@linkcode OtherProgram.finish}. */
  repeat(sql: string, pauseMs: number): Promise<void>;
  /** Ends {@linkcode OtherProgram.repeat}: how often it ran, its errors, and its waits in ms, longest first. */
  finish(): Promise<{ count: number; errors: string[]; waits: number[] }>;
  /** Takes a lock file and describes itself. */
  lock(path: string, description: string): Promise<void>;
  /** Overwrites a database; answers when `steps` steps are reported, or it is done, and goes no further until killed. */
  overwriteUntil(staged: string, live: string, steps: number): Promise<void>;
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>;
}

const SCRIPT = join(import.meta.dirname ?? ".", "other_program_main.ts");

/** Starts an {@linkcode OtherProgram}. */
export async function startProgram(): Promise<OtherProgram> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", SCRIPT],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const input = child.stdin.getWriter();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let ended = false;

  const readLine = async (): Promise<string> => {
    while (!rest.includes("\n")) {
      const { value, done } = await output.read();
      if (done) throw new Error("the other program ended");
      rest += value;
    }
    const end = rest.indexOf("\n");
    const line = rest.slice(0, end);
    rest = rest.slice(end + 1);
    return line;
  };
  const ask = async (verb: string, ...values: unknown[]): Promise<unknown> => {
    await input.write(new TextEncoder().encode(JSON.stringify([verb, ...values]) + "\n"));
    const answer: { value?: unknown; error?: string } = JSON.parse(await readLine());
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.value;
  };
  const end = async () => {
    if (ended) return;
    ended = true;
    child.kill("SIGKILL");
    await child.status;
    await output.cancel();
    await input.abort().catch(() => {});
  };

  assert.equal(await readLine(), "ready");
  return {
    open: (path, timeoutMs = 0) => ask("open", path, timeoutMs) as Promise<void>,
    exec: (sql) => ask("exec", sql) as Promise<void>,
    all: (sql) => ask("all", sql) as Promise<ProgramRow[]>,
    repeat: (sql, pauseMs) => ask("repeat", sql, pauseMs) as Promise<void>,
    finish: () => ask("finish") as ReturnType<OtherProgram["finish"]>,
    lock: (path, description) => ask("lock", path, description) as Promise<void>,
    overwriteUntil: (staged, live, steps) =>
      ask("overwriteUntil", staged, live, steps) as Promise<void>,
    kill: end,
    [Symbol.asyncDispose]: end,
  };
}
