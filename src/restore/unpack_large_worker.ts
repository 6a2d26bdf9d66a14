/**
 * A worker that inflates the large entry of an archive for a thread that writes it; see `unpack_large.ts`.
 *
 * @module
 */
import { RandomAccess } from "../archive/random_access.ts";
import { readEntry } from "../archive/read_entry.ts";
import { reportBytes } from "../archive/report_bytes.ts";
import { serveWorkerTask } from "../archive/serve_worker_task.ts";
import { lowerPriority } from "../base/low_priority.ts";
import { PieceSender } from "./piece_sender.ts";
import type { InflateTask } from "./unpack_large.ts";

serveWorkerTask(async (task: InflateTask, note: (bytes: number) => void): Promise<void> => {
  const { archive, large: { entry, limit }, durable, port } = task;
  // Only a restore is in a hurry.
  if (!durable) lowerPriority();
  const count = reportBytes(note);
  using sender = new PieceSender(port);
  await using source = await RandomAccess.open(archive);
  for await (const piece of readEntry(source, entry, { limit })) {
    count(piece.length);
    await sender.send(piece);
  }
  await sender.end();
}, { urgent: true });
