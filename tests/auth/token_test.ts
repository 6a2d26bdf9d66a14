import assert from "node:assert/strict";
import { SignJWT, UnsecuredJWT } from "jose";
import { isAppError } from "../../src/base/errors.ts";
import { ADMIN_SUBJECT, checkToken, signToken } from "../../src/auth/token.ts";

const NOW = Date.UTC(2026, 0, 15, 12);
const OPTIONS = { key: "k".repeat(16) + "0123456789abcdef", algorithm: "HS256", now: NOW } as const;
const SECONDS = NOW / 1000;

function sign(
  claims: Record<string, unknown>,
  { key = OPTIONS.key, alg = "HS256" }: { key?: string; alg?: string } = {},
): Promise<string> {
  return new SignJWT(claims).setProtectedHeader({ alg }).sign(new TextEncoder().encode(key));
}

async function assertRefused(token: string, why: string): Promise<void> {
  await assert.rejects(
    checkToken(token, OPTIONS),
    (error) => isAppError(error, "auth.invalid_token") && Object.keys(error.details).length === 0,
    why,
  );
}

Deno.test("checkToken() reads back what signToken() signed, until it expires", async () => {
  const token = await signToken(
    { subject: ADMIN_SUBJECT, expiresInMinutes: 10, passwordVersion: "v1", jobId: "job" },
    OPTIONS,
  );

  assert.deepEqual(await checkToken(token, OPTIONS), {
    subject: ADMIN_SUBJECT,
    isOurs: true,
    claimsAdmin: false,
    name: null,
    passwordVersion: "v1",
    jobId: "job",
  });
  const late = { ...OPTIONS, now: NOW + 10 * 60_000 };
  await checkToken(token, { ...late, now: late.now - 1000 });
  await assert.rejects(checkToken(token, late), (error) => isAppError(error, "auth.invalid_token"));
});

Deno.test("checkToken() takes the library's tokens, which carry sub and exp alone", async () => {
  const claims = await checkToken(await sign({ sub: "1", exp: SECONDS + 60 }), OPTIONS);

  assert.equal(claims.subject, "1");
  assert.equal(claims.isOurs, false);
  assert.equal(claims.claimsAdmin, false);
});

Deno.test("checkToken() refuses every forged, foreign or unfit token alike", async () => {
  const good = { sub: "1", exp: SECONDS + 60 };
  const unsigned = new UnsecuredJWT({ sub: "1" }).setExpirationTime(SECONDS + 60).encode();
  const token = await sign(good);
  const [header = "", payload = "", signature = ""] = token.split(".");
  const cases: Record<string, string> = {
    "another key": await sign(good, { key: "x".repeat(32) }),
    "alg HS512 while HS256 is configured": await sign(good, { alg: "HS512" }),
    "alg none": unsigned,
    "alg none, with the signature kept": unsigned + signature,
    "no signature": `${header}.${payload}.`,
    "another payload": `${header}.${
      btoa(JSON.stringify({ ...good, is_admin: true })).replaceAll("=", "")
    }.${signature}`,
    "no exp": await sign({ sub: "1" }),
    "exp that is no number": await sign({ sub: "1", exp: "9999999999" as unknown as number }),
    "expired": await sign({ sub: "1", exp: SECONDS }),
    "not yet valid": await sign({ ...good, nbf: SECONDS + 30 }),
    "sub that is a number": await sign({ ...good, sub: 1 as unknown as string }),
    "typ share": await sign({ ...good, typ: "share" }),
    "type refresh": await sign({ ...good, type: "refresh" }),
    "typ that is no text": await sign({ ...good, typ: 1 }),
    "not a token": "abc",
    "nothing": "",
    "endless": "a".repeat(100_000),
  };
  for (const [why, refused] of Object.entries(cases)) await assertRefused(refused, why);
  await checkToken(await sign({ ...good, typ: "access" }), OPTIONS);
});

Deno.test("checkToken() allows for clocks that differ by seconds at the beginning, never at the end", async () => {
  await checkToken(await sign({ sub: "a", exp: SECONDS + 60, nbf: SECONDS + 2 }), OPTIONS);

  await assertRefused(await sign({ sub: "a", exp: SECONDS - 1 }), "expired a second ago");
});

Deno.test("checkToken() sees an admin only in the exact claims", async () => {
  const claim = async (claims: Record<string, unknown>) =>
    (await checkToken(await sign({ ...claims, exp: SECONDS + 60 }), OPTIONS)).claimsAdmin;

  assert.equal(await claim({ role: "admin" }), true);
  assert.equal(await claim({ is_admin: true }), true);
  for (
    const no of [{ role: "Admin" }, { role: ["admin"] }, { is_admin: 1 }, { is_admin: "true" }]
  ) {
    assert.equal(await claim(no), false);
  }
});
