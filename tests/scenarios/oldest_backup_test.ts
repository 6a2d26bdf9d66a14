import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { openTestApp } from "../helpers/test_app.ts";

Deno.test("restoring the oldest backup of a full store works and deletes nothing that is in use", async () => {
  await using house = await openTestApp({ env: { BACKUP_RETENTION_COUNT: "2" } });
  const { app, library } = house;
  const create = async () => (await (await app.manager.create({ actor: "test" })).result).backup_id;
  const oldest = await create();
  {
    using database = new DatabaseSync(library.config.database.path);
    database.exec("DELETE FROM books WHERE id > 150");
  }
  const newest = await create();

  const restored = await (await app.manager.restore({ backupId: oldest, actor: "test" })).result;

  const ids = (await app.manager.list()).map(({ backup_id }) => backup_id).sort();
  assert.deepEqual(ids, [oldest, newest, restored.snapshot_id].sort());
  using database = new DatabaseSync(library.config.database.path, { readOnly: true });
  assert.deepEqual({ ...database.prepare("SELECT count(*) AS n FROM books").get() }, { n: 200 });
});
