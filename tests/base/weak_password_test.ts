import assert from "node:assert/strict";
import { findPasswordWeakness } from "../../src/base/weak_password.ts";

Deno.test("findPasswordWeakness() finds what guessing lists begin with", () => {
  const weak = [
    "",
    "admin123",
    "short1!",
    "password123",
    "Password1234",
    "P@ssw0rd123",
    "p4ssw0rd!!!",
    "passwordpassword",
    "adminadmin",
    "admin123456",
    "Administrator1",
    "1234567890",
    "0987654321",
    "qwertyuiop",
    "qwerty123456",
    "1q2w3e4r5t",
    "1qaz2wsx3edc",
    "abcdefghij",
    "aaaaaaaaaaaa",
    "letmein12345",
    "welcome2026",
    "changeme123",
    "woaini1314520",
    "sooklib2026",
    "shukubackup",
  ];
  for (const password of weak) assert.notEqual(findPasswordWeakness(password), null, password);
});

Deno.test("findPasswordWeakness() accepts what is not on them", () => {
  const strong = [
    "seven wet horses",
    "kx7Qp-29vLmT",
    "三更灯火五更鸡正是男儿",
    "tr0mbone&Lantern",
    "9f3c1a77e0b24d58",
    "masterpiece theatre",
  ];
  for (const password of strong) assert.equal(findPasswordWeakness(password), null, password);
});
