/**
 * A worker that deflates blocks; see `deflate_pool.ts`.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import type { DeflatedBlock, DeflateRequest } from "./deflate_pool.ts";
import { deflateBlock } from "./deflate_block.ts";

let turn = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<DeflateRequest>) => {
  turn = turn.then(async () => {
    const output = await deflateBlock(data);
    const reply: DeflatedBlock = { output, block: data.block };
    self.postMessage(reply, [output.buffer, data.block.buffer]);
  });
};
