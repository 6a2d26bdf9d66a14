/** Writes into a gibibyte of memory and ends, so that all of it is free again. */
const PIECES = 16;
const PIECE_BYTES = 64 * 1024 * 1024;
Array.from({ length: PIECES }, () => new Uint8Array(PIECE_BYTES).fill(1));
