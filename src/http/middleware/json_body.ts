import type { Context, MiddlewareHandler } from "hono";
import { AppError } from "../../base/errors.ts";
import { describeError } from "../../base/messages/mod.ts";
import type { HttpEnv } from "../environment.ts";

/** Bytes of a JSON body. */
const LIMIT_BYTES = 1024 * 1024;

/** How long a body may take to arrive, in milliseconds. */
const DEADLINE_MS = 30_000;

/**
 * Reads a JSON body, counting its bytes as they come, and hands it on; an absent body counts as `{}`.
 *
 * @param isStreamed Tells which requests carry something else, read by their own handler.
 * @throws {AppError} `request.too_large`, `request.timeout`, `request.unsupported_type`, `request.malformed`.
 */
export function jsonBody(
  isStreamed: (c: Context<HttpEnv>) => boolean,
): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    if (c.req.method === "GET" || c.req.method === "HEAD" || isStreamed(c)) return await next();
    const text = decode(await readLimited(c.req.raw.body, { limitBytes: LIMIT_BYTES }), c);
    if (text.trim() !== "") checkJson(text, c);
    const headers = new Headers(c.req.raw.headers);
    headers.set("Content-Type", "application/json");
    c.req.raw = new Request(c.req.raw.url, {
      method: c.req.method,
      headers,
      body: text.trim() === "" ? "{}" : text,
    });
    await next();
  };
}

/**
 * Reads a whole body of bounded size in bounded time: whoever sends a byte a minute holds no connection.
 *
 * @throws {AppError} `request.too_large`, `request.timeout`
 */
export async function readLimited(
  body: ReadableStream<Uint8Array> | null,
  options: { limitBytes: number; deadlineMs?: number },
): Promise<Uint8Array> {
  if (body === null) return new Uint8Array();
  const { limitBytes, deadlineMs = DEADLINE_MS } = options;
  const reader = body.getReader();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new AppError("request.timeout", { limit_seconds: deadlineMs / 1000 })),
    deadlineMs,
  );
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    while (true) {
      const { done, value } = await Promise.race([reader.read(), late.promise]);
      if (done) return joined(chunks, size);
      size += value.length;
      if (size > limitBytes) throw new AppError("request.too_large", { limit_bytes: limitBytes });
      chunks.push(value);
    }
  } catch (error) {
    // The rest is of no use; an error while giving it up changes nothing.
    void reader.cancel(error).catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function joined(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let position = 0;
  for (const chunk of chunks) {
    whole.set(chunk, position);
    position += chunk.length;
  }
  return whole;
}

function checkJson(text: string, c: Context<HttpEnv>): void {
  const type = c.req.header("Content-Type");
  if (type !== undefined && !/^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type)) {
    throw new AppError("request.unsupported_type", { found: type, expected: "application/json" });
  }
  try {
    JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw malformed(c);
    throw error;
  }
}

function decode(bytes: Uint8Array, c: Context<HttpEnv>): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw malformed(c);
    throw error;
  }
}

function malformed(c: Context<HttpEnv>): AppError {
  const message = describeError(new AppError("request.malformed"), c.var.language);
  return new AppError("request.malformed", { errors: [{ path: "body", message }] });
}
