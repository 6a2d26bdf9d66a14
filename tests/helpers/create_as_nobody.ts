/**
 * Makes a backup by the API as a user without rights, and prints the answer.
 *
 * Arguments: configuration file, library root, and `own` to give the store to that user.
 */
import { openApp } from "../../src/app.ts";
import { loadConfig } from "../../src/config/load.ts";
import { becomeNobody, giveToNobody } from "./nobody.ts";
import { libraryToken } from "./test_app.ts";
import { recordingLog } from "./recording_log.ts";

const [configPath = "", root = "", own] = Deno.args;
const { config, secrets } = await loadConfig({
  configPath,
  root,
  workingFolder: root,
  env: { TZ: "Asia/Shanghai", BACKUP_PATH: "backups" },
});
await using app = await openApp(config, secrets, { log: recordingLog() });
const token = await libraryToken({ sub: "somebody", role: "admin" });
// The door is loaded while its files may be read.
await app.fetch(new Request("http://backup.test/"));
if (own !== undefined) await giveToNobody(config.backup.path);
becomeNobody();
const answer = await app.fetch(
  new Request("http://backup.test/api/admin/backup/create", {
    method: "POST",
    headers: { Authorization: `Bearer ${token}` },
  }),
);
await Deno.stdout.write(new TextEncoder().encode(await answer.text()));
