import assert from "node:assert/strict";
import { AppError, ERROR_CODES } from "../../src/base/errors.ts";
import { LOG_EVENTS } from "../../src/base/log_events.ts";
import {
  chooseLanguage,
  describeError,
  describeEvent,
  localize,
} from "../../src/base/messages/mod.ts";

Deno.test("describeError() has a sentence for every code in both languages, also without details", () => {
  for (const code of ERROR_CODES) {
    for (const language of ["zh", "en"] as const) {
      const sentence = describeError(new AppError(code), language);
      assert.ok(sentence.length > 0 && !sentence.includes("undefined"), `${code}: ${sentence}`);
    }
    assert.doesNotMatch(
      describeError(new AppError(code), "en").replaceAll(/创建|恢复/g, ""),
      /[\u4e00-\u9fff]/,
    );
  }
});

Deno.test("describeEvent() has a sentence for every event in both languages, also without facts", () => {
  for (const event of LOG_EVENTS) {
    const zh = describeEvent(event, {}, "zh").message;
    const en = describeEvent(event, {}, "en").message;
    for (const sentence of [zh, en]) {
      assert.ok(sentence.length > 0 && !sentence.includes("undefined"), `${event}: ${sentence}`);
    }
    assert.doesNotMatch(en, /[\u4e00-\u9fff]/);
    if (/[a-z]/i.test(en)) assert.match(zh, /[\u4e00-\u9fff]/, event);
  }
});

Deno.test("describeEvent() tells which facts its sentence holds", () => {
  const { message, told } = describeEvent("backup.created", { backup_id: "b", kind: "auto" }, "en");

  assert.equal(message, "Backup made: b");
  assert.deepEqual([...told], ["backup_id"]);
});

Deno.test("describeError() tells the reason inside an error in the same language", () => {
  const reason = new AppError("database.missing", { path: "/data/library.db" });
  const error = new AppError("backup.create_failed", { reason });

  assert.match(describeError(error, "zh"), /^创建备份失败: 找不到数据库 \/data\/library\.db/);
  assert.match(describeError(error, "en"), /^Cannot create the backup: Cannot find the database/);
});

Deno.test("describeError() says nothing of an unexpected error's insides", () => {
  assert.doesNotMatch(describeError(new Error("SELECT secret"), "en"), /SELECT/);
});

Deno.test("describeError() makes a stranger's text harmless", () => {
  const sentence = describeError(
    new AppError("storage.missing", { path: "a\u001b[2J\u202e" }),
    "en",
  );

  assert.match(sentence, /a\\u001b\[2J\\u202e/);
});

Deno.test("chooseLanguage() follows the header's preference, and is Chinese for who says nothing", () => {
  assert.equal(chooseLanguage("en-GB,en;q=0.9,zh;q=0.8"), "en");
  assert.equal(chooseLanguage("zh-CN,zh;q=0.9,en;q=0.8"), "zh");
  assert.equal(chooseLanguage("fr, en;q=0.4, zh;q=0.6"), "zh");
  assert.equal(chooseLanguage("fr"), "en");
  assert.equal(chooseLanguage("de-DE,de;q=0.9,*;q=0.1"), "en");
  for (const silent of [null, "", "*", "*;q=0.5", "zh"]) {
    assert.equal(chooseLanguage(silent), "zh", String(silent));
  }
});

Deno.test("localize() replaces notices anywhere in a document and leaves the rest", () => {
  const document = {
    a: [{ zh: "甲", en: "A" }],
    b: { zh: "乙", en: "B", more: 1 },
    c: null,
    rows: { zh: 1, en: 2 },
  };

  assert.deepEqual(localize(document, "en"), {
    a: ["A"],
    b: { zh: "乙", en: "B", more: 1 },
    c: null,
    rows: { zh: 1, en: 2 },
  });
});
