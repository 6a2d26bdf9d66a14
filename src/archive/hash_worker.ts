/**
 * A worker that hashes one file; see `verify.ts`.
 *
 * @module
 */
import { hashFile, type HashName } from "./hash_file.ts";
import { serveWorkerTask } from "./serve_worker_task.ts";

serveWorkerTask(({ path, names }: { path: string; names: readonly HashName[] }) =>
  hashFile(path, names)
);
