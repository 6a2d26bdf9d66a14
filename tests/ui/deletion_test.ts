import assert from "node:assert/strict";
import { join } from "node:path";
import { weighDeletion } from "../../src/ui/deletion.js";
import { confirmDeletion, makeBackup, naming, openHouse, signIn, uiTest } from "./house.ts";

const one = (id: number, more: object = {}) => ({
  backup_id: `backup_${id}`,
  kind: "auto",
  state: "ok",
  verified_at: "2026-12-01T00:00:00Z",
  pinned: false,
  in_use: false,
  file_size: 10,
  ...more,
});

/** What is there, newest first; the places of what is chosen; what is left, and whether it has to be typed. */
const CASES: readonly (readonly [string, object[], number[], string, boolean])[] = [
  ["an older one", [one(3), one(2), one(1)], [1, 2], "verified", false],
  ["the newest verified", [one(3), one(2)], [0], "verified", true],
  [
    "what is newer than the newest verified",
    [one(3, { verified_at: null }), one(2)],
    [0],
    "verified",
    false,
  ],
  [
    "the newest verified, and what is left is not",
    [one(2), one(1, { verified_at: null })],
    [0],
    "unverified",
    true,
  ],
  ["all", [one(2), one(1)], [0, 1], "nothing", true],
  ["the last, never verified", [one(1, { verified_at: null })], [0], "nothing", true],
  [
    "all but damaged ones",
    [one(2, { verified_at: null }), one(1, { state: "damaged" })],
    [0],
    "damaged",
    true,
  ],
  [
    "a damaged one beside a good one",
    [one(2, { state: "damaged" }), one(1)],
    [0],
    "verified",
    false,
  ],
  ["all but a snapshot", [one(3, { kind: "snapshot" }), one(2)], [1], "verified", true],
  ["all but a pinned one", [one(2, { pinned: true }), one(1)], [0, 1], "verified", false],
  ["a pinned one alone", [one(1, { pinned: true })], [0], "verified", false],
];

for (const [name, all, places, left, grave] of CASES) {
  Deno.test(`weighDeletion() of ${name}`, () => {
    const deletion = weighDeletion(places.map((place) => all[place]), all);

    assert.deepEqual([deletion.left, deletion.grave], [left, grave]);
  });
}

uiTest("every backup is deleted only after a person has read and typed what is left", async () => {
  await using house = await openHouse();
  const { page, url } = house;
  await signIn(page, url);
  const first = await makeBackup(page);
  const second = await makeBackup(page);
  const dialog = page.getByRole("dialog");
  const remove = dialog.getByRole("button", { name: /^删除 · 释放/ });

  await page.getByRole("button", { name: `删除 ${first}`, exact: true }).click();
  await dialog.getByText(`剩下 1 个备份，其中最新的已验证备份是 ${second}`).waitFor();
  assert.equal(await dialog.getByRole("textbox").count(), 0, "an older one needs no typing");
  assert.equal(await remove.isEnabled(), true);
  await page.keyboard.press("Escape");

  await page.getByRole("checkbox", { name: "全选" }).check();
  await page.getByRole("region", { name: "选中的备份" }).getByRole("button", { name: "删除" })
    .click();
  await dialog.getByText(`其中的 ${second}`).waitFor();
  await dialog.getByText("删除后一个备份也不剩，书库出事时无法恢复。").waitFor();
  assert.equal(await remove.isEnabled(), false);
  await dialog.getByRole("textbox").fill("1");
  await dialog.getByRole("textbox").press("Enter");
  assert.equal(await remove.isEnabled(), false);
  await confirmDeletion(page, "2");
  await page.getByText("已删除 2 个备份").first().waitFor();

  await page.getByText("还没有备份").waitFor();
});

uiTest("many are deleted in sight, and stopped halfway", async () => {
  await using house = await openHouse();
  const { page, url, library } = house;
  await signIn(page, url);
  const id = await makeBackup(page);
  const folder = library.config.backup.path;
  for (let n = 0; n < 30; n++) {
    await Deno.copyFile(
      join(folder, `${id}.zip`),
      join(folder, `backup_20200101_0000${10 + n}.zip`),
    );
  }
  await page.reload();
  await page.getByRole("checkbox", { name: "全选" }).check();
  await page.getByRole("region", { name: "选中的备份" }).getByRole("button", { name: "删除" })
    .click();
  const dialog = page.getByRole("dialog");
  const deleted: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => release = resolve);
  await page.route("**/backup/backup_*", async (route) => {
    if (route.request().method() !== "DELETE") return await route.continue();
    deleted.push(route.request().url());
    if (deleted.length > 3) await held;
    await route.continue();
  });

  await confirmDeletion(page, "31");
  await dialog.getByText("已删除 3 / 31").waitFor();
  await dialog.getByRole("button", { name: "停止" }).click();
  release();
  await page.getByText("已删除 4 个备份").first().waitFor();

  await dialog.waitFor({ state: "detached" });
  await page.locator("tr", { hasText: naming("backup_20200101_000010") }).waitFor();
  assert.equal(deleted.length, 4);
});
