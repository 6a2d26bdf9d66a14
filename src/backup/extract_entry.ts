import type { Archive, ArchiveEntry } from "../archive/read.ts";
import { fromOsError } from "../storage/os_error.ts";

/** A file unpacked for a while: disposing of it removes it. */
export interface ExtractedFile extends AsyncDisposable {
  readonly path: string;
}

/**
 * Unpacks one entry into a new file, checked against its CRC and size on the way.
 *
 * @param options `path`: must not exist; its folder must.
 * @returns The file; it is gone when the result is disposed of, and never left when this throws.
 * @throws {AppError} `archive.damaged`, `storage.*`; the signal's reason.
 */
export async function extractEntry(
  archive: Archive,
  entry: ArchiveEntry,
  options: { path: string; signal?: AbortSignal; onBytes?: (bytes: number) => void },
): Promise<ExtractedFile> {
  const { path, signal, onBytes } = options;
  const remove = async () => {
    await Promise.all(
      ["", "-journal", "-wal", "-shm"].map((suffix) => removeIfThere(path + suffix)),
    );
  };
  try {
    using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
    for await (const chunk of archive.read(entry, signal === undefined ? {} : { signal })) {
      for (let done = 0; done < chunk.length;) done += await file.write(chunk.subarray(done));
      onBytes?.(chunk.length);
    }
  } catch (error) {
    await remove();
    throw fromOsError(error, path);
  }
  return { path, [Symbol.asyncDispose]: remove };
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
