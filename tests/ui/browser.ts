import { type BrowserContext, chromium } from "playwright-core";
import { tempFolder } from "../helpers/temp_folder.ts";

const PROGRAMS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const SWITCHES = [
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

/** A browser with a profile of its own. */
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

/** Starts Chromium without a window. */
export async function openBrowser(options: BrowserOptions = {}): Promise<TestBrowser> {
  const executablePath = findBrowser();
  if (executablePath === null) throw new Error(`no browser: install one of ${PROGRAMS.join(", ")}`);
  const { width = 1280, height = 800, locale = "zh-CN", colorScheme = "light" } = options;
  const profile = await tempFolder();
  const context = await chromium.launchPersistentContext(profile.path, {
    executablePath,
    headless: true,
    args: SWITCHES,
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
      await profile[Symbol.asyncDispose]();
    },
  };
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
