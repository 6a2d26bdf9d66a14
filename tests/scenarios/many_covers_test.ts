import assert from "node:assert/strict";
import { join } from "node:path";
import { isLongRun } from "../helpers/random_numbers.ts";
import { openTestApp } from "../helpers/test_app.ts";

/** One more than any limit of 140,000; the long run has as many as the largest collection we know of. */
const COUNT = isLongRun ? 300_000 : 141_000;
/** Names of one file that ext4 allows are 65,000. */
const NAMES_OF_ONE = 50_000;

Deno.test("a library with very many covers is backed up, listed, validated, previewed and restored", async () => {
  await using test = await openTestApp();
  const { covers } = test.library.config;
  const more = join(covers, "more");
  Deno.mkdirSync(more);
  for (let index = 0; index < COUNT; index++) {
    const path = join(more, `${index}.jpg`);
    const first = join(more, `${index - index % NAMES_OF_ONE}.jpg`);
    if (path === first) Deno.writeTextFileSync(path, `picture ${index}`);
    else Deno.linkSync(first, path);
  }

  const made = await test.call("POST", "create", { json: {} });
  const id = made.body.backup_id;
  const list = await test.call("GET", "list");
  const checked = await test.call("GET", `validate/${id}`);
  Deno.removeSync(join(more, "7.jpg"));
  const order = { backup_id: id, includes: ["covers"], create_snapshot: false };
  const preview = await test.call("POST", "restore/preview", { json: order });
  const restored = await test.call("POST", "restore", { json: order });

  assert.equal(made.status, 200, JSON.stringify(made.body));
  assert.notEqual(made.body.verified_at, null);
  assert.equal(list.body.backups[0].cover_count, COUNT + 42);
  assert.equal(checked.body.valid, true, JSON.stringify(checked.body));
  const { added, removed, changed } = preview.body.covers;
  assert.deepEqual([added, removed, changed], [1, 0, 0]);
  assert.equal(restored.status, 200, JSON.stringify(restored.body));
  assert.equal(Deno.readTextFileSync(join(more, "7.jpg")), "picture 0");
});
