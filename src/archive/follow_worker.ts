/**
 * A worker that reads an archive while it is written; see `archive_follower.ts`.
 *
 * @module
 */
import { followArchive } from "./follow_archive.ts";
import { serveWorkerTask } from "./serve_worker_task.ts";

serveWorkerTask(followArchive);
