/** Where chapters come from. */
export interface TextSource {
  /** Fills `target` with whole characters; returns the bytes used. */
  fill(target: Uint8Array): number;
}

/**
 * Takes chapters from a file of real text, from its beginning again when it is used up.
 *
 * Text that comes again lies far outside deflate's window of 32 KiB, so it compresses no better.
 *
 * @param path UTF-8; at least a few chapters long.
 */
export async function textFile(path: string): Promise<TextSource> {
  const bytes = await Deno.readFile(path);
  let at = 0;
  return {
    fill(target) {
      if (at + target.length > bytes.length) at = 0;
      let end = Math.min(bytes.length, at + target.length);
      while (end < bytes.length && isInsideCharacter(bytes[end] ?? 0)) end -= 1;
      target.set(bytes.subarray(at, end));
      const used = end - at;
      at = end;
      return used;
    },
  };
}

function isInsideCharacter(byte: number): boolean {
  return (byte & 0xC0) === 0x80;
}
