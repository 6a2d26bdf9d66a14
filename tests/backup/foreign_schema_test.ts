import assert from "node:assert/strict";
import { readContents } from "../../src/database/contents.ts";
import { addForeignSchema, FOREIGN_SCHEMAS } from "../helpers/foreign_schema.ts";
import { openTestApp } from "../helpers/test_app.ts";

for (const schema of FOREIGN_SCHEMAS) {
  Deno.test(`a library with ${schema.what} is backed up, checked, drilled, restored and undone`, async () => {
    await using test = await openTestApp();
    const { path } = test.library.config.database;
    // A table of the library's has that name already.
    const renamed = {
      ...schema,
      make: rename(schema.make),
      replace: schema.replace?.map(([name, from, to]) => [rename(name), from, to] as const) ?? [],
    };
    addForeignSchema(path, renamed);
    const before = await readContents(path);
    const call = async (method: string, url: string, json?: unknown) => {
      const answer = await test.call(method, url, { json, headers: { "Accept-Language": "en" } });
      assert.equal(answer.status, 200, `${url}: ${JSON.stringify(answer.body)}`);
      return answer.body;
    };

    const made = await call("POST", "create", { includes: ["database"] });
    const id = made.backup_id;
    const valid = await call("GET", `validate/${id}`);
    const drill = await call("POST", "drill", { backup_id: id });
    const preview = await call("POST", "restore/preview", { backup_id: id });
    const restored = await call("POST", "restore", { backup_id: id });
    const after = await readContents(path);
    await call("POST", "restore/undo");
    const undone = await readContents(path);

    assert.equal(valid.valid, true);
    assert.equal(drill.result, "passed");
    assert.equal(preview.allowed, true);
    for (const { rows, schemaHash } of [after, undone]) {
      assert.deepEqual([rows, schemaHash], [before.rows, before.schemaHash]);
    }
    const isNamed = (warnings: string[]) =>
      renamed.passedOver.filter((name) =>
        !warnings.some((line) => line.includes(`${rename(name)} (`))
      );
    assert.deepEqual(isNamed([drill.outcomes[0].detail ?? ""]), []);
    for (const { warnings } of [made, valid, preview, restored]) {
      assert.deepEqual(isNamed(warnings).filter((name) => name !== "book_tags"), []);
    }
  });
}

function rename(text: string): string {
  return text.replaceAll(/\bbooks\b/g, "own_books").replaceAll(/\btags\b/g, "own_tags")
    .replaceAll(/\bbook_tags\b/g, "own_book_tags");
}
