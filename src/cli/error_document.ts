import { AppError } from "../base/errors.ts";
import { asAppError } from "../base/os_error.ts";
import { describeError, type Language, localize } from "../base/messages/mod.ts";

/** Makes the document that `--json` prints for a failure: `detail`, `code` and the facts, as HTTP has them. */
export function errorDocument(error: unknown, language: Language): Record<string, unknown> {
  const known = asAppError(error);
  const facts = known.code === "cli.usage" ? {} : known.details;
  return {
    detail: describeErrorFully(error, language),
    code: known.code,
    ...Object.fromEntries(
      Object.entries(facts).filter(([name]) => name !== "summary").map(([name, value]) => [
        name,
        value instanceof Error ? cause(value, language) : localize(value, language),
      ]),
    ),
  };
}

function cause(error: Error, language: Language): Record<string, string> {
  const detail = describeError(error, language);
  return error instanceof AppError ? { code: error.code, detail } : { detail };
}

/** Describes an error for the person at the terminal, who is the administrator and may see what broke. */
export function describeErrorFully(error: unknown, language: Language): string {
  const sentence = describeError(error, language);
  if (asAppError(error).code !== "internal" || error instanceof AppError) return sentence;
  return `${sentence} (${error instanceof Error ? `${error.name}: ${error.message}` : error})`;
}
