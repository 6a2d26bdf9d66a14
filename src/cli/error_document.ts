import { AppError } from "../base/errors.ts";
import { describeError, type Language, localize } from "../base/messages/mod.ts";

/** Makes the document that `--json` prints for a failure: `detail` and `code` as HTTP has them, and the facts. */
export function errorDocument(error: unknown, language: Language): Record<string, unknown> {
  const known = error instanceof AppError ? error : new AppError("internal");
  const facts = known.code === "cli.usage" ? {} : known.details;
  return {
    detail: describeErrorFully(error, language),
    code: known.code,
    ...Object.fromEntries(
      Object.entries(facts).map(([name, value]) => [
        name,
        value instanceof Error ? describeError(value, language) : localize(value, language),
      ]),
    ),
  };
}

/** Describes an error for the person at the terminal, who is the administrator and may see what broke. */
export function describeErrorFully(error: unknown, language: Language): string {
  const sentence = describeError(error, language);
  if (error instanceof AppError) return sentence;
  return `${sentence} (${error instanceof Error ? `${error.name}: ${error.message}` : error})`;
}
