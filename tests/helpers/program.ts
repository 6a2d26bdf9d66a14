import { join } from "node:path";
import type { TestLibrary } from "./test_library.ts";

const ROOT = join(import.meta.dirname ?? ".", "..", "..");

/** The product in a process of its own, with the permissions that its tasks grant. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  /** Resolves with the exit code, or 128 plus the signal's number. */
  readonly exitCode: Promise<number>;
  /** Everything printed, once the process ended. */
  readonly stdout: Promise<string>;
  readonly stderr: Promise<string>;
  /** Resolves with what was printed so far as soon as it matches. */
  firstOutput(pattern: RegExp): Promise<string>;
  /** {@linkcode firstOutput} of standard error. */
  firstError(pattern: RegExp): Promise<string>;
  /** Sends a signal. */
  signal(name: Deno.Signal): void;
}

/** Where and with what a {@linkcode Program} runs. */
export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: string;
  /** Words that start it elsewhere, as those of a mount namespace. */
  readonly within?: readonly string[];
  /** Where the shell leads its output, such as `>/dev/full`. */
  readonly redirect?: string;
  /** Gives it a terminal of its own, through script(1). */
  readonly terminal?: boolean;
}

/** Starts `main.ts` with these arguments. */
export function startProgram(argv: readonly string[], options: ProgramOptions = {}): Program {
  const flags = taskFlags();
  const main = join(ROOT, "src", "main.ts");
  const command = [...options.within ?? [], Deno.execPath(), "run", ...flags, main, ...argv];
  const [program = "", ...args] = options.terminal === true
    ? ["script", "-qefc", command.map((word) => `'${word}'`).join(" "), "/dev/null"]
    : options.redirect !== undefined
    ? ["sh", "-c", `exec "$@" ${options.redirect}`, "sh", ...command]
    : command;
  const child = new Deno.Command(program, {
    args,
    cwd: options.cwd ?? ROOT,
    clearEnv: true,
    env: { ...inherited(), LANG: "en_US.UTF-8", ...options.env },
    stdin: options.input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let ended = false;
  const exitCode = child.status.then(({ code }) => {
    ended = true;
    return code;
  });
  const output = gather(child.stdout);
  const errors = gather(child.stderr);
  const stderr = errors.whole;
  const typed = options.input === undefined ? Promise.resolve() : type(child.stdin, options.input);
  return {
    pid: child.pid,
    exitCode,
    stdout: output.whole,
    stderr,
    firstOutput: async (pattern) => {
      await until(() => ended || pattern.test(output.text()));
      return output.text();
    },
    firstError: async (pattern) => {
      await until(() => ended || pattern.test(errors.text()));
      return errors.text();
    },
    signal: (name) => signal(child, name),
    [Symbol.asyncDispose]: async () => {
      if (!ended) signal(child, "SIGKILL");
      await Promise.all([exitCode, output.whole, stderr, typed]);
    },
  };
}

function signal(child: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    child.kill(name);
  } catch (error) {
    // It came to its end first, and this process has not been told yet.
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** The arguments and variables with which a program works on a test library. */
export function onLibrary(library: TestLibrary): { argv: string[]; env: Record<string, string> } {
  return {
    argv: ["--config", library.config.path ?? "", "--root", library.root],
    env: {
      TZ: "Asia/Shanghai",
      SERVER_HOST: "127.0.0.1",
      BACKUP_ADMIN_PASSWORD: library.secrets.adminPassword ?? "",
    },
  };
}

/** Waits until a condition holds; the caller's test fails by its own limit if it never does. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!await condition()) {
    if (performance.now() > deadline) throw new Error(`never true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A port nobody listens on. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

const PATIENCE_MS = 60_000;

function taskFlags(): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  const command: string = tasks.start.command;
  return command.split(" ").filter((word) => word.startsWith("--"));
}

/** Enough to run Deno with its cache. */
function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "DENO_DIR", "NO_COLOR"];
  return Object.fromEntries(
    names.map((name) => [name, Deno.env.get(name)] as const)
      .filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

function gather(stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
  let text = "";
  const read = async () => {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) text += chunk;
    return text;
  };
  return { text: () => text, whole: read() };
}

async function type(stdin: WritableStream<Uint8Array>, text: string): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch (error) {
    // The program may end without having read it all.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
