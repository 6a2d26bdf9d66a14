import { AppError } from "../base/errors.ts";
import { foldPath } from "./entry_path.ts";
import { NameTable } from "./name_table.ts";

/**
 * The names of one archive, which must all be different files on any system.
 *
 * Names that differ only in case or Unicode normalisation are one file on macOS and Windows, and a name
 * cannot be a file and a folder at once.
 */
export class EntryNames {
  readonly #files = new NameTable();
  readonly #folders = new NameTable();
  #lastFolder = "";

  /**
   * Adds a file's name.
   *
   * @throws {AppError} `archive.hostile` when it collides with one added before; nothing is added then.
   */
  addFile(path: string): void {
    const folded = foldPath(path);
    if (this.#folders.has(folded)) throw collision(path, "a folder has the same name");
    this.#checkParents(path, folded);
    if (!this.#files.add(folded)) throw collision(path, "the name occurs twice");
    this.#addParents(folded);
  }

  /** Adds a folder's name, without the `/` at its end. Any number of times. */
  addFolder(path: string): void {
    const folded = foldPath(path);
    if (this.#files.has(folded)) throw collision(path, "a file has the same name");
    this.#checkParents(path, folded);
    this.#addParents(`${folded}/`);
  }

  #checkParents(path: string, folded: string): void {
    const folder = folded.slice(0, folded.lastIndexOf("/") + 1);
    if (folder === this.#lastFolder) return;
    for (const parent of parentsOf(folded)) {
      if (this.#files.has(parent)) throw collision(path, "a file has the name of its folder");
    }
  }

  /** A library has many files in few folders: most calls find the folder of the call before. */
  #addParents(folded: string): void {
    const folder = folded.slice(0, folded.lastIndexOf("/") + 1);
    if (folder === this.#lastFolder) return;
    for (const parent of parentsOf(folded)) this.#folders.add(parent);
    this.#lastFolder = folder;
  }
}

function* parentsOf(folded: string): Generator<string> {
  for (let at = folded.indexOf("/"); at >= 0; at = folded.indexOf("/", at + 1)) {
    yield folded.slice(0, at);
  }
}

function collision(path: string, found: string): AppError {
  return new AppError("archive.hostile", { path: path.slice(0, 300), found, collides: true });
}
