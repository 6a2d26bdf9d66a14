import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { confirmDeletion, makeBackup, naming, openHouse, signIn, uiTest } from "./house.ts";

uiTest("a backup is made, shown, downloaded whole, deleted and uploaded again", async () => {
  await using house = await openHouse();
  const { page, url, complaints } = house;
  await signIn(page, url);

  const id = await makeBackup(page, "<b>升级前</b>");
  await page.getByText("<b>升级前</b>").waitFor();
  await page.getByRole("button", { name: `下载 ${id}` }).click();
  await page.getByText("含有书库的密钥和用户的密码哈希").waitFor();
  const shown = await page.locator(".dialog .copy-text code").first().textContent();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: /^下载 \d/ }).click(),
  ]);
  const bytes = await Deno.readFile(await download.path());
  assert.equal(download.suggestedFilename(), `${id}.zip`);
  assert.equal(createHash("sha256").update(bytes).digest("hex"), shown);
  assert.match(download.url(), /\?ticket=[^&]+$/);

  await page.getByRole("button", { name: `固定 ${id}` }).click();
  await page.locator(".badge", { hasText: "已固定" }).waitFor();
  await page.getByRole("button", { name: `取消固定 ${id}` }).click();
  await page.locator(".badge", { hasText: "已固定" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: `删除 ${id}` }).click();
  await confirmDeletion(page, id);
  await page.getByText("还没有备份").waitFor();

  const file = join(house.library.root, `${id}.zip`);
  await Deno.writeFile(file, bytes);
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("button", { name: "上传" }).first().click(),
  ]);
  await chooser.setFiles(file);
  await page.getByText(`${id} 已上传并通过检查`).first().waitFor();
  await page.locator("tr", { hasText: id }).waitFor();
  assert.deepEqual(complaints, []);
});

uiTest("checking tells a sound backup from a damaged one and names what is damaged", async () => {
  await using house = await openHouse();
  const { page, url, library } = house;
  await signIn(page, url);
  const id = await makeBackup(page);

  await page.getByRole("button", { name: `验证 ${id}` }).click();
  await page.getByRole("dialog").getByText("备份完整").waitFor();
  await page.keyboard.press("Escape");
  await damageCover(join(library.config.backup.path, `${id}.zip`));
  await page.getByRole("button", { name: `验证 ${id}` }).click();

  await page.getByRole("alert").getByText("备份已损坏。").waitFor();
  assert.match(await page.locator(".paths").textContent() ?? "", /covers\//);
  await page.keyboard.press("Escape");
  await page.locator(".badge", { hasText: "已损坏" }).waitFor();
});

uiTest("backups are sorted, filtered, searched, chosen and deleted together", async () => {
  await using house = await openHouse();
  const { page, url } = house;
  await signIn(page, url);
  const first = await makeBackup(page, "one");
  const second = await makeBackup(page, "two");
  const titles = () => page.locator(".row-id code").allTextContents();

  assert.deepEqual(await titles(), [second, first]);
  await page.getByRole("columnheader", { name: "备份" }).getByRole("button").click();
  assert.deepEqual(await titles(), [first, second]);
  await page.getByRole("searchbox").fill("TWO");
  assert.deepEqual(await titles(), [second]);
  await page.getByRole("searchbox").fill("");
  await page.getByRole("button", { name: /^快照/ }).click();
  await page.getByText("没有符合的备份").waitFor();
  await page.getByRole("button", { name: "显示全部" }).click();
  await page.getByRole("checkbox", { name: "全选" }).check();
  await page.getByRole("region", { name: "选中的备份" }).getByRole("button", { name: "删除" })
    .click();
  await confirmDeletion(page, "2");

  await page.getByText("还没有备份").waitFor();
});

uiTest("what is pinned stays when all are deleted together", async () => {
  await using house = await openHouse();
  const { page, url } = house;
  await signIn(page, url);
  const first = await makeBackup(page);
  const second = await makeBackup(page);
  await page.getByRole("button", { name: `固定 ${first}`, exact: true }).click();
  await page.locator(".badge", { hasText: "已固定" }).waitFor();

  await page.getByRole("checkbox", { name: "全选" }).check();
  await page.getByRole("region", { name: "选中的备份" }).getByRole("button", { name: "删除" })
    .click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("heading", { name: "删除这个备份？" }).waitFor();
  await dialog.getByText(`已固定或使用中，不删除: ${first}`).waitFor();
  await confirmDeletion(page, second);

  await page.locator("tr", { hasText: naming(second) }).waitFor({ state: "detached" });
  await page.locator("tr", { hasText: naming(first) }).waitFor();
});

uiTest("a description is changed, taken away and written anew where it is read", async () => {
  await using house = await openHouse();
  const { page, url } = house;
  await signIn(page, url);
  const id = await makeBackup(page, "before");
  await page.goto(`${url}#/backups/${id}`);
  const dialog = page.getByRole("dialog");
  const field = dialog.getByRole("textbox", { name: "说明" });

  await dialog.getByRole("button", { name: "修改说明" }).click();
  await field.fill("given up");
  await field.press("Escape");
  await dialog.getByText("before", { exact: true }).waitFor();
  await dialog.getByRole("button", { name: "修改说明" }).click();
  await field.fill("<i>after</i>");
  await field.press("Enter");
  await dialog.getByText("<i>after</i>", { exact: true }).waitFor();
  await page.keyboard.press("Escape");

  await page.locator(".row-description", { hasText: "<i>after</i>" }).waitFor();
  await page.goto(`${url}#/backups/${id}`);
  await dialog.getByRole("button", { name: "修改说明" }).click();
  await field.fill("");
  await dialog.getByRole("button", { name: "保存" }).click();
  await dialog.getByRole("button", { name: "添加说明" }).waitFor();
});

/** Changes one byte inside the bytes of a cover: covers are stored as they are. */
async function damageCover(path: string): Promise<void> {
  const bytes = await Deno.readFile(path);
  const name = new TextEncoder().encode("covers/1.jpg");
  const at = bytes.findIndex((_, index) => name.every((byte, n) => bytes[index + n] === byte));
  assert.ok(at > 0);
  const inside = at + name.length + 100;
  bytes[inside] = (bytes[inside] ?? 0) ^ 0xff;
  await Deno.writeFile(path, bytes);
}
