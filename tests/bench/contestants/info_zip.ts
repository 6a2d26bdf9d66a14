import { join } from "node:path";
import { COPY_DATABASE } from "./copy_database.ts";
import { type Contestant, shell } from "./contestant.ts";

/** SQLite's own shell and Info-ZIP. */
export const infoZip: Contestant = {
  name: "sqlite3 + Info-ZIP",
  needs: ["sqlite3", "zip", "unzip", "md5sum"],
  create: ({ library, work }) => {
    const made = join(work, "backup.zip");
    const script = `${COPY_DATABASE}
      zip -q -r -6 "$WORK/backup.zip" library.db
      cd "$LIBRARY"
      zip -q -r -6 "$WORK/backup.zip" covers config alembic
      rm -r "$WORK/copy"
      md5sum "$WORK/backup.zip"`;
    return Promise.resolve({ ...shell(script, { LIBRARY: library, WORK: work }), made });
  },
  validate: ({ archive }) => Promise.resolve({ command: ["unzip", "-tqq", archive] }),
  restore: ({ archive, target, work }) => {
    const script = `unzip -qq "$ARCHIVE" -d "$WORK"
      sqlite3 "$WORK/database/library.db" ".backup '$TARGET/data/library.db'"
      rm -rf "$TARGET/covers"
      mv "$WORK/covers" "$TARGET/covers"
      cp "$WORK"/config/*.yaml "$TARGET/config/"`;
    return Promise.resolve(shell(script, { ARCHIVE: archive, TARGET: target, WORK: work }));
  },
};
