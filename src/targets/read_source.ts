import { AppError } from "../base/errors.ts";
import type { Source } from "../storage/source.ts";
import type { PutOptions } from "./target.ts";

/** Bytes handed over at a time. */
export const PIECE_BYTES = 1024 * 1024;

/**
 * Reads a source once, front to back, telling how far it is. Each piece is good until the next one is asked for.
 *
 * @throws {AppError} `target.source_changed` when it ends before its size; what it throws itself; the signal's reason.
 */
export async function* readSource(
  source: Source,
  { signal, onBytes }: PutOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const buffer = new Uint8Array(Math.min(PIECE_BYTES, source.size));
  for (let done = 0; done < source.size;) {
    signal?.throwIfAborted();
    const wanted = buffer.subarray(0, Math.min(buffer.length, source.size - done));
    const filled = await source.read(done, wanted);
    if (filled === 0) {
      throw new AppError("target.source_changed", { found: done, expected: source.size });
    }
    yield wanted.subarray(0, filled);
    done += filled;
    onBytes?.(filled);
  }
}
