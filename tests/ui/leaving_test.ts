import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { violations } from "./axe.ts";
import { makeBackup, openHouse, signIn, uiTest } from "./house.ts";

uiTest("a browser's Back goes through the steps of a restore and loses no choice", async () => {
  await using house = await openHouse();
  const { page, url, complaints } = house;
  await signIn(page, url);
  const id = await makeBackup(page);
  const step = (title: string) => page.getByRole("heading", { level: 2, name: title }).waitFor();
  await page.getByRole("button", { name: `恢复 ${id}` }).click();
  await page.getByRole("checkbox", { name: "封面" }).uncheck();
  await page.getByRole("button", { name: "查看将会改变什么" }).click();
  await page.getByRole("button", { name: "下一步" }).click();
  await step("确认");

  await page.goBack();
  await step("将会改变什么");
  await page.goBack();
  await step("要恢复什么？");
  assert.equal(await page.getByRole("checkbox", { name: "封面" }).isChecked(), false);
  await page.goForward();
  await step("将会改变什么");
  // A look at something else loses nothing either.
  await page.getByRole("link", { name: "历史" }).click();
  await page.getByRole("heading", { level: 1, name: "历史" }).waitFor();
  await page.goBack();
  await step("将会改变什么");
  await page.getByRole("button", { name: "上一步" }).click();
  await step("要恢复什么？");
  assert.equal(await page.getByRole("checkbox", { name: "封面" }).isChecked(), false);
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "备份" }).waitFor();

  // A reload forgets the choices, and so begins with them.
  await page.goForward();
  await page.getByRole("button", { name: "查看将会改变什么" }).click();
  await step("将会改变什么");
  await page.reload();
  await step("要恢复什么？");
  assert.deepEqual(complaints, []);
});

uiTest("Back after a restore leads out of it, and nothing is restored a second time", async () => {
  await using house = await openHouse();
  const { page, url, complaints } = house;
  await signIn(page, url);
  const id = await makeBackup(page);
  const asked: string[] = [];
  page.on("request", (request) => {
    if (/\/restore\?/.test(request.url())) asked.push(request.method());
  });
  await page.getByRole("button", { name: `恢复 ${id}` }).click();
  await page.getByRole("button", { name: "查看将会改变什么" }).click();
  await page.getByRole("button", { name: "下一步" }).click();
  await page.getByRole("textbox").fill(id);
  await page.getByRole("textbox").press("Enter");
  await page.getByText("恢复完成").first().waitFor();
  await page.waitForURL(/\/progress\//);

  await page.reload();
  await page.getByText("恢复完成").first().waitFor();
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "备份" }).waitFor();
  await page.goForward();
  await page.getByText("恢复完成").first().waitFor();
  await page.goForward();
  await page.locator("h2.step-title").waitFor();

  assert.equal(await page.getByRole("button", { name: "立即恢复" }).count(), 0);
  assert.deepEqual(asked, ["POST"]);
  assert.deepEqual(complaints, []);
});

uiTest("a schedule that is not saved is not lost without a question", async () => {
  await using house = await openHouse();
  const { page, url, complaints } = house;
  await signIn(page, url);
  await page.getByRole("link", { name: "计划" }).click();
  const cron = page.getByRole("textbox", { name: /Cron/ });
  const question = page.getByRole("dialog", { name: "有未保存的改动" });
  const stay = question.getByRole("button", { name: "留在此页" });
  const leave = question.getByRole("button", { name: "放弃改动" });
  await cron.fill("30 4 * * *");

  await page.getByRole("link", { name: "概览" }).click();
  await question.waitFor();
  assert.deepEqual(await violations(page, "question"), []);
  await stay.click();
  await question.waitFor({ state: "detached" });
  await page.waitForURL(/#\/schedule$/);
  assert.equal(await cron.inputValue(), "30 4 * * *");
  await page.evaluate(() => history.back());
  await stay.click();
  await page.waitForURL(/#\/schedule$/);
  await page.getByRole("button", { name: "退出登录" }).click();
  await stay.click();
  assert.equal(await cron.inputValue(), "30 4 * * *");
  assert.equal(await reload(page), "beforeunload");

  // What another tab saves meanwhile takes nothing away.
  const other = await house.newTab();
  await signIn(other, url, "#/schedule");
  await other.getByRole("button", { name: "每周" }).click();
  await other.getByRole("button", { name: "保存计划" }).click();
  await other.getByText("备份计划已保存").first().waitFor();
  await page.getByText("计划在别处已改为 0 2 * * 0").waitFor();
  assert.equal(await cron.inputValue(), "30 4 * * *");

  await page.getByRole("link", { name: "概览" }).click();
  await leave.click();
  await page.getByRole("heading", { level: 1, name: "还没有备份" }).waitFor();
  await page.getByRole("link", { name: "计划" }).click();
  assert.equal(await cron.inputValue(), "0 2 * * 0");
  await page.getByRole("link", { name: "历史" }).click();
  await page.getByRole("heading", { level: 1, name: "历史" }).waitFor();
  assert.equal(await question.count(), 0);
  assert.deepEqual(complaints, []);
});

uiTest("a restore whose answer is lost is not started again by the same click", async () => {
  await using house = await openHouse();
  const { page, url } = house;
  await signIn(page, url);
  const id = await makeBackup(page);
  let arrived = 0;
  await page.route(/\/restore\?/, async (route) => {
    arrived += 1;
    await route.fetch();
    await route.abort("connectionreset");
  });

  await page.goto(`${url}#/restore/${id}`);
  await page.getByRole("button", { name: "查看将会改变什么" }).click();
  await page.getByRole("button", { name: "下一步" }).click();
  await page.getByRole("textbox").fill(id);
  await page.getByRole("textbox").press("Enter");
  await page.getByText("恢复可能已经开始").waitFor();

  assert.equal(await page.getByRole("button", { name: "立即恢复" }).isEnabled(), false);
  assert.equal(await page.getByRole("textbox").inputValue(), "");
  assert.equal(arrived, 1);
});

/** Tries to reload, and stays. @returns What the browser asked. */
async function reload(page: Page): Promise<string> {
  const asked = page.waitForEvent("dialog");
  const reloading = page.evaluate(() => location.reload());
  const dialog = await asked;
  await dialog.dismiss();
  await reloading;
  return dialog.type();
}
