/** A path for a file that must not outlive its use. */
export interface ScratchFile extends AsyncDisposable {
  readonly path: string;
  /**
   * Begins to remove what is there, and does not wait for it: hundreds of megabytes take a while. What could not be
   * removed the disposal tries to remove again, and tells when it cannot either.
   */
  discard(): void;
}

/** What SQLite may leave beside a database that it opened. */
const SUFFIXES = ["", "-journal", "-wal", "-shm"];

/**
 * Promises that nothing is left under `path` once the result is disposed of.
 *
 * The file need not exist, now or then: it may never be made, or be published under another name by then.
 */
export function scratchFile(path: string): ScratchFile {
  let discarding: Promise<void> | null = null;
  return {
    path,
    discard() {
      // Disposing tries again, and tells.
      discarding ??= removeAll(path).catch(() => {});
    },
    [Symbol.asyncDispose]: async () => {
      await discarding;
      await removeAll(path);
    },
  };
}

async function removeAll(path: string): Promise<void> {
  for (const suffix of SUFFIXES) await removeIfThere(path + suffix);
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
