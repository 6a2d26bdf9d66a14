import { foldName } from "../fold_name.ts";

/** Comments, texts and quoted names, words, spaces, and whatever else there is, one character each. */
const TOKENS =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[\p{L}_$][\p{L}\p{N}_$]*|\s+|[\s\S]/gu;

/** A table constraint begins with one of these; a column's name that is one of them is quoted. */
const CONSTRAINTS = /^(?:CONSTRAINT|PRIMARY|UNIQUE|CHECK|FOREIGN)$/i;

/** The definition of one column, as it is written in `CREATE TABLE`. */
export interface ColumnDefinition {
  readonly name: string;
  /** Without comments. */
  readonly sql: string;
}

/**
 * Splits the definition of a table, as SQLite keeps it, into its columns.
 *
 * @returns Columns in their order; constraints of the table are left out.
 * @see https://sqlite.org/lang_createtable.html
 */
export function readColumns(sql: string): ColumnDefinition[] {
  const tokens = tokensOf(sql);
  return splitBody(tokens).flatMap(([start, end]) => {
    const first = tokens[start] ?? "";
    if (first === "" || CONSTRAINTS.test(first)) return [];
    return [{ name: unquote(first), sql: tokens.slice(start, end).join("").trim() }];
  });
}

/** Puts another definition in the place of a column's; `null` when there is no such column. */
export function replaceColumn(sql: string, column: string, definition: string): string | null {
  const tokens = tokensOf(sql);
  for (const [start, end] of splitBody(tokens)) {
    const first = tokens[start] ?? "";
    if (CONSTRAINTS.test(first) || foldName(unquote(first)) !== foldName(column)) continue;
    return tokens.slice(0, start).join("") + definition + tokens.slice(end).join("");
  }
  return null;
}

/**
 * Gives the definition of a table without what SQLite needs its own program's collations and functions for, to make it:
 * an empty table is the same on disk with and without.
 */
export function withoutRules(sql: string): string {
  const tokens = tokensOf(sql);
  const pieces = splitBody(tokens);
  const [first] = pieces;
  const last = pieces.at(-1);
  if (first === undefined || last === undefined) return sql;
  const kept = pieces.map(([start, end]) => tokens.slice(start, end).join(""))
    .map((piece) => withoutClause(withoutClause(piece, "COLLATE"), "CHECK"))
    .filter((piece) => piece.trim() !== "");
  return tokens.slice(0, first[0]).join("") + kept.join(", ") + tokens.slice(last[1]).join("");
}

/**
 * Takes a clause out of a definition: `COLLATE name`, `UNIQUE`, `CHECK (…)`, each with its `CONSTRAINT name` and
 * `ON CONFLICT …`.
 */
export function withoutClause(sql: string, clause: "COLLATE" | "UNIQUE" | "CHECK"): string {
  const words = tokensOf(sql);
  const kept: string[] = [];
  for (let at = 0; at < words.length;) {
    if (!isWord(words[at], clause) || isTableConstraint(words, at)) {
      kept.push(words[at] ?? "");
      at += 1;
      continue;
    }
    dropConstraintName(kept);
    at = endOfClause(words, at, clause);
  }
  return kept.join("");
}

/** Tells whether a definition has a clause that begins with this word. */
export function hasClause(sql: string, clause: string): boolean {
  return tokensOf(sql).some((token) => isWord(token, clause));
}

/** The expression of a generated column, with its parentheses; `null` when it is none. */
export function generatedBy(sql: string): string | null {
  const tokens = tokensOf(sql);
  const as = tokens.findIndex((token) => isWord(token, "AS"));
  const open = tokens.indexOf("(", as);
  return as < 0 || open < 0 ? null : tokens.slice(open, endOfGroup(tokens, open)).join("");
}

/** Comments say nothing to SQLite, and one that ends a line must not swallow what comes to stand behind it. */
function tokensOf(sql: string): string[] {
  return (sql.match(TOKENS) ?? []).map((token) => /^(?:--|\/\*)/.test(token) ? " " : token);
}

/** Where the pieces between the commas of the outermost parentheses begin, space aside, and end. */
function splitBody(tokens: readonly string[]): [start: number, end: number][] {
  const open = tokens.indexOf("(");
  if (open < 0) return [];
  const close = endOfGroup(tokens, open) - 1;
  const commas: number[] = [];
  let depth = 0;
  for (let at = open + 1; at < close; at += 1) {
    if (tokens[at] === "(") depth += 1;
    if (tokens[at] === ")") depth -= 1;
    if (tokens[at] === "," && depth === 0) commas.push(at);
  }
  const ends = [...commas, close];
  return ends.map((end, index) => [next(tokens, ends[index - 1] ?? open), end]);
}

/** Behind the parenthesis that closes the one at `open`. */
function endOfGroup(tokens: readonly string[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (tokens[at] === "(") depth += 1;
    if (tokens[at] === ")") depth -= 1;
    if (depth === 0) return at + 1;
  }
  return tokens.length;
}

/** `UNIQUE (a, b)` belongs to the table, and names columns that stay. */
function isTableConstraint(tokens: readonly string[], at: number): boolean {
  return isWord(tokens[at], "UNIQUE") && tokens[next(tokens, at)] === "(";
}

function endOfClause(
  tokens: readonly string[],
  start: number,
  clause: "COLLATE" | "UNIQUE" | "CHECK",
): number {
  let at = start + 1;
  if (clause === "COLLATE") return next(tokens, start) + 1;
  if (clause === "CHECK") at = endOfGroup(tokens, next(tokens, start));
  const [on, conflict] = [next(tokens, at - 1), next(tokens, next(tokens, at - 1))];
  const isFollowed = isWord(tokens[on], "ON") && isWord(tokens[conflict], "CONFLICT");
  return isFollowed ? next(tokens, conflict) + 1 : at;
}

/** Takes `CONSTRAINT name` off the end. */
function dropConstraintName(kept: string[]): void {
  const words = kept.flatMap((token, index) => token.trim() === "" ? [] : [index]);
  const at = words.at(-2);
  if (at !== undefined && isWord(kept[at], "CONSTRAINT")) kept.length = at;
}

/** The next token that is not space. */
function next(tokens: readonly string[], at: number): number {
  let index = at + 1;
  while (index < tokens.length && tokens[index]?.trim() === "") index += 1;
  return index;
}

function isWord(token: string | undefined, word: string): boolean {
  return token?.toUpperCase() === word;
}

function unquote(name: string): string {
  const quote = name[0] ?? "";
  if (quote === "[") return name.slice(1, -1);
  if (!`"'\``.includes(quote) || quote === "") return name;
  return name.slice(1, -1).replaceAll(quote + quote, quote);
}
