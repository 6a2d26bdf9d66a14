import { join } from "node:path";
import { COPY_DATABASE } from "./copy_database.ts";
import { type Contestant, shell } from "./contestant.ts";

/** 7-Zip writing a ZIP with its own deflate, on every core. */
export const sevenZip: Contestant = {
  name: "sqlite3 + 7-Zip",
  needs: ["sqlite3", "7z"],
  isSlow: true,
  create: ({ library, work }) => {
    const made = join(work, "backup.zip");
    const script = `${COPY_DATABASE}
      7z a -tzip -mx=5 -mmt=on -bso0 -bsp0 "$WORK/backup.zip" library.db
      cd "$LIBRARY"
      7z a -tzip -mx=5 -mmt=on -bso0 -bsp0 "$WORK/backup.zip" covers config alembic
      rm -r "$WORK/copy"`;
    return Promise.resolve({ ...shell(script, { LIBRARY: library, WORK: work }), made });
  },
  validate: ({ archive }) => Promise.resolve({ command: ["7z", "t", "-bso0", "-bsp0", archive] }),
};
