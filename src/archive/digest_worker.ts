/**
 * A worker that hashes what it is sent, in order; see `digest_channel.ts`.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { lowerPriority } from "../base/low_priority.ts";
import { createHash } from "node:crypto";
import type { DigestReply, DigestRequest } from "./digest_channel.ts";

lowerPriority();

const md5 = createHash("md5");
const sha256 = createHash("sha256");

self.onmessage = ({ data }: MessageEvent<DigestRequest>) => {
  if (data === null) {
    const reply: DigestReply = { md5: md5.digest("hex"), sha256: sha256.digest("hex") };
    self.postMessage(reply);
  } else {
    const bytes = data.buffer.subarray(0, data.length);
    md5.update(bytes);
    sha256.update(bytes);
    const reply: DigestReply = { buffer: data.buffer };
    self.postMessage(reply, [data.buffer.buffer]);
  }
};
