import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { libraryToken } from "../helpers/test_app.ts";
import type { TestLibrary } from "../helpers/test_library.ts";
import { leaveStuckRestore } from "./stuck_restore.ts";
import { violations } from "./axe.ts";
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
  await page.getByText(/要写 [\d.]+ MB，另外始终留空 [\d.]+ GB；可用/).waitFor();
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

uiTest("a restore is found again by a reload in its middle, and followed to its end", async () => {
  await using house = await openHouse({ slow: true });
  const { page, url, library } = house;
  await signIn(page, url);
  const id = await makeBackup(page);
  const before = countBooks(library);
  change(library, "DELETE FROM books WHERE id > 150");
  await startRestore(page, url, id);
  await page.locator('.step .job[data-state="running"]').waitFor();

  await page.reload();
  await page.locator('.step .job[data-state="running"]').waitFor();
  await page.getByText("正在运行的书库会立即看到恢复后的数据").waitFor();

  await page.getByText("恢复完成").first().waitFor();
  await page.getByRole("button", { name: "撤销" }).waitFor();
  assert.equal(countBooks(library), before);
});

uiTest("what the preview refuses is restored only after a person said so", async () => {
  await using house = await openHouse();
  const { page, url, library } = house;
  await signIn(page, url);
  const id = await makeBackup(page);
  const before = countBooks(library);
  const next = page.getByRole("button", { name: "下一步" });
  const preview = async () => {
    await page.goto(`${url}#/overview`);
    await page.goto(`${url}#/restore/${id}`);
    await page.getByRole("button", { name: "查看将会改变什么" }).click();
  };

  change(library, "UPDATE alembic_version SET version_num = 'somebody_elses'");
  await preview();
  const force = page.getByRole("checkbox", { name: "我已了解，仍要恢复" });
  await force.waitFor();
  assert.equal(await next.isEnabled(), false);
  await force.check();
  await page.locator(".step-actions .button-primary:enabled").waitFor();

  await Deno.writeTextFile(databaseOf(library), "no database at all ".repeat(5000));
  await preview();
  const stopped = page.getByRole("checkbox", { name: "书库已停止" });
  await stopped.waitFor();
  assert.equal(await next.isEnabled(), false);
  await stopped.check();
  await next.click();
  await page.getByRole("textbox").fill(id);
  await page.getByRole("button", { name: "立即恢复" }).click();
  await page.getByText("恢复完成").first().waitFor();
  assert.equal(countBooks(library), before);
});

uiTest("a restore that is stuck stops everything else until a person decides", async () => {
  await using house = await openHouse();
  const { page, url, library } = house;
  await signIn(page, url);
  const id = await makeBackup(page);
  change(library, "DELETE FROM books WHERE id > 150");
  const changed = countBooks(library);
  await house.stop();
  await leaveStuckRestore(library, id);
  await house.start();

  await page.reload();
  await page.getByRole("button", { name: "继续完成" }).waitFor();
  for (const name of ["立即备份", "上传"]) {
    assert.equal(await page.getByRole("button", { name, exact: true }).isEnabled(), false, name);
  }
  await page.goto(`${url}#/overview`);
  await page.getByRole("heading", { name: "一次恢复停住了，等待您决定" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "立即备份" }).isEnabled(), false);
  await page.getByRole("button", { name: "回到恢复之前" }).click();
  await page.getByRole("button", { name: "回到恢复之前" }).waitFor({ state: "detached" });

  await page.getByRole("heading", { name: /受保护/ }).waitFor();
  assert.equal(countBooks(library), changed);
});

uiTest("an administrator whom the restored library does not know can still undo", async () => {
  await using house = await openHouse();
  const { page, url, library, complaints } = house;
  await signIn(page, url);
  const id = await makeBackup(page);
  await page.getByRole("button", { name: "退出登录" }).click();
  change(
    library,
    "INSERT INTO users (username, password_hash, is_admin) VALUES ('late', 'none', 1)",
  );
  await page.getByRole("button", { name: "令牌" }).click();
  await page.getByRole("textbox", { name: "令牌" }).fill(await libraryToken({ sub: "late" }));
  await page.getByRole("button", { name: "登录" }).click();
  await page.locator("nav.tabs").waitFor();

  await startRestore(page, url, id);
  await page.getByRole("heading", { name: "恢复之后" }).waitFor();
  await page.getByText("恢复完成").waitFor();
  await page.reload();
  await page.getByText("恢复完成").waitFor();
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 844 });
    assert.deepEqual(await violations(page, `after the restore ${width}`), []);
  }
  await page.getByRole("button", { name: "撤销" }).click();
  assert.deepEqual(await violations(page, "undo after the restore"), []);
  await page.getByRole("button", { name: "撤销恢复" }).click();

  await page.locator("nav.tabs").waitFor();
  assert.equal(countUsers(library, "late"), 1);
  assert.equal(await page.evaluate(() => sessionStorage.getItem("shuku.restore")), null);
  assert.deepEqual(complaints, []);
});

/** From the address of a backup's restore to its job. */
async function startRestore(page: Page, url: string, id: string): Promise<void> {
  await page.goto(`${url}#/restore/${id}`);
  await page.getByRole("button", { name: "查看将会改变什么" }).click();
  await page.getByRole("button", { name: "下一步" }).click();
  await page.getByRole("textbox").fill(id);
  await page.getByRole("button", { name: "立即恢复" }).click();
}

function countUsers(library: TestLibrary, name: string): number {
  using database = new DatabaseSync(databaseOf(library), { readOnly: true });
  const found = database.prepare("SELECT count(*) AS n FROM users WHERE username = ?").get(name);
  return Number(found?.["n"]);
}

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
