/**
 * A worker that checks and unpacks one archive; see `unpack_archive.ts`.
 *
 * @module
 */
import { reportBytes } from "../archive/report_bytes.ts";
import { serveWorkerTask } from "../archive/serve_worker_task.ts";
import { lowerPriority } from "../base/low_priority.ts";
import { stopLook } from "./stop_flag.ts";
import type { UnpackNote, UnpackTask } from "./unpack_archive.ts";
import { unpackContent } from "./unpack_content.ts";

serveWorkerTask(async ({ order, stop }: UnpackTask, note: (note: UnpackNote) => void) => {
  // Only a restore is in a hurry.
  if (!order.durable) lowerPriority();
  const throwIfStopped = stopLook(stop);
  const count = reportBytes(note);
  return await unpackContent(order, {
    onFile: note,
    onRefused: (refused) => note({ refused }),
    onBytes: (bytes) => {
      throwIfStopped();
      count(bytes);
    },
  });
}, { urgent: true });
