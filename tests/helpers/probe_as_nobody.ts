/**
 * Looks at a library as a server does at its start, as a user without rights, and prints what there is to say.
 *
 * Argument: library root.
 */
import { probeAccess } from "../../src/backup/probe_access.ts";
import { loadConfig } from "../../src/config/load.ts";
import { becomeNobody } from "./nobody.ts";

const [root = ""] = Deno.args;
const { config } = await loadConfig({
  configPath: `${root}/config/config.yaml`,
  root,
  workingFolder: root,
  env: { TZ: "Asia/Shanghai", BACKUP_PATH: "backups" },
});
becomeNobody();
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(await probeAccess(config))));
