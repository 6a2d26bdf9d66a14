/** Copies a database and prints why it could not. Arguments: the database, the copy. */
import { isAppError } from "../../src/base/errors.ts";
import { copyDatabase } from "../../src/database/mod.ts";

const [source = "", copy = ""] = Deno.args;
const outcome = await copyDatabase(source, copy).then(() => "ok", (error) => {
  if (!isAppError(error)) throw error;
  return { code: error.code, path: error.details["path"], found: error.details["found"] };
});
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(outcome)));
