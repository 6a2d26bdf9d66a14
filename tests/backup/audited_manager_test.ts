import assert from "node:assert/strict";
import { isAppError } from "../../src/base/errors.ts";
import { openTestApp } from "../helpers/test_app.ts";

Deno.test("what the command line and the schedule change is in the audit, with how it ended", async () => {
  await using house = await openTestApp();
  const { app } = house;
  const { backup_id } = await (await app.manager.create({ actor: "cli" })).result;
  await app.manager.update(backup_id, { pinned: true }, { actor: "cli" });
  await assert.rejects(
    app.manager.remove(backup_id, { actor: "cli" }),
    (error) => isAppError(error, "backup.pinned"),
  );
  await Deno.remove(house.library.config.database.path);
  await assert.rejects((await app.manager.create({ actor: "scheduler" })).result);

  const rows = await app.audit.list();

  assert.deepEqual(
    rows.map((
      { actor, action, target, result, detail },
    ) => [actor, action, target, result, detail]),
    [
      ["scheduler", "backup.create", null, "failed", "backup.create_failed"],
      ["cli", "backup.delete", backup_id, "failed", "backup.pinned"],
      ["cli", "backup.update", backup_id, "ok", null],
      ["cli", "backup.create", backup_id, "ok", null],
    ],
  );
});
