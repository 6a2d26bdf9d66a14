import assert from "node:assert/strict";
import { checkPasswordStrength, PasswordStore } from "../../src/auth/password.ts";
import { isAppError } from "../../src/base/errors.ts";
import { describeError } from "../../src/base/messages/mod.ts";

function fileStore(configured: string | null = null, initial: string | null = null) {
  const file = { text: initial };
  const open = () =>
    new PasswordStore({
      configured,
      signingKey: "signing-key",
      read: () => Promise.resolve(file.text),
      write: (text) => Promise.resolve(void (file.text = text)),
    });
  return { file, open };
}

Deno.test("PasswordStore makes a password at the first start, once, and keeps only its hash", async () => {
  const { file, open } = fileStore();

  const generated = await open().prepare();

  assert.match(generated ?? "", /^[a-z2-9]{5}(-[a-z2-9]{5}){3}$/);
  assert.equal(checkPasswordStrength(generated ?? ""), generated);
  assert.equal(file.text?.includes(generated ?? ""), false);
  assert.equal(await open().prepare(), null);
  assert.equal(await open().verify(generated ?? ""), true);
  assert.equal(await open().verify(`${generated} `), false);
  assert.equal(await open().verify(""), false);
});

Deno.test("PasswordStore.set() counts at once in a store that is already open", async () => {
  const { open } = fileStore();
  const server = open();
  await server.prepare();
  const before = await server.version();

  await open().set("seven wet horses");

  assert.equal(await server.verify("seven wet horses"), true);
  assert.notEqual(await server.version(), before);
});

Deno.test("PasswordStore takes a configured password before the file, with a lasting version", async () => {
  const { open, file } = fileStore("seven wet horses");

  assert.equal(await open().prepare(), null);
  assert.equal(file.text, null);
  assert.equal(open().isConfigured, true);
  assert.equal(await open().verify("seven wet horses"), true);
  assert.equal(await open().verify("seven dry horses"), false);
  assert.equal(await open().version(), await open().version());
  assert.notEqual(await open().version(), await fileStore("seven dry horses").open().version());
});

Deno.test("PasswordStore knows no password where the file is damaged, and makes one at the next start", async () => {
  const damaged = [
    "",
    "{",
    "null",
    "[]",
    '{"salt":"","hash":"","version":""}',
    '{"salt":1,"hash":2,"version":3}',
  ];
  for (const text of damaged) {
    const { open } = fileStore(null, text);
    assert.equal(await open().version(), null, text);
    assert.equal(await open().verify(""), false);
    assert.notEqual(await open().prepare(), null);
  }
});

Deno.test("PasswordStore takes one password for one however its letters are composed", async () => {
  const { open } = fileStore();
  await open().set("cafés at midnight");

  assert.equal(await open().verify("cafe\u0301s at midnight"), true);
});

Deno.test("checkPasswordStrength() says what is wrong in both languages, never the password", () => {
  assert.throws(() => checkPasswordStrength("admin123"), (error) => {
    assert(isAppError(error, "auth.weak_password"));
    assert.match(describeError(error, "en"), /8 characters/);
    assert.match(describeError(error, "zh"), /只有 8 个字符/);
    assert.doesNotMatch(describeError(error, "zh"), /admin123/);
    return true;
  });
});
