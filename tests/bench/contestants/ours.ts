import { join } from "node:path";
import type { Program } from "../measure/run_measured.ts";
import type { Contestant } from "./contestant.ts";

const PROJECT = join(import.meta.dirname ?? ".", "..", "..", "..");

/**
 * A verb of our command line, with the permissions the tasks of `deno.json` give it.
 *
 * @param library Root of the library.
 * @param store Folder of the backups.
 */
export function ourVerb(
  task: "shuku" | "start",
  place: { library: string; store: string; env?: Record<string, string> },
  ...argv: readonly string[]
): Program {
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(PROJECT, "deno.json")));
  const command = String(tasks[task].command).split(" ");
  const where = ["--root", place.library, "--config", join(place.library, "config", "config.yaml")];
  return {
    command: [...command, ...argv, ...where],
    cwd: PROJECT,
    env: {
      BACKUP_PATH: place.store,
      BACKUP_ADMIN_PASSWORD: "a long enough bench passphrase",
      TZ: "Asia/Shanghai",
      LOG_LEVEL: "WARNING",
      ...place.env,
    },
  };
}

/** Shuku Backup itself, as a person runs it. */
export const ours: Contestant = {
  name: "shuku-backup",
  needs: [],
  create: ({ library, work }) =>
    Promise.resolve({
      ...ourVerb("shuku", { library, store: work }, "backup", "--json"),
      made: work,
    }),
  validate: ({ library, store, backupId }) =>
    Promise.resolve(ourVerb("shuku", { library, store }, "validate", backupId, "--json")),
  restore: ({ target, store, backupId }) =>
    Promise.resolve(
      ourVerb(
        "shuku",
        { library: target, store },
        "restore",
        backupId,
        "--yes",
        "--json",
        "--no-snapshot",
      ),
    ),
};
