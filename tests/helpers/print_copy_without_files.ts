/**
 * Copies a database while only so many more files may be open, from none to more than enough, and prints each outcome
 * and the path that is blamed.
 *
 * Arguments: the database, a folder to copy to. To be run with a low limit of open files.
 */
import { join } from "node:path";
import { isAppError } from "../../src/base/errors.ts";
import { copyDatabase, keepWorker } from "../../src/database/mod.ts";

/** More than a copy needs. */
const ENOUGH = 12;

const [path = "", folder = ""] = Deno.args;
using _thread = keepWorker();
const outcomes: string[] = [];
for (let left = 0; left <= ENOUGH; left += 1) {
  // Leaves a thread ready, which takes files to start.
  await copyDatabase(path, join(folder, `ready${left}.db`));
  const held = holdAllBut(left);
  const outcome = await copyDatabase(path, join(folder, `${left}.db`))
    .then(() => "ok", (error) => isAppError(error) ? error.code : String(error));
  for (const file of held) file.close();
  outcomes.push(outcome);
}
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(outcomes)));

function holdAllBut(left: number): Deno.FsFile[] {
  const held: Deno.FsFile[] = [];
  try {
    while (true) held.push(Deno.openSync(folder, { read: true }));
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "EMFILE") throw error;
  }
  for (const file of held.splice(0, left)) file.close();
  return held;
}
