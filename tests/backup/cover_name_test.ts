import assert from "node:assert/strict";
import { coverName } from "../../src/backup/cover_name.ts";

Deno.test("coverName() finds the file that a library means, whatever wrote its path down", () => {
  for (
    const named of [
      "1.jpg",
      "covers/1.jpg",
      "./covers/1.jpg",
      "/srv/library/covers/1.jpg",
      "/app/covers/1.jpg",
      "covers\\1.jpg",
      "C:\\library\\covers\\1.jpg",
    ]
  ) assert.equal(coverName(named, "/srv/library/covers"), "1.jpg", named);
  assert.equal(coverName("covers/封面/a:b.jpg", "/covers"), "封面/a:b.jpg");
});

Deno.test("coverName() takes nothing for a cover that no folder could hold", () => {
  for (
    const named of [
      "",
      ".",
      "/",
      "covers/",
      "http://example.org/1.jpg",
      "HTTPS://example.org/1.jpg",
      "//example.org/1.jpg",
      "s3://bucket/1.jpg",
      "data:image/png;base64,AAAA",
      "blob:1",
      "../1.jpg",
      "covers/../../1.jpg",
      "a\0.jpg",
      "x".repeat(4097),
      "书".repeat(1366),
    ]
  ) assert.equal(coverName(named, "/srv/library/covers"), null, named.slice(0, 40));
});
