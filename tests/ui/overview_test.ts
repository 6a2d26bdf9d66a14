import assert from "node:assert/strict";
import { join } from "node:path";
import { makeBackup, openHouse, signIn, uiTest } from "./house.ts";

uiTest(
  "a database that is not there is the first thing on the overview, with the cure",
  async () => {
    await using house = await openHouse({ env: { BACKUP_PATH: "backups" } });
    const { page, url, library } = house;
    const data = join(library.root, "data");
    await Deno.rename(data, `${data}_elsewhere`);
    await Deno.mkdir(data);
    await signIn(page, url);

    await page.getByRole("heading", { level: 1, name: "找不到书库的数据库" }).waitFor();
    const hero = page.locator(".hero");
    await hero.getByText(join(data, "library.db")).waitFor();
    await hero.getByText("数据卷可能未挂载").waitFor();
    assert.equal(await hero.getByRole("link").count(), 0, "there is nothing to restore");

    await Deno.remove(data);
    await Deno.rename(`${data}_elsewhere`, data);
    const id = await makeBackup(page);
    await Deno.writeTextFile(join(data, "library.db"), "");
    await page.goto(`${url}#/overview`);
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "书库的数据库是空文件" }).waitFor();
    await hero.getByRole("link", { name: `恢复 ${id}` }).click();
    await page.getByRole("heading", { name: "要恢复什么？" }).waitFor();
  },
);
