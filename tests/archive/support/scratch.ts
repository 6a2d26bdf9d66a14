import { join } from "node:path";

/** A folder that is gone when disposed of. */
export interface Scratch extends AsyncDisposable {
  path(name: string): string;
}

export async function scratch(): Promise<Scratch> {
  const folder = await Deno.makeTempDir({ prefix: "shuku-archive-" });
  return {
    path: (name) => join(folder, name),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Runs a program and returns its output; throws with what it printed when it fails. */
export async function run(program: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args,
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  if (code !== 0) {
    throw new Error(`${program} ended with ${code}: ${text.decode(stdout)}${text.decode(stderr)}`);
  }
  return text.decode(stdout);
}

/** Bytes that do not compress, the same for the same seed. */
export function noise(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed >>> 0 || 1;
  for (let at = 0; at < length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state;
  }
  return bytes;
}

/** Bytes that compress as text does. */
export function prose(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  const words = noise(2000, seed);
  const bytes = new Uint8Array(length);
  for (let at = 0, word = seed; at < length; at += 6) {
    word = (word * 1103515245 + 12345) >>> 0;
    const from = (word >>> 8) % 300 * 6;
    bytes.set(words.subarray(from, from + Math.min(6, length - at)), at);
  }
  return bytes;
}
