import { isAppError } from "../base/errors.ts";
import { type ConfigDocument, MAX_CONFIG_BYTES, parseConfig } from "./read.ts";

/**
 * Makes out what it can of a configuration that does not parse: each line `key: value` right below the line `section:`,
 * and each that stands alone, for itself. A line that is no YAML by itself says nothing.
 *
 * @returns Nothing for a file that cannot be read at all.
 */
export async function salvageConfig(path: string): Promise<ConfigDocument> {
  const sections = new Map<string, unknown>();
  let inside = new Map<string, unknown>();
  let indent: string | null = null;
  for (const line of await linesOf(path)) {
    const [, blanks = "", key = "", text = ""] = /^(\s*)(\w+):(?:\s+(.*))?$/.exec(line) ?? [];
    if (key === "") continue;
    const value = text === "" || text.startsWith("#") ? undefined : valueOf(text);
    if (blanks === "") {
      [inside, indent] = [new Map(), null];
      sections.set(key, value ?? inside);
    } else if ((indent ??= blanks) === blanks && value !== undefined) inside.set(key, value);
  }
  const plain = (value: unknown) => value instanceof Map ? Object.fromEntries(value) : value;
  return Object.fromEntries([...sections].map(([key, value]) => [key, plain(value)]));
}

async function linesOf(path: string): Promise<readonly string[]> {
  try {
    const { size, isFile } = await Deno.stat(path);
    if (!isFile || size > MAX_CONFIG_BYTES) return [];
    return (await Deno.readTextFile(path)).replace(/^\ufeff/, "").split(/\r\n|[\r\n]/);
  } catch {
    // Why it cannot be read is told already.
    return [];
  }
}

/** `undefined` for what does not stand by itself, or holds bytes that are no text. */
function valueOf(text: string): unknown {
  if (text.includes("\ufffd") || text.includes("\0")) return undefined;
  try {
    return parseConfig(`value: ${text}`, "config.yaml").data["value"];
  } catch (error) {
    if (isAppError(error, "config.unreadable")) return undefined;
    throw error;
  }
}
