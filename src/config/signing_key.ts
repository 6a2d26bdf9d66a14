import { Refusal, type Rule } from "./rules.ts";

/** The least a signing key may have, in bytes: as many as SHA-256 gives. */
export const MIN_KEY_BYTES = 32;

const EXPECTED = {
  en:
    `at least ${MIN_KEY_BYTES} random bytes, the same as the library's; make one with: openssl rand -hex 32`,
  zh: `至少 ${MIN_KEY_BYTES} 字节的随机密钥，并与书库相同；生成方法: openssl rand -hex 32`,
};

/** Words of the keys that samples, guides and compose files print; whoever read those can sign tokens. */
const SAMPLE_WORDS =
  /change|your[-_ ]?secret|secret[-_ ]?key[-_ ]?here|replace[-_ ]?me|0123456789abcdef0123/i;

/**
 * The key that signs tokens. A refusal says what is wrong with it and how to make one, never the key.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7518#section-3.2
 */
export const signingKey: Rule<string> = (raw): string | Refusal => {
  if (typeof raw !== "string") return new Refusal(EXPECTED, `a ${typeof raw} without quotes`);
  const bytes = new TextEncoder().encode(raw).length;
  if (SAMPLE_WORDS.test(raw)) return new Refusal(EXPECTED, "a sample key that anybody can read");
  if (bytes < MIN_KEY_BYTES) return new Refusal(EXPECTED, `${bytes} bytes`);
  if (new Set(raw).size < 8) {
    return new Refusal(EXPECTED, "the same few characters again and again");
  }
  return raw;
};

/** The mistake of having no key at all. */
export const NO_SIGNING_KEY = new Refusal(EXPECTED, "missing");
