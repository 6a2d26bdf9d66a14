import assert from "node:assert/strict";
import { formatTable } from "../../src/cli/format_table.ts";
import { textWidth } from "../../src/cli/text_width.ts";

Deno.test("formatTable() lines up Chinese and Latin cells", () => {
  const lines = formatTable(
    [{ title: "书名" }, { title: "Size", align: "right" }, { title: "备注" }],
    [["红楼梦", "9", "好"], ["abc", "120", ""]],
  );

  assert.deepEqual(lines, [
    "书名    Size  备注",
    "红楼梦     9  好",
    "abc      120",
  ]);
  const starts = lines.slice(0, 2).map((line) => textWidth(line.slice(0, line.search(/[备好]/))));
  assert.equal(starts[0], starts[1]);
});

Deno.test("formatTable() fills in missing cells", () => {
  assert.deepEqual(formatTable([{ title: "A" }, { title: "B" }], [["1"]]), ["A  B", "1"]);
});
