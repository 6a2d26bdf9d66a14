import assert from "node:assert/strict";
import { localeLanguage } from "../../src/config/locale.ts";

Deno.test("localeLanguage() is Chinese for zh locales only", () => {
  for (const locale of ["zh", "zh_CN.UTF-8", "zh_TW", "zh-Hans", "ZH_CN", "zh_CN@pinyin"]) {
    assert.equal(localeLanguage({ LANG: locale }), "zh", locale);
  }
  for (const locale of ["", "C", "C.UTF-8", "POSIX", "en_US.UTF-8", "de_DE", "zha_CN", "ja_JP"]) {
    assert.equal(localeLanguage({ LANG: locale }), "en", locale);
  }
  assert.equal(localeLanguage({}), "en");
});

Deno.test("localeLanguage() takes LC_ALL before LC_MESSAGES before LANG, and none that is empty", () => {
  const zh = "zh_CN.UTF-8";
  assert.equal(localeLanguage({ LC_ALL: zh }), "zh");
  assert.equal(localeLanguage({ LC_MESSAGES: zh }), "zh");
  assert.equal(localeLanguage({ LC_ALL: "C", LC_MESSAGES: zh, LANG: zh }), "en");
  assert.equal(localeLanguage({ LC_MESSAGES: "en_GB", LANG: zh }), "en");
  assert.equal(localeLanguage({ LC_ALL: zh, LC_MESSAGES: "C", LANG: "C" }), "zh");
  assert.equal(localeLanguage({ LC_ALL: "", LC_MESSAGES: " ", LANG: zh }), "zh");
});
