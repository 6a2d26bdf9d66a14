import { createHash, timingSafeEqual } from "node:crypto";
import type { Clock } from "../base/clock.ts";
import { AppError, isAppError } from "../base/errors.ts";
import type { Config } from "../config/types.ts";
import type { PasswordStore } from "./password.ts";
import { Throttle } from "./throttle.ts";
import {
  ADMIN_SUBJECT,
  checkToken,
  ISSUER,
  signToken,
  type TokenClaims,
  type TokenOptions,
} from "./token.ts";

/** The built-in login's user name. */
export const ADMIN_NAME = "admin";

/** How long a restore's own token lasts. */
const RESTORE_TOKEN_MINUTES = 24 * 60;

/** Sign-ins checked at once: each takes 32 MiB while it is being checked. */
const MAX_CHECKS = 4;

/** Somebody who may use the service. */
export interface Identity {
  readonly subject: string;
  /** For the audit and the page. */
  readonly name: string;
  /** How they are known. */
  readonly via: "built-in" | "claim" | "library" | "restore-token" | "local";
  readonly canWrite: boolean;
  /** The restore a restore token belongs to. */
  readonly jobId: string | null;
}

/** What a request wants to do. */
export interface AccessRequest {
  /** Changes something. */
  readonly write?: boolean;
  /**
   * Tells whether a restore's own token is enough here: for that job's document, events and undo. Without it
   * such a token is refused, so that a new route is closed to it.
   */
  readonly allowRestoreToken?: (jobId: string) => boolean;
}

/** What {@linkcode Authenticator} works with. */
export interface AuthenticatorOptions {
  /** Signs and checks tokens; shared with the library. */
  readonly key: string;
  readonly algorithm: Config["auth"]["algorithm"];
  readonly tokenMinutes: number;
  readonly libraryTokens: Config["auth"]["libraryTokens"];
  readonly clock: Clock;
  readonly passwords: PasswordStore;
  /** Looks a subject up in the library's users; `null`: no such user. */
  readonly findLibraryUser: (subject: string) => Promise<{ readonly isAdmin: boolean } | null>;
}

/** Knows administrators: by our own password, by a token's claims, or by the library's users. */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #throttle: Throttle;
  #checks = 0;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    this.#throttle = new Throttle(options.clock);
  }

  /**
   * Finds out whose token it is.
   *
   * @throws {AppError} `auth.invalid_token`; `auth.not_admin`; `auth.read_only` when a library's token may
   * only look; `auth.library_unavailable` when its users cannot be read, which says nothing about the token.
   */
  async authenticate(token: string | null, request: AccessRequest = {}): Promise<Identity> {
    if (token === null || token === "") throw new AppError("auth.invalid_token");
    const claims = await checkToken(token, this.#tokenOptions());
    return claims.isOurs || claims.subject.startsWith(`${ISSUER}:`)
      ? await this.#knowOurs(claims, request)
      : await this.#knowLibrary(claims, request);
  }

  /**
   * Exchanges the built-in login's password for a token.
   *
   * @param peer Address that failed attempts are counted for.
   * @throws {AppError} `auth.wrong_password`; `auth.too_many_attempts` with `retry_after`.
   */
  async signIn(
    username: string,
    password: string,
    peer: string,
  ): Promise<{ access_token: string; token_type: "bearer" }> {
    if (this.#checks >= MAX_CHECKS) {
      throw new AppError("auth.too_many_attempts", { retry_after: 1 });
    }
    this.#throttle.begin(peer);
    this.#checks += 1;
    try {
      // Both are always checked, so that time does not tell which one was wrong.
      const isRight = await this.#options.passwords.verify(password);
      if (!isSameText(username, ADMIN_NAME) || !isRight) throw new AppError("auth.wrong_password");
    } finally {
      this.#checks -= 1;
    }
    this.#throttle.succeed(peer);
    return { access_token: await this.issue(), token_type: "bearer" };
  }

  /** Makes a token of the built-in login, good for `minutes` or the configured time. */
  async issue(minutes?: number): Promise<string> {
    const version = await this.#options.passwords.version();
    if (version === null) throw new AppError("auth.wrong_password");
    return await this.#sign(version, minutes ?? this.#options.tokenMinutes);
  }

  /**
   * Makes a token for one restore and its undo: after it, the restored users may know nobody.
   *
   * @returns `null` where there is no password to bind it to.
   * @throws {AppError} `storage.*` when the password's file cannot be read.
   */
  async issueRestoreToken(jobId: string): Promise<string | null> {
    const version = await this.#options.passwords.version();
    return version === null ? null : await this.#sign(version, RESTORE_TOKEN_MINUTES, jobId);
  }

  async #sign(passwordVersion: string, minutes: number, jobId?: string): Promise<string> {
    return await signToken({
      subject: ADMIN_SUBJECT,
      expiresInMinutes: minutes,
      passwordVersion,
      ...(jobId === undefined ? {} : { jobId }),
    }, this.#tokenOptions());
  }

  /** A token in our name must be ours: the library signs with the same key. */
  async #knowOurs(claims: TokenClaims, request: AccessRequest): Promise<Identity> {
    const version = await this.#options.passwords.version();
    const isGood = claims.isOurs && claims.subject === ADMIN_SUBJECT && version !== null &&
      claims.passwordVersion !== null && isSameText(claims.passwordVersion, version);
    if (!isGood) throw new AppError("auth.invalid_token");
    const { jobId } = claims;
    if (jobId !== null && request.allowRestoreToken?.(jobId) !== true) {
      throw new AppError("auth.not_admin");
    }
    return {
      subject: ADMIN_SUBJECT,
      name: ADMIN_NAME,
      via: jobId === null ? "built-in" : "restore-token",
      canWrite: true,
      jobId,
    };
  }

  async #knowLibrary(claims: TokenClaims, request: AccessRequest): Promise<Identity> {
    const { libraryTokens } = this.#options;
    if (libraryTokens === "off") throw new AppError("auth.not_admin");
    if (!claims.claimsAdmin) await this.#checkLibraryAdmin(claims.subject);
    const canWrite = libraryTokens === "all";
    if (request.write === true && !canWrite) throw new AppError("auth.read_only");
    return {
      subject: claims.subject,
      name: claims.name ?? (claims.subject || ADMIN_NAME),
      via: claims.claimsAdmin ? "claim" : "library",
      canWrite,
      jobId: null,
    };
  }

  async #checkLibraryAdmin(subject: string): Promise<void> {
    if (subject === "") throw new AppError("auth.invalid_token");
    const user = await this.#findLibraryUser(subject);
    if (user === null) throw new AppError("auth.invalid_token");
    if (!user.isAdmin) throw new AppError("auth.not_admin");
  }

  async #findLibraryUser(subject: string): Promise<{ readonly isAdmin: boolean } | null> {
    try {
      return await this.#options.findLibraryUser(subject);
    } catch (cause) {
      if (isAppError(cause, "auth.library_unavailable")) throw cause;
      // Whatever went wrong with the database, the token may be as good as ever.
      throw new AppError("auth.library_unavailable", {}, { cause });
    }
  }

  #tokenOptions(): TokenOptions {
    const { key, algorithm, clock } = this.#options;
    return { key, algorithm, now: clock.now() };
  }
}

/** Compares text in a time that does not depend on where it differs. */
function isSameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
