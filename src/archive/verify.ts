import { checkContent, type CheckOrder, type ContentReport } from "./check_content.ts";
import { bothOrNeither } from "../base/both_or_neither.ts";
import { fromOsError } from "../storage/os_error.ts";
import { hashFile, type HashName } from "../storage/read_chunks.ts";
import type { FileHashes } from "./types.ts";
import type { VerifyProblem } from "./verify_problem.ts";
import { runWorkerTask } from "./worker_task.ts";

export type { VerifyProblem } from "./verify_problem.ts";

/** Options of {@linkcode verifyArchive}. */
export interface VerifyOptions {
  readonly signal?: AbortSignal;
  /** Told how many bytes of content were checked since the last call. */
  readonly onBytes?: (bytes: number) => void;
  /** Leaves out the file's MD5; it is then empty. SHA-256 says more and costs half. */
  readonly withoutMd5?: boolean;
  /** Reads the content instead of `checkContent()`, as somebody does who unpacks it in the same pass. */
  readonly readWith?: (
    order: CheckOrder,
    options: { signal?: AbortSignal | undefined; onBytes?: ((bytes: number) => void) | undefined },
  ) => Promise<ContentReport>;
  /** What the archive should be. */
  readonly expected?: {
    readonly md5?: string;
    readonly sha256?: string;
  };
}

/** What {@linkcode verifyArchive} found. */
export interface VerifyReport extends ContentReport, FileHashes {
  /** No problem at all. */
  readonly valid: boolean;
}

/** An archive up to this size is read where it is: starting threads would take longer. */
const INLINE_BYTES = 2 * 1024 * 1024;

/** Less than a millisecond of hashing, and others have their turn. */
const HASHED_AT_ONCE = 256 * 1024;

/**
 * Reads an archive whole and names everything that is wrong with it, not only the first.
 *
 * Every entry is inflated and its size, CRC-32 and SHA-256 compared, in a thread of its own unless the archive is
 * small. Beside that the file's MD5 and SHA-256 are computed here, a little at a time: the caller's event loop goes on.
 *
 * @throws {AppError} Only when the file cannot be read at all: `storage.missing`, `storage.permission`,
 *   `storage.failed`, `worker.crashed`; the signal's reason.
 */
export async function verifyArchive(
  path: string,
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const { signal, expected, withoutMd5 = false } = options;
  signal?.throwIfAborted();
  const order: CheckOrder = { path };
  const names: readonly HashName[] = withoutMd5 ? ["sha256"] : ["md5", "sha256"];
  const size = await sizeOf(path);
  const [content, hashes] = await bothOrNeither(signal, (signal): [
    Promise<ContentReport>,
    Promise<Partial<Record<HashName, string>>>,
  ] => [
    readContent(order, { ...options, signal }, size > INLINE_BYTES),
    hashFile(path, names, { signal, chunkBytes: HASHED_AT_ONCE }),
  ]);
  const { md5 = "", sha256 = "" } = hashes;
  const found: FileHashes = { size, md5, sha256 };
  const problems = [...content.problems, ...compareHashes(found, expected)];
  return { ...content, ...found, problems, valid: problems.length === 0 };
}

async function readContent(
  order: CheckOrder,
  { readWith, onBytes, signal }: VerifyOptions & { signal: AbortSignal },
  inThread: boolean,
): Promise<ContentReport> {
  if (readWith !== undefined) return await readWith(order, { signal, onBytes });
  if (!inThread) return await checkContent(order, { signal, ...onBytes && { onBytes } });
  const options = { signal, onNote: onBytes };
  return await runWorkerTask<CheckOrder, number, ContentReport>(CHECK_WORKER, order, options);
}

const CHECK_WORKER = new URL("./check_worker.ts", import.meta.url);

function compareHashes(found: FileHashes, expected: VerifyOptions["expected"]): VerifyProblem[] {
  return (["md5", "sha256"] as const).flatMap((name) => {
    const wanted = expected?.[name]?.toLowerCase() ?? "";
    if (wanted === "" || found[name] === "" || wanted === found[name]) return [];
    const sentence = `${name} is ${found[name]}, expected ${wanted}`;
    const details = { found: sentence };
    return {
      path: null,
      ...details,
      hostile: false,
      kind: "checksum",
      code: "archive.changed",
      details,
    };
  });
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch (error) {
    throw fromOsError(error, path);
  }
}
