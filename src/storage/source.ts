/** Bytes of a known number that may be read at any place, by several readers at once. */
export interface Source extends AsyncDisposable {
  /** How many bytes there are. */
  readonly size: number;
  /**
   * Fills `buffer` with the bytes from `offset` on.
   *
   * @returns How many there were: fewer than the buffer takes only where the source ends.
   * @throws {AppError} `storage.*` when they cannot be read.
   */
  read(offset: number, buffer: Uint8Array): Promise<number>;
}

/** Bytes in memory, for small objects. */
export function bytesSource(bytes: Uint8Array): Source {
  return {
    size: bytes.length,
    read: (offset, buffer) => {
      const found = bytes.subarray(offset, offset + buffer.length);
      buffer.set(found);
      return Promise.resolve(found.length);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
