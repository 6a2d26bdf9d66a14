/**
 * Begins an archive file that its own maker may not open a second time, and prints the error's code and how many
 * descriptors are open on the file then.
 *
 * Argument: path of the file, in a folder where everybody may write.
 */
import { readdirSync, readlinkSync } from "node:fs";
import process from "node:process";
import { ArchiveOutput } from "../../src/archive/archive_output.ts";
import { isAppError } from "../../src/base/errors.ts";

const NOBODY = 65534;

const [path = ""] = Deno.args;
// Root may open anything, so it becomes somebody who may not.
if (Deno.uid() === 0) {
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}
let code: string | null = null;
try {
  await ArchiveOutput.create(path, { mode: 0o400, onWritten: () => {} });
} catch (error) {
  if (!isAppError(error)) throw error;
  code = error.code;
}
const open = readdirSync("/proc/self/fd").filter((name) => {
  try {
    return readlinkSync(`/proc/self/fd/${name}`).startsWith(path);
  } catch {
    return false; // That of the listing itself.
  }
});
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ code, open: open.length })));
