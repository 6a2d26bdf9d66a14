import { type YamlMap, type YamlScalar, type YamlValue } from "./yaml_tree.ts";
import { plainTag } from "./plain_scalar.ts";

/**
 * Writes a value on one line, so that the library's parser reads the same again wherever the line stands: aliases are
 * written out, text that could be taken for anything else is quoted.
 */
export function writeInline(value: YamlValue): string {
  if (value.kind === "scalar") return writeScalar(value);
  const tag = tagPrefix(value.tag, value.kind === "list" ? "seq" : "map");
  if (value.kind === "list") return `${tag}[${value.items.map(writeInline).join(", ")}]`;
  const rows = [...value.entries.values()].map(({ key, value }) =>
    `${writeInline(key)}: ${writeInline(value)}`
  );
  return `${tag}{${rows.join(", ")}}`;
}

/**
 * Writes an entry of a block mapping: one line for each key, however deep.
 *
 * @param options `indent`: before each line. `lineBreak`: between them; none follows the last.
 */
export function writeEntry(
  key: YamlValue,
  value: YamlValue,
  options: { readonly indent: string; readonly lineBreak: string },
): string {
  return `${options.indent}${writeInline(key)}:${writeAfterColon(value, options)}`;
}

/** Writes what follows the colon of a key that stands at `indent`. */
export function writeAfterColon(
  value: YamlValue,
  { indent, lineBreak }: { readonly indent: string; readonly lineBreak: string },
): string {
  if (!hasOwnLines(value)) return ` ${writeInline(value)}`;
  const deeper = { indent: `${indent}  `, lineBreak };
  return [...value.entries.values()].map((entry) =>
    `${lineBreak}${writeEntry(entry.key, entry.value, deeper)}`
  ).join("");
}

function hasOwnLines(value: YamlValue): value is YamlMap {
  return value.kind === "map" && value.tag === "map" && value.entries.size > 0;
}

function writeScalar({ tag, text, isPlain }: YamlScalar): string {
  if (tag === "null") return "null";
  if (tag === "str") return isSafePlain(text) ? text : quote(text);
  // A number, a date or the like, written without quotes, holds nothing that ends it early.
  return isPlain ? text : `${tagPrefix(tag, "")}${quote(text)}`;
}

/** Text that is text without quotes too, in a line of any kind. */
function isSafePlain(text: string): boolean {
  return /^[\p{L}\p{N}_./][\p{L}\p{N}_./+@%=~-]*(?:[ :][\p{L}\p{N}_./+@%=~-]+)*$/u.test(text) &&
    !/: |:$/.test(text) && plainTag(text) === "str";
}

/** JSON's escapes are YAML's too; what neither may hold bare is escaped besides. */
function quote(text: string): string {
  return JSON.stringify(text).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => "\\u" + character.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

function tagPrefix(tag: string, usual: string): string {
  if (tag === usual) return "";
  if (/^[a-z]+$/.test(tag)) return `!!${tag} `;
  return tag.startsWith("!") ? `${tag} ` : `!<${tag}> `;
}
