import assert from "node:assert/strict";
import { cutText, textWidth } from "../../src/cli/text_width.ts";

Deno.test("textWidth() counts two columns for CJK, full-width forms and emoji", () => {
  const widths: readonly (readonly [string, number])[] = [
    ["", 0],
    ["abc", 3],
    ["红楼梦", 6],
    ["ｶﾅ", 2],
    ["カナ", 4],
    ["한글", 4],
    ["（全角）", 8],
    ["，。", 4],
    ["📚", 2],
    ["e\u0301", 1],
    ["𠮷", 2],
    ["…", 1],
  ];

  for (const [text, width] of widths) assert.equal(textWidth(text), width, JSON.stringify(text));
});

Deno.test("cutText() never passes the columns and never halves a character", () => {
  assert.equal(cutText("红楼梦", 6), "红楼梦");
  assert.equal(cutText("红楼梦", 5), "红楼…");
  assert.equal(cutText("红楼梦", 4), "红…");
  assert.equal(cutText("abcdef", 4), "abc…");
});
