import { Busboy, type BusboyFileStream, type BusboyInstance } from "@fastify/busboy";
import { AppError } from "../base/errors.ts";

/** The one file of a form. */
export interface FormFile {
  /** As the client wrote it, without folders; text from a stranger. */
  readonly fileName: string;
  /** The content as it arrives; it errors with `upload.incomplete` when the form breaks off. */
  readonly body: ReadableStream<Uint8Array>;
}

/** A form with one file needs no more. */
const LIMITS = { files: 1, fields: 20, parts: 30, fieldSize: 65_536, headerPairs: 50 };

/**
 * Finds the field `file` of a `multipart/form-data` body and streams it; nothing is held in memory.
 *
 * @throws {AppError} `upload.no_file` when the body is no form or has no such file.
 * @see https://www.rfc-editor.org/rfc/rfc7578
 */
export function openFormFile(
  body: ReadableStream<Uint8Array> | null,
  contentType: string | undefined,
): Promise<FormFile> {
  const { promise, resolve, reject } = Promise.withResolvers<FormFile>();
  if (body === null || !/^multipart\/form-data\b/i.test(contentType ?? "")) {
    reject(new AppError("upload.no_file"));
    return promise;
  }
  let parser: BusboyInstance;
  try {
    parser = new Busboy({ headers: { "content-type": contentType ?? "" }, limits: LIMITS });
  } catch (error) {
    // It says no more than "Multipart: Boundary not found".
    reject(new AppError("upload.no_file", {}, { cause: error }));
    return promise;
  }
  const reader = body.getReader();
  let opened: BusboyFileStream | null = null;
  const fail = (error: unknown) => {
    const broken = brokenOff(opened, error);
    opened?.destroy(broken);
    reject(broken);
    // The form is given up whatever happens to the rest of it.
    void reader.cancel(broken).catch(() => {});
  };
  parser.on("file", (field, stream, fileName) => {
    if (field !== "file" || opened !== null) return void stream.resume();
    opened = stream;
    const content = bodyOf(stream, () => void reader.cancel().catch(() => {}));
    resolve({ fileName: fileName ?? "", body: content });
  });
  parser.on("finish", () => reject(new AppError("upload.no_file")));
  parser.on("error", fail);
  void feed(reader, parser).catch(fail);
  return promise;
}

/** Hands the request's bytes to the parser, as fast as it takes them. */
async function feed(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  parser: BusboyInstance,
): Promise<void> {
  while (true) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!parser.write(value)) await new Promise((resolve) => parser.once("drain", resolve));
  }
  parser.end();
}

/** A Node stream as a web stream, with backpressure; `onCancel` runs when its reader gives up. */
function bodyOf(stream: BusboyFileStream, onCancel: () => void): ReadableStream<Uint8Array> {
  const chunks = stream[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await chunks.next();
        if (done) controller.close();
        else controller.enqueue(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
      } catch (error) {
        // The parser's own words for a form without its end.
        throw error instanceof AppError ? error : brokenOff(stream, error);
      }
    },
    async cancel() {
      onCancel();
      await chunks.return?.();
    },
  });
}

function brokenOff(stream: BusboyFileStream | null, cause: unknown): AppError {
  const received = stream?.bytesRead ?? 0;
  return new AppError("upload.incomplete", { received, expected: "?" }, { cause });
}
