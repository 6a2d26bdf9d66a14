import { SignJWT } from "jose";
import { type App, openApp, type OpenOptions } from "../../src/app.ts";
import type { Config } from "../../src/config/types.ts";
import type { Environment } from "../../src/config/env.ts";
import { recordingLog, type RecordingLogger } from "./recording_log.ts";
import { TEST_KEY, type TestLibrary, testLibrary } from "./test_library.ts";

/** Where the API lives. */
export const BASE = "/api/admin/backup";

/** Who asks: nobody, the library's admin or reader, or somebody with a token of the test's own. */
export type Caller = "nobody" | "admin" | "reader" | { readonly token: string };

/** One request of a test. */
export interface TestRequest {
  /** Default `admin`. */
  readonly as?: Caller;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly body?: BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
  /** Address of the other end; default one of a private network. */
  readonly peer?: string;
  readonly signal?: AbortSignal;
}

/** The whole product over a copy of the fixture library, without a socket. */
export interface TestApp extends AsyncDisposable {
  readonly app: App;
  readonly library: TestLibrary;
  readonly log: RecordingLogger;
  /** Sends a request; a path without a leading slash is under the API's base. */
  send(method: string, path: string, request?: TestRequest): Promise<Response>;
  /** {@linkcode send}, with the answer's status and JSON. */
  call(method: string, path: string, request?: TestRequest): Promise<Answer>;
}

/** An answer with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any -- tests look at whatever came
  readonly body: any;
}

/** Opens the product over a fresh copy of the fixture library. */
export async function openTestApp(
  options: {
    env?: Environment;
    open?: OpenOptions;
    /** Changes the configuration before the product is opened. */
    configure?: (config: Config) => Config;
  } = {},
): Promise<TestApp> {
  const { configure = (config) => config } = options;
  const library = await testLibrary({ BACKUP_PATH: "backups", ...options.env });
  const log = recordingLog("DEBUG", [library.secrets.signingKey]);
  const app = await openApp(configure(library.config), library.secrets, {
    log,
    ...options.open,
  });
  const send: TestApp["send"] = async (method, path, request = {}) => {
    const headers = new Headers(request.headers);
    const token = await tokenOf(request.as ?? "admin");
    if (token !== null && !headers.has("Authorization")) {
      headers.set("Authorization", `Bearer ${token}`);
    }
    if (request.json !== undefined) headers.set("Content-Type", "application/json");
    const body = request.json === undefined ? request.body : JSON.stringify(request.json);
    const url = `http://backup.test${path.startsWith("/") ? path : `${BASE}/${path}`}`;
    return await app.fetch(
      new Request(url, {
        method,
        headers,
        ...body === undefined ? {} : { body },
        ...request.signal === undefined ? {} : { signal: request.signal },
      }),
      connectionFrom(request.peer ?? "192.168.7.7"),
    );
  };
  return {
    app,
    library,
    log,
    send,
    call: async (...request) => {
      const response = await send(...request);
      const text = await response.text();
      const isJson = response.headers.get("Content-Type")?.includes("json") ?? false;
      return {
        status: response.status,
        headers: response.headers,
        body: isJson && text !== "" ? JSON.parse(text) : text,
      };
    },
    [Symbol.asyncDispose]: async () => {
      await app[Symbol.asyncDispose]();
      await library[Symbol.asyncDispose]();
    },
  };
}

/** Signs a token as the library does: `sub` and `exp`, and whatever else the test wants. */
export async function libraryToken(
  claims: Record<string, unknown>,
  options: { key?: string; algorithm?: string; expires?: string | null } = {},
): Promise<string> {
  const { key = TEST_KEY, algorithm = "HS256", expires = "1h" } = options;
  const token = new SignJWT(claims).setProtectedHeader({ alg: algorithm });
  if (expires !== null) token.setExpirationTime(expires);
  return await token.sign(new TextEncoder().encode(key));
}

async function tokenOf(caller: Caller): Promise<string | null> {
  if (typeof caller === "object") return caller.token;
  if (caller === "nobody") return null;
  return await libraryToken({ sub: caller });
}

function connectionFrom(hostname: string): Deno.ServeHandlerInfo {
  return {
    remoteAddr: { transport: "tcp", hostname, port: 50_000 },
    completed: Promise.resolve(),
  };
}
