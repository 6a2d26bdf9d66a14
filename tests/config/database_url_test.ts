import assert from "node:assert/strict";
import { databaseFile } from "../../src/config/database_url.ts";
import { Refusal } from "../../src/config/rules.ts";

Deno.test("databaseFile() reads the path out of every form of a SQLite URL", () => {
  const cases: Record<string, string | null> = {
    "sqlite+aiosqlite:///data/library.db": "data/library.db",
    "sqlite:///data/library.db": "data/library.db",
    "sqlite:////srv/library.db": "/srv/library.db",
    "sqlite+aiosqlite:////srv/library.db?timeout=5": "/srv/library.db",
    "data/library.db": "data/library.db",
    "/srv/书库.db": "/srv/书库.db",
    "sqlite://": null,
    "sqlite:///": null,
    "sqlite:///:memory:": null,
    ":memory:": null,
    "file:library.db?mode=ro": null,
    "mysql://u:p@h/db": null,
    " ": null,
    "a\0b": null,
  };
  for (const [url, path] of Object.entries(cases)) {
    const found = databaseFile(url, "file");
    assert.equal(found instanceof Refusal ? null : found, path, url);
  }
  assert(databaseFile(5, "file") instanceof Refusal);
});
