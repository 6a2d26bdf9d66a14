/** Copies, reads and overwrites a database and prints the code of each failure. Arguments: the database, a folder. */
import { join } from "node:path";
import { isAppError } from "../../src/base/errors.ts";
import { copyDatabase, overwriteDatabase, probeWriteAccess } from "../../src/database/mod.ts";

const [path = "", folder = ""] = Deno.args;

const codes: string[] = [];
for (
  const attempt of [
    () => copyDatabase(path, join(folder, "copy.db")),
    () => probeWriteAccess(path),
    () => overwriteDatabase(join(folder, "staged.db"), path),
  ]
) {
  codes.push(
    await attempt().then(() => "ok", (error) => isAppError(error) ? error.code : String(error)),
  );
}
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(codes)));
