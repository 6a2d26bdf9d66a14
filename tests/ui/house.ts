import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import type { BrowserContext, Locator, Page } from "playwright-core";
import { freePort, onLibrary, type Program, startProgram } from "../helpers/program.ts";
import { TEST_PASSWORD, type TestLibrary, testLibrary } from "../helpers/test_library.ts";
import { type BrowserOptions, noBrowser, openBrowser, type TestBrowser } from "./browser.ts";

/** The real server in a process of its own, over a copy of the library, and a browser that looks at it. */
export interface House extends AsyncDisposable {
  readonly url: string;
  readonly library: TestLibrary;
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the browser complained about: errors of the page and refusals of the security policy. */
  readonly complaints: string[];
  /** Opens another tab. */
  newTab(): Promise<Page>;
  /** Ends the server as a power cut would, and starts it again on the same address. */
  restart(): Promise<void>;
  /** Ends the server as a power cut would. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Freezes the server: what it is doing stays as it is in sight, however long the test looks. */
  pause(): void;
  resume(): void;
}

/** What differs between houses. */
export interface HouseOptions extends BrowserOptions {
  /** Makes the library large enough that a backup takes seconds. */
  readonly slow?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** Opens a {@linkcode House}. */
export async function openHouse(options: HouseOptions = {}): Promise<House> {
  const library = await testLibrary();
  if (options.slow === true) makeSlow(library);
  const port = freePort();
  const url = `http://127.0.0.1:${port}/`;
  let program: Program | null = null;
  const start = async () => {
    const { argv, env } = onLibrary(library);
    program = startProgram(["serve", ...argv], {
      env: { ...env, SERVER_PORT: String(port), ...options.env },
    });
    await answers(url);
  };
  const stop = async () => {
    await program?.[Symbol.asyncDispose]();
    program = null;
  };
  await start();
  const browser: TestBrowser = await openBrowser(options);
  const complaints: string[] = [];
  const newTab = async () => {
    const page = await browser.context.newPage();
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => {
      const text = message.text();
      // A refused connection or status is the server's affair; the page has to say it in words.
      if (message.type() === "error" && !text.startsWith("Failed to load resource")) {
        complaints.push(text);
      }
    });
    return page;
  };
  const page = await newTab();
  return {
    url,
    library,
    context: browser.context,
    page,
    complaints,
    newTab,
    start,
    stop,
    pause: () => program?.signal("SIGSTOP"),
    resume: () => program?.signal("SIGCONT"),
    restart: async () => {
      await stop();
      await start();
    },
    [Symbol.asyncDispose]: async () => {
      await browser[Symbol.asyncDispose]();
      await stop();
      await library[Symbol.asyncDispose]();
    },
  };
}

/** Opens the page and signs in by password. */
export async function signIn(page: Page, url: string, path = ""): Promise<void> {
  await page.goto(`${url}${path}`);
  await page.getByLabel(/^(密码|Password)$/).fill(TEST_PASSWORD);
  await page.getByRole("button", { name: /^(登录|Sign in)$/ }).click();
  await page.locator("nav.tabs").waitFor();
}

/** The panel's card of a job that ended well. */
export function endOf(page: Page, words: string): Locator {
  return page.locator('.panel-card[data-state="done"]', { hasText: words });
}

/** Makes a backup from the overview and waits for its end. @returns Its id. */
export async function makeBackup(page: Page, description = ""): Promise<string> {
  await page.locator("nav.tabs a").first().click();
  await page.getByRole("button", { name: "立即备份" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/说明/).fill(description);
  await dialog.getByRole("button", { name: "开始备份" }).click();
  await endOf(page, "备份完成").first().getByRole("button", { name: "查看" }).click();
  const id = await page.locator(".detail-id").textContent();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  return id ?? "";
}

/** Confirms the dialog that deletes what must not be deleted by a slip, by typing what it asks for. */
export async function confirmDeletion(page: Page, typed: string): Promise<void> {
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(/请输入/).fill(typed);
  await dialog.getByRole("button", { name: /^删除 · 释放/ }).click();
}

/** Registers a test of the page; without a browser it is ignored here and fails under CI. */
export function uiTest(name: string, run: () => Promise<void>): void {
  Deno.test({ name, ignore: noBrowser, fn: run });
}

/** 40 MB of text that hardly compresses, at the slowest level: a backup then takes seconds. */
function makeSlow(library: TestLibrary): void {
  const config = library.config.path ?? "";
  const text = Deno.readTextFileSync(config);
  Deno.writeTextFileSync(config, text.replace("compression_level: 6", "compression_level: 9"));
  using database = new DatabaseSync(join(library.root, "data", "library.db"));
  database.exec(`
    CREATE TABLE pages_of_text (words TEXT);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
    INSERT INTO pages_of_text SELECT hex(randomblob(50000)) FROM n;
  `);
}

async function answers(url: string): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    try {
      const response = await fetch(`${url}api/health`);
      await response.body?.cancel();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50)); // Not listening yet.
    }
  }
  throw new Error(`nothing answers at ${url}`);
}

/** Finds an id, but not that of another backup of the same second, which has a number behind it. */
export function naming(id: string): RegExp {
  return new RegExp(`${id}(?!_)`);
}
