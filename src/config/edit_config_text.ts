import { isDeepStrictEqual } from "node:util";
import { type Document, isMap, isScalar, stringify, YAMLMap } from "yaml";
import { isMapping, parseConfigDocument, parseConfigText, plainData } from "./read.ts";

/** New values by key path; `undefined` removes the key. */
export type ConfigChanges = ReadonlyMap<string, unknown>;

/**
 * Changes values in the text of a configuration, leaving comments, order and everything else as it was.
 *
 * When the file's anchors and aliases make that impossible, the comments are what is given up: the result
 * always parses to the old data with exactly the changes made.
 *
 * @param changes Key paths such as `backup.retention_count`; missing parents are made.
 * @throws {AppError} `config.unreadable` when `text` does not parse.
 */
export function editConfigText(text: string, changes: ConfigChanges): string {
  const document = parseConfigDocument(text, "config.yaml");
  const wanted = unshared(plainData(document)) as Record<string, unknown>;
  for (const [path, value] of changes) setPlain(wanted, path.split("."), value);
  const edited = editDocument(document, changes);
  return edited !== null && isDeepStrictEqual(readBack(edited), wanted)
    ? edited
    : stringify(wanted, { version: "1.1", lineWidth: 0 });
}

function editDocument(document: Document, changes: ConfigChanges): string | null {
  try {
    for (const [path, value] of changes) setNode(document, path.split("."), value);
    return document.toString({ lineWidth: 0 });
  } catch {
    // An alias where a mapping was expected, or an anchor that lost its node: the caller rewrites.
    return null;
  }
}

function readBack(text: string): unknown {
  try {
    return parseConfigText(text, "config.yaml");
  } catch {
    // Not what was wanted, whatever it is: the caller rewrites.
    return null;
  }
}

function setNode(document: Document, path: readonly string[], value: unknown): void {
  if (value === undefined) {
    if (document.hasIn(path)) document.deleteIn(path);
    return;
  }
  const old = document.getIn(path, true);
  if (isScalar(old) && (typeof value !== "object" || value === null)) {
    // Changing the scalar in place keeps its comment and its quotes.
    old.value = value;
    delete old.source;
    delete old.format;
    return;
  }
  // Made by hand: the YAML 1.1 schema would make missing parents `!!omap`.
  if (document.contents === null) document.contents = new YAMLMap(document.schema);
  for (let depth = 1; depth < path.length; depth += 1) {
    const parent = path.slice(0, depth);
    if (!isMap(document.getIn(parent, true))) {
      document.setIn(parent, new YAMLMap(document.schema));
    }
  }
  document.setIn(path, document.createNode(value));
}

/** A deep copy in which an alias is no longer the same object as its anchor. */
function unshared(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unshared);
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, unshared(child)]));
}

function setPlain(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path;
  if (name === undefined) return;
  if (rest.length === 0) {
    if (value === undefined) delete target[name];
    else target[name] = value;
    return;
  }
  const child = Object.hasOwn(target, name) ? target[name] : undefined;
  if (!isMapping(child)) {
    if (value === undefined) return;
    target[name] = {};
  }
  setPlain(target[name] as Record<string, unknown>, rest, value);
}
