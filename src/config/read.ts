/**
 * The first step: bytes of a file to plain data, and nothing about what the data mean.
 *
 * @module
 */
import { type Document, parseDocument } from "yaml";
import { AppError } from "../base/errors.ts";

/** No honest configuration is larger; a larger one is not parsed. */
export const MAX_CONFIG_BYTES = 1024 * 1024;

/** Aliases may not expand to more than this many nodes for each one written ("billion laughs"). */
const MAX_ALIASES = 100;

/** Nested data as a YAML file holds it. */
export type ConfigDocument = Readonly<Record<string, unknown>>;

/**
 * Reads a configuration file as text.
 *
 * @throws {AppError} `config.unreadable` with `path` and a `reason`: missing, no permission, a folder,
 * larger than {@linkcode MAX_CONFIG_BYTES}, not UTF-8.
 */
export async function readConfigFile(path: string): Promise<string> {
  try {
    const { size, isFile } = await Deno.stat(path);
    if (!isFile) throw unreadable(path, "not a regular file");
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
 * Decodes the bytes of a configuration file; a byte order mark is dropped.
 *
 * @throws {AppError} `config.unreadable` when they are not UTF-8.
 */
export function decodeConfig(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw unreadable(path, "not UTF-8", error);
  }
}

/**
 * Parses YAML into an editable document, refusing what could exhaust memory.
 *
 * Version 1.1, because the library reads the same file with PyYAML: `yes` is true and `0600` is octal for
 * both, or the two would disagree about one file.
 *
 * @throws {AppError} `config.unreadable` with the first mistake and its line, for YAML that does not parse,
 * whose top is not a mapping, or that expands or nests beyond reason.
 */
export function parseConfigDocument(text: string, path: string): Document {
  if (text.length > MAX_CONFIG_BYTES) throw unreadable(path, tooLarge(text.length));
  try {
    const document = parseDocument(text, { version: "1.1", logLevel: "silent" });
    const first = document.errors[0];
    if (first !== undefined) {
      throw unreadable(path, sayFirstLine(first.message), first);
    }
    const data: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
    if (data !== null && !isMapping(data)) {
      throw unreadable(path, "the top is not a mapping of keys to values");
    }
    return document;
  } catch (error) {
    // The parser recurses, and reports too many aliases as a ReferenceError.
    if (error instanceof RangeError) throw unreadable(path, "nested too deeply", error);
    if (error instanceof ReferenceError) throw unreadable(path, error.message, error);
    throw error;
  }
}

/** Parses YAML into plain data; an empty file is an empty mapping. @throws {AppError} `config.unreadable` */
export function parseConfigText(text: string, path: string): ConfigDocument {
  return plainData(parseConfigDocument(text, path));
}

/** The plain data of a parsed document. */
export function plainData(document: Document): ConfigDocument {
  const data: unknown = document.toJS({ maxAliasCount: MAX_ALIASES });
  return isMapping(data) ? data : {};
}

/** Tells whether `value` is a mapping, as opposed to a list, a scalar or a date. */
export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Date);
}

/** The parser's sentence without the excerpt of the file below it, which may hold a secret. */
function sayFirstLine(message: string): string {
  const line = message.split("\n")[0] ?? message;
  return /call stack/i.test(line) ? "nested too deeply" : line.replace(/:$/, "");
}

function unreadable(path: string, reason: string | Error, cause?: unknown): AppError {
  return new AppError("config.unreadable", { path, reason }, { cause });
}

function tooLarge(bytes: number): string {
  return `${bytes} bytes, expected at most ${MAX_CONFIG_BYTES}`;
}
