import { ourVerb } from "../contestants/ours.ts";
import { type Measured, runMeasured } from "../measure/run_measured.ts";

const BASE = "/api/admin/backup";
const START_PATIENCE_MS = 30_000;

/** Our server, in a process of its own, and a token for it. */
export class RunningServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #origin: string;
  readonly #token: string;
  /** From the start of the process to the first answer, in milliseconds. */
  readonly startMs: number;

  private constructor(child: Deno.ChildProcess, origin: string, token: string, startMs: number) {
    this.#child = child;
    this.#origin = origin;
    this.#token = token;
    this.startMs = startMs;
  }

  /** Starts it as `deno task start` does. */
  static async start(library: string, store: string): Promise<RunningServer> {
    const port = freePort();
    const { command, cwd, env } = ourVerb("start", {
      library,
      store,
      env: { SERVER_HOST: "127.0.0.1", SERVER_PORT: String(port), LOG_LEVEL: "ERROR" },
    });
    const [name = "", ...args] = command;
    const began = performance.now();
    const child = new Deno.Command(name, {
      args,
      stdin: "null",
      stdout: "null",
      stderr: "inherit",
      ...cwd === undefined ? {} : { cwd },
      ...env === undefined ? {} : { env: { ...env } },
    }).spawn();
    const origin = `http://127.0.0.1:${port}`;
    try {
      await untilHealthy(origin);
      const startMs = performance.now() - began;
      return new RunningServer(child, origin, await signIn(origin, env ?? {}), startMs);
    } catch (error) {
      child.kill();
      throw error;
    }
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Asks without a token. */
  health(): Promise<Response> {
    return fetch(`${this.#origin}/api/health`);
  }

  /** Asks the backup API; anything but success is an error. */
  async ask(method: string, path: string, body?: RequestInit["body"] | object): Promise<Response> {
    const isJson = body !== undefined && body !== null &&
      Object.getPrototypeOf(body) === Object.prototype;
    const response = await fetch(`${this.#origin}${BASE}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${this.#token}`,
        ...isJson ? { "Content-Type": "application/json" } : {},
      },
      ...body === undefined ? {} : { body: isJson ? JSON.stringify(body) : body as BodyInit },
    });
    if (!response.ok) {
      throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    }
    return response;
  }

  /** Sends a file, or fetches one and throws it away, with curl: a client that is never the slower side. */
  async curl(path: string, ...argv: readonly string[]): Promise<Measured> {
    const auth = `Authorization: Bearer ${this.#token}`;
    const command = ["curl", "-sS", "--fail-with-body", "-H", auth, "-o", "/dev/null", ...argv];
    return await runMeasured({ command: [...command, `${this.#origin}${BASE}${path}`] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.status;
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function untilHealthy(origin: string): Promise<void> {
  const giveUpAt = performance.now() + START_PATIENCE_MS;
  while (performance.now() < giveUpAt) {
    try {
      const response = await fetch(`${origin}/api/health`);
      await response.body?.cancel();
      if (response.ok) return;
    } catch (error) {
      // Nobody listens yet.
      if (!(error instanceof TypeError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error("the server did not answer");
}

async function signIn(origin: string, env: Readonly<Record<string, string>>): Promise<string> {
  const response = await fetch(`${origin}/api/auth/token`, {
    method: "POST",
    body: new URLSearchParams({ username: "admin", password: env["BACKUP_ADMIN_PASSWORD"] ?? "" }),
  });
  if (!response.ok) throw new Error(`sign in: ${response.status} ${await response.text()}`);
  const { access_token: token } = await response.json();
  return token;
}
