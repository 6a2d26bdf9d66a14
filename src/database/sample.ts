import { DatabaseSync } from "node:sqlite";

/** A book of the demo's library. */
export interface SampleBook {
  /** Its title. */
  readonly title: string;
  /** Who wrote it. */
  readonly author: string;
  /** The shelf it stands on. */
  readonly category: string;
  /** File name in the covers folder; `null` when the book has none. */
  readonly coverPath: string | null;
}

/**
 * Adds books to the demo's library, which is made when it is missing: a few tables as a novel library has
 * them, in WAL mode, so that backing it up shows the real thing.
 *
 * @param path Path of the database; its folder must exist.
 * @param books What to add, in one transaction.
 */
export function addSampleBooks(path: string, books: readonly SampleBook[]): Promise<void> {
  using database = new DatabaseSync(path, { timeout: 5000 });
  database.exec("PRAGMA journal_mode=WAL");
  database.exec("BEGIN IMMEDIATE");
  database.exec(SCHEMA);
  const authorId = database.prepare("SELECT id FROM authors WHERE name = ?");
  const addAuthor = database.prepare("INSERT OR IGNORE INTO authors (name) VALUES (?)");
  const tagId = database.prepare("SELECT id FROM tags WHERE name = ?");
  const addTag = database.prepare("INSERT OR IGNORE INTO tags (name) VALUES (?)");
  const addBook = database.prepare(
    "INSERT INTO books (library_id, title, author_id, cover_path) VALUES (1, ?, ?, ?)",
  );
  const addBookTag = database.prepare("INSERT INTO book_tags (book_id, tag_id) VALUES (?, ?)");
  for (const { title, author, category, coverPath } of books) {
    addAuthor.run(author);
    addTag.run(category);
    const { lastInsertRowid } = addBook.run(title, authorId.get(author)?.["id"] ?? null, coverPath);
    addBookTag.run(lastInsertRowid, tagId.get(category)?.["id"] ?? null);
  }
  database.exec("COMMIT");
  return Promise.resolve();
}

const SCHEMA = `
CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
CREATE TABLE IF NOT EXISTS users (
  id INTEGER PRIMARY KEY,
  username VARCHAR(50) NOT NULL UNIQUE,
  password_hash VARCHAR(255) NOT NULL,
  is_admin BOOLEAN NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS libraries (id INTEGER PRIMARY KEY, name VARCHAR(100) NOT NULL);
CREATE TABLE IF NOT EXISTS authors (id INTEGER PRIMARY KEY, name VARCHAR(100) NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS tags (id INTEGER PRIMARY KEY, name VARCHAR(50) NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS books (
  id INTEGER PRIMARY KEY,
  library_id INTEGER NOT NULL REFERENCES libraries (id),
  title VARCHAR(200) NOT NULL,
  author_id INTEGER REFERENCES authors (id),
  cover_path VARCHAR(500),
  added_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX IF NOT EXISTS ix_books_title ON books (title);
CREATE TABLE IF NOT EXISTS book_tags (
  book_id INTEGER NOT NULL REFERENCES books (id),
  tag_id INTEGER NOT NULL REFERENCES tags (id),
  PRIMARY KEY (book_id, tag_id)
);
INSERT OR IGNORE INTO alembic_version (version_num) VALUES ('20260115');
INSERT OR IGNORE INTO libraries (id, name) VALUES (1, '古典书库');
-- '!' is no password hash: nobody can sign in to the sample library with it.
INSERT OR IGNORE INTO users (id, username, password_hash, is_admin)
  VALUES (1, 'admin', '!', 1), (2, 'reader', '!', 0);
`;
