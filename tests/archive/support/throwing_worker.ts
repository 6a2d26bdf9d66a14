/// <reference lib="deno.worker" />
self.onmessage = () => {
  throw new Error("out of luck");
};
