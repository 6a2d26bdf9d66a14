/**
 * A worker that reads and measures small files; see `small_file_reader.ts`.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { lowerPriority } from "../base/low_priority.ts";
import { readSmallFiles } from "./read_small_files.ts";

lowerPriority();

self.onmessage = ({ data }: MessageEvent<readonly string[]>) => {
  const batch = readSmallFiles(data);
  self.postMessage(batch, [batch.bytes.buffer]);
};
