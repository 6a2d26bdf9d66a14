import { isDeepStrictEqual } from "node:util";
import { type ConfigDocument, isMapping, parseConfigText } from "./read.ts";

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
  const before = flattenConfig(parseConfigText(beforeText, "config.yaml"));
  const after = flattenConfig(parseConfigText(afterText, "config.yaml"));
  return differingKeys(before, after).map((key) => ({
    key,
    before: showConfigValue(key, before.get(key)),
    after: showConfigValue(key, after.get(key)),
  }));
}

/** The values of a configuration by key path; empty mappings and absent values have none. */
export function flattenConfig(document: ConfigDocument): Map<string, unknown> {
  const values = new Map<string, unknown>();
  const visit = (node: ConfigDocument, prefix: string) => {
    for (const [name, value] of Object.entries(node)) {
      const key = prefix === "" ? name : `${prefix}.${name}`;
      if (isMapping(value)) visit(value, key);
      else if (value !== undefined && value !== null) values.set(key, value);
    }
  };
  visit(document, "");
  return values;
}

/** The keys whose values differ, sorted. */
export function differingKeys(
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => !isDeepStrictEqual(before.get(key), after.get(key)))
    .toSorted();
}

/** A value for a person; one whose key sounds like a secret, or that carries a password, is masked. */
export function showConfigValue(key: string, value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (
    /secret|passw|token|credential|private|api_?key|[._]key$/i.test(key) && !isPlainSetting(key)
  ) {
    return "***";
  }
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.replaceAll(/(:\/\/[^/\s:@"]*):[^@\s"]*@/g, "$1:***@");
}

/** Settings that only sound like secrets. */
function isPlainSetting(key: string): boolean {
  return /_(?:minutes|days|seconds|hours|size)$|(?:^|\.)library_tokens$/.test(key);
}
