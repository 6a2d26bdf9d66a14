/** First lines of the scripts: a consistent copy of `$LIBRARY`'s database in `$WORK/copy`, which they enter. */
export const COPY_DATABASE = `mkdir "$WORK/copy"
  sqlite3 "$LIBRARY/data/library.db" ".backup '$WORK/copy/library.db'"
  cd "$WORK/copy"`;
