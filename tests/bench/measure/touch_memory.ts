/** Writes into a gibibyte of memory, or a quarter of what is free, and ends, so that all of it is free again. */
const PIECE_BYTES = 16 * 1024 * 1024;
const bytes = Math.min(1024 ** 3, Deno.systemMemoryInfo().available / 4);
Array.from({ length: bytes / PIECE_BYTES }, () => new Uint8Array(PIECE_BYTES).fill(1));
