import { Buffer } from "node:buffer";
import { createHmac, randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { AppError } from "../base/errors.ts";
import { findPasswordWeakness } from "../base/weak_password.ts";

/**
 * The cost of one guess: about 32 MiB and a tenth of a second.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7914#section-2
 */
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 } as const;
const HASH_BYTES = 32;

/** A hashed password as its file holds it. */
interface PasswordRecord {
  /** base64 */
  readonly salt: string;
  /** base64 */
  readonly hash: string;
  /** Random; part of every token made under this password. */
  readonly version: string;
}

/** Lets a password pass or says why not. @throws {AppError} `auth.weak_password` with a `reason`. */
export function checkPasswordStrength(password: string): string {
  const weakness = findPasswordWeakness(password);
  if (weakness !== null) throw new AppError("auth.weak_password", { reason: weakness });
  return password;
}

/** Hashes a password with a salt of its own and gives it a version of its own. */
async function hashPassword(password: string): Promise<PasswordRecord> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt);
  return {
    salt: salt.toString("base64"),
    hash: hash.toString("base64"),
    version: randomBytes(16).toString("hex"),
  };
}

/** Tells whether `password` is the one hashed, in the same time whatever the answer. */
async function verifyPassword(password: string, record: PasswordRecord): Promise<boolean> {
  const hash = await derive(password, Buffer.from(record.salt, "base64"));
  return isSame(hash, Buffer.from(record.hash, "base64"));
}

/** What {@linkcode PasswordStore} works with. */
export interface PasswordStoreOptions {
  /** From the configuration; it wins over the file. */
  readonly configured: string | null;
  /** Keyed into the version of a configured password. */
  readonly signingKey: string;
  /** Gives the file's text; `null` when there is none. */
  readonly read: () => Promise<string | null>;
  /** Replaces the file, for its owner's eyes only. */
  readonly write: (text: string) => Promise<void>;
}

/**
 * The password of the built-in login: the configured one, or a hash in a file.
 *
 * The file is read anew each time, so that a password set by the command line counts at once in a
 * running server.
 */
export class PasswordStore {
  readonly #options: PasswordStoreOptions;
  #configuredRecord: Promise<PasswordRecord> | null = null;

  constructor(options: PasswordStoreOptions) {
    this.#options = options;
  }

  /** Tells whether the configuration decides, so that {@linkcode PasswordStore.set} changes nothing. */
  get isConfigured(): boolean {
    return this.#options.configured !== null;
  }

  /**
   * Sees to it that there is a password.
   *
   * @returns The one made now, to be shown once and never again; `null` when there was one.
   */
  async prepare(): Promise<string | null> {
    if (this.isConfigured || await this.#readRecord() !== null) return null;
    const generated = generatePassword();
    await this.#write(generated);
    return generated;
  }

  /** Sets a new password, which ends every token made before. @throws {AppError} `auth.weak_password` */
  async set(password: string): Promise<void> {
    await this.#write(checkPasswordStrength(password));
  }

  /** Tells whether `password` is right; takes as long when there is none at all. */
  async verify(password: string): Promise<boolean> {
    const record = await this.#record() ?? NO_PASSWORD;
    return await verifyPassword(password, record) && record !== NO_PASSWORD;
  }

  /** What a token must carry to be good; `null` while there is no password. */
  async version(): Promise<string | null> {
    return (await this.#record())?.version ?? null;
  }

  #record(): Promise<PasswordRecord | null> {
    const { configured } = this.#options;
    if (configured === null) return this.#readRecord();
    return this.#configuredRecord ??= this.#hashConfigured(configured).catch((error) => {
      // Short of memory for a moment: the next one to sign in asks anew.
      this.#configuredRecord = null;
      throw error;
    });
  }

  /**
   * The version must be the same after a restart, and tell nothing to whoever reads a token. The hash never
   * leaves this process, so it needs no salt of its own.
   */
  async #hashConfigured(password: string): Promise<PasswordRecord> {
    const salt = Buffer.from("shuku-backup password version");
    const hash = await derive(password, salt);
    const version = createHmac("sha256", this.#options.signingKey).update(hash).digest("hex");
    return {
      salt: salt.toString("base64"),
      hash: hash.toString("base64"),
      version: version.slice(0, 32),
    };
  }

  async #readRecord(): Promise<PasswordRecord | null> {
    const text = await this.#options.read();
    return text === null ? null : parseRecord(text);
  }

  async #write(password: string): Promise<void> {
    const record = await hashPassword(password);
    await this.#options.write(JSON.stringify({ algorithm: "scrypt", ...record }, null, 2) + "\n");
  }
}

/** Hashed against when there is no password, so that the answer takes its usual time. */
const NO_PASSWORD: PasswordRecord = {
  salt: Buffer.alloc(16).toString("base64"),
  hash: Buffer.alloc(HASH_BYTES).toString("base64"),
  version: "",
};

/** Damaged means none: whoever can write the file can set a password anyway. */
function parseRecord(text: string): PasswordRecord | null {
  try {
    const { salt, hash, version } = JSON.parse(text);
    const isWhole = [salt, hash, version].every((part) => typeof part === "string") &&
      Buffer.from(hash, "base64").length === HASH_BYTES && version.length >= 32;
    return isWhole ? { salt, hash, version } : null;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

/** 20 letters and digits without look-alikes, in groups that are easy to copy: 100 bits. */
export function generatePassword(): string {
  const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  const letters = [...randomBytes(20)].map((byte) => alphabet[byte % alphabet.length]);
  return letters.join("").replaceAll(/.{5}(?=.)/g, "$&-");
}

function derive(password: string, salt: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFC"), salt, HASH_BYTES, COST, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
