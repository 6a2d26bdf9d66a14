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

for (
  const [what, folderMode, fileMode, codes] of [
    ["may not enter", 0o000, 0o444, [
      "database.permission",
      "database.permission",
      "database.permission",
    ]],
    ["may not read", 0o555, 0o000, [
      "database.permission",
      "storage.permission",
      "database.permission",
    ]],
    ["may only read", 0o555, 0o444, ["ok", "storage.permission", "database.permission"]],
  ] as const
) {
  Deno.test(`a user who ${what} where the database is hears of permissions`, async () => {
    await using folder = await tempFolder();
    const place = join(folder.path, "place");
    const work = join(folder.path, "work");
    const path = join(place, "library.db");
    for (const path of [place, work]) await Deno.mkdir(path);
    makeDatabase(path);
    makeDatabase(join(work, "staged.db"));
    await Deno.chmod(path, fileMode);
    await Deno.chmod(folder.path, 0o755);
    await run("chmod", ["-R", "a+rwX", work]);
    await Deno.chmod(place, folderMode);
    const script = join(ROOT, "tests", "helpers", "print_copy_error.ts");

    const command = [Deno.execPath(), "run", "--no-check", "-A", script, path, work];
    // Root may do anything, so then nobody does the work.
    const asNobody = Deno.uid() === 0
      ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
      : [];
    const { stdout } = await run("env", [`DENO_DIR=${work}/deno`, ...asNobody, ...command], {
      cwd: "/",
    });

    await Deno.chmod(place, 0o700);
    assert.deepEqual(JSON.parse(stdout), codes);
  });
}
