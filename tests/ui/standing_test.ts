import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { violations } from "./axe.ts";
import { makeBackup, naming, openHouse, signIn, uiTest } from "./house.ts";

uiTest(
  "what a backup lacks, and files that are not in the list, are told where one looks",
  async () => {
    await using house = await openHouse();
    const { page, url, library, complaints } = house;
    const covers = join(library.root, "covers");
    await Deno.writeTextFile(join(covers, "twin"), "a file");
    await Deno.mkdir(join(covers, "TWIN"));
    await Deno.writeTextFile(join(covers, "TWIN", "1.jpg"), "a picture");
    await signIn(page, url);
    const id = await makeBackup(page);
    const folder = library.config.backup.path;
    await Deno.copyFile(join(folder, `${id}.zip`), join(folder, "my own name.zip"));

    await page.goto(`${url}#/backups`);
    await page.reload();
    await page.locator("tr", { hasText: id }).getByText("不完整").waitFor();
    await page.getByText("1 个文件没有列出").waitFor();
    await page.getByText("my own name.zip").waitFor();
    assert.deepEqual(await violations(page, "not shown"), []);
    await page.goto(`${url}#/backups/${id}`);
    const dialog = page.getByRole("dialog");
    await dialog.getByText("书库的一部分没能备份").waitFor();
    await dialog.getByText(/没能备份的内容 \(\d+\)/).click();
    await dialog.locator(".paths").getByText(/twin/i).first().waitFor();
    assert.deepEqual(await violations(page, "left out"), []);
    assert.deepEqual(complaints, []);
  },
);

uiTest("columns that the backup lacks are named in the preview, and may be left away", async () => {
  await using house = await openHouse();
  const { page, url, library } = house;
  await signIn(page, url);
  const id = await makeBackup(page);
  {
    using database = new DatabaseSync(join(library.root, "data", "library.db"));
    database.exec("ALTER TABLE books ADD COLUMN note_of_today TEXT");
    database.exec("DROP TABLE alembic_version");
  }

  await page.goto(`${url}#/restore/${id}`);
  await page.getByRole("button", { name: "查看将会改变什么" }).click();
  await page.locator(".paths").getByText(/note_of_today/).waitFor();
  await page.getByText(/会补上: .*note_of_today/).waitFor();
  const add = page.getByRole("checkbox", { name: "补上缺少的列和表" });
  assert.equal(await add.isChecked(), true);
  assert.deepEqual(await violations(page, "upgrade"), []);
  await add.uncheck();

  await page.getByText(/会补上: /).waitFor({ state: "detached" });
  await page.locator(".paths").getByText(/note_of_today/).waitFor();
});

uiTest("more than was made goes only when a person agrees", async () => {
  await using house = await openHouse();
  const { page, url, library } = house;
  await signIn(page, url);
  const first = await makeBackup(page);
  for (let n = 0; n < 3; n++) await makeBackup(page);
  await house.stop();
  const config = library.config.path ?? "";
  const text = await Deno.readTextFile(config);
  await Deno.writeTextFile(config, text.replace("retention_count: 7", "retention_count: 1"));
  await house.start();
  const last = await makeBackup(page);

  await page.goto(`${url}#/overview`);
  await page.getByText(/下次清理会删除 \d+ 个备份/).waitFor();
  assert.deepEqual(await violations(page, "pending"), []);
  await page.getByRole("button", { name: /^立即删除这 \d+ 个$/ }).click();
  await page.getByText(/下次清理会删除/).waitFor({ state: "detached" });

  await page.goto(`${url}#/backups`);
  await page.locator("tr", { hasText: naming(last) }).waitFor();
  assert.equal(await page.locator("tr", { hasText: naming(first) }).count(), 0);
});
