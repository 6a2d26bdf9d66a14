import assert from "node:assert/strict";
import { libraryToken } from "../helpers/test_app.ts";
import { TEST_PASSWORD } from "../helpers/test_library.ts";
import { endOf, openHouse, signIn, uiTest } from "./house.ts";

uiTest("the page lets in by password, keeps the session over a reload and signs out", async () => {
  await using house = await openHouse();
  const { page, url, complaints } = house;
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));

  await page.goto(url);
  await page.getByLabel("密码", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByText("用户名或密码错误").waitFor();
  await page.getByLabel("密码", { exact: true }).fill(TEST_PASSWORD);
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByRole("heading", { name: "还没有备份，书库没有任何保护" }).waitFor();
  await page.reload();
  await page.getByRole("heading", { name: "还没有备份" }).waitFor();
  const token = await page.evaluate(() => sessionStorage.getItem("shuku.session"));
  await page.getByRole("button", { name: "退出登录" }).click();
  await page.getByLabel("密码", { exact: true }).waitFor();

  assert.ok(token);
  assert.equal(await page.evaluate(() => sessionStorage.getItem("shuku.session")), null);
  assert.deepEqual(asked.filter((address) => address.includes(token.slice(-16))), []);
  assert.deepEqual(asked.filter((address) => !address.startsWith(url)), [], "an outside host");
  assert.deepEqual(complaints, []);
});

uiTest(
  "the page takes a token, refuses a bad one and says when the session has expired",
  async () => {
    await using house = await openHouse();
    const { page, url } = house;

    await page.goto(`${url}#/history`);
    await page.getByRole("button", { name: "令牌" }).click();
    await page.getByRole("textbox", { name: "令牌" }).fill("eyJhbGciOiJub25lIn0.e30.");
    await page.getByRole("button", { name: "登录" }).click();
    await page.getByText("无法验证凭据").waitFor();
    await page.getByRole("textbox", { name: "令牌" })
      .fill(await libraryToken({ sub: "admin" }, { expires: "4s" }));
    await page.getByRole("button", { name: "登录" }).click();
    await page.getByRole("heading", { name: "历史" }).waitFor();
    await page.getByText("登录已过期").waitFor();

    await signIn(page, "", url + "#/history");
    await page.getByRole("heading", { name: "历史" }).waitFor();
  },
);

uiTest("a session that ends in the middle of a backup ends nothing else", async () => {
  await using house = await openHouse({ slow: true });
  const { page, url } = house;
  await page.goto(url);
  await page.getByRole("button", { name: "令牌" }).click();
  await page.getByRole("textbox", { name: "令牌" })
    .fill(await libraryToken({ sub: "admin" }, { expires: "8s" }));
  await page.getByRole("button", { name: "登录" }).click();
  await page.getByRole("button", { name: "立即备份" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "开始备份" }).click();
  await page.locator('.job[data-state="running"]').waitFor();

  await page.getByText("登录已过期").waitFor();
  assert.equal(await page.locator(".job").count(), 0);
  await page.getByLabel("密码", { exact: true }).fill(TEST_PASSWORD);
  await page.getByRole("button", { name: "登录" }).click();

  await endOf(page, "备份完成").waitFor();
  await page.getByRole("heading", { name: /受保护/ }).waitFor();
});
