import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ChineseText } from "./chinese_text.ts";
import { coverImage } from "./cover_image.ts";
import { copyFolder, removeIfThere } from "./folders.ts";
import { Random } from "./random.ts";
import { SCHEMA } from "./schema.ts";
import { textFile, type TextSource } from "./text_source.ts";

/** What a library is made of; the same specification gives the same bytes. */
export interface LibrarySpec {
  /** Bytes of text, as UTF-8, in its chapters. */
  readonly textBytes: number;
  readonly covers: number;
  readonly seed: number;
  /** A file of real text to take the chapters from; without it they are written here. */
  readonly text?: string;
}

/** Raised when the maker changes, so that kept libraries are made anew. */
const VERSION = 2;
const CHAPTER_BYTES = 8_000;
const CHAPTERS_PER_BOOK = 60;
const COVERS_PER_FOLDER = 1_000;
const SAMPLE = join(import.meta.dirname ?? ".", "../../fixtures/sooklib/library");

/**
 * Makes a library in `root`, or keeps the one that is there when it was made to the same specification.
 *
 * @param root Its folder; emptied when it holds another library of the bench.
 * @returns Whether one was made.
 */
export async function makeLibrary(root: string, spec: LibrarySpec): Promise<boolean> {
  const stamp = JSON.stringify({ version: VERSION, ...spec });
  const stampPath = join(root, "spec.json");
  if (await readIfThere(stampPath) === stamp) return false;
  await removeIfThere(root);
  await Deno.mkdir(join(root, "data"), { recursive: true });
  for (const folder of ["config", "alembic"]) {
    await copyFolder(join(SAMPLE, folder), join(root, folder));
  }
  const covers = await makeCovers(join(root, "covers"), spec);
  await makeDatabase(join(root, "data", "library.db"), spec, covers);
  await Deno.writeTextFile(stampPath, stamp);
  return true;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function makeCovers(folder: string, spec: LibrarySpec): Promise<string[]> {
  const random = new Random(spec.seed + 1);
  const paths: string[] = [];
  await Deno.mkdir(folder, { recursive: true });
  for (let index = 0; index < spec.covers; index++) {
    const shelf = String(Math.floor(index / COVERS_PER_FOLDER)).padStart(3, "0");
    if (index % COVERS_PER_FOLDER === 0) await Deno.mkdir(join(folder, shelf));
    const path = `${shelf}/${index + 1}.jpg`;
    Deno.writeFileSync(join(folder, path), coverImage(random));
    paths.push(path);
  }
  return paths;
}

async function makeDatabase(path: string, spec: LibrarySpec, covers: readonly string[]) {
  using database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF");
  database.exec(SCHEMA);
  const random = new Random(spec.seed);
  const text = new ChineseText(readPoems(), random);
  const chapters: TextSource = spec.text === undefined ? text : await textFile(spec.text);
  const addBook = database.prepare(
    "INSERT INTO books (library_id, title, author_id, cover_path, description) VALUES (1, ?, ?, ?, ?)",
  );
  const addChapter = database.prepare(
    "INSERT INTO chapters (book_id, number, title, content) VALUES (?, ?, ?, CAST(? AS TEXT))",
  );
  const addAuthor = database.prepare("INSERT OR IGNORE INTO authors (id, name) VALUES (?, ?)");
  const buffer = new Uint8Array(CHAPTER_BYTES * 2);
  let left = spec.textBytes;
  let book = 0;
  database.exec("BEGIN");
  while (left > 0 || book < covers.length) {
    book += 1;
    text.startBook();
    const author = Math.floor(random.fraction() ** 2 * 500) + 1;
    addAuthor.run(author, text.words(2) + author);
    addBook.run(text.words(3), author, covers[book - 1] ?? null, text.words(60));
    for (let number = 1; number <= CHAPTERS_PER_BOOK && left > 0; number++) {
      const room = Math.round(CHAPTER_BYTES * (0.5 + random.fraction()));
      const used = chapters.fill(buffer.subarray(0, Math.max(100, Math.min(room, left))));
      addChapter.run(book, number, text.words(4), buffer.subarray(0, used));
      left -= used + 100;
    }
    if (book % 50 === 0) database.exec("COMMIT; BEGIN");
  }
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
}

function readPoems(): string {
  // immutable: the fixture may lie in a folder that cannot be written.
  using database = new DatabaseSync(`file:${join(SAMPLE, "data/library.db")}?immutable=1`, {
    readOnly: true,
  });
  return database.prepare("SELECT description FROM books ORDER BY id").all()
    .map((row) => String(row["description"])).join("");
}
