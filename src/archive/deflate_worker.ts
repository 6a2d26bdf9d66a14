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

async function answer(request: DeflateRequest): Promise<void> {
  const output = await deflateBlock(request);
  const reply: DeflatedBlock = { output, block: request.block };
  self.postMessage(reply, [output.buffer, request.block.buffer]);
}

let turn = Promise.resolve();
self.onmessage = ({ data }: MessageEvent<DeflateRequest>) => {
  // In the order of the requests, also while something is still being loaded.
  turn = turn.then(() => answer(data));
};
