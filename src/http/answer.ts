import type { Context, TypedResponse } from "hono";
import { localize, type Notice } from "../base/messages/mod.ts";
import type { StartedJob } from "../jobs/types.ts";
import { BASE, type HttpEnv } from "./environment.ts";
import { relativeUrl } from "./relative_url.ts";

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

/** What a client hears that does not wait. */
interface Accepted {
  readonly job_id: string;
  readonly restore_token?: string;
}

/** A job's result, or the word that it has begun. */
type JobAnswer<Result> =
  | (Response & TypedResponse<Accepted, 202, "json">)
  | (Response & TypedResponse<Localized<Result>, 200, "json">);

/**
 * Answers a job: with its result once it is done, or 202 at once when `wait` is `"false"`.
 *
 * The job goes on when the client hangs up while waiting.
 *
 * @param restoreToken For a restore: makes the token that either answer carries; must not throw, as the job has begun.
 */
export async function answerJob<Result extends object>(
  c: Context<HttpEnv>,
  started: StartedJob<Result>,
  wait: "true" | "false" | undefined,
  restoreToken?: (jobId: string) => Promise<string | null>,
): Promise<JobAnswer<Result>> {
  const { job, result } = started;
  if (job.backup_id !== null) c.set("target", job.backup_id);
  const token = await restoreToken?.(job.job_id) ?? null;
  const withToken = token === null ? {} : { restore_token: token };
  if (wait === "false") {
    c.header("Location", relativeUrl(c, `${BASE}/jobs/${job.job_id}`));
    const accepted = { job_id: job.job_id, ...withToken };
    return c.json(accepted, 202) as Response & TypedResponse<Accepted, 202, "json">;
  }
  const done = await result;
  if ("backup_id" in done && typeof done.backup_id === "string") c.set("target", done.backup_id);
  return answer200(c, { ...done, ...withToken });
}

/** The type is said, not inferred: Hono's own, over a document not yet known, is too deep for the compiler. */
function answer200<Document extends object>(
  c: Context<HttpEnv>,
  document: Document,
): Response & TypedResponse<Localized<Document>, 200, "json"> {
  const body: object = localize(document, c.var.language) as object;
  return c.json(body, 200) as Response as
    & Response
    & TypedResponse<Localized<Document>, 200, "json">;
}
