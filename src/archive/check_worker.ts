/**
 * A worker that reads every entry of one archive; see `verify.ts`.
 *
 * @module
 */
import { checkContent, type CheckOrder } from "./check_content.ts";
import { serveWorkerTask } from "./serve_worker_task.ts";

/** Bytes between two reports. */
const REPORT_BYTES = 4 * 1024 * 1024;

serveWorkerTask((order: CheckOrder, note: (bytes: number) => void) => {
  let unreported = 0;
  return checkContent(order, {
    onBytes: (bytes) => {
      unreported += bytes;
      if (unreported < REPORT_BYTES) return;
      note(unreported);
      unreported = 0;
    },
  });
});
