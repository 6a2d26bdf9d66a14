import assert from "node:assert/strict";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { SOOKLIB_ID, SOOKLIB_ZIP } from "../helpers/test_library.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { makeBackup, openHouse, signIn, uiTest } from "./house.ts";

uiTest("a ZIP dropped anywhere is uploaded; anything else is refused", async () => {
  await using house = await openHouse();
  const { page, url, complaints } = house;
  await signIn(page, url, "#/schedule");

  const isOurs = await drag(page, "dragover", "notes.txt", new Uint8Array(10));
  assert.ok(isOurs, "the browser would open the file instead");
  await page.getByText("松开即上传 ZIP").waitFor();
  assert.ok(await drag(page, "drop", "notes.txt", new Uint8Array(10)));
  await page.getByText("松开即上传 ZIP").waitFor({ state: "detached" });
  await page.getByText("notes.txt: 不是 ZIP 文件，没有上传").first().waitFor();
  await drag(page, "drop", `${SOOKLIB_ID}.zip`, await Deno.readFile(SOOKLIB_ZIP));
  await page.getByText(`${SOOKLIB_ID} 已上传并通过检查`).first().waitFor();

  await page.goto(`${url}#/backups`);
  await page.locator("tr", { hasText: SOOKLIB_ID }).waitFor();
  assert.deepEqual(complaints, []);
});

uiTest("a reload in the middle of an upload is told afterwards, until it is read", async () => {
  await using house = await openHouse();
  const { page, url } = house;
  await signIn(page, url, "#/backups");
  const asked: string[] = [];
  page.on("dialog", (dialog) => {
    asked.push(dialog.type());
    return dialog.accept();
  });
  await page.route("**/upload/*", () => {}); // A line so slow that nothing arrives.

  await page.locator('input[type="file"]').setInputFiles(SOOKLIB_ZIP);
  await page.locator('.panel-card[data-state="running"]', { hasText: SOOKLIB_ID }).waitFor();
  await page.reload();

  assert.deepEqual(asked, ["beforeunload"]);
  const notice = page.getByText(`${SOOKLIB_ID}.zip 的上传中断了`);
  await notice.waitFor();
  await page.getByRole("button", { name: "知道了" }).click();
  await notice.waitFor({ state: "detached" });
  await page.reload();
  await page.getByRole("heading", { name: "备份", level: 1 }).waitFor();
  assert.equal(await notice.count(), 0);
  assert.deepEqual(asked, ["beforeunload"], "nothing is under way any more");
});

uiTest("an upload is cancelled and leaves nothing behind", async () => {
  await using house = await openHouse();
  const { page, url, complaints } = house;
  await signIn(page, url, "#/backups");
  await page.route("**/upload/*", () => {});

  await page.locator('input[type="file"]').setInputFiles(SOOKLIB_ZIP);
  const card = page.locator('.panel-card[data-state="running"]');
  const listed = page.waitForResponse("**/backup/list*");
  await card.getByRole("button", { name: "取消" }).click();

  await card.waitFor({ state: "detached" });
  // The list is asked for once more at the very end: whatever goes wrong has done so by then.
  await (await listed).finished();
  await page.evaluate(() => new Promise(requestAnimationFrame));
  await page.getByText("还没有备份").waitFor();
  assert.equal(await page.locator(".toast-error").count(), 0);
  assert.deepEqual(complaints, []);
});

uiTest(
  "several are uploaded in turn; what cannot be a backup is told at once, by name",
  async () => {
    await using house = await openHouse();
    const { page, url, library, complaints } = house;
    await signIn(page, url);
    const id = await makeBackup(page);
    await page.goto(`${url}#/backups`);
    const made = await Deno.readFile(join(library.config.backup.path, `${id}.zip`));
    await using folder = await tempFolder();
    const path = (name: string) => join(folder.path, name);
    await Deno.mkdir(path("a folder"));
    await Deno.writeFile(path("empty.zip"), new Uint8Array());
    await Deno.writeTextFile(path("notes.txt"), "hello");
    await Deno.writeTextFile(path("text.zip"), "no archive at all");
    await Deno.writeFile(path("backup_20200101_000001.zip"), made);
    await Deno.writeFile(path("backup_20200101_000002.zip"), made);
    const sent: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "PUT") {
        sent.push(new URL(request.url()).pathname.split("/").at(-1) ?? "");
      }
    });

    const names = ["a folder", "empty.zip", "notes.txt", "text.zip"];
    await dropFiles(page, [
      ...names.map(path),
      path("backup_20200101_000001.zip"),
      path("backup_20200101_000002.zip"),
    ]);

    await page.locator("tr", { hasText: "backup_20200101_000001" }).waitFor();
    await page.locator("tr", { hasText: "backup_20200101_000002" }).waitFor();
    const told = await page.locator(".toast-error").textContent() ?? "";
    for (const name of names) assert.ok(told.includes(`${name}: `), `${name} in ${told}`);
    assert.match(told, /empty.zip: 是空文件（0 字节）/);
    assert.match(told, /a folder: 是文件夹/);
    assert.deepEqual(sent, [
      "text.zip",
      "backup_20200101_000001.zip",
      "backup_20200101_000002.zip",
    ]);
    await page.goto(`${url}#/history`);
    await page.locator(".log li", { hasText: "text.zip" }).getByText("仅支持ZIP格式").waitFor();
    await page.getByRole("button", { name: "审计" }).click();
    await page.locator(".log li", { hasText: "text.zip" }).getByText("拒绝").waitFor();
    assert.deepEqual(complaints, []);
  },
);

uiTest("what is chosen during an upload waits for its turn, and is cancelled with it", async () => {
  await using house = await openHouse();
  const { page, url } = house;
  await signIn(page, url, "#/backups");
  await using folder = await tempFolder();
  const names = [1, 2, 3].map((n) => join(folder.path, `backup_20200101_00000${n}.zip`));
  for (const name of names) await Deno.copyFile(SOOKLIB_ZIP, name);
  await page.route("**/upload/*", () => {}); // A line so slow that nothing arrives.
  const card = page.locator('.panel-card[data-state="running"]');
  const picker = page.locator('input[type="file"]');

  await picker.setInputFiles(names.slice(0, 1));
  await card.filter({ hasText: "backup_20200101_000001" }).waitFor();
  await picker.setInputFiles(names.slice(1));
  await card.getByText("还有 2 个等待").waitFor();
  await card.getByRole("button", { name: "取消", exact: true }).click();
  await card.filter({ hasText: "backup_20200101_000002" }).waitFor();
  await card.getByRole("button", { name: "全部取消" }).click();

  await card.waitFor({ state: "detached" });
  assert.equal(await page.locator(".toast-error").count(), 0);
});

/** Drops files or folders of this machine, as from its desktop. */
async function dropFiles(page: Page, files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
  }
  await session.detach();
}

/** Drags a file over the page, or drops it there. @returns Whether the page takes it from the browser. */
async function drag(page: Page, event: string, name: string, bytes: Uint8Array): Promise<boolean> {
  return await page.evaluate(({ event, name, base64 }) => {
    const dataTransfer = new DataTransfer();
    const bytes = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
    dataTransfer.items.add(new File([bytes], name));
    return !document.body.dispatchEvent(
      new DragEvent(event, { dataTransfer, bubbles: true, cancelable: true }),
    );
  }, { event, name, base64: bytes.toBase64() });
}
