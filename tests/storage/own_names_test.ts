import assert from "node:assert/strict";
import { isOwnName } from "../../src/storage/own_names.ts";
import { temporaryName } from "../../src/storage/temporary.ts";

Deno.test("isOwnName() knows what this service writes, and leaves a library its own names", () => {
  const own = [".shuku", ".shuku-library.json", ".shuku-store.json", ".shuku-stores.json"];
  const notes = [".shuku-retention.json", ".shuku-restore.json", ".shuku-restore-last.json"];
  const kept = [".shuku-restore.damaged-1a2b.json", ".shuku-undo-0123456789abcdef.db"];
  const temporary = temporaryName("cover.jpg");
  for (const name of [...own, ...notes, ...kept, temporary]) assert.ok(isOwnName(name), name);
  for (const name of [".shuku-x.tmp", ".shuku-books", "shuku", ".shuku.jpg", "library.json"]) {
    assert.ok(!isOwnName(name), name);
  }
});
