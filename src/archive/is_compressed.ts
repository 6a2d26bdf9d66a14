/**
 * Tells whether a file's format is compressed already, so that deflating it would only cost time.
 *
 * Looks at the name, and for names that say nothing at the first bytes.
 *
 * @param path Name of the file.
 * @param head The first bytes, twelve or more when the file has them.
 */
export function isCompressed(path: string, head: Uint8Array): boolean {
  const extension = /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase();
  if (extension !== undefined && EXTENSIONS.has(extension)) return true;
  return SIGNATURES.some(({ at, bytes }) =>
    bytes.every((byte, index) => head[at + index] === byte)
  );
}

const EXTENSIONS: ReadonlySet<string> = new Set([
  ...["jpg", "jpeg", "jpe", "jfif", "png", "apng", "webp", "gif", "avif", "heic", "heif", "jxl"],
  ...["zip", "epub", "cbz", "cbr", "rar", "7z", "gz", "tgz", "bz2", "xz", "zst", "lz4", "br"],
  ...["mp3", "m4a", "aac", "ogg", "opus", "flac", "mp4", "mkv", "webm", "woff", "woff2", "docx"],
]);

const SIGNATURES: readonly { readonly at: number; readonly bytes: readonly number[] }[] = [
  { at: 0, bytes: [0xff, 0xd8, 0xff] }, // JPEG
  { at: 0, bytes: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] }, // PNG
  { at: 0, bytes: [0x47, 0x49, 0x46, 0x38] }, // GIF
  { at: 8, bytes: [0x57, 0x45, 0x42, 0x50] }, // WebP, after RIFF and a size
  { at: 4, bytes: [0x66, 0x74, 0x79, 0x70, 0x61, 0x76, 0x69] }, // AVIF, AVIS
  { at: 0, bytes: [0x50, 0x4b, 0x03, 0x04] }, // ZIP and all made of it
  { at: 0, bytes: [0x1f, 0x8b] }, // gzip
  { at: 0, bytes: [0x28, 0xb5, 0x2f, 0xfd] }, // Zstandard
];
