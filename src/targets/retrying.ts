import { randomInt } from "node:crypto";
import { type AppError, isAppError } from "../base/errors.ts";
import { type Pause, pause as systemPause } from "../base/pause.ts";
import type { Source } from "../storage/source.ts";
import type { CallOptions, GetOptions, PutOptions, Target, TargetObject } from "./target.ts";

/** How often and how patiently calls are tried again. */
export interface RetryOptions {
  /** Tries in all; default 5. */
  readonly tries?: number;
  /** The first wait, doubled each time, in milliseconds; default a second. */
  readonly firstMs?: number;
  /** The longest wait, in milliseconds; default an hour. */
  readonly longestMs?: number;
  readonly pause?: Pause;
  /** From 0 up to 1: which part of a wait is really waited beyond its half; default random. */
  readonly jitter?: () => number;
}

/** What may be over a moment later. Anything else is the same the next time. */
const PASSING = ["target.unreachable", "target.timeout", "target.throttled"] as const;

/**
 * Tries a target's calls again where that can help: after a connection that was lost, a silence, or a request to wait,
 * which is honoured to the second.
 *
 * A `put` whose answer was lost may have been done. When the next try finds its name taken, the object there is read
 * back and compared byte by byte: it counts as stored only if it is this very source.
 */
export function retrying(target: Target, options: RetryOptions = {}): Target {
  const again = <Result>(call: (attempt: number) => Promise<Result>, calling: CallOptions = {}) =>
    tryAgain(call, calling, options);
  return {
    kind: target.kind,
    abilities: target.abilities,
    probe: (calling) => again(() => target.probe(calling), calling),
    put: (name, source, calling) =>
      again((attempt) => putAgain(target, { name, source, attempt }, calling), calling),
    get: (name, calling) => Promise.resolve(readAgain(target, name, calling ?? {}, again)),
    stat: (name, calling) => again(() => target.stat(name, calling), calling),
    list: (prefix, calling) => listAgain(target, prefix, calling, again),
    remove: (name, calling) => again(() => target.remove(name, calling), calling),
    space: (calling) => again(() => target.space(calling), calling),
    sweep: (calling) => again(() => target.sweep(calling), calling),
    [Symbol.asyncDispose]: () => target[Symbol.asyncDispose](),
  };
}

type Again = <Result>(
  call: (attempt: number) => Promise<Result>,
  calling?: CallOptions,
) => Promise<Result>;

async function tryAgain<Result>(
  call: (attempt: number) => Promise<Result>,
  { signal }: CallOptions,
  options: RetryOptions,
): Promise<Result> {
  const { tries = 5, pause = systemPause } = options;
  for (let attempt = 1;; attempt += 1) {
    try {
      return await call(attempt);
    } catch (error) {
      if (attempt >= tries || !isAppError(error, ...PASSING)) throw error;
      await pause(waitMs(error, attempt, options), signal === undefined ? {} : { signal });
    }
  }
}

/** What the target asked for, else twice as long each time, half of it by chance: many clients must not come at once. */
function waitMs(error: AppError, attempt: number, options: RetryOptions): number {
  const { retry_after: asked } = error.details;
  if (typeof asked === "number") return asked * 1000;
  const { firstMs = 1000, longestMs = 3_600_000, jitter = () => randomInt(1000) / 1000 } = options;
  const whole = Math.min(longestMs, firstMs * 2 ** (attempt - 1));
  return whole / 2 + (whole / 2) * jitter();
}

async function putAgain(
  target: Target,
  { name, source, attempt }: { name: string; source: Source; attempt: number },
  calling: PutOptions = {},
): Promise<TargetObject> {
  try {
    return await target.put(name, source, calling);
  } catch (error) {
    if (attempt === 1 || !isAppError(error, "target.exists")) throw error;
    const there = await target.stat(name, calling);
    if (there === null || !await isSame(target, there, source, calling)) throw error;
    return there;
  }
}

async function isSame(
  target: Target,
  there: TargetObject,
  source: Source,
  { signal }: CallOptions,
): Promise<boolean> {
  if (there.size !== source.size) return false;
  const calling = signal === undefined ? {} : { signal };
  let done = 0;
  for await (const chunk of await target.get(there.name, calling)) {
    const own = new Uint8Array(chunk.length);
    const filled = await source.read(done, own);
    if (filled !== chunk.length || !equal(own, chunk)) return false;
    done += filled;
  }
  return done === source.size;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, index) => byte === b[index]);
}

/** A reading that breaks off goes on at the byte after the last one that came. */
function readAgain(
  target: Target,
  name: string,
  options: GetOptions,
  again: Again,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(chunksAgain(target, name, options, again));
}

async function* chunksAgain(
  target: Target,
  name: string,
  options: GetOptions,
  again: Again,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let start = options.start ?? 0;
  let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | null = null;
  try {
    while (true) {
      const next = await again(async () => {
        reader ??= (await target.get(name, { ...options, start })).getReader();
        try {
          return await reader.read();
        } catch (error) {
          reader = null;
          throw error;
        }
      }, options);
      if (next.done) return;
      start += next.value.length;
      yield next.value;
    }
  } finally {
    // Whoever stops reading early must not leave the connection open.
    await (reader as ReadableStreamDefaultReader | null)?.cancel().catch(() => {});
  }
}

/** From the beginning: half a listing must not look like a whole one. Held until it is whole. */
async function* listAgain(
  target: Target,
  prefix: string,
  options: CallOptions | undefined,
  again: Again,
): AsyncGenerator<TargetObject> {
  yield* await again(() => Array.fromAsync(target.list(prefix, options)), options);
}
