/** A pattern, cut at its slashes. */
type Pattern = readonly RegExp[];

/**
 * Names files and folders by patterns such as `data/avatars` and `data/*.json`; a folder is named with all it holds.
 *
 * `*` stands for any part of a name and `?` for one character of it; neither stands for a slash, nor for the dot that a
 * name begins with. Names are compared as they are read, in whichever Unicode form.
 */
export class PathPatterns {
  /** As they were given. */
  readonly texts: readonly string[];
  readonly #patterns: readonly Pattern[];

  /** @param texts Relative paths with `/` between the names, without `.` and `..`. */
  constructor(texts: readonly string[]) {
    this.texts = texts;
    this.#patterns = texts.map((text) => text.normalize("NFC").split("/").map(nameRule));
  }

  /** Tells whether a file is named, or lies in a folder that is. */
  has(path: string): boolean {
    const names = namesOf(path);
    return this.#patterns.some((pattern) => isNamed(pattern, names));
  }

  /** Tells whether anything that a folder holds may be named. */
  mayHold(folder: string): boolean {
    const names = namesOf(folder);
    return this.#patterns.some((pattern) =>
      pattern.every((rule, at) => names[at] === undefined || rule.test(names[at]))
    );
  }

  /** The outermost folder that is named and that a file lies in; `null` for a file that is named itself, or not at all. */
  folderOf(path: string): string | null {
    const names = namesOf(path);
    const lengths = this.#patterns.filter((pattern) => isNamed(pattern, names))
      .map(({ length }) => length);
    const shortest = Math.min(...lengths);
    return shortest < names.length ? path.split("/").slice(0, shortest).join("/") : null;
  }

  /** Which of {@linkcode PathPatterns.texts} name a file. */
  whichName(path: string): readonly string[] {
    const names = namesOf(path);
    return this.texts.filter((_, index) => isNamed(this.#patterns[index] ?? [], names));
  }
}

/** The folders and the name that a pattern begins with and that stand for nothing but themselves. */
export function plainStart(text: string): string {
  const names = text.split("/");
  const wild = names.findIndex((name) => /[*?]/.test(name));
  return (wild < 0 ? names : names.slice(0, wild)).join("/");
}

function isNamed(pattern: Pattern, names: readonly string[]): boolean {
  return pattern.length <= names.length && pattern.every((rule, at) => rule.test(names[at] ?? ""));
}

function namesOf(path: string): string[] {
  return path.normalize("NFC").split("/");
}

function nameRule(name: string): RegExp {
  const rule = name.replaceAll(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${/^[*?]/.test(name) ? "(?!\\.)" : ""}${rule}$`, "su");
}
