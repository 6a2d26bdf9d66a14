import assert from "node:assert/strict";
import { SignJWT } from "jose";
import { Authenticator, type AuthenticatorOptions } from "../../src/auth/admin.ts";
import { PasswordStore } from "../../src/auth/password.ts";
import { ADMIN_SUBJECT, ISSUER, signToken } from "../../src/auth/token.ts";
import { AppError, type ErrorCode, isAppError } from "../../src/base/errors.ts";
import { FakeClock } from "../helpers/fake_clock.ts";

const KEY = "a-key-of-the-library-0123456789abcdef";
const PASSWORD = "seven wet horses";
const LIBRARY: Record<string, boolean> = { "1": true, reader: false };

function setUp(options: Partial<AuthenticatorOptions> = {}) {
  const clock = new FakeClock("2026-01-15T12:00:00Z");
  let file: string | null = null;
  const passwords = new PasswordStore({
    configured: null,
    signingKey: KEY,
    read: () => Promise.resolve(file),
    write: (text) => Promise.resolve(void (file = text)),
  });
  const auth = new Authenticator({
    key: KEY,
    algorithm: "HS256",
    tokenMinutes: 60,
    libraryTokens: "all",
    clock,
    passwords,
    findLibraryUser: (subject) =>
      Promise.resolve(subject in LIBRARY ? { isAdmin: LIBRARY[subject] === true } : null),
    ...options,
  });
  const libraryToken = (claims: Record<string, unknown>) =>
    new SignJWT({ exp: clock.now() / 1000 + 60, ...claims }).setProtectedHeader({ alg: "HS256" })
      .sign(new TextEncoder().encode(KEY));
  return { auth, clock, passwords, libraryToken };
}

async function assertCode(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(promise, (error) => {
    assert(isAppError(error, code), `${error}, expected ${code}`);
    return true;
  });
}

Deno.test("Authenticator knows whom the claims, the users table or our own password name", async () => {
  const { auth, passwords, libraryToken } = setUp();
  await passwords.set(PASSWORD);

  const { access_token } = await auth.signIn("admin", PASSWORD, "10.0.0.1");

  const builtIn = await auth.authenticate(access_token, { write: true });
  assert.deepEqual(builtIn, {
    subject: ADMIN_SUBJECT,
    name: "admin",
    via: "built-in",
    canWrite: true,
    jobId: null,
  });
  const byRow = await auth.authenticate(await libraryToken({ sub: "1" }), { write: true });
  assert.equal(byRow.via, "library");
  assert.equal(byRow.name, "1");
  const byClaim = await auth.authenticate(await libraryToken({ sub: "x", role: "admin" }));
  assert.equal(byClaim.via, "claim");
  assert.equal((await auth.authenticate(await auth.issue(5))).via, "built-in");
});

Deno.test("Authenticator refuses everybody else, each with the right code", async () => {
  const { auth, passwords, libraryToken } = setUp();
  await passwords.set(PASSWORD);
  const version = await passwords.version();
  const ours = { iss: ISSUER, sub: ADMIN_SUBJECT };
  const cases: [Record<string, unknown>, ErrorCode][] = [
    [{ sub: "nobody" }, "auth.invalid_token"],
    [{}, "auth.invalid_token"],
    [{ sub: "reader" }, "auth.not_admin"],
    [{ sub: "reader", role: "user", is_admin: false }, "auth.not_admin"],
    // The library signs with the same key: it must not be able to speak for our own login.
    [{ sub: ADMIN_SUBJECT }, "auth.invalid_token"],
    [{ sub: ADMIN_SUBJECT, role: "admin" }, "auth.invalid_token"],
    [{ sub: "shuku-backup:other", is_admin: true }, "auth.invalid_token"],
    [{ ...ours }, "auth.invalid_token"],
    [{ ...ours, pv: "wrong" }, "auth.invalid_token"],
    [{ ...ours, pv: "", is_admin: true }, "auth.invalid_token"],
    [{ iss: ISSUER, sub: "1", pv: version }, "auth.invalid_token"],
  ];
  for (const [claims, code] of cases) {
    await assertCode(auth.authenticate(await libraryToken(claims)), code);
  }
  await assertCode(auth.authenticate(null), "auth.invalid_token");
  await assertCode(auth.authenticate(""), "auth.invalid_token");
});

Deno.test("Authenticator ends every token when the password changes", async () => {
  const { auth, passwords } = setUp();
  await passwords.set(PASSWORD);
  const token = await auth.issue();
  const restoreToken = await auth.issueRestoreToken("job-1");
  await auth.authenticate(token);

  await passwords.set("another fine password");

  await assertCode(auth.authenticate(token), "auth.invalid_token");
  await assertCode(
    auth.authenticate(restoreToken, { allowRestoreToken: () => true }),
    "auth.invalid_token",
  );
});

Deno.test("Authenticator lets tokens of the library look only, or not at all, as configured", async () => {
  const read = setUp({ libraryTokens: "read" });
  const off = setUp({ libraryTokens: "off" });
  for (const claims of [{ sub: "1" }, { sub: "x", is_admin: true }]) {
    const token = await read.libraryToken(claims);
    assert.equal((await read.auth.authenticate(token)).canWrite, false);
    await assertCode(read.auth.authenticate(token, { write: true }), "auth.read_only");
    await assertCode(off.auth.authenticate(await off.libraryToken(claims)), "auth.not_admin");
  }
  await off.passwords.set(PASSWORD);
  const own = await off.auth.issue();
  assert.equal((await off.auth.authenticate(own, { write: true })).canWrite, true);
});

Deno.test("Authenticator never calls a token bad because the library cannot be read", async () => {
  const failures = [new AppError("auth.library_unavailable"), new Error("SQLITE_BUSY")];
  for (const failure of failures) {
    const { auth, passwords, libraryToken } = setUp({
      findLibraryUser: () => Promise.reject(failure),
    });
    await passwords.set(PASSWORD);

    await assertCode(
      auth.authenticate(await libraryToken({ sub: "1" })),
      "auth.library_unavailable",
    );

    const { access_token } = await auth.signIn("admin", PASSWORD, "10.0.0.1");
    assert.equal((await auth.authenticate(access_token)).via, "built-in");
  }
});

Deno.test("Authenticator takes a restore token only where the door says so, for that restore", async () => {
  const { auth, passwords } = setUp();
  await passwords.set(PASSWORD);
  const token = await auth.issueRestoreToken("job-1");

  await assertCode(auth.authenticate(token), "auth.not_admin");
  await assertCode(
    auth.authenticate(token, { allowRestoreToken: (jobId) => jobId === "job-2" }),
    "auth.not_admin",
  );
  const identity = await auth.authenticate(token, {
    write: true,
    allowRestoreToken: (jobId) => jobId === "job-1",
  });
  assert.equal(identity.via, "restore-token");
  assert.equal(identity.jobId, "job-1");
});

Deno.test("Authenticator takes a token of ours only with the configured algorithm and key", async () => {
  const { auth, passwords, clock } = setUp();
  await passwords.set(PASSWORD);
  const passwordVersion = await passwords.version() ?? "";
  const claims = { subject: ADMIN_SUBJECT, expiresInMinutes: 5, passwordVersion };
  const now = clock.now();

  await auth.authenticate(await signToken(claims, { key: KEY, algorithm: "HS256", now }));
  await assertCode(
    auth.authenticate(await signToken(claims, { key: KEY, algorithm: "HS384", now })),
    "auth.invalid_token",
  );
});

Deno.test("signIn() refuses a wrong name or password and slows down, but never locks out", async () => {
  const { auth, passwords, clock } = setUp();
  await passwords.set(PASSWORD);
  await assertCode(auth.signIn("root", PASSWORD, "10.0.0.1"), "auth.wrong_password");
  for (let i = 0; i < 4; i += 1) {
    await assertCode(auth.signIn("admin", "wrong password", "10.0.0.1"), "auth.wrong_password");
  }

  await assertCode(auth.signIn("admin", PASSWORD, "10.0.0.1"), "auth.too_many_attempts");
  await auth.signIn("admin", PASSWORD, "10.0.0.2");
  clock.advance(1000);
  await auth.signIn("admin", PASSWORD, "10.0.0.1");
  await auth.signIn("admin", PASSWORD, "10.0.0.1");
});

Deno.test("signIn() checks only a few passwords at once", async () => {
  const { auth, passwords } = setUp();
  await passwords.set(PASSWORD);

  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, (_, i) => auth.signIn("admin", PASSWORD, `10.0.0.${i}`)),
  );

  assert.deepEqual(
    outcomes.map(({ status }) => status === "fulfilled"),
    [true, true, true, true, false, false, false, false],
  );
});
