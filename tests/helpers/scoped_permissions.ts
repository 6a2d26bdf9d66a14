/**
 * Runs copying, checking and overwriting in a process with the product's own permissions and no more.
 *
 * Arguments: source, a folder to work in.
 */
import { join } from "node:path";
import {
  checkDatabase,
  copyDatabase,
  overwriteDamagedDatabase,
  overwriteDatabase,
  probeWriteAccess,
  readContents,
  readLibraryUser,
  watchDatabase,
} from "../../src/database/mod.ts";
import { checkSpace } from "../../src/storage/free_space.ts";
import { tryLockFile } from "../../src/storage/lock_file.ts";
import { publishFile } from "../../src/storage/publish_file.ts";
import { temporaryName } from "../../src/storage/temporary.ts";
import { writeAtomic } from "../../src/storage/write_atomic.ts";

const [source = "", folder = ""] = Deno.args;
const staged = join(folder, "staged.db");
const live = join(folder, "live.db");

await using _lock = await tryLockFile(join(folder, ".lock"));
await checkSpace(folder, 1, { reserveBytes: 0 });
await copyDatabase(source, staged);
await overwriteDatabase(staged, live);
await probeWriteAccess(live);
{
  await using watch = await watchDatabase(live);
  if (await watch.changed()) throw new Error("changed");
}
await overwriteDamagedDatabase(staged, live);
const { ok } = await checkDatabase(live, { level: "full", foreignKeys: true, stranger: true });
const { rows } = await readContents(live, { stranger: true });
const temporary = temporaryName(join(folder, "report.json"));
await writeAtomic(
  temporary,
  JSON.stringify({ ok, rows, user: await readLibraryUser(live, "admin") }),
);
await publishFile(temporary, join(folder, "report.json"));
