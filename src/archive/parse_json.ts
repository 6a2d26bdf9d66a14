import { damagedMetadata } from "./field_checks.ts";

/**
 * Parses JSON in UTF-8.
 *
 * @throws {AppError} `archive.damaged`.
 */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) {
      throw damagedMetadata("not JSON in UTF-8", error);
    }
    throw error;
  }
}
