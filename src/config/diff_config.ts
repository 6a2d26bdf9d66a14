import { plainTag } from "./plain_scalar.ts";
import { decodeConfig, parseConfig } from "./read.ts";
import { identify, keyText, plainData, type YamlValue } from "./yaml_tree.ts";

/** A key whose value differs; `null` where it is absent. Secrets read `***`. */
export interface ConfigDifference {
  readonly key: string;
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * Lists the keys in which two configurations differ, sorted by path; lists count as one value.
 *
 * @throws {AppError} `config.unreadable` when either does not parse.
 */
export function diffConfig(beforeText: string, afterText: string): ConfigDifference[] {
  const before = leavesOf(parseConfig(beforeText, "config.yaml").root);
  const after = leavesOf(parseConfig(afterText, "config.yaml").root);
  return differingKeys(before, after).map((key) => ({
    key,
    before: showConfigValue(key, before.get(key)),
    after: showConfigValue(key, after.get(key)),
  }));
}

/** {@linkcode diffConfig} for the bytes of files, of which the first may be missing. */
export function diffConfigFiles(before: Uint8Array | null, after: Uint8Array): ConfigDifference[] {
  const beforeText = before === null ? "" : decodeConfig(before, "config.yaml");
  return diffConfig(beforeText, decodeConfig(after, "config.yaml"));
}

/** The values inside mappings by key path, lists whole; empty mappings and absent values have none. */
export function leavesOf(value: YamlValue | undefined): Map<string, YamlValue> {
  const leaves = new Map<string, YamlValue>();
  const visit = (node: YamlValue, path: string) => {
    if (node.kind === "map") {
      for (const entry of node.entries.values()) {
        const name = nameInPath(entry.key);
        visit(entry.value, path === "" ? name : `${path}.${name}`);
      }
    } else if (node.kind === "list" || node.tag !== "null") leaves.set(path, node);
  };
  if (value !== undefined) visit(value, "");
  return leaves;
}

/** Text that a path could not tell from several names, or from a number, is in quotes. */
function nameInPath(key: YamlValue): string {
  const text = keyText(key);
  if (key.kind !== "scalar" || key.tag !== "str") return text;
  return /^[^."\s]+$/.test(text) && plainTag(text) === "str" ? text : JSON.stringify(text);
}

/** The keys whose values differ to the library's parser, sorted. */
export function differingKeys(
  before: ReadonlyMap<string, YamlValue>,
  after: ReadonlyMap<string, YamlValue>,
): string[] {
  const identity = (value: YamlValue | undefined) => value === undefined ? null : identify(value);
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => identity(before.get(key)) !== identity(after.get(key)))
    .toSorted();
}

/** A value for a person; one whose key sounds like a secret, or that carries a password, is masked. */
export function showConfigValue(key: string, value: YamlValue | undefined): string | null {
  if (value === undefined) return null;
  if (
    /secret|passw|token|credential|private|api_?key|[._]key$/i.test(key) && !isPlainSetting(key)
  ) {
    return "***";
  }
  const text = showValue(value);
  return text.replaceAll(/(:\/\/[^/\s:@"]*):[^@\s"]*@/g, "$1:***@");
}

/** Text that without quotes would be something else keeps them. */
function showValue(value: YamlValue): string {
  if (value.kind !== "scalar") return JSON.stringify(plainData(value));
  const isOther = value.tag === "str" && plainTag(value.text) !== "str";
  return isOther ? JSON.stringify(value.text) : value.text;
}

/** Settings that only sound like secrets. */
function isPlainSetting(key: string): boolean {
  return /_(?:minutes|days|seconds|hours|size)$|(?:^|\.)library_tokens$/.test(key);
}
