import { join } from "node:path";
import { type BrowserContext, chromium } from "playwright-core";
import { tempFolder } from "../helpers/temp_folder.ts";

const CHOSEN = Deno.env.get("CHROMIUM");
const PROGRAMS = CHOSEN === undefined
  ? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
  : [CHOSEN];

const SWITCHES = [
  "--headless",
  "--remote-debugging-port=0",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--hide-scrollbars",
];

/** Why the tests of the page cannot run here; `false` when they can. Under CI they must. */
export const noBrowser: boolean = findBrowser() === null && Deno.env.get("CI") !== "true";

/** A context of its own in the browser that the tests of one file share. */
export interface TestBrowser extends AsyncDisposable {
  readonly context: BrowserContext;
}

/** What differs between browsers. */
export interface BrowserOptions {
  readonly width?: number;
  readonly height?: number;
  readonly locale?: string;
  readonly colorScheme?: "light" | "dark";
}

/** Opens a context with its own cookies, storage and cache. */
export async function openBrowser(options: BrowserOptions = {}): Promise<TestBrowser> {
  if (shared === null) throw new Error(`no browser: install one of ${PROGRAMS.join(", ")}`);
  const { width = 1280, height = 800, locale = "zh-CN", colorScheme = "light" } = options;
  const browser = await chromium.connectOverCDP(shared.address);
  const context = await browser.newContext({
    viewport: { width, height },
    locale,
    colorScheme,
    timezoneId: "America/New_York", // Never the server's: the page must show the server's.
    acceptDownloads: true,
  });
  context.setDefaultTimeout(30_000);
  return {
    context,
    [Symbol.asyncDispose]: async () => {
      await context.close();
      await browser.close();
    },
  };
}

/** A Chromium without a window, and where its tools listen. */
interface SharedBrowser extends AsyncDisposable {
  readonly address: string;
}

// Chromium takes longer to start than most tests to run, and a test's own connection to it leaves nothing open.
let shared: SharedBrowser | null = null;
Deno.test.beforeAll(async () => {
  const program = findBrowser();
  shared = program === null ? null : await startBrowser(program);
});
Deno.test.afterAll(async () => {
  await shared?.[Symbol.asyncDispose]();
});

async function startBrowser(program: string): Promise<SharedBrowser> {
  const profile = await tempFolder();
  const child = new Deno.Command(program, {
    args: [...SWITCHES, `--user-data-dir=${profile.path}`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const status = child.status;
  let ended = false;
  void status.then(() => ended = true);
  const stop = async () => {
    if (!ended) child.kill("SIGTERM");
    await status;
    await removeProfile(profile.path);
  };
  try {
    return {
      address: await toolsOf(profile.path, () => ended),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The browser's own children may still be writing for a moment after it has ended. */
async function removeProfile(path: string): Promise<void> {
  for (let tries = 100;; tries -= 1) {
    try {
      return await Deno.remove(path, { recursive: true });
    } catch (error) {
      if (tries === 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Chromium writes where its tools listen once they do. */
async function toolsOf(profile: string, hasEnded: () => boolean): Promise<string> {
  while (!hasEnded()) {
    const [port, path] = await readLines(join(profile, "DevToolsActivePort"));
    if (port && path) return `ws://127.0.0.1:${port}${path}`;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("the browser ended before it listened");
}

async function readLines(path: string): Promise<string[]> {
  try {
    return (await Deno.readTextFile(path)).split("\n");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function findBrowser(): string | null {
  for (const program of PROGRAMS) {
    try {
      Deno.statSync(program);
      return program;
    } catch {
      // Not this one; the next may be there.
    }
  }
  return null;
}
