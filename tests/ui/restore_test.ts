import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import type { TestLibrary } from "../helpers/test_library.ts";
import { makeBackup, openHouse, signIn, uiTest } from "./house.ts";

uiTest("a restore is previewed, confirmed by typing the id, done, and undone", async () => {
  await using house = await openHouse();
  const { page, url, library, complaints } = house;
  await signIn(page, url);
  const id = await makeBackup(page);
  const before = countBooks(library);
  change(library, "DELETE FROM books WHERE id > 150");
  const changed = countBooks(library);

  await page.getByRole("button", { name: `恢复 ${id}` }).click();
  await page.getByText("正在运行的书库会立即看到恢复后的数据").waitFor();
  await page.getByRole("button", { name: "查看将会改变什么" }).click();
  const row = page.getByRole("row", { name: /^books / });
  await row.waitFor();
  assert.match(
    await row.textContent() ?? "",
    new RegExp(`${changed}${before}\\+${before - changed}`),
  );
  assert.equal(countBooks(library), changed, "the preview changed something");
  await page.getByRole("button", { name: "下一步" }).click();
  const start = page.getByRole("button", { name: "立即恢复" });
  await page.getByRole("textbox").fill("backup_20260101_000000");
  assert.equal(await start.isEnabled(), false);
  await page.getByRole("textbox").fill(id);
  await start.click();
  await page.getByText("恢复完成").first().waitFor();
  assert.equal(countBooks(library), before);

  await page.getByRole("button", { name: "撤销" }).click();
  await page.getByRole("button", { name: "撤销恢复" }).click();
  await page.getByText("撤销恢复完成").first().waitFor();
  assert.equal(countBooks(library), changed);
  assert.deepEqual(complaints, []);
});

uiTest("the overview offers to undo the last restore, and the history tells of both", async () => {
  await using house = await openHouse();
  const { page, url } = house;
  await signIn(page, url);
  const id = await makeBackup(page);

  await page.goto(`${url}#/restore/${id}`);
  await page.getByRole("checkbox", { name: "封面" }).uncheck();
  await page.getByRole("checkbox", { name: "配置" }).uncheck();
  await page.getByRole("button", { name: "查看将会改变什么" }).click();
  await page.getByRole("button", { name: "下一步" }).click();
  await page.getByRole("textbox").fill(id);
  await page.getByRole("button", { name: "立即恢复" }).click();
  await page.getByText("恢复完成").first().waitFor();
  await page.getByRole("link", { name: "回到概览" }).click();
  await page.getByText(`书库已从 ${id} 恢复`).waitFor();
  await page.getByRole("button", { name: "撤销" }).waitFor();
  await page.getByRole("link", { name: "历史" }).click();

  await page.locator(".log li", { hasText: "恢复" }).first().waitFor();
  await page.getByRole("button", { name: "审计" }).click();
  await page.locator(".log li", { hasText: id }).first().waitFor();
});

function countBooks(library: TestLibrary): number {
  using database = new DatabaseSync(databaseOf(library), { readOnly: true });
  return Number(database.prepare("SELECT count(*) AS n FROM books").get()?.["n"]);
}

function change(library: TestLibrary, sql: string): void {
  using database = new DatabaseSync(databaseOf(library));
  database.exec(sql);
}

function databaseOf(library: TestLibrary): string {
  return join(library.root, "data", "library.db");
}
