import type { Services } from "./services.ts";

/**
 * Makes the token of a restore that has begun.
 *
 * Never throws: the restore goes on whatever happens here, and an error for an answer would hide that. What went wrong
 * is in the log.
 *
 * @param jobId The restore's or undo's.
 * @returns A token good for watching this job and undoing it; `null` where there is no password to bind it to, or where
 *   it could not be made.
 */
export async function makeRestoreToken(
  { auth, log }: Pick<Services, "auth" | "log">,
  jobId: string,
): Promise<string | null> {
  try {
    return await auth.issueRestoreToken(jobId);
  } catch (error) {
    log.error("auth.restore_token_failed", { job_id: jobId, error });
    return null;
  }
}
