import assert from "node:assert/strict";
import { SOOKLIB_ID, SOOKLIB_ZIP } from "../helpers/test_library.ts";
import { type House, makeBackup, naming, openHouse, signIn, uiTest } from "./house.ts";

uiTest("where space is lacking, old backups are offered and deleted on the spot", async () => {
  await using house = await openHouse();
  const { page, url, complaints } = house;
  await signIn(page, url);
  const first = await makeBackup(page, "first");
  const pinned = await makeBackup(page, "pinned");
  const newest = await makeBackup(page, "newest");
  await page.goto(`${url}#/backups`);
  await page.getByRole("button", { name: `固定 ${pinned}`, exact: true }).click();
  await page.locator(".badge", { hasText: "已固定" }).waitFor();
  await leaveNoRoom(house);

  await page.goto(`${url}#/overview`);
  await page.reload();
  await page.getByRole("heading", { name: /下次备份可能放不下/ }).waitFor();
  await page.getByRole("button", { name: "立即备份" }).click();
  await page.getByRole("button", { name: "开始备份" }).click();
  const failed = page.locator('.panel-card[data-state="failed"]');
  await failed.getByRole("button", { name: "腾出空间" }).click();
  const offer = page.locator(".hero").getByRole("button", { name: "腾出空间" });
  assert.equal(await offer.isVisible(), true);
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/需要 .*，可用 /).waitFor();
  assert.deepEqual(await dialog.getByRole("checkbox").count(), 1);
  await dialog.getByRole("checkbox", { name: naming(first) }).check();
  await dialog.getByText("只删除这些还不够").waitFor();
  await dialog.getByRole("button", { name: /^删除 · 释放/ }).click();
  await dialog.getByRole("heading", { name: "删除这个备份？" }).waitFor();
  await dialog.getByRole("button", { name: /^删除 · 释放/ }).click();
  await dialog.waitFor({ state: "detached" });

  await page.goto(`${url}#/backups`);
  await page.locator("tr", { hasText: naming(first) }).waitFor({ state: "detached" });
  await page.locator("tr", { hasText: naming(pinned) }).waitFor();
  await page.locator("tr", { hasText: naming(newest) }).waitFor();
  assert.deepEqual(complaints, []);
});

uiTest("an upload that does not fit offers the same", async () => {
  await using house = await openHouse();
  const { page, url } = house;
  await signIn(page, url, "#/backups");
  await page.getByText("还没有备份").waitFor();
  await leaveNoRoom(house);

  await page.locator('input[type="file"]').setInputFiles(SOOKLIB_ZIP);
  await page.getByText(`${SOOKLIB_ID}.zip: 磁盘空间不足`).first().waitFor();

  await page.getByRole("dialog", { name: "空间不足" }).getByText("没有可以删除的备份").waitFor();
});

/** Starts the server anew with a reserve that no disk has. */
async function leaveNoRoom(house: House): Promise<void> {
  await house.stop();
  const config = house.library.config.path ?? "";
  const text = await Deno.readTextFile(config);
  await Deno.writeTextFile(
    config,
    text.replace("backup:\n", "backup:\n  reserve_bytes: 1000000000000000\n"),
  );
  await house.start();
}
