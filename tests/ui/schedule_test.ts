import assert from "node:assert/strict";
import { makeBackup, naming, openHouse, signIn, uiTest } from "./house.ts";

uiTest("a schedule is checked as it is typed, said in words, saved and switched on", async () => {
  await using house = await openHouse();
  const { page, url } = house;
  await signIn(page, url, "#/schedule");
  const cron = page.getByRole("textbox", { name: /Cron/ });

  await cron.fill("61 2 * * *");
  await page.getByText("无效的 Cron 表达式").waitFor();
  assert.equal(await page.getByRole("button", { name: "保存计划" }).isEnabled(), false);
  await cron.fill("30 4 * * 1,3");
  await page.getByText("每星期一和星期三 04:30").waitFor();
  await page.locator(".runs li", { hasText: "04:30" }).nth(4).waitFor();
  await page.getByText("时区: Asia/Shanghai").waitFor();
  await page.getByRole("button", { name: "每天两次" }).click();
  await page.getByText("每天 02:00和14:00").waitFor();
  await page.getByRole("button", { name: "保存计划" }).click();
  await page.getByText("备份计划已保存").first().waitFor();
  await page.getByRole("switch", { name: "按计划自动备份" }).click();
  await page.getByText("自动备份已启用").first().waitFor();
  await page.reload();

  assert.equal(await cron.inputValue(), "0 2,14 * * *");
  const on = page.getByRole("switch", { name: "按计划自动备份" });
  assert.equal(await on.getAttribute("aria-checked"), "true");
});

uiTest("retention says which backups go next and why", async () => {
  await using house = await openHouse();
  const { page, url } = house;
  await signIn(page, url);
  const first = await makeBackup(page);
  await makeBackup(page);
  await house.stop();
  const config = house.library.config.path ?? "";
  const text = await Deno.readTextFile(config);
  await Deno.writeTextFile(config, text.replace("retention_count: 7", "retention_count: 1"));
  await house.start();

  await page.goto(`${url}#/schedule`);
  const row = page.locator(".retention li", { hasText: naming(first) });
  await row.getByText("删除").waitFor();

  await page.getByText(/下次备份后会删除这 1 个/).waitFor();
  assert.notEqual(await row.locator(".retention-why").textContent(), "");
});

uiTest("the next runs are told by the days of the server's calendar", async () => {
  await using house = await openHouse();
  const { page, url } = house;
  await signIn(page, url, "#/schedule");
  const cron = page.getByRole("textbox", { name: /Cron/ });
  const ages = page.locator(".runs li small");
  const fill = async (schedule: string) => {
    const answered = page.waitForResponse((one) =>
      one.url().includes(`scheduler/next?schedule=${encodeURIComponent(schedule)}`)
    );
    await cron.fill(schedule);
    const answer = await answered;
    const { next_runs } = await answer.json() as { next_runs: string[] };
    return { runs: next_runs, now: Date.parse(answer.headers()["date"] ?? "") };
  };
  // Half an hour ago, each day: the second run is 47 and a half hours away and so nearly never tomorrow.
  const then = new Date(Date.now() + 7.5 * 3_600_000);

  const { runs, now } = await fill(`${then.getUTCMinutes()} ${then.getUTCHours()} * * *`);
  const second = runs[1] ?? "";
  const today = new Date(now + 8 * 3_600_000).toISOString().slice(0, 10);
  const days = (Date.parse(second.slice(0, 10)) - Date.parse(today)) / 86_400_000;
  const words = new Intl.RelativeTimeFormat("zh-CN", { numeric: "auto" });
  await ages.nth(1).getByText(words.format(days, "day"), { exact: true }).waitFor();

  const leap = await fill("0 0 29 2 *");
  const year = leap.runs[0]?.slice(0, 4) ?? "";
  await page.locator(".runs li", { hasText: `${year}年2月29日` }).waitFor();
  assert.doesNotMatch(await page.locator(".runs").textContent() ?? "", /[明去今]年/);
});
