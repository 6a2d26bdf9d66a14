import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { ChildOrder } from "../helpers/restore_child.ts";
import type { TestLibrary } from "../helpers/test_library.ts";

const CHILD = join(import.meta.dirname ?? ".", "..", "helpers", "restore_child.ts");

/** Kills a restore once it is decided, and changes the database's schema: the next start cannot tell what is right. */
export async function leaveStuckRestore(library: TestLibrary, backupId: string): Promise<void> {
  const order: ChildOrder = {
    verb: "restore",
    request: { backupId },
    killAt: "restore.committed",
  };
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "-A", CHILD, library.root, JSON.stringify(order)],
    stdin: "null",
  }).output();
  assert.equal(code, 137, new TextDecoder().decode(stderr));
  using database = new DatabaseSync(join(library.root, "data", "library.db"));
  database.exec("CREATE TABLE somebody_elses (id INTEGER)");
}
