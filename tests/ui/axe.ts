import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";

const AXE = Deno.readTextFile(fileURLToPath(import.meta.resolve("axe-core/axe.min.js")));

/** What axe finds wrong with what is in sight, in both themes. */
export async function violations(page: Page, what: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await settle(page);
    for (const rule of await runAxe(page)) found.push(`${what} ${colorScheme}: ${rule}`);
  }
  return found;
}

/** What axe finds wrong. It is run through the tools' own door: the page's policy would refuse a script tag. */
async function runAxe(page: Page): Promise<string[]> {
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(await AXE);
  return await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: Axe };
    const { violations } = await axe.run(document, {
      resultTypes: ["violations"], // The rest is not looked at, and takes as long.
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    const say = ({ target, failureSummary }: AxeNode) => `${target} ${failureSummary}`;
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(say).join(" | ")}`);
  });
}

interface AxeNode {
  readonly target: readonly string[];
  readonly failureSummary: string;
}

/** As much of axe as is used. */
interface Axe {
  run(
    page: Document,
    options: { runOnly: readonly string[]; resultTypes: readonly string[] },
  ): Promise<{ violations: readonly { id: string; nodes: readonly AxeNode[] }[] }>;
}

/** Waits until the view has its data and its animations are over. */
export async function settle(page: Page): Promise<void> {
  await page.locator("main").waitFor();
  await page.evaluate(() =>
    new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
  );
  await page.waitForFunction(() =>
    document.querySelector("main .skeleton") === null &&
    document.getAnimations().every((one) => one.playState !== "running")
  );
}
