/**
 * The first step: bytes of a file to plain data, and nothing about what the data mean.
 *
 * @module
 */
import { type Document, isScalar, parseAllDocuments, type YAMLParseError } from "yaml";
import { AppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import { visibleText } from "../base/text.ts";
import {
  EMPTY_MAP,
  plainData,
  readTree,
  TooManyAliases,
  UnknownAlias,
  type YamlMap,
  type YamlValue,
} from "./yaml_tree.ts";

/** No honest configuration is larger; a larger one is not parsed. */
export const MAX_CONFIG_BYTES = 1024 * 1024;

/** A file of another dialect could give thousands. */
const MAX_WARNINGS = 20;

/** Nested data as a YAML file holds it. */
export type ConfigDocument = Readonly<Record<string, unknown>>;

/** A configuration, read. */
export interface ParsedConfig {
  /** As it was given. */
  readonly text: string;
  readonly root: YamlMap;
  readonly data: ConfigDocument;
  /** Where a document that says nothing, or `null`, says so. */
  readonly emptyRoot: readonly [from: number, to: number] | null;
  /** What the parser let pass and an administrator should know. */
  readonly warnings: readonly Notice[];
}

/**
 * Reads a configuration file as text, with its byte order mark.
 *
 * @throws {AppError} `config.unreadable` with `path` and a `reason`: missing, no permission, a folder,
 * larger than {@linkcode MAX_CONFIG_BYTES}, not UTF-8.
 */
export async function readConfigFile(path: string): Promise<string> {
  try {
    const { size, isFile, isDirectory } = await Deno.stat(path);
    if (isDirectory) throw unreadable(path, new AppError("storage.is_folder", { path }));
    if (!isFile) throw unreadable(path, NOT_A_FILE);
    if (size > MAX_CONFIG_BYTES) throw unreadable(path, tooLarge(size));
    return decodeConfig(await Deno.readFile(path), path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw unreadable(path, new AppError("storage.missing", { path }), error);
    }
    if (error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotCapable) {
      throw unreadable(path, new AppError("storage.permission", { path }), error);
    }
    throw error;
  }
}

/**
 * Decodes the bytes of a configuration file; encoding the text again gives the same bytes.
 *
 * @throws {AppError} `config.unreadable` when they are not UTF-8.
 */
export function decodeConfig(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw unreadable(path, NOT_UTF8, error);
  }
}

/**
 * Parses YAML as the library does, which reads the same file with PyYAML: `yes` is true and `0600` is octal for both,
 * or the two would disagree about one file. What PyYAML lets pass is not refused here.
 *
 * @throws {AppError} `config.unreadable` with the first mistake and its line, for YAML that does not parse,
 * whose top is not a mapping, or that expands or nests beyond reason.
 */
export function parseConfig(text: string, path: string): ParsedConfig {
  if (text.length > MAX_CONFIG_BYTES) throw unreadable(path, tooLarge(text.length));
  try {
    const [document, ...more] = parseDocuments(text);
    const first = document?.errors.find(isMistake);
    if (first !== undefined) throw unreadable(path, sayMistake(first), first);
    const warnings = new Map<string, Notice>();
    const warn = (notice: Notice) =>
      warnings.size < MAX_WARNINGS && warnings.set(notice.en, notice);
    if (more.length > 0) warn(ONLY_FIRST_DOCUMENT);
    const root = document === undefined ? null : readTree(document, text, warn);
    if (root !== null && root.kind !== "map" && !isNull(root)) {
      throw unreadable(path, NOT_A_MAPPING);
    }
    const map = root?.kind === "map" ? root : EMPTY_MAP;
    return {
      text,
      root: map,
      data: plainData(map) as ConfigDocument,
      emptyRoot: placeOf(root === map ? null : document?.contents),
      warnings: [...warnings.values()],
    };
  } catch (error) {
    if (error instanceof UnknownAlias) throw unreadable(path, unknownAlias(error.alias), error);
    if (error instanceof TooManyAliases) throw unreadable(path, TOO_MANY_ALIASES, error);
    // The parser recurses.
    if (error instanceof RangeError) throw unreadable(path, TOO_DEEP, error);
    throw error;
  }
}

/** Tells whether `value` is a mapping, as opposed to a list, a scalar or a date. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null &&
    Object.getPrototypeOf(value) === Object.prototype;
}

/**
 * The documents of a text, of which each node knows its place in it.
 *
 * Every value is read as text and resolved by us: the parser's own YAML 1.1 differs from PyYAML's, and a `%YAML` directive
 * would change it.
 */
function parseDocuments(text: string): readonly Document[] {
  const found = parseAllDocuments(withPlainBreaks(text), {
    version: "1.1",
    schema: "failsafe",
    uniqueKeys: false,
    strict: false,
    keepSourceTokens: true,
    prettyErrors: true,
    logLevel: "silent",
  });
  return Array.isArray(found) ? found : [];
}

/** YAML 1.1 breaks lines at these too; each stays one character, so that every place stays where it is. */
function withPlainBreaks(text: string): string {
  return text.replaceAll(/\r(?!\n)|[\u0085\u2028\u2029]/g, "\n");
}

/** PyYAML needs no space before a comment. */
function isMistake({ message }: YAMLParseError): boolean {
  return !message.startsWith("Comments must be separated");
}

function placeOf(node: unknown): readonly [number, number] | null {
  return isScalar(node) && node.range ? [node.range[0], node.range[1]] : null;
}

function isNull(value: YamlValue): boolean {
  return value.kind === "scalar" && value.tag === "null";
}

/** The parser's sentence without the excerpt of the file below it, which may hold a secret. */
function sayMistake({ code, message, linePos }: YAMLParseError): Notice {
  const line = linePos?.[0].line ?? "?";
  if (code === "TAB_AS_INDENT") {
    return {
      zh: `第 ${line} 行用制表符 (Tab) 缩进，应为空格`,
      en: `line ${line} is indented with a tab, expected spaces`,
    };
  }
  const first = message.split("\n")[0] ?? message;
  if (/call stack/i.test(first)) return TOO_DEEP;
  const sentence = first.replace(/:$/, "");
  return { zh: `第 ${line} 行: ${sentence}`, en: sentence };
}

const NOT_UTF8 = { zh: "不是 UTF-8 编码", en: "not UTF-8" };
const NOT_A_FILE = { zh: "不是普通文件", en: "not a regular file" };
const TOO_DEEP = { zh: "嵌套过深", en: "nested too deeply" };
const TOO_MANY_ALIASES = {
  zh: "别名展开后的值过多",
  en: "its aliases stand for too many values",
};
const NOT_A_MAPPING = {
  zh: "最外层不是键值映射",
  en: "the top is not a mapping of keys to values",
};
const ONLY_FIRST_DOCUMENT = {
  zh: "配置文件中有不止一个 YAML 文档，只读取第一个",
  en: "The configuration file holds more than one YAML document; only the first is read",
};

function unknownAlias(name: string): Notice {
  const shown = visibleText(name);
  return {
    zh: `别名 *${shown} 没有对应的锚点`,
    en: `the alias *${shown} names nothing that stands before it`,
  };
}

function tooLarge(bytes: number): Notice {
  return {
    zh: `${bytes} 字节，上限为 ${MAX_CONFIG_BYTES}`,
    en: `${bytes} bytes, expected at most ${MAX_CONFIG_BYTES}`,
  };
}

function unreadable(path: string, reason: Notice | Error, cause?: unknown): AppError {
  return new AppError("config.unreadable", { path, reason }, { cause });
}
