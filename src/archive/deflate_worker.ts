/**
 * A worker that deflates blocks; see `deflate_pool.ts`.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { lowerPriority } from "../base/low_priority.ts";
import { deflateBlock } from "./deflate_block.ts";
import type { DeflatedBlock, DeflateRequest } from "./deflate_pool.ts";

lowerPriority();

self.onmessage = ({ data }: MessageEvent<DeflateRequest>) => {
  const output = deflateBlock(data);
  const reply: DeflatedBlock = { output, block: data.block };
  self.postMessage(reply, [output.buffer, data.block.buffer]);
};
