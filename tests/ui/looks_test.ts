import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { until } from "../helpers/program.ts";
import { settle, violations } from "./axe.ts";
import { leaveStuckRestore } from "./stuck_restore.ts";
import { makeBackup, openHouse, signIn, uiTest } from "./house.ts";

const VIEWS = ["overview", "backups", "schedule", "history"] as const;

uiTest(
  "axe finds no violation on any view or dialog, in both themes, on phone and desk",
  async () => {
    await using house = await openHouse();
    const { page, url, complaints } = house;
    const found: string[] = [];
    const inBothThemes = async (what: string) => {
      found.push(...await violations(page, what));
    };

    await page.goto(url);
    await page.getByLabel("密码", { exact: true }).waitFor();
    await inBothThemes("sign in");
    await signIn(page, url);
    await inBothThemes("empty overview");
    const id = await makeBackup(page, "说明");
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 844 });
      for (const view of VIEWS) {
        await page.goto(`${url}#/${view}`);
        await settle(page);
        await inBothThemes(`${view} ${width}`);
      }
      await page.goto(`${url}#/backups/${id}`);
      await page.getByRole("dialog").waitFor();
      await inBothThemes(`detail ${width}`);
      await page.keyboard.press("Escape");
      for (const action of ["下载", "验证", "删除"]) {
        await page.getByRole("button", { name: `${action} ${id}` }).click();
        await page.getByRole("dialog").waitFor();
        await inBothThemes(`${action} ${width}`);
        await page.keyboard.press("Escape");
      }
      await page.goto(`${url}#/restore/${id}`);
      await page.getByRole("button", { name: "查看将会改变什么" }).waitFor();
      await inBothThemes(`restore choose ${width}`);
      await page.getByRole("button", { name: "查看将会改变什么" }).click();
      await page.locator(".step-actions .button-primary:enabled").waitFor();
      await inBothThemes(`restore preview ${width}`);
      await page.getByRole("button", { name: "下一步" }).click();
      await inBothThemes(`restore confirm ${width}`);
    }

    assert.deepEqual(found, []);
    assert.deepEqual(complaints, []);
  },
);

uiTest("axe finds no violation while something is done, and where something is wrong", async () => {
  await using house = await openHouse({ slow: true });
  const { page, url, library, complaints } = house;
  const found: string[] = [];
  const look = async (what: string) => {
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 844 });
      found.push(...await violations(page, `${what} ${width}`));
    }
  };
  await signIn(page, url);
  await makeBackup(page);
  const id = await makeBackup(page);
  await page.getByRole("button", { name: "立即备份" }).first().click();
  await look("create");
  await page.keyboard.press("Escape");

  await page.goto(`${url}#/restore/${id}`);
  await page.getByRole("button", { name: "查看将会改变什么" }).click();
  await page.getByRole("button", { name: "下一步" }).click();
  await page.getByRole("textbox").fill(id);
  await page.getByRole("button", { name: "立即恢复" }).click();
  await page.locator('.step .job[data-state="running"]').waitFor();
  house.pause();
  await look("restore progress");
  house.resume();
  await page.getByText("恢复完成").first().waitFor();
  await look("restore result");
  await page.getByRole("button", { name: "撤销" }).click();
  await look("undo");
  await page.keyboard.press("Escape");
  await page.goto(`${url}#/history`);
  await page.getByRole("button", { name: "审计" }).click();
  await page.locator(".log li").first().waitFor();
  await look("audit");

  await house.stop();
  await page.getByText(/服务器自 .+ 起没有响应/).waitFor();
  await look("offline");
  await leaveStuckRestore(library, id);
  const config = library.config.path ?? "";
  const text = await Deno.readTextFile(config);
  await Deno.writeTextFile(
    config,
    text.replace("backup:\n", "backup:\n  reserve_bytes: 1000000000000000\n"),
  );
  await house.start();
  await page.goto(`${url}#/overview`);
  await page.reload();
  await page.getByRole("button", { name: "回到恢复之前" }).waitFor();
  await look("stuck");
  await page.getByRole("button", { name: "回到恢复之前" }).click();
  await page.getByRole("button", { name: "腾出空间" }).click();
  await page.getByRole("checkbox").first().check();
  await look("space");

  assert.deepEqual(found, []);
  assert.deepEqual(complaints, []);
});

uiTest("language and theme follow the browser, switch, and are remembered", async () => {
  await using house = await openHouse({ locale: "fr-FR", colorScheme: "dark" });
  const { page, url } = house;
  await signIn(page, url);
  await page.getByRole("heading", { name: "No backup yet" }).waitFor();
  const background = () =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const dark = await background();

  await page.getByRole("button", { name: "切换到中文" }).click();
  await page.getByRole("heading", { name: "还没有备份" }).waitFor();
  await page.getByRole("button", { name: "浅色主题" }).click();
  const light = await background();
  await page.reload();
  await page.getByRole("heading", { name: "还没有备份" }).waitFor();

  assert.notEqual(light, dark);
  assert.equal(await background(), light);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-CN");
});

uiTest(
  "a chart is drawn in the colours of the theme, and again when the theme changes",
  async () => {
    await using house = await openHouse();
    const { page, url, complaints } = house;
    await signIn(page, url);
    await makeBackup(page);
    await makeBackup(page);
    await page.goto(`${url}#/overview`);
    const [light, dark] = ["43,79,148", "143,179,242"];
    const has = async (color: string | undefined) =>
      (await chartColors(page)).some((found) => found === color);

    await page.emulateMedia({ colorScheme: "light" });
    await page.locator(".chart canvas").first().waitFor();
    await until(() => has(light));
    assert.equal(await has(dark), false);
    await page.getByRole("button", { name: "深色主题" }).click();
    await until(() => has(dark));
    assert.equal(await has(light), false);
    assert.deepEqual(complaints, []);
  },
);

uiTest("everything is reached and worked by keyboard alone", async () => {
  await using house = await openHouse();
  const { page, url } = house;
  await signIn(page, url);
  const id = await makeBackup(page);

  await page.goto(`${url}#/overview`);
  await settle(page);
  assert.deepEqual(await unreached(page), []);
  await page.getByRole("link", { name: "备份", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "备份", level: 1 }).waitFor();
  await settle(page);
  assert.deepEqual(await unreached(page), []);
  const remove = page.getByRole("button", { name: `删除 ${id}` });
  await remove.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal(await remove.evaluate((button) => button === document.activeElement), true);
  for (const view of ["schedule", "history"]) {
    await page.goto(`${url}#/${view}`);
    await settle(page);
    assert.deepEqual(await unreached(page), []);
  }
});

uiTest("nothing on the overview moves once it is drawn", async () => {
  await using house = await openHouse();
  const { page, url } = house;
  await signIn(page, url);
  await makeBackup(page);
  await page.goto(`${url}#/overview`);
  await page.reload();
  await page.getByRole("heading", { name: /受保护/ }).waitFor();
  await settle(page);

  const moved = await page.evaluate(() =>
    new Promise<number>((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          sum += (entry as PerformanceEntry & { value: number }).value;
        }
      }).observe({ type: "layout-shift", buffered: true });
      setTimeout(() => resolve(sum), 500);
    })
  );

  assert.ok(moved < 0.02, `layout moved by ${moved}`);
});

/** The opaque colours in the first chart, as "red,green,blue". */
async function chartColors(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>(".chart canvas");
    if (canvas === null || canvas.width === 0) return [];
    const { data = [] } = canvas.getContext("2d")
      ?.getImageData(0, 0, canvas.width, canvas.height) ?? {};
    const colors = new Set<string>();
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] === 255) colors.add([data[at], data[at + 1], data[at + 2]].join());
    }
    return [...colors];
  });
}

/** Presses Tab through the whole page: what is interactive and never had the focus, or had it unseen. */
async function unreached(page: Page): Promise<string[]> {
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const wanted = await page.evaluate(() => {
    const all = document.querySelectorAll(
      "a[href], button:enabled, input:enabled:not([hidden]), summary",
    );
    const visible = [...all].filter((one) => one.checkVisibility());
    visible.forEach((one, index) => one.setAttribute("data-tab-test", String(index)));
    return visible.length;
  });
  const reached = new Set<string>();
  const unseen: string[] = [];
  for (let press = 0; press < wanted * 2 + 20; press++) {
    await page.keyboard.press("Tab");
    const { mark, ring, name } = await page.evaluate(() => {
      const one = document.activeElement;
      const style = one === null ? null : getComputedStyle(one);
      return {
        mark: one?.getAttribute("data-tab-test") ?? "",
        ring: style !== null && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
        name: one?.outerHTML.slice(0, 120) ?? "",
      };
    });
    reached.add(mark);
    if (mark !== "" && !ring) unseen.push(`focus not seen: ${name}`);
    if (reached.size > wanted) break;
  }
  const missed = await page.evaluate((marks) =>
    [...document.querySelectorAll("[data-tab-test]")]
      .filter((one) => !marks.includes(one.getAttribute("data-tab-test") ?? ""))
      .map((one) => one.outerHTML.slice(0, 160)), [...reached]);
  return [...missed, ...unseen];
}
