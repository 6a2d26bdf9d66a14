/**
 * The numbers that bound what the room reads and how much it holds at once.
 *
 * @module
 */

/** Entries in one archive. A library has a few tens of thousands of covers; a million is a bomb. */
export const MAX_ENTRIES = 1_000_000;

/** Bytes of an entry's name, in UTF-8; what Linux allows for a path. */
export const MAX_NAME_BYTES = 4096;

/** Bytes of one segment of a name, in UTF-8; what every common file system allows. */
export const MAX_SEGMENT_BYTES = 255;

/** Bytes of `metadata.json`: a hundred and fifty thousand file records. */
export const MAX_METADATA_BYTES = 24 * 1024 * 1024;

/** Values in `metadata.json`: each costs memory that its two bytes do not tell of. A file record has four. */
export const MAX_METADATA_VALUES = 600_000;

/** Names of values in `metadata.json`, the dearest of all when no two are the same. A file record has three. */
export const MAX_METADATA_KEYS = 450_000;

/** Files that one backup may hold, so that its `metadata.json` stays within the limits above. */
export const MAX_FILES = 140_000;

/** Texts in one list in `metadata.json`. */
export const MAX_METADATA_TEXTS = 200_000;

/** Characters of one text in `metadata.json`. */
export const MAX_METADATA_TEXT = 64 * 1024;

/** Levels of nesting in `metadata.json`; ours needs three. */
export const MAX_METADATA_DEPTH = 32;

/** Deflate cannot expand further than 1032:1; a declared size beyond that is a lie. */
export const MAX_DEFLATE_RATIO = 1032;

/** How far back a match of deflate may lie. @see https://www.rfc-editor.org/rfc/rfc1951#section-2 */
export const WINDOW_BYTES = 32 * 1024;

/** Bytes read, written or hashed in one call. */
export const CHUNK_BYTES = 1024 * 1024;

/** Bytes that one worker deflates at a time. */
export const BLOCK_BYTES = 1024 * 1024;

/** Files up to this size are read ahead of their turn, several at once. */
export const READ_AHEAD_BYTES = 256 * 1024;

/** Files read ahead at once; with {@linkcode READ_AHEAD_BYTES} it bounds memory: 24 MiB at worst. */
export const READ_AHEAD_FILES = 96;

/** A file that is stored and not larger than this is held whole, so that its header can name its size. */
export const MAX_HELD_BYTES = 8 * 1024 * 1024;

/** Small files read in one message to the thread that reads them. */
export const BATCH_FILES = 32;
