import assert from "node:assert/strict";
import { TEST_PASSWORD } from "../helpers/test_library.ts";
import { startPrefixProxy } from "./prefix_proxy.ts";
import { endOf, makeBackup, openHouse, signIn, uiTest } from "./house.ts";

/** A notice takes as long as the page's patience; more on a machine with other work. */
const PATIENCE = { timeout: 60_000 };

uiTest(
  "a dead server: since when, what that means, nothing to press, and all well by itself",
  async () => {
    await using house = await openHouse({ slow: true, locale: "en-GB" });
    const { page, url } = house;
    // The last of what the page fetches ahead.
    const fetched = page.waitForResponse(/zh_flows\.js$/);
    await signIn(page, url);
    await fetched;
    await page.getByRole("button", { name: "Back up now" }).click();
    await page.getByRole("button", { name: "Start backup" }).click();
    const card = page.locator('.panel-card[data-state="running"]');
    await card.waitFor();

    await house.stop();
    await page.getByText(/The server has not answered since \d\d:\d\d\./).waitFor(PATIENCE);
    await page.getByText("does not depend on this page").waitFor();
    await page.getByRole("heading", { name: /nobody can tell whether the library is safe/ })
      .waitFor();
    await card.getByText(/no news since \d\d:\d\d/).waitFor();
    const numbers = await card.locator(".job-numbers").textContent() ?? "";
    assert.doesNotMatch(numbers, /left|MB/);
    assert.equal(await card.getByRole("button", { name: "Cancel" }).isEnabled(), false);
    assert.equal(await page.getByRole("switch").isEnabled(), false);
    for (const name of ["Backing up…", "Run a drill"]) {
      assert.equal(await page.getByRole("button", { name }).isEnabled(), false, name);
    }
    await page.goto(`${url}#/backups`);
    for (const name of ["Upload", "Back up now"]) {
      const button = page.getByRole("button", { name, exact: true });
      assert.equal(await button.first().isEnabled(), false, name);
    }
    await page.getByRole("button", { name: /切换到中文/ }).click();
    await page.getByText(/服务器自 \d\d:\d\d 起没有响应/).waitFor();
    await card.getByText(/\d\d:\d\d 之后没有消息/).waitFor();

    await house.start();
    await page.getByText(/起没有响应/).waitFor({ state: "detached", ...PATIENCE });
    await page.locator('.panel-card[data-state="failed"]').waitFor();
    await page.getByRole("button", { name: "立即备份" }).first().click();
    await page.getByRole("button", { name: "开始备份" }).click();
    await endOf(page, "备份完成").waitFor();
  },
);

uiTest("a view that was not here yet comes when the server does", async () => {
  await using house = await openHouse();
  const { page, url, complaints } = house;
  await page.route(/views\/history\.js$/, (route) => route.abort("connectionrefused"));
  await signIn(page, url);

  await page.goto(`${url}#/history`);
  await page.getByText(/起没有响应/).first().waitFor(PATIENCE);
  await page.unroute(/views\/history\.js$/);

  await page.getByRole("heading", { name: "历史" }).waitFor(PATIENCE);
  assert.deepEqual(complaints, []);
});

uiTest(
  "a server that hangs is noticed as a dead one is, and what was asked meanwhile is asked again",
  async () => {
    await using house = await openHouse();
    const { page, url } = house;
    await signIn(page, url);
    await makeBackup(page);

    house.pause();
    await page.getByText(/服务器自 \d\d:\d\d 起没有响应/).waitFor(PATIENCE);
    house.resume();
    await page.getByText(/起没有响应/).waitFor({ state: "detached", ...PATIENCE });
    await house.stop();
    await page.goto(`${url}#/schedule`);
    await page.getByText("服务器没有响应。").first().waitFor(PATIENCE);
    await house.start();

    await page.locator(".retention li").waitFor(PATIENCE);
    await page.locator(".runs li", { hasText: ":" }).nth(4).waitFor();
    assert.equal(await page.getByText("服务器没有响应。").count(), 0);
  },
);

uiTest("a proxy with nobody behind it is told as a silent server, not as HTTP 502", async () => {
  await using house = await openHouse();
  await using proxy = startPrefixProxy(house.url, "/tools/shuku/");
  const { page } = house;
  await signIn(page, proxy.url);
  const id = await makeBackup(page);

  await house.stop();
  await page.getByRole("button", { name: `固定 ${id}` }).click();
  await page.locator(".toast-error", { hasText: "服务器没有响应。" }).waitFor();
  await page.getByText(/服务器自 \d\d:\d\d 起没有响应/).waitFor(PATIENCE);
  assert.equal(await page.getByText("HTTP").count(), 0);
  await page.getByRole("button", { name: "退出登录" }).click();
  await page.getByLabel("密码", { exact: true }).fill(TEST_PASSWORD);
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByRole("alert").getByText("服务器没有响应。").waitFor();
  await house.start();
  await page.getByRole("button", { name: "登录" }).click();

  await page.locator("tr", { hasText: id }).waitFor();
});
