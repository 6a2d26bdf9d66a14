/**
 * A place for copies. What each word promises is in `TARGETS.md`; `tests/conformance/` tries it on every kind.
 *
 * @module
 */
import type { Source } from "../storage/source.ts";

/** What a kind can do; data, so that the copier and the page need not know kinds. */
export interface TargetAbilities {
  /** Writes under another name and renames what is whole. */
  readonly publishesByRename: boolean;
  /** The store itself refuses a name that is taken; else two writers at one instant are told apart by reading back. */
  readonly conditionalCreate: boolean;
  /** The store computes a digest of what it holds, so that a proof need not read it back. */
  readonly serverDigest: boolean;
  /** Goes on with a large object where it broke off. */
  readonly resume: boolean;
  /** {@linkcode Target.space} gives figures. */
  readonly quota: boolean;
  /** Bytes of the largest object; `null`: no limit known. */
  readonly maxObjectBytes: number | null;
  /** Names that one listing gives at most; `null`: all. */
  readonly maxListed: number | null;
}

/** Something that lies at a target, whole. */
export interface TargetObject {
  /** Relative to the target's base path, with slashes. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** By the target's own clock, milliseconds since the epoch; `null` when it does not say. Never compared with ours. */
  readonly modifiedAt: number | null;
}

/** Room at a target. */
export interface TargetSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call within a second; what was begun is taken away, now or by the next {@linkcode Target.sweep}. */
  readonly signal?: AbortSignal;
}

/** What {@linkcode Target.put} takes. */
export interface PutOptions extends CallOptions {
  /** Hears how many bytes have been handed over. */
  readonly onBytes?: (bytes: number) => void;
}

/** Which bytes {@linkcode Target.get} gives. */
export interface GetOptions extends CallOptions {
  /** First byte; default 0. */
  readonly start?: number;
  /** The byte after the last; default the end. */
  readonly end?: number;
}

/** A place for copies. */
export interface Target extends AsyncDisposable {
  /** Its row in `open_target.ts`. */
  readonly kind: string;
  readonly abilities: TargetAbilities;
  /** Tells whether the place answers, lets us in and is the one that was set up. Writes nothing. @throws {AppError} */
  probe(options?: CallOptions): Promise<void>;
  /**
   * Stores a new object: whole, or not at all.
   *
   * @throws {AppError} `target.exists` when the name is taken, whose object stays; other `target.*`; what the source
   * throws.
   */
  put(name: string, source: Source, options?: PutOptions): Promise<TargetObject>;
  /** Reads an object or a part of it. @throws {AppError} `target.not_found`, other `target.*`, also while it is read. */
  get(name: string, options?: GetOptions): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
  /** Looks at one object; `null` when the target says that there is none. */
  stat(name: string, options?: CallOptions): Promise<TargetObject | null>;
  /** Gives every object whose name begins with `prefix`, once each, in no order. */
  list(prefix: string, options?: CallOptions): AsyncIterable<TargetObject>;
  /** Takes an object away; one that is not there is no error. */
  remove(name: string, options?: CallOptions): Promise<void>;
  /** How much room there is; `null` when it cannot be known, which is not 0. */
  space(options?: CallOptions): Promise<TargetSpace | null>;
  /**
   * Takes away what puts of this program left behind that died: nothing younger than `olderThanMs`, nothing of others.
   *
   * @returns How many there were.
   */
  sweep(options: CallOptions & { olderThanMs: number }): Promise<number>;
}
