/** The tables that matter for size and speed, named as the library names them, and text in chapters. */
export const SCHEMA = `
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY);
INSERT INTO alembic_version VALUES ('20260208_translations');
CREATE TABLE users (
  id INTEGER PRIMARY KEY, username VARCHAR(50) NOT NULL UNIQUE,
  password_hash VARCHAR(255) NOT NULL, is_admin BOOLEAN
);
INSERT INTO users VALUES (1, 'admin', '!', 1), (2, 'reader', '!', 0);
CREATE TABLE libraries (id INTEGER PRIMARY KEY, name VARCHAR(100) NOT NULL);
INSERT INTO libraries VALUES (1, '书库');
CREATE TABLE authors (id INTEGER PRIMARY KEY, name VARCHAR(100) NOT NULL);
CREATE UNIQUE INDEX ix_authors_name ON authors (name);
CREATE TABLE books (
  id INTEGER PRIMARY KEY, library_id INTEGER NOT NULL REFERENCES libraries (id),
  title VARCHAR(200) NOT NULL, author_id INTEGER REFERENCES authors (id),
  cover_path VARCHAR(500), description TEXT,
  added_at DATETIME NOT NULL DEFAULT '2026-01-15 23:00:00'
);
CREATE INDEX ix_books_title ON books (title);
CREATE INDEX ix_books_added_at ON books (added_at);
CREATE TABLE chapters (
  id INTEGER PRIMARY KEY, book_id INTEGER NOT NULL REFERENCES books (id),
  number INTEGER NOT NULL, title VARCHAR(200) NOT NULL, content TEXT NOT NULL
);
CREATE UNIQUE INDEX ix_chapters_book ON chapters (book_id, number);
CREATE TABLE reading_progress (
  id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id),
  book_id INTEGER NOT NULL, position INTEGER NOT NULL, note TEXT
);
`;
