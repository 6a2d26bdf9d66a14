import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { settle } from "./axe.ts";
import { makeBackup, openHouse, signIn, uiTest } from "./house.ts";

const WIDTHS = [320, 360, 390, 768, 860, 1280, 3840];

/** A name that a person gave without thinking of a narrow screen. */
const LONG = "Before-the-upgrade-to-the-version-that-somebody-recommended-" + "说明".repeat(40);

for (const locale of ["zh-CN", "en-GB"]) {
  uiTest(
    `nothing is wider than the screen or cut off, from a small phone to a wall (${locale})`,
    async () => {
      await using house = await openHouse({ locale: "zh-CN" });
      const { page, url, library } = house;
      await page.goto(url);
      await settle(page);
      const wrong = await overflows(page, "sign in");
      await signIn(page, url);
      const id = await makeBackup(page, LONG);
      await makeMany(library.config.backup.path, id);
      if (locale === "en-GB") await page.getByRole("button", { name: "Switch to English" }).click();
      await page.reload();

      for (const view of ["overview", "backups", "schedule", "history"]) {
        await page.goto(`${url}#/${view}`);
        wrong.push(...await overflows(page, view));
      }
      await page.getByRole("button", { name: /^(审计|Audit)$/ }).click();
      wrong.push(...await overflows(page, "audit"));
      await page.goto(`${url}#/backups`);
      await page.getByRole("checkbox").nth(1).check();
      wrong.push(...await overflows(page, "chosen"));
      for (
        const action of [
          /^(下载|Download) /,
          /^(验证|Check) /,
          /^(删除|Delete) /,
          /^(上传|Upload)$|^(立即备份|Back up now)$/,
        ]
      ) {
        await page.getByRole("button", { name: action }).last().click();
        await page.getByRole("dialog").waitFor();
        wrong.push(...await overflows(page, String(action)));
        await page.keyboard.press("Escape");
      }
      await page.goto(`${url}#/backups/${id}`);
      await page.getByRole("dialog").waitFor();
      for (const summary of await page.locator("summary").all()) await summary.click();
      wrong.push(...await overflows(page, "detail"));
      await page.goto(`${url}#/restore/${id}`);
      wrong.push(...await overflows(page, "restore choose"));
      await page.locator(".step-actions .button-primary").click();
      await page.locator(".step-actions .button-primary:enabled").waitFor();
      wrong.push(...await overflows(page, "restore preview"));
      await page.locator(".step-actions .button-primary").click();
      wrong.push(...await overflows(page, "restore confirm"));

      assert.deepEqual(wrong, []);
    },
  );
}

/** Copies that arrived by hand: enough for every badge and the pages of the list. */
async function makeMany(folder: string, id: string): Promise<void> {
  for (let n = 10; n < 70; n++) {
    await Deno.copyFile(join(folder, `${id}.zip`), join(folder, `backup_20200101_0000${n}_12.zip`));
  }
}

/** What sticks out of the screen or of its box, at each width. */
async function overflows(page: Page, what: string): Promise<string[]> {
  const found: string[] = [];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    await settle(page);
    const problems = await page.evaluate(lookForCuts);
    for (const problem of problems.slice(0, 3)) {
      found.push(`${what} at ${width}: ${problem}`);
    }
  }
  return found;
}

/** Runs in the page. A region that scrolls by design may hold more than it shows. */
function lookForCuts(): string[] {
  const problems: string[] = [];
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) problems.push(`${scrollWidth - clientWidth} px too wide`);
  const scrolls = (one: Element) =>
    one.matches(".chips, .table-scroll, pre") || getComputedStyle(one).position === "fixed";
  for (const one of document.querySelectorAll("a, button, input, summary, .badge, h1, h2")) {
    if (!one.checkVisibility() || one.closest(".skip, .sr-only")) continue;
    const { left, right, width } = one.getBoundingClientRect();
    if (width === 0) continue;
    const name = `${one.className || one.tagName} ${
      one.textContent?.trim() || one.getAttribute("aria-label")
    }`;
    if (one.matches("button") && one.scrollWidth > one.clientWidth + 1) {
      problems.push(`${name}: its words are cut`);
    }
    for (let box = one.parentElement; box !== null && !scrolls(box); box = box.parentElement) {
      const clips = box === document.body || getComputedStyle(box).overflowX !== "visible";
      const edge = box.getBoundingClientRect();
      if (clips && (left < edge.left - 1 || right > edge.right + 1)) {
        problems.push(
          `${name}: ${Math.round(Math.max(right - edge.right, edge.left - left))} px cut`,
        );
        break;
      }
    }
  }
  return problems;
}
