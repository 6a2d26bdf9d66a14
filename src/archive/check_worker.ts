/**
 * A worker that reads every entry of one archive; see `verify.ts`.
 *
 * @module
 */
import { checkContent, type CheckOrder } from "./check_content.ts";
import { reportBytes } from "./report_bytes.ts";
import { serveWorkerTask } from "./serve_worker_task.ts";

serveWorkerTask((order: CheckOrder, note: (bytes: number) => void) =>
  checkContent(order, { onBytes: reportBytes(note) })
);
