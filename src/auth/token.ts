import { type JWTPayload, jwtVerify, SignJWT } from "jose";
import { toDate } from "../base/clock.ts";
import { AppError } from "../base/errors.ts";
import type { Config } from "../config/types.ts";

/** Who issued a token of ours; the library's tokens name no issuer. */
export const ISSUER = "shuku-backup";

/** The built-in login's subject; no user of the library can have it. */
export const ADMIN_SUBJECT = "shuku-backup:admin";

/** What signs and checks tokens. */
export interface TokenOptions {
  /** Shared with the library. */
  readonly key: string;
  /** The one algorithm in use; a token's own claim about it is never believed. */
  readonly algorithm: Config["auth"]["algorithm"];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What a token of ours says. */
export interface NewToken {
  readonly subject: string;
  readonly expiresInMinutes: number;
  /** Identifies the password it was made under: another password ends the token. */
  readonly passwordVersion: string;
  /** The restore this token is good for; it is good for everything when absent. */
  readonly jobId?: string;
}

/** The claims of a token whose signature and times hold. */
export interface TokenClaims {
  /** Empty when the token names none. */
  readonly subject: string;
  readonly isOurs: boolean;
  /** `role: "admin"` or `is_admin: true`. */
  readonly claimsAdmin: boolean;
  /** A name to show, when the token has one. */
  readonly name: string | null;
  readonly passwordVersion: string | null;
  readonly jobId: string | null;
}

/** A token may begin this much later by its issuer's clock: two containers' clocks differ by a little. */
const NOT_BEFORE_TOLERANCE_SECONDS = 10;

/** No honest token is longer; a longer one is not parsed. */
const MAX_TOKEN_LENGTH = 8192;

/**
 * Signs a token in our own name.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7519
 */
export async function signToken(claims: NewToken, options: TokenOptions): Promise<string> {
  const issuedAt = Math.floor(options.now / 1000);
  return await new SignJWT({
    pv: claims.passwordVersion,
    ...(claims.jobId === undefined ? {} : { job: claims.jobId }),
  })
    .setProtectedHeader({ alg: options.algorithm, typ: "JWT" })
    .setIssuer(ISSUER)
    .setSubject(claims.subject)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + claims.expiresInMinutes * 60)
    .sign(new TextEncoder().encode(options.key));
}

/**
 * Checks a token's signature, algorithm, times and kind. What its bearer may do is not decided here.
 *
 * @throws {AppError} `auth.invalid_token`, for every reason alike: no hint to whoever is guessing.
 */
export async function checkToken(token: string, options: TokenOptions): Promise<TokenClaims> {
  const payload = await verify(token, options);
  // PyJWT refuses a number too, and what a number means differs between libraries: a name or an id.
  if (payload.sub !== undefined && typeof payload.sub !== "string") {
    throw new AppError("auth.invalid_token");
  }
  const kinds = [payload["typ"], payload["type"], payload["token_type"]];
  if (kinds.some((kind) => kind !== undefined && kind !== "access")) {
    throw new AppError("auth.invalid_token");
  }
  return {
    subject: payload.sub ?? "",
    isOurs: payload.iss === ISSUER,
    claimsAdmin: payload["role"] === "admin" || payload["is_admin"] === true,
    name: text(payload["username"]) ?? text(payload["name"]),
    passwordVersion: text(payload["pv"]),
    jobId: text(payload["job"]),
  };
}

async function verify(token: string, options: TokenOptions): Promise<JWTPayload> {
  if (token.length > MAX_TOKEN_LENGTH) throw new AppError("auth.invalid_token");
  try {
    const { payload } = await jwtVerify(token, new TextEncoder().encode(options.key), {
      algorithms: [options.algorithm],
      currentDate: toDate(options.now),
      clockTolerance: NOT_BEFORE_TOLERANCE_SECONDS,
      requiredClaims: ["exp"],
    });
    // The tolerance is for the beginning alone: an expired token is expired.
    if (payload.exp === undefined || payload.exp * 1000 <= options.now) {
      throw new AppError("auth.invalid_token");
    }
    return payload;
  } catch (cause) {
    throw new AppError("auth.invalid_token", {}, { cause });
  }
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
