/**
 * A worker that checks and unpacks one archive; see `unpack_archive.ts`.
 *
 * @module
 */
import { serveWorkerTask } from "../archive/serve_worker_task.ts";
import { AppError } from "../base/errors.ts";
import { unpackContent } from "./unpack_content.ts";
import type { UnpackNote, UnpackTask } from "./unpack_archive.ts";

/** Bytes between two reports. */
const REPORT_BYTES = 4 * 1024 * 1024;

serveWorkerTask(async ({ order, stop }: UnpackTask, note: (note: UnpackNote) => void) => {
  const stopped = new Int32Array(stop);
  let unreported = 0;
  return await unpackContent(order, {
    onFile: note,
    onBytes: (bytes) => {
      if (Atomics.load(stopped, 0) !== 0) throw new AppError("job.cancelled");
      unreported += bytes;
      if (unreported < REPORT_BYTES) return;
      note(unreported);
      unreported = 0;
    },
  });
}, { urgent: true });
