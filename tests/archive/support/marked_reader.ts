/// <reference lib="deno.worker" />
import { GrowingFile } from "../../../src/archive/growing_file.ts";
import { WriteMark } from "../../../src/archive/write_mark.ts";

self.onmessage = ({ data: { path, mark } }) => {
  using file = new GrowingFile(path, new WriteMark(mark));
  self.postMessage(file.finish().sha256);
};
