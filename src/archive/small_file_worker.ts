/**
 * A worker that reads and measures small files; see `small_file_reader.ts`.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { readSmallFiles } from "./read_small_files.ts";

self.onmessage = ({ data }: MessageEvent<readonly string[]>) => {
  const batch = readSmallFiles(data);
  self.postMessage(batch, [batch.bytes.buffer]);
};
