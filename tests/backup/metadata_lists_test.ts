import assert from "node:assert/strict";
import { shorten, shortenRows } from "../../src/backup/metadata_lists.ts";

Deno.test("shorten() names the first thousand and counts all", () => {
  const texts = Array.from({ length: 3000 }, (_, index) => String(index));

  assert.deepEqual(shorten(texts), { texts: texts.slice(0, 1000), count: 3000 });
  assert.deepEqual(shorten(["a", "x".repeat(4097), "b"]), { texts: ["a", "b"], count: 3 });
});

Deno.test("shortenRows() keeps what every reader takes, the largest tables of very many", () => {
  const tables = (count: number, name: (index: number) => string) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [name(index), index]));

  assert.deepEqual(shortenRows({ books: 3, ["t".repeat(5000)]: 1, odd: 2 ** 60, less: -1 }), {
    books: 3,
  });
  assert.equal(Object.keys(shortenRows(tables(10_050, (index) => `t${index}`))).length, 10_000);
  assert.equal(shortenRows(tables(10_050, (index) => `t${index}`))["t10049"], 10_049);
  const long = shortenRows(tables(1000, (index) => "t".repeat(1000) + index));
  assert.ok(Object.keys(long).length < 300 && Object.keys(long).length > 200);
});
