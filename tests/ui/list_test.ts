import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { holdsWords, searchText } from "../../src/ui/search_text.js";
import { violations } from "./axe.ts";
import { confirmDeletion, makeBackup, openHouse, signIn, uiTest } from "./house.ts";

const BACKUP = {
  backup_id: "backup_20261122_070809",
  description: "Before the Upgrade 升级前",
  created_at_utc: "2026-11-21T23:08:09Z",
};
const HERE = { zone: "Asia/Shanghai", kind: "自动" };

/** What is typed, and whether it finds a backup of Sunday, 22 November 2026, 07:08 in Shanghai. */
const SEARCHES: readonly (readonly [string, boolean])[] = [
  ["2026-11", true],
  ["11-22", true],
  ["2026/11/22", true],
  ["22/11/2026", true],
  ["22.11.2026", true],
  ["11月22日", true],
  ["2026年11月", true],
  ["星期日", true],
  ["周日", true],
  ["sunday", true],
  ["Nov 2026", true],
  ["22 November", true],
  ["07:08", true],
  ["20261122", true],
  ["upgrade 自动", true],
  ["升级 11-22", true],
  ["11-21", false],
  ["1-22", false],
  ["1月22日", false],
  ["2026-12", false],
  ["saturday", false],
  ["手动", false],
];

for (const [words, found] of SEARCHES) {
  Deno.test(`a search for “${words}” ${found ? "finds" : "does not find"} a backup of 22 November`, () => {
    assert.equal(holdsWords(searchText({ ...BACKUP }, HERE), words), found);
  });
}

Deno.test("searchText() knows a day without leading zeros", () => {
  const text = searchText({ ...BACKUP, created_at_utc: "2026-01-04T20:00:00Z" }, HERE);

  for (const words of ["2026-1-5", "1-5", "1月5日", "01-05", "5/1/2026", "5 January"]) {
    assert.equal(holdsWords(text, words), true, words);
  }
});

uiTest(
  "three hundred backups come in pages, are searched by date and chosen to the last",
  async () => {
    await using house = await openHouse();
    const { page, url, library } = house;
    await signIn(page, url);
    const id = await makeBackup(page);
    await copyOneForEachDay(library.config.backup.path, id, 300);
    await page.goto(`${url}#/backups`);
    await page.reload();
    const rows = page.locator(".backups-table tbody tr");
    const next = page.getByRole("button", { name: "下一页" });

    await page.getByText("共 301 个备份").waitFor();
    assert.equal(await rows.count(), 50);
    await next.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("table", { name: "第 51 至 100 个，共 301 个" }).waitFor();
    assert.equal(await inTable(page), true, "the focus is not on the list");
    await page.keyboard.press("Tab");
    assert.equal(await inTable(page), true, "the next key does not go into the list");
    for (let n = 0; n < 5; n++) await next.click();
    await page.getByRole("table", { name: "第 301 至 301 个，共 301 个" }).waitFor();
    assert.equal(await next.isEnabled(), false);
    assert.deepEqual(await violations(page, "last page"), []);

    const search = page.getByRole("searchbox");
    await search.fill("2020-02");
    await page.getByText("301 个备份中有 29 个符合").waitFor();
    assert.equal(await rows.count(), 29);
    await search.fill("02-29 星期六");
    await page.getByText("301 个备份中有 1 个符合").waitFor();
    await page.locator(".row-id", { hasText: "2020年2月29日" }).waitFor();
    await search.fill("backup_2020");
    await page.getByText("301 个备份中有 300 个符合").waitFor();

    await page.getByRole("checkbox", { name: "全选本页" }).check();
    const bulk = page.getByRole("region", { name: "选中的备份" });
    await bulk.getByText("已选 50 个").waitFor();
    await bulk.getByRole("button", { name: "选择全部 300 个" }).click();
    await bulk.getByText("已选 300 个").waitFor();
    await bulk.getByRole("button", { name: "删除" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("heading", { name: "删除 300 个备份？" }).waitFor();
    await dialog.getByText(`剩下 1 个备份，其中最新的已验证备份是 ${id}`).waitFor();
    await page.keyboard.press("Escape");
    await search.fill("");
    await bulk.getByRole("button", { name: "选择全部 301 个" }).click();
    await bulk.getByRole("button", { name: "删除" }).click();
    await dialog.getByText("删除后一个备份也不剩").waitFor();
    await confirmDeletion(page, "301");
    await page.getByText("还没有备份").waitFor({ timeout: 120_000 });
  },
);

/** Copies that arrived by hand, one for each day from 1 January 2020: what is in them has the same date in its name. */
async function copyOneForEachDay(folder: string, id: string, days: number): Promise<void> {
  const bytes = await Deno.readFile(join(folder, `${id}.zip`));
  const sidecar = JSON.parse(await Deno.readTextFile(join(folder, `${id}.json`)));
  for (let day = 0; day < days; day++) {
    const at = new Date(Date.UTC(2020, 0, 1 + day, 1));
    const backupId = `backup_${at.toISOString().slice(0, 10).replaceAll("-", "")}_090000`;
    const zip = join(folder, `${backupId}.zip`);
    await Deno.writeFile(zip, bytes);
    const document = {
      ...sidecar,
      backup_id: backupId,
      created_at: at.toISOString().slice(0, 10) + "T09:00:00",
      created_at_utc: at.toISOString(),
      file_mtime_ms: (await Deno.stat(zip)).mtime?.getTime(),
    };
    await Deno.writeTextFile(join(folder, `${backupId}.json`), JSON.stringify(document));
  }
}

async function inTable(page: Page): Promise<boolean> {
  return await page.evaluate(() => document.activeElement?.closest(".backups-table") !== null);
}
