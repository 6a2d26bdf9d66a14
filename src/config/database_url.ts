import { Refusal, type Rule } from "./rules.ts";

const EXPECTED = {
  en:
    "a SQLite file such as sqlite+aiosqlite:///data/library.db, sqlite:////srv/library.db or a bare path",
  zh: "SQLite 文件，如 sqlite+aiosqlite:///data/library.db、sqlite:////srv/library.db 或文件路径",
};

/**
 * Reads the path out of a database URL as SQLAlchemy writes it: after the scheme, three slashes begin a
 * relative path and four an absolute one. Anything without a scheme is a path already.
 *
 * A refusal shows the scheme alone, since a URL of another database may hold a password.
 *
 * @see https://docs.sqlalchemy.org/en/20/core/engines.html#sqlite
 */
export const databaseFile: Rule<string> = (raw): string | Refusal => {
  if (typeof raw !== "string" || raw.trim() === "" || raw.includes("\0")) {
    return new Refusal(EXPECTED);
  }
  const url = raw.trim();
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1];
  if (scheme === undefined) {
    return /^(?::memory:|file:)/i.test(url) ? new Refusal(EXPECTED) : url;
  }
  const path = /^sqlite(?:\+[a-z0-9]+)?:\/\/\/([^?]+)/i.exec(url)?.[1];
  return path === undefined || /^(?::memory:|file:)/i.test(path)
    ? new Refusal(EXPECTED, `${scheme}://…`)
    : path;
};
