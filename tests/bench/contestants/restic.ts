import { join } from "node:path";
import { runMeasured } from "../measure/run_measured.ts";
import { type Contestant, shell } from "./contestant.ts";

/** restic's first backup of the same files, into an empty repository; the database is read as it lies. */
export const restic: Contestant = {
  name: "restic (first backup)",
  needs: ["restic"],
  create: async ({ library, work }) => {
    const made = join(work, "repository");
    const env = {
      RESTIC_REPOSITORY: made,
      RESTIC_PASSWORD: "bench",
      RESTIC_CACHE_DIR: join(work, "cache"),
    };
    await runMeasured({ command: ["restic", "init", "-q", "--repository-version", "2"], env });
    const script = `cd "$LIBRARY" && restic backup -q data/library.db covers config alembic`;
    return { ...shell(script, { ...env, LIBRARY: library }), made };
  },
};
