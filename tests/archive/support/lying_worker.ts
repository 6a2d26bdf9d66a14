/// <reference lib="deno.worker" />
import { deflateBlock } from "../../../src/archive/deflate_block.ts";

let requests = 0;

self.onmessage = async ({ data }) => {
  requests += 1;
  // One byte of the second block is not what was to be deflated.
  if (requests === 2) data.block[1000] ^= 1;
  self.postMessage({ output: await deflateBlock(data), block: data.block });
};
