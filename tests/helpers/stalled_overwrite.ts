/**
 * Overwrites a database in a process of its own, which ends when its last thread does.
 *
 * Prints "locked" with the lock held, goes on after a byte of input, and prints how it ended. Arguments: the
 * staged database, the live one.
 */
import { isAppError } from "../../src/base/errors.ts";
import { overwriteDatabase } from "../../src/database/overwrite.ts";

const [staged = "", live = ""] = Deno.args;

function print(value: unknown): void {
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(value) + "\n"));
}

try {
  await overwriteDatabase(staged, live, {
    stallTimeoutMs: 200,
    onLocked() {
      print("locked");
      Deno.stdin.readSync(new Uint8Array(1));
    },
  });
  print("done");
} catch (error) {
  print(isAppError(error) ? { code: error.code, ...error.details } : String(error));
}
