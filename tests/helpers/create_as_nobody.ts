/**
 * Makes a backup by the API as a user without rights, and prints the answer.
 *
 * Arguments: configuration file, library root, `own` to give the store to that user, and another request to be made
 * instead, such as `GET list`.
 */
import { openApp } from "../../src/app.ts";
import { loadConfig } from "../../src/config/load.ts";
import { becomeNobody, giveToNobody } from "./nobody.ts";
import { libraryToken } from "./test_app.ts";
import { recordingLog } from "./recording_log.ts";

const [configPath = "", root = "", own, request = "POST create"] = Deno.args;
const [method = "", path = ""] = request.split(" ");
const { config, secrets } = await loadConfig({
  configPath,
  root,
  workingFolder: root,
  env: { TZ: "Asia/Shanghai", BACKUP_PATH: "backups" },
});
const open = () => openApp(config, secrets, { log: recordingLog() });
await using known = await open();
const token = await libraryToken({ sub: "somebody", role: "admin" });
// The door is loaded while its files may be read.
await known.fetch(new Request("http://backup.test/"));
if (own === "own") await giveToNobody(config.backup.path);
becomeNobody();
// Another request is for who opens the house without rights from the start.
await using fresh = request === "POST create" ? null : await open();
const answer = await (fresh ?? known).fetch(
  new Request(`http://backup.test/api/admin/backup/${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}` },
  }),
);
await Deno.stdout.write(new TextEncoder().encode(await answer.text()));
