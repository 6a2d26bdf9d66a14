/**
 * The numbers that bound what the room reads and how much it holds at once.
 *
 * @module
 */

/** Entries in one archive. A library has some tens or hundreds of thousands of covers; more than this is a bomb. */
export const MAX_ENTRIES = 4_000_000;

/** Bytes of an entry's name, in UTF-8; what Linux allows for a path. */
export const MAX_NAME_BYTES = 4096;

/** Bytes of one segment of a name, in UTF-8; what every common file system allows. */
export const MAX_SEGMENT_BYTES = 255;

/** Bytes of `metadata.json` beside its list of files, which is never held. */
export const MAX_METADATA_BYTES = 24 * 1024 * 1024;

/** Bytes of the JSON about one file: a name of 4096 bytes takes six times as many when every letter is escaped. */
export const MAX_FILE_RECORD_BYTES = 64 * 1024;

/** Values in `metadata.json` beside its files: each costs memory that its two bytes do not tell of. */
export const MAX_METADATA_VALUES = 600_000;

/** Names of values in `metadata.json` beside its files, the dearest of all when no two are the same. */
export const MAX_METADATA_KEYS = 450_000;

/** Problems of one archive that are told one by one; the others are counted. */
export const MAX_PROBLEMS = 10_000;

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
