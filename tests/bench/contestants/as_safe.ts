import { type Contestant, shell } from "./contestant.ts";

/**
 * What a restore must do besides unpacking so that it can be trusted and taken back, with the tools of every system: hash
 * the archive and every file, have SQLite check the database, keep a copy of the old one, and flush all of it.
 */
export const asSafe: Contestant = {
  name: "sqlite3 + Info-ZIP, as safe",
  needs: ["sqlite3", "unzip", "sha256sum", "sync", "find"],
  restore: ({ archive, target, work }) => {
    const script = `sha256sum "$ARCHIVE" > "$WORK.sums"
      unzip -qq "$ARCHIVE" -d "$WORK"
      find "$WORK" -type f -exec sha256sum {} + >> "$WORK.sums"
      sqlite3 "$WORK/database/library.db" "PRAGMA integrity_check" >> "$WORK.sums"
      sqlite3 "$TARGET/data/library.db" ".backup '$WORK/old.db'"
      find "$WORK" -type f -exec sync -d {} +
      sqlite3 "$WORK/database/library.db" ".backup '$TARGET/data/library.db'"
      rm -rf "$TARGET/covers"
      mv "$WORK/covers" "$TARGET/covers"
      cp "$WORK"/config/*.yaml "$TARGET/config/"
      rm "$WORK.sums"`;
    return Promise.resolve(shell(script, { ARCHIVE: archive, TARGET: target, WORK: work }));
  },
};
