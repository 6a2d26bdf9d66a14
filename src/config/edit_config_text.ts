/**
 * Changes to the text of a configuration by place: what is not a changed value stays byte for byte.
 *
 * @module
 */
import {
  type CST,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  type Pair,
  type YAMLMap,
} from "yaml";
import type { ParsedConfig } from "./read.ts";
import { writeAfterColon, writeEntry, writeInline } from "./write_yaml.ts";
import type { YamlEntry, YamlMap, YamlValue } from "./yaml_tree.ts";

/** A key and the value that it is to have. */
export type Setting = Pick<YamlEntry, "key" | "value">;

interface FlowChanges {
  readonly removed: Pair[];
  readonly added: Setting[];
}

/** The value is written in a place that cannot be changed by itself. */
export class NotEditable extends Error {
  override readonly name = "NotEditable";
}

/** Collects changes to one text. What they make of it is for the caller to read again and compare. */
export class ConfigEditor {
  readonly #text: string;
  readonly #leavesMark: boolean;
  readonly #lineBreak: string;
  /** Where the mapping of a document that has none would stand. */
  readonly #emptyRoot: readonly [from: number, to: number];
  readonly #flow = new Map<YAMLMap, FlowChanges>();
  readonly #edits: { readonly from: number; readonly to: number; readonly text: string }[] = [];

  /** @param options `leavesMark`: an empty comment takes the place of lines that are removed. */
  constructor({ text, emptyRoot }: ParsedConfig, options: { leavesMark?: boolean } = {}) {
    this.#text = text;
    this.#leavesMark = options.leavesMark ?? false;
    const end = /(?<=^\ufeff?)\.\.\.\s/m.exec(text)?.index ?? text.length;
    this.#emptyRoot = emptyRoot ?? [end, end];
    this.#lineBreak = /\r\n|\n/.exec(text)?.[0] ?? "\n";
  }

  /**
   * Gives the entry of a mapping another value.
   *
   * @throws {NotEditable} The mapping does not say it itself.
   */
  replace({ node }: YamlMap, { pairs }: YamlEntry, value: YamlValue): void {
    const pair = pairs.at(-1);
    if (!isMap(node) || !isPair(pair)) throw new NotEditable();
    const colon = tokensOf(pair.srcToken?.sep).find(({ type }) => type === "map-value-ind");
    const to = trimEnd(this.#text, endOfPair(pair));
    if (colon === undefined) {
      if (node.flow !== true) throw new NotEditable();
      return this.#edit(to, to, `: ${writeInline(value)}`);
    }
    const afterColon = colon.offset + 1;
    const indent = this.#indentOf(pair);
    const written = node.flow === true || indent === null || isExplicit(pair)
      ? ` ${writeInline(value)}`
      : writeAfterColon(value, { indent, lineBreak: this.#lineBreak });
    const old = startOfValue(pair, afterColon);
    const isSameLine = old < to && !hasBreak(this.#text.slice(afterColon, old));
    // What is between the colon and a value on its line, and what follows, stays.
    if (isSameLine && written.startsWith(" ")) this.#edit(old, to, written.slice(1));
    else this.#edit(afterColon, Math.max(afterColon, to), written);
  }

  /** `backup: *base` becomes `backup: {<<: *base, backup_path: …}`: the base may be others', too. */
  mergeOver({ node }: YamlMap, { pairs }: YamlEntry, { entries }: YamlMap): void {
    const pair = pairs.at(-1);
    const alias = isPair(pair) ? pair.value : null;
    if (node === null || !isAlias(alias) || !alias.range) throw new NotEditable();
    const [from, to] = alias.range;
    this.#edit(
      from,
      to,
      `{<<: ${[this.#text.slice(from, to), ...rowsOf(entries.values())].join(", ")}}`,
    );
  }

  /** Removes every line, or part of a line, in which a mapping gives a key. @throws {NotEditable} */
  remove({ node }: YamlMap, { pairs }: YamlEntry): void {
    const own = pairs.filter((pair) => isPair(pair));
    if (!isMap(node) || own.length === 0) throw new NotEditable();
    if (node.flow === true) this.#flowChanges(node).removed.push(...own);
    else for (const pair of own) this.#removeLines(pair);
  }

  /** Adds entries to a mapping: behind its last one, in its own style. @throws {NotEditable} */
  insert({ node }: YamlMap, settings: readonly Setting[]): void {
    if (!isMap(node)) this.#append(settings);
    else if (node.flow === true) this.#flowChanges(node).added.push(...settings);
    else this.#insertLines(node, settings);
  }

  /** The text with every change made. @throws {NotEditable} Two of them meet. */
  finish(): string {
    for (const [node, changes] of this.#flow) this.#changeFlow(node, changes);
    let text = "";
    let done = 0;
    for (const edit of this.#edits.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
      if (edit.from < done) throw new NotEditable();
      text += this.#text.slice(done, edit.from) + edit.text;
      done = edit.to;
    }
    return text + this.#text.slice(done);
  }

  #removeLines(pair: Pair): void {
    const { from } = this.#lineOf(pair);
    const end = endOfPair(pair);
    const to = isAtLineStart(this.#text, end) ? end : nextLine(this.#text, end);
    this.#edit(from, to, this.#leavesMark ? `#${this.#lineBreak}` : "");
  }

  #flowChanges(node: YAMLMap): FlowChanges {
    const changes = this.#flow.get(node) ?? { removed: [], added: [] };
    this.#flow.set(node, changes);
    return changes;
  }

  /** Each item but the first has the comma before it; one that becomes the first loses its own. */
  #changeFlow(node: YAMLMap, { removed, added }: FlowChanges): void {
    const kept = node.items.filter((pair) => !removed.includes(pair));
    for (const pair of [...removed, ...kept.slice(0, 1)]) this.#removeComma(pair);
    for (const pair of removed) this.#edit(startOfPair(pair), endOfPair(pair), "");
    const rows = rowsOf(added);
    const last = kept.at(-1);
    const start = node.range?.[0];
    if (rows.length === 0) return;
    if (last !== undefined) this.#edit(endOfPair(last), endOfPair(last), `, ${rows.join(", ")}`);
    else if (start !== undefined) this.#edit(start + 1, start + 1, rows.join(", "));
    else throw new NotEditable();
  }

  /** With the space behind it, where there is only that. */
  #removeComma(pair: Pair): void {
    const comma = tokensOf(pair.srcToken?.start).find(({ type }) => type === "comma");
    if (comma === undefined) return;
    const [from, to] = [comma.offset, startOfPair(pair)];
    const isBare = this.#text.slice(from + 1, to).trim() === "";
    this.#edit(from, isBare ? to : from + 1, "");
  }

  #insertLines(node: YAMLMap, settings: readonly Setting[]): void {
    const last = lastOf(node);
    if (last === undefined) throw new NotEditable();
    const { from, indent } = this.#lineOf(last);
    const rows = this.#rows(settings, indent);
    const end = endOfPair(last);
    const isOpen = isBlockScalar(lastValue(last)) && end === this.#text.length &&
      !isAtLineStart(this.#text, end);
    // A block of text that runs to the very end would become longer by a line break.
    if (isOpen) this.#edit(from, from, rows + this.#lineBreak);
    else this.#addLine(isAtLineStart(this.#text, end) ? end : nextLine(this.#text, end), rows);
  }

  #append(settings: readonly Setting[]): void {
    const [from, to] = this.#emptyRoot;
    const rows = this.#rows(settings, "");
    if (from === to) return this.#addLine(from, rows);
    this.#edit(from, to, isAtLineStart(this.#text, from) ? rows : this.#lineBreak + rows);
  }

  #rows(settings: readonly Setting[], indent: string): string {
    const lineBreak = this.#lineBreak;
    return settings.map(({ key, value }) => writeEntry(key, value, { indent, lineBreak }))
      .join(lineBreak);
  }

  /** Whether the last line ends with a break stays as it was. */
  #addLine(at: number, line: string): void {
    this.#edit(
      at,
      at,
      isAtLineStart(this.#text, at) ? line + this.#lineBreak : this.#lineBreak + line,
    );
  }

  /** Where the line of a block mapping's entry begins. */
  #lineOf(pair: Pair): { from: number; indent: string } {
    const indent = this.#indentOf(pair);
    if (indent === null) throw new NotEditable();
    return { from: startOfPair(pair) - indent.length, indent };
  }

  /** The spaces before an entry that begins its line; `null` where something else does. */
  #indentOf(pair: Pair): string | null {
    const start = startOfPair(pair);
    const indent = / *$/.exec(this.#text.slice(0, start))?.[0] ?? "";
    return isAtLineStart(this.#text, start - indent.length) ? indent : null;
  }

  #edit(from: number, to: number, text: string): void {
    this.#edits.push({ from, to, text });
  }
}

function rowsOf(settings: Iterable<Setting>): string[] {
  return [...settings].map(({ key, value }) => `${writeInline(key)}: ${writeInline(value)}`);
}

const BYTE_ORDER_MARK = "\ufeff";
const BREAK = /[\r\n\u0085\u2028\u2029]/;

function hasBreak(text: string): boolean {
  return BREAK.test(text);
}

function isAtLineStart(text: string, at: number): boolean {
  return at === 0 || hasBreak(text.charAt(at - 1)) ||
    (at === 1 && text.startsWith(BYTE_ORDER_MARK));
}

/** The place behind the line break that follows `at`; the end where none does. */
function nextLine(text: string, at: number): number {
  const rest = BREAK.exec(text.slice(at));
  if (rest === null) return text.length;
  const found = at + rest.index;
  return found + (text.startsWith("\r\n", found) ? 2 : 1);
}

/** `? key` on a line of its own, and its value behind a colon on the next. */
function isExplicit({ srcToken }: Pair): boolean {
  return tokensOf(srcToken?.start).some(({ type }) => type === "explicit-key-ind");
}

function trimEnd(text: string, at: number): number {
  return text.slice(0, at).trimEnd().length;
}

function tokensOf(tokens: readonly CST.SourceToken[] | undefined): readonly CST.SourceToken[] {
  return tokens ?? [];
}

function lastOf(node: YAMLMap): Pair | undefined {
  return node.items.at(-1);
}

/** Where an entry begins: its key, or what stands before that and belongs to it. */
function startOfPair({ srcToken }: Pair): number {
  const first = [...tokensOf(srcToken?.start), srcToken?.key, ...tokensOf(srcToken?.sep)].find(
    (token) =>
      token !== undefined && token !== null &&
      !["space", "comment", "newline", "comma"].includes(token.type),
  );
  if (first === undefined || first === null) throw new NotEditable();
  return first.offset;
}

/** Where a value begins, with its anchor and tag. */
function startOfValue({ srcToken, value }: Pair, afterColon: number): number {
  const prop = tokensOf(srcToken?.sep).find(({ type, offset }) =>
    offset >= afterColon && (type === "anchor" || type === "tag")
  );
  const range = isScalar(value) || isAlias(value) || isCollection(value) ? value.range : null;
  return prop?.offset ?? range?.[0] ?? afterColon;
}

/** Where the last character of an entry ends; of a block of text, with its line breaks. */
function endOfPair(pair: Pair): number {
  const value = lastValue(pair);
  const range = isScalar(value) || isAlias(value) || isCollection(value) ? value.range : null;
  if (range === null || range === undefined) throw new NotEditable();
  return range[1];
}

/** What ends an entry: the last part of a collection that is written over several lines. */
function lastValue({ key, value }: Pair): unknown {
  let last: unknown = value ?? key;
  while (isCollection(last) && last.flow !== true) {
    const item: unknown = last.items.at(-1);
    last = isMap(last) ? (item as Pair).value ?? (item as Pair).key : item;
  }
  return last;
}

function isBlockScalar(node: unknown): boolean {
  return isScalar(node) && node.type?.startsWith("BLOCK") === true;
}
