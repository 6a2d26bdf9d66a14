import { AppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import { findStray } from "../base/find_stray.ts";
import { visibleText } from "../base/text.ts";
import type { Environment, EnvironmentVariable } from "./env.ts";
import { type ConfigDocument, isMapping } from "./read.ts";
import { Refusal, type Rule, type Source } from "./rules.ts";

/** One wrong value. */
export interface Mistake {
  /** Key path, followed by the variable's name where the value came from one. */
  readonly path: string;
  readonly found: string;
  readonly expected: Notice;
}

/** A key of the file and the variable that wins over it. */
export interface Key {
  readonly path: string;
  readonly variable?: EnvironmentVariable;
  /** What surrounds it may be meant, and none of it is ever shown. */
  readonly isSecret?: boolean;
}

/** Looks values up, checks each by its rule and collects what is wrong, so that all of it is told at once. */
export class Checker {
  readonly #document: ConfigDocument;
  readonly #environment: Environment;
  readonly #isLenient: boolean;
  readonly #mistakes: Mistake[] = [];
  readonly #notMappings = new Set<string>();

  /** @param options `isLenient`: a wrong value of the document counts as none. */
  constructor(
    document: ConfigDocument,
    environment: Environment,
    options: { readonly isLenient?: boolean } = {},
  ) {
    this.#document = document;
    this.#environment = environment;
    this.#isLenient = options.isLenient ?? false;
  }

  /** The value of a key, or `fallback` where there is none or a wrong one, which is then a mistake. */
  value<Value, Fallback>(key: Key, rule: Rule<Value>, fallback: Fallback): Value | Fallback {
    const fromEnvironment = this.#variable(key.variable);
    const raw = fromEnvironment ?? this.#lookUp(key.path);
    if (raw === undefined || raw === null) return fallback;
    const source = fromEnvironment === undefined ? "file" : "environment";
    const value = (key.isSecret === true ? null : strayIn(raw, source)) ?? rule(raw, source);
    if (!(value instanceof Refusal)) return value;
    // Of a file that does not parse, only what is right counts.
    if (source === "file" && this.#isLenient) return fallback;
    const path = source === "file" ? key.path : `${key.path} (${key.variable})`;
    this.refuse(path, value, raw);
    return fallback;
  }

  /** What came along with the text of a secret, which is taken as it is; `null` when nothing did. */
  straySecret(key: Key): Notice | null {
    const raw = this.#variable(key.variable) ?? this.#lookUp(key.path);
    if (typeof raw !== "string" || findStray(raw) === null) return null;
    const name = key.variable === undefined ? key.path : `${key.path} (${key.variable})`;
    return {
      en:
        `${name} begins or ends with quotes, blanks or invisible characters; they are taken as a part of it`,
      zh: `${name} 的首尾带有引号、空白或不可见字符，它们会被当作其中的一部分`,
    };
  }

  /** Tells whether neither the environment nor the file has anything for the key. */
  isAbsent(key: Key): boolean {
    return (this.#variable(key.variable) ?? this.#lookUp(key.path) ?? null) === null;
  }

  /** The raw value of the file, for a key that has no rule of its own. */
  raw(path: string): unknown {
    return this.#lookUp(path);
  }

  /** Adds a mistake that no single rule can see. */
  refuse(path: string, { expected, found }: Refusal, raw?: unknown): void {
    this.#add(path, found ?? showValue(raw), expected);
  }

  /** @throws {AppError} `config.invalid` with every mistake, when there is any. */
  finish(): void {
    if (this.#mistakes.length > 0) throw invalidConfig(this.#mistakes);
  }

  #add(path: string, found: string, expected: Notice): void {
    this.#mistakes.push({ path, found, expected });
  }

  /** An empty variable counts as absent: that is what `${NAME:-}` of a compose file leaves. */
  #variable(name: EnvironmentVariable | undefined): string | undefined {
    const value = name === undefined ? undefined : this.#environment[name];
    return value === undefined || value.trim() === "" ? undefined : value;
  }

  #lookUp(path: string): unknown {
    let node: unknown = this.#document;
    const walked: string[] = [];
    for (const name of path.split(".")) {
      if (node === undefined || node === null) return undefined;
      if (!isMapping(node)) {
        this.#refuseNotMapping(walked.join("."), node);
        return undefined;
      }
      node = Object.hasOwn(node, name) ? node[name] : undefined;
      walked.push(name);
    }
    return node;
  }

  #refuseNotMapping(path: string, found: unknown): void {
    if (this.#isLenient || this.#notMappings.has(path)) return;
    this.#notMappings.add(path);
    this.refuse(path, new Refusal({ en: "a mapping of keys to values", zh: "键值映射" }), found);
  }
}

/** Makes the error that tells every mistake, each on a line of its own. */
export function invalidConfig(mistakes: readonly Mistake[]): AppError {
  const en = mistakes.map(inEnglish);
  const zh = mistakes.map((mistake, index) => `${en[index]}（应为${spaced(mistake.expected.zh)}）`);
  return new AppError("config.invalid", {
    mistakes,
    summary: { zh: zh.join("\n"), en: en.join("\n") },
  });
}

/** Looks at text and at lists of it; in a file, blanks and line breaks around it are the parser's business. */
function strayIn(raw: unknown, source: Source): Refusal | null {
  if (Array.isArray(raw)) {
    return raw.map((item) => strayIn(item, source)).find((stray) => stray !== null) ?? null;
  }
  if (typeof raw !== "string") return null;
  const text = source === "file" ? raw.replaceAll(/^[ \t\n]+|[ \t\n]+$/g, "") : raw;
  const stray = findStray(text);
  return stray === null ? null : new Refusal(stray.expected, stray.found);
}

function inEnglish({ path, found, expected }: Mistake): string {
  return `${path}: ${found}, expected ${expected.en}`;
}

const MAX_SHOWN = 80;

/** A value as a message shows it: text in quotes, nothing endless, nothing that moves the cursor. */
function showValue(raw: unknown): string {
  const text = visibleText(JSON.stringify(raw) ?? String(raw));
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function spaced(phrase: string): string {
  return /^[\x21-\x7e]/.test(phrase) ? ` ${phrase}` : phrase;
}
