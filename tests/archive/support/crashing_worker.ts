/// <reference lib="deno.worker" />
let requests = 0;

self.onmessage = ({ data }) => {
  requests += 1;
  if (requests === 2) throw new Error("out of luck");
  self.postMessage({ output: new Uint8Array(10), block: data.block });
};
