/**
 * What a YAML document says, as the library's parser reads it, and where in the text it says so.
 *
 * Aliases lead to what they name, merge keys are merged, and of two equal keys the last counts.
 *
 * @see https://github.com/yaml/pyyaml/blob/main/lib/yaml/constructor.py
 * @module
 */
import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { Notice } from "../base/messages/mod.ts";
import { visibleText } from "../base/text.ts";
import { OtherScalar, plainTag, scalarValue, YAML_TAG } from "./plain_scalar.ts";

/** One value. */
export type YamlValue = YamlScalar | YamlList | YamlMap;

/** Text, a number, a date: whatever has no parts. */
export interface YamlScalar {
  readonly kind: "scalar";
  /** `str`, `int` … for YAML's own tags, whole for others: `!secret`. */
  readonly tag: string;
  readonly text: string;
  /** Written without quotes and without a tag of its own. */
  readonly isPlain: boolean;
}

/** A sequence. */
export interface YamlList {
  readonly kind: "list";
  readonly tag: string;
  readonly items: readonly YamlValue[];
}

/** A mapping; entries by {@linkcode keyName}. */
export interface YamlMap {
  readonly kind: "map";
  readonly tag: string;
  readonly entries: ReadonlyMap<string, YamlEntry>;
  /** The parser's own, which knows its place in the text. */
  readonly node: object | null;
}

/** A key and its value. */
export interface YamlEntry {
  readonly key: YamlValue;
  readonly value: YamlValue;
  /** The parser's own, one for each time that the mapping itself says it; the last counts. None where it was merged in. */
  readonly pairs: readonly object[];
  /** A merge key gives the key a value, too. */
  readonly isMerged: boolean;
}

/** The mapping of an empty document. */
export const EMPTY_MAP: YamlMap = { kind: "map", tag: "map", entries: new Map(), node: null };

/** Aliases may not make more values than this out of one document ("billion laughs"). */
const MAX_VALUES = 1_000_000;

/** A document in which aliases stand for more values than any honest one holds. */
export class TooManyAliases extends Error {
  override readonly name = "TooManyAliases";
}

/** An alias of which nothing before it says what it names. */
export class UnknownAlias extends Error {
  override readonly name = "UnknownAlias";

  constructor(readonly alias: string) {
    super(alias);
  }
}

/**
 * Reads the tree of a parsed document; `null` for an empty one.
 *
 * @param text The document was parsed from it.
 * @param warn Hears what the reader of the file should know, such as a key that stands there twice.
 * @throws {TooManyAliases} @throws {UnknownAlias}
 */
export function readTree(
  document: Document,
  text: string,
  warn: (notice: Notice) => void,
): YamlValue | null {
  return document.contents === null ? null : new TreeReader(text, warn).read(document.contents);
}

/** The name of a key in {@linkcode YamlMap.entries}: text is itself, nothing else can equal it. */
export function keyName(key: YamlValue): string {
  return key.kind === "scalar" && key.tag === "str" ? key.text : `\0${identify(key)}`;
}

/** A text that two values share only when the library's parser makes the same of both. */
export function identify(value: YamlValue): string {
  const known = identities.get(value);
  if (known !== undefined) return known;
  const identity = spell(value);
  identities.set(value, identity);
  return identity;
}

const identities = new WeakMap<YamlValue, string>();

function spell(value: YamlValue): string {
  if (value.kind === "list") return `${value.tag}[${value.items.map(identify).join(",")}]`;
  if (value.kind === "map") {
    const rows = [...value.entries].map(([name, entry]) =>
      `${JSON.stringify(name)}:${identify(entry.value)}`
    );
    return `${value.tag}{${rows.toSorted().join(",")}}`;
  }
  const plain = scalarValue(value.tag, value.text);
  const text = plain instanceof OtherScalar ? value.text : String(plain);
  return `${value.tag} ${JSON.stringify(text)}`;
}

/** Plain data: mappings as objects, lists as arrays. What is shared through aliases stays shared. */
export function plainData(value: YamlValue): unknown {
  const made = new Map<YamlValue, unknown>();
  const visit = (node: YamlValue): unknown => {
    if (node.kind === "scalar") return scalarValue(node.tag, node.text);
    if (made.has(node)) return made.get(node);
    const data = node.kind === "list" ? node.items.map(visit) : Object.fromEntries(
      [...node.entries.values()].map(({ key, value }) => [keyText(key), visit(value)]),
    );
    made.set(node, data);
    return data;
  };
  return visit(value);
}

/** A key as a person reads it. */
export function keyText(key: YamlValue): string {
  return key.kind === "scalar" ? key.text : JSON.stringify(plainData(key));
}

class TreeReader {
  readonly #text: string;
  readonly #warn: (notice: Notice) => void;
  readonly #anchors = new Map<string, YamlValue | null>();
  /** How many values each is, with its aliases followed. */
  readonly #sizes = new Map<YamlValue, number>();
  #values = 0;

  constructor(text: string, warn: (notice: Notice) => void) {
    this.#text = text;
    this.#warn = warn;
  }

  read(node: unknown): YamlValue {
    if (isAlias(node)) return this.#follow(node);
    const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
    // An alias inside what it names finds nothing yet.
    if (anchor !== undefined) this.#anchors.set(anchor, null);
    const before = this.#values;
    const value = isMap(node)
      ? this.#map(node)
      : isSeq(node)
      ? this.#list(node)
      : isScalar(node)
      ? this.#scalar(node)
      : NULL;
    this.#count(1);
    this.#sizes.set(value, this.#values - before);
    if (anchor !== undefined) this.#anchors.set(anchor, value);
    return value;
  }

  #follow(alias: Alias): YamlValue {
    const value = this.#anchors.get(alias.source);
    if (value === undefined) throw new UnknownAlias(alias.source);
    if (value === null) {
      this.#warn(recursive(alias.source));
      return NULL;
    }
    this.#count(this.#sizes.get(value) ?? 1);
    return value;
  }

  #count(values: number): void {
    this.#values += values;
    if (this.#values > MAX_VALUES) throw new TooManyAliases("aliases stand for too many values");
  }

  #scalar(node: Scalar): YamlScalar {
    const text = this.#endsInside(node)
      ? (node.source ?? "").replace(/\n$/, "")
      : node.source ?? "";
    const { type } = node;
    const explicit = this.#explicitTag(node.tag);
    // PyYAML takes `!` before quotes for "as if there were none".
    const isPlain = explicit === null && (type === "PLAIN" || type === undefined);
    const tag = explicit ?? (isPlain || node.tag === "!" ? plainTag(text) : "str");
    return { kind: "scalar", tag: tag === "merge" ? "str" : tag, text, isPlain };
  }

  #list(node: YAMLSeq): YamlList {
    const tag = this.#explicitTag(node.tag) ?? "seq";
    return { kind: "list", tag, items: node.items.map((item) => this.read(item)) };
  }

  /** A block that runs to the end of a text without a last line break has none: PyYAML makes up none. */
  #endsInside({ type, range }: Scalar): boolean {
    return type?.startsWith("BLOCK") === true && range?.[1] === this.#text.length &&
      !/[\r\n\u0085\u2028\u2029]$/.test(this.#text);
  }

  #map(node: YAMLMap): YamlMap {
    const own = new Map<string, YamlEntry>();
    const merged: YamlMap[] = [];
    for (const pair of node.items) {
      const isMerge = isMergeKey(pair.key);
      const key = this.read(pair.key);
      const value = this.read(pair.value);
      const sources = isMerge ? mergeSources(value) : null;
      if (sources !== null) merged.push(...sources);
      else this.#add(own, key, value, pair);
    }
    const entries = new Map<string, YamlEntry>();
    for (const [name, { key, value }] of merged.flatMap((map) => [...map.entries])) {
      entries.set(name, { key, value, pairs: [], isMerged: true });
    }
    for (const [name, entry] of own) {
      entries.set(name, { ...entry, isMerged: entries.has(name) });
    }
    return { kind: "map", tag: this.#explicitTag(node.tag) ?? "map", entries, node };
  }

  #add(entries: Map<string, YamlEntry>, key: YamlValue, value: YamlValue, pair: Pair): void {
    const name = keyName(key);
    const earlier = entries.get(name);
    if (earlier !== undefined) this.#warn(duplicate(keyText(key)));
    entries.set(name, { key, value, pairs: [...earlier?.pairs ?? [], pair], isMerged: false });
  }

  #explicitTag(tag: string | undefined): string | null {
    if (tag === undefined || tag === "!") return null;
    if (tag.startsWith(YAML_TAG)) return tag.slice(YAML_TAG.length);
    this.#warn(unknownTag(tag));
    return tag;
  }
}

const NULL: YamlScalar = { kind: "scalar", tag: "null", text: "", isPlain: true };

function isMergeKey(key: unknown): boolean {
  return isScalar(key) && (key.tag === `${YAML_TAG}merge` || (key.tag ?? "!") === "!") &&
    key.type === "PLAIN" && key.source === "<<";
}

/** The mappings that a merge key names, the weakest first; `null` where it names something else. */
function mergeSources(value: YamlValue): YamlMap[] | null {
  if (value.kind === "map") return [value];
  if (value.kind !== "list") return null;
  const maps = value.items.filter((item) => item.kind === "map");
  return maps.length === value.items.length ? maps.toReversed() : null;
}

function duplicate(name: string): Notice {
  const shown = visibleText(name);
  return {
    zh: `配置中的键 ${shown} 在同一处出现了不止一次，以最后一个为准`,
    en:
      `The key ${shown} stands more than once in the same place of the configuration; the last one counts`,
  };
}

function unknownTag(tag: string): Notice {
  const shown = visibleText(tag);
  return {
    zh: `配置中有本服务不认识的标签 ${shown}，其值按原文处理`,
    en:
      `The configuration has the tag ${shown}, which this service does not know; its value is left as it is`,
  };
}

function recursive(name: string): Notice {
  const shown = visibleText(name);
  return {
    zh: `配置中的别名 *${shown} 包含它自己，按空值处理`,
    en: `The alias *${shown} of the configuration contains itself and counts as empty`,
  };
}
