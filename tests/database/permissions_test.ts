import assert from "node:assert/strict";
import { join } from "node:path";
import { makeDatabase, namesIn } from "../helpers/sample_database.ts";
import { run } from "../helpers/run.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const ROOT = join(import.meta.dirname ?? ".", "..", "..");

Deno.test("the database and storage rooms need no permission that `deno task start` does not grant", async () => {
  await using folder = await tempFolder();
  const source = join(folder.path, "library.db");
  const work = join(folder.path, "work");
  await Deno.mkdir(work);
  makeDatabase(source, { journalMode: "wal" });
  const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const flags = String(tasks.start.command).split(" ").filter((word) => word.startsWith("--"));
  assert.ok(flags.includes("--no-prompt") && !flags.some((flag) => /-A|run|ffi|import/.test(flag)));
  const script = join(ROOT, "tests", "helpers", "scoped_permissions.ts");

  await run(Deno.execPath(), ["run", "--no-check", ...flags, script, source, work], { cwd: ROOT });

  assert.deepEqual(JSON.parse(await Deno.readTextFile(join(work, "report.json"))), {
    ok: true,
    rows: { accounts: 100, chapters: 200, marker: 1 },
    user: null,
  });
  assert.deepEqual(await namesIn(work), [".lock", "live.db", "report.json", "staged.db"]);
});
