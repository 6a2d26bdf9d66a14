/**
 * A worker that hashes and writes one large file; see `large_file_writer.ts`.
 *
 * @module
 */
/// <reference lib="deno.worker" />
import { createHash } from "node:crypto";
import { fdatasyncSync } from "node:fs";
import { dirname } from "node:path";
import { releaseMemory } from "../archive/release_memory.ts";
import { AppError } from "../base/errors.ts";
import { lowerPriority } from "../base/low_priority.ts";
import { EarlyFlush } from "../storage/early_flush.ts";
import { fromOsError } from "../storage/os_error.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import type { WriteOrder, WriteReply, WriteRequest } from "./large_file_writer.ts";
import { NewFile } from "./new_file.ts";
import type { SentPieces } from "./piece_sender.ts";

/** The file of this thread, and how far it has come. */
class Receiving {
  readonly #file: NewFile;
  /** `null`: the file need not survive a power cut. */
  readonly #early: EarlyFlush | null;
  readonly #port: MessagePort;
  readonly #hash = createHash("sha256");
  #written = 0;
  /** Somebody waits for the content. */
  #isAwaited = true;

  private constructor(file: NewFile, early: EarlyFlush | null, port: MessagePort) {
    this.#file = file;
    this.#early = early;
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<SentPieces>) => this.#take(data);
  }

  static async begin({ path, durable, port }: WriteOrder): Promise<Receiving> {
    // Only a restore is in a hurry.
    if (!durable) lowerPriority();
    await makeFolder(dirname(path));
    const file = new NewFile(path);
    try {
      return new Receiving(file, durable ? await EarlyFlush.open(path) : null, port);
    } catch (error) {
      file[Symbol.dispose]();
      throw error;
    }
  }

  async flush(): Promise<void> {
    await this.#early?.settle();
    try {
      fdatasyncSync(this.#file.descriptor);
    } catch (error) {
      throw fromOsError(error, this.#file.path);
    }
    await syncFolder(dirname(this.#file.path));
  }

  async close(): Promise<void> {
    this.#settle(failure(new AppError("job.cancelled")));
    this.#port.close();
    this.#file[Symbol.dispose]();
    await this.#early?.[Symbol.asyncDispose]();
  }

  #take(sent: SentPieces): void {
    if (!this.#isAwaited) return;
    try {
      if ("pieces" in sent) sent.pieces.forEach((piece) => this.#write(piece));
      else this.#end(sent.endedAt);
      this.#port.postMessage(null);
    } catch (error) {
      this.#settle(failure(error));
    }
  }

  #write(piece: Uint8Array<ArrayBuffer>): void {
    this.#hash.update(piece);
    this.#file.write(piece);
    this.#written += piece.length;
    this.#early?.reached(this.#written);
    releaseMemory(piece);
  }

  #end(bytes: number): void {
    this.#file.end(bytes);
    this.#settle({ sha256: this.#hash.digest("hex") });
  }

  #settle(reply: WriteReply): void {
    if (this.#isAwaited) self.postMessage(reply);
    this.#isAwaited = false;
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fromOsError(error, path);
  }
}

let receiving: Receiving | null = null;

async function perform(request: WriteRequest): Promise<void> {
  try {
    if (request.kind === "receive") {
      receiving = await Receiving.begin(request);
      return; // Answered when everything is there.
    }
    if (request.kind === "flush") {
      await receiving?.flush();
    } else {
      const closing = receiving;
      receiving = null;
      await closing?.close();
    }
    self.postMessage({} satisfies WriteReply);
  } catch (error) {
    self.postMessage(failure(error));
  }
}

/** @throws What has no code: that ends the worker. */
function failure(error: unknown): WriteReply {
  if (!(error instanceof AppError)) throw error;
  return { failed: { code: error.code, details: error.details } };
}

let turn = Promise.resolve();
self.onmessage = ({ data }: MessageEvent<WriteRequest>) => {
  turn = turn.then(() => perform(data));
};
