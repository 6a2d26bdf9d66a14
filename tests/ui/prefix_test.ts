import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { startPrefixProxy } from "./prefix_proxy.ts";
import { confirmDeletion, makeBackup, openHouse, signIn, uiTest } from "./house.ts";

uiTest("everything works behind a proxy that serves it under a prefix", async () => {
  await using house = await openHouse();
  await using proxy = startPrefixProxy(house.url, "/tools/shuku/");
  const { page, complaints, library } = house;
  const addresses: string[] = [];
  page.on("request", (request) => addresses.push(request.url()));
  await signIn(page, proxy.url);

  const id = await makeBackup(page);
  const job = proxy.passed.find((one) => one.endsWith("/events")) ?? "";
  assert.match(job, /^GET api\/admin\/backup\/jobs\/[\w-]+\/events$/);

  await page.getByRole("button", { name: `下载 ${id}` }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: /^下载 \d/ }).click(),
  ]);
  const bytes = await Deno.readFile(await download.path());
  const kept = await Deno.readFile(join(library.config.backup.path, `${id}.zip`));
  assert.equal(hash(bytes), hash(kept));

  await page.getByRole("button", { name: `删除 ${id}` }).click();
  await confirmDeletion(page, id);
  await page.getByText("还没有备份").waitFor();
  const file = join(library.root, `${id}.zip`);
  await Deno.writeFile(file, bytes);
  await page.locator('input[type="file"]').setInputFiles(file);
  await page.locator("tr", { hasText: id }).waitFor();

  for (const docs of ["docs", "docs/"]) {
    await page.goto(proxy.url + docs);
    await page.getByRole("heading", { level: 1 }).waitFor();
    const width = () => page.evaluate(() => getComputedStyle(document.body).maxWidth);
    assert.notEqual(await width(), "none", `${docs} has no style`);
    await page.getByRole("link", { name: "openapi.json" }).click();
    await page.waitForURL(`${proxy.url}openapi.json`);
  }
  assert.deepEqual(proxy.strays.filter((one) => !one.endsWith("/favicon.ico")), []);
  assert.deepEqual(addresses.filter((one) => !one.startsWith(proxy.url)), []);
  assert.deepEqual(complaints, []);
});

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
