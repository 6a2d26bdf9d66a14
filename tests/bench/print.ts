const encoder = new TextEncoder();

/** Writes a line of results. */
export function print(text: string): void {
  writeAll(Deno.stdout, text);
}

/** Writes a line about how it goes, which is no result. */
export function say(text: string): void {
  writeAll(Deno.stderr, text);
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = encoder.encode(`${text}\n`);
  for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
}
