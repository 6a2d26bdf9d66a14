import type { Context } from "hono";
import { AppError } from "../base/errors.ts";
import type { Language } from "../base/messages/mod.ts";
import type { HttpEnv } from "./environment.ts";

/** The part of a Zod issue that a sentence is made of. */
interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly expected?: unknown;
  readonly values?: readonly unknown[];
  readonly minimum?: unknown;
  readonly maximum?: unknown;
  readonly params?: { readonly maximum?: number } | undefined;
}

/**
 * Refuses a request of the wrong shape, naming each mistake by its path.
 *
 * @throws {AppError} `request.invalid` with `errors: [{path, message}]`.
 */
export function refuseInvalid(
  result: { success: true } | { success: false; error: { issues: readonly Issue[] } },
  c: Context<HttpEnv>,
): void {
  if (result.success) return;
  const errors = result.error.issues.map((issue) => ({
    path: issue.path.map(String).join("."),
    message: describeIssue(issue, c.var.language),
  }));
  const summary = errors.map(({ path, message }) => `${path || "body"} ${message}`).join("; ");
  throw new AppError("request.invalid", { summary, errors });
}

function describeIssue(issue: Issue, language: Language): string {
  const say = (zh: string, en: string) => language === "zh" ? zh : en;
  const maximum = issue.params?.maximum ?? issue.maximum;
  switch (issue.code) {
    case "invalid_type":
      return say(`应为 ${issue.expected}`, `expected ${issue.expected}`);
    case "invalid_value": {
      const values = (issue.values ?? []).join(", ");
      return say(`应为其中之一: ${values}`, `expected one of: ${values}`);
    }
    case "too_small":
      return say(`至少为 ${issue.minimum}`, `expected at least ${issue.minimum}`);
    case "too_big":
    case "custom":
      return say(`最多为 ${maximum}`, `expected at most ${maximum}`);
    default:
      return say("格式不正确", "has the wrong form");
  }
}
