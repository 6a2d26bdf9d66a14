import { join } from "node:path";
import { COPY_DATABASE } from "./copy_database.ts";
import { type Contestant, shell } from "./contestant.ts";

/** A tar file through pigz: every core deflates. Nothing is hashed or read back. */
export const pigz: Contestant = {
  name: "sqlite3 + tar + pigz",
  needs: ["sqlite3", "tar", "pigz"],
  create: ({ library, work }) => {
    const script = `${COPY_DATABASE}
      tar -C "$LIBRARY" -cf - covers config alembic -C "$WORK/copy" library.db |
        pigz -6 > "$WORK/backup.tar.gz"
      rm -r "$WORK/copy"`;
    return Promise.resolve({
      ...shell(script, { LIBRARY: library, WORK: work }),
      made: join(work, "backup.tar.gz"),
    });
  },
};
