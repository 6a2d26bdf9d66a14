import { freemem } from "node:os";

/** More than a contest of the largest library has in the page cache at once. */
const MOST_BYTES = 12 * 1024 ** 3;

/**
 * Touches memory that a contest will need, so that nobody waits for it: a host hands it to a virtual machine page by page, to
 * whoever is the first to write there. Fills the page cache with a file, and drops it.
 *
 * @param path A file to be made and removed.
 */
export async function warmMemory(path: string): Promise<void> {
  const zeros = new Uint8Array(8 * 1024 * 1024);
  const bytes = Math.min(MOST_BYTES, freemem() / 2);
  {
    using file = await Deno.open(path, { write: true, create: true });
    for (let done = 0; done < bytes; done += zeros.length) await file.write(zeros);
  }
  await Deno.remove(path);
}
