import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { SOOKLIB_ID, SOOKLIB_ZIP } from "../helpers/test_library.ts";
import { openHouse, signIn, uiTest } from "./house.ts";

uiTest("a ZIP dropped anywhere is uploaded; anything else is refused", async () => {
  await using house = await openHouse();
  const { page, url, complaints } = house;
  await signIn(page, url, "#/schedule");

  const isOurs = await drag(page, "dragover", "notes.txt", new Uint8Array(10));
  assert.ok(isOurs, "the browser would open the file instead");
  await page.getByText("松开即上传 ZIP").waitFor();
  assert.ok(await drag(page, "drop", "notes.txt", new Uint8Array(10)));
  await page.getByText("松开即上传 ZIP").waitFor({ state: "detached" });
  await page.getByText("只能上传 ZIP 备份文件").first().waitFor();
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
