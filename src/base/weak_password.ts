import type { Notice } from "./messages/mod.ts";

/** The least number of characters a password may have. */
export const MIN_PASSWORD_LENGTH = 10;

/**
 * Stems of the passwords that every guessing list begins with. A password is well known when, without its
 * case, digits, marks and the usual letter swaps, nothing but such stems remains.
 */
const STEMS = [
  "password",
  "passwort",
  "passwd",
  "admin",
  "administrator",
  "root",
  "user",
  "guest",
  "login",
  "welcome",
  "letmein",
  "changeme",
  "change",
  "secret",
  "default",
  "iloveyou",
  "sunshine",
  "princess",
  "football",
  "baseball",
  "dragon",
  "monkey",
  "master",
  "superman",
  "starwars",
  "woaini",
  "mima",
  "sooklib",
  "shuku",
  "backup",
  "library",
  "test",
  "demo",
  "this",
  "me",
  "my",
  "the",
  "is",
  "pass",
  "word",
];

/** Keyboard rows, the alphabet and the digits, both ways: a password made of their pieces is no secret. */
const RUNS = [
  "qwertyuiop",
  "asdfghjkl",
  "zxcvbnm",
  "1qaz2wsx3edc4rfv5tgb",
  "1q2w3e4r5t6y7u8i9o0p",
  "abcdefghijklmnopqrstuvwxyz",
  "12345678901234567890",
].flatMap((run) => [run, [...run].reverse().join("")]);

/**
 * Finds out whether a password is too easy to guess.
 *
 * @returns What is wrong, never quoting the password, or `null` when it will do.
 */
export function findPasswordWeakness(password: string): Notice | null {
  const characters = [...password];
  if (characters.length < MIN_PASSWORD_LENGTH) {
    return { en: `${characters.length} characters`, zh: `只有 ${characters.length} 个字符` };
  }
  if (new Set(characters).size < 5) {
    return { en: "the same few characters repeated", zh: "只是几个字符的重复" };
  }
  const lower = password.toLowerCase();
  return isRun(lower) || isStem(lower) ? { en: "well known", zh: "过于常见" } : null;
}

/** Made of pieces, four long or more, of one run after another, with at most two characters between. */
function isRun(lower: string): boolean {
  let rest = lower;
  for (let length = rest.length; length >= 4; length -= 1) {
    for (let start = 0; start + length <= rest.length; start += 1) {
      const piece = rest.slice(start, start + length);
      if (RUNS.some((run) => run.includes(piece))) {
        rest = rest.slice(0, start) + rest.slice(start + length);
        length = Math.min(length, rest.length) + 1;
        break;
      }
    }
  }
  return rest.length <= 2;
}

function isStem(lower: string): boolean {
  const swaps: Readonly<Record<string, string>> = {
    "0": "o",
    "1": "i",
    "3": "e",
    "4": "a",
    "5": "s",
  };
  const swapped = lower.replaceAll("@", "a").replaceAll("$", "s")
    .replaceAll(/[01345](?=.*[a-z])/g, (digit) => swaps[digit] ?? digit);
  const stem = new RegExp(`^(?:${STEMS.toSorted((a, b) => b.length - a.length).join("|")})+$`);
  return [lower, swapped].some((text) => {
    const letters = text.replaceAll(/[^a-z]/g, "");
    return letters.length > 0 && letters.length >= text.length - 8 && stem.test(letters);
  });
}
