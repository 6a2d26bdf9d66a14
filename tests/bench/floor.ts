import { join } from "node:path";
import { areInstalled } from "./measure/is_installed.ts";
import { removeIfThere } from "./library/folders.ts";
import { measureOwnDeflate } from "./own_deflate.ts";
import { measureReadBack, type ReadBackSpeeds } from "./read_back.ts";

/** How fast this machine can be, whatever the program. */
export interface Floor {
  readonly writeBytesPerSecond: number;
  readonly readBytesPerSecond: number;
  /** libdeflate at level 6 on the database's own bytes, on all cores at once; `null` when not installed. */
  readonly deflateBytesPerSecond: number | null;
  /** What our own threads make of the same bytes. */
  readonly ownDeflateBytesPerSecond: number;
  /** Bytes read and written at disk speed, plus deflating; `null` when that cannot be told. */
  readonly createSeconds: number | null;
  readonly readBack: ReadBackSpeeds;
  /** The same, and what proves a backup, on all cores: the archive inflated, and every byte hashed as promised. */
  readonly verifiedSeconds: number | null;
}

const BLOCK_BYTES = 1 << 20;
const PIECE_BYTES = 32 << 20;

/** Measures the floor under a backup of `library` that ends as an archive of `archiveBytes`. */
export async function measureFloor(
  library: { databasePath: string; databaseBytes: number; coverBytes: number },
  archiveBytes: number,
  folder: string,
): Promise<Floor> {
  const copy = join(folder, "floor.bin");
  const pieces = await cutPieces(library.databasePath, folder);
  try {
    const writeBytesPerSecond = await measureWrite(copy, library.databaseBytes);
    const readBytesPerSecond = await measureRead(copy);
    const deflateBytesPerSecond = await measureDeflate(pieces);
    const ownDeflateBytesPerSecond = await measureOwnDeflate(library.databasePath);
    const readBack = await measureReadBack(library.databasePath);
    const { databaseBytes, coverBytes } = library;
    const contentBytes = databaseBytes + coverBytes;
    // Content is hashed as it is read and once more as it is read back; the archive by MD5 and SHA-256.
    const proving = databaseBytes / readBack.inflate + archiveBytes / readBack.md5 +
      (2 * contentBytes + archiveBytes) / readBack.sha256;
    // The database is read, copied, and the copy read; covers are read; the archive is written and read back.
    const reading = 2 * databaseBytes + coverBytes + archiveBytes;
    const createSeconds = deflateBytesPerSecond === null
      ? null
      : reading / readBytesPerSecond + (databaseBytes + archiveBytes) / writeBytesPerSecond +
        databaseBytes / deflateBytesPerSecond;
    return {
      writeBytesPerSecond,
      readBytesPerSecond,
      deflateBytesPerSecond,
      ownDeflateBytesPerSecond,
      createSeconds,
      readBack,
      verifiedSeconds: createSeconds === null
        ? null
        : createSeconds + proving / navigator.hardwareConcurrency,
    };
  } finally {
    for (const path of [copy, ...pieces]) await removeIfThere(path);
  }
}

async function measureWrite(path: string, bytes: number): Promise<number> {
  const block = crypto.getRandomValues(new Uint8Array(65_536));
  const began = performance.now();
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  for (let written = 0; written < bytes;) written += await file.write(block);
  await file.sync();
  return bytes / ((performance.now() - began) / 1000);
}

async function measureRead(path: string): Promise<number> {
  const block = new Uint8Array(BLOCK_BYTES);
  const began = performance.now();
  using file = await Deno.open(path);
  let bytes = 0;
  for (let got: number | null = 0; got !== null; got = await file.read(block)) bytes += got;
  return bytes / ((performance.now() - began) / 1000);
}

async function cutPieces(path: string, folder: string): Promise<string[]> {
  using file = await Deno.open(path);
  const pieces: string[] = [];
  for (let core = 0; core < navigator.hardwareConcurrency; core++) {
    const piece = join(folder, `floor.${core}.piece`);
    using target = await Deno.open(piece, { write: true, create: true, truncate: true });
    const block = new Uint8Array(BLOCK_BYTES);
    for (let bytes = 0; bytes < PIECE_BYTES; bytes += BLOCK_BYTES) {
      const got = await file.read(block) ?? 0;
      for (let done = 0; done < got;) done += await target.write(block.subarray(done, got));
    }
    pieces.push(piece);
  }
  return pieces;
}

async function measureDeflate(pieces: readonly string[]): Promise<number | null> {
  if (!areInstalled(["libdeflate-gzip"])) return null;
  const began = performance.now();
  await Promise.all(
    pieces.map((piece) =>
      new Deno.Command("libdeflate-gzip", { args: ["-6", "-c", piece], stdout: "null" }).output()
    ),
  );
  const seconds = (performance.now() - began) / 1000;
  const sizes = await Promise.all(pieces.map((piece) => Deno.stat(piece)));
  return sizes.reduce((sum, { size }) => sum + size, 0) / seconds;
}
