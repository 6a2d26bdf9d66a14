import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { endOf, openHouse, signIn, uiTest } from "./house.ts";

async function startBackup(page: Page): Promise<void> {
  await page.getByRole("button", { name: "立即备份" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "开始备份" }).click();
  await page.locator('.job[data-state="running"]').waitFor();
}

uiTest("a running backup is followed over a reload and in every tab, to its end", async () => {
  await using house = await openHouse({ slow: true });
  const { page, url, newTab } = house;
  await signIn(page, url);
  const other = await newTab();
  await signIn(other, url);

  await startBackup(page);
  await other.locator('.job[data-state="running"]').waitFor();
  await page.reload();
  await page.locator('.job[data-state="running"]').waitFor();
  await page.locator("progress[value]").waitFor();
  const numbers = await page.locator(".job-numbers").textContent();

  assert.match(numbers ?? "", /MB/);
  await endOf(page, "备份完成").waitFor();
  await endOf(other, "备份完成").waitFor();
  await page.getByRole("heading", { name: /受保护/ }).waitFor();
  await other.getByRole("heading", { name: /受保护/ }).waitFor();
});

uiTest("a running backup is cancelled and leaves nothing behind", async () => {
  await using house = await openHouse({ slow: true });
  const { page, url, library } = house;
  await signIn(page, url);

  await startBackup(page);
  house.pause(); // However slow the hand is, the backup is not done before it.
  await page.locator(".job").getByRole("button", { name: "取消" }).click();
  house.resume();
  await page.getByText("备份已取消").first().waitFor();

  const left: string[] = [];
  for await (const { name } of Deno.readDir(library.config.backup.path)) left.push(name);
  assert.deepEqual(left.filter((name) => name.includes("backup_")), []);
  await page.getByRole("heading", { name: "还没有备份" }).waitFor();
});

uiTest(
  "a server that dies in the middle of a backup is noticed, and so is its return",
  async () => {
    await using house = await openHouse({ slow: true });
    const { page, url } = house;
    await signIn(page, url);

    await startBackup(page);
    await house.stop();
    await page.getByText(/服务器自 .+ 起没有响应/).waitFor();
    await house.start();

    await page.getByText(/服务器自 .+ 起没有响应/).waitFor({ state: "detached" });
    await page.locator('.job[data-state="failed"]').waitFor();
    await page.getByRole("button", { name: "立即备份" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "开始备份" }).click();
    await endOf(page, "备份完成").waitFor();
  },
);
