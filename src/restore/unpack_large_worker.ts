/**
 * A worker that unpacks the large entry of an archive; see `unpack_archive.ts`.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { fdatasyncSync } from "node:fs";
import { dirname } from "node:path";
import { RandomAccess } from "../archive/random_access.ts";
import { readEntry } from "../archive/read_entry.ts";
import { releaseInflated } from "../archive/release_memory.ts";
import { reportBytes } from "../archive/report_bytes.ts";
import { serveWorkerTask } from "../archive/serve_worker_task.ts";
import { EarlyFlush } from "../storage/early_flush.ts";
import { fromOsError } from "../storage/os_error.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import { NewFile } from "./new_file.ts";
import { stopLook } from "./stop_flag.ts";
import type { LargeTask, UnpackNote } from "./unpack_archive.ts";

serveWorkerTask(async (task: LargeTask, note: (note: UnpackNote) => void): Promise<string> => {
  const { archive, large: { entry, limit }, path, durable, stop } = task;
  const throwIfStopped = stopLook(stop);
  const count = reportBytes(note);
  const hash = createHash("sha256");
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await using source = await RandomAccess.open(archive);
  using file = new NewFile(path);
  await using early = await EarlyFlush.open(path);
  let written = 0;
  for await (const piece of readEntry(source, entry, { limit })) {
    throwIfStopped();
    hash.update(piece);
    file.write(piece);
    count(piece.length);
    written += piece.length;
    if (durable) early.reached(written);
    releaseInflated(piece);
  }
  file.end(entry.size);
  // Whoever waits for the content need not wait for the disk.
  note(entry.path);
  await early.settle();
  if (durable) await flush(file);
  return hash.digest("hex");
}, { urgent: true });

async function flush(file: NewFile): Promise<void> {
  try {
    fdatasyncSync(file.descriptor);
  } catch (error) {
    throw fromOsError(error, file.path);
  }
  await syncFolder(dirname(file.path));
}
