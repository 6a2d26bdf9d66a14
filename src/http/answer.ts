import type { Context } from "hono";
import { localize, type Notice } from "../base/messages/mod.ts";
import type { StartedJob } from "../jobs/types.ts";
import { BASE, type HttpEnv } from "./environment.ts";

/** A document whose sentences are in the reader's language. */
export type Localized<Document> = Document extends Notice ? string
  : Document extends readonly (infer Item)[] ? readonly Localized<Item>[]
  : Document extends object ? { readonly [Key in keyof Document]: Localized<Document[Key]> }
  : Document;

/** Puts a document's sentences into the language of the request. */
export function localized<Document>(
  c: Context<HttpEnv>,
  document: Document,
): Localized<Document> {
  return localize(document, c.var.language) as Localized<Document>;
}

/**
 * Answers a job: with its result once it is done, or 202 at once when `wait` is `"false"`.
 *
 * The job goes on when the client hangs up while waiting.
 *
 * @param restoreToken For a restore: makes the token that the answer at once carries.
 */
export async function answerJob<Result extends object>(
  c: Context<HttpEnv>,
  started: StartedJob<Result>,
  wait: "true" | "false" | undefined,
  restoreToken?: (jobId: string) => Promise<string>,
) {
  const { job, result } = started;
  if (job.backup_id !== null) c.set("target", job.backup_id);
  if (wait === "false") {
    c.header("Location", `${BASE}/jobs/${job.job_id}`);
    const token = await restoreToken?.(job.job_id);
    return c.json({ job_id: job.job_id, ...token !== undefined && { restore_token: token } }, 202);
  }
  const done = await result;
  if ("backup_id" in done && typeof done.backup_id === "string") c.set("target", done.backup_id);
  return c.json(localized(c, done), 200);
}
