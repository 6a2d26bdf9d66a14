import { AppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import { visibleText } from "../base/text.ts";
import type { Environment, EnvironmentVariable } from "./env.ts";
import { type ConfigDocument, isMapping } from "./read.ts";
import { Refusal, type Rule } from "./rules.ts";

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
}

/** Looks values up, checks each by its rule and collects what is wrong, so that all of it is told at once. */
export class Checker {
  readonly #document: ConfigDocument;
  readonly #environment: Environment;
  readonly #mistakes: Mistake[] = [];
  readonly #notMappings = new Set<string>();

  constructor(document: ConfigDocument, environment: Environment) {
    this.#document = document;
    this.#environment = environment;
  }

  /** The value of a key, or `fallback` where there is none or a wrong one, which is then a mistake. */
  value<Value, Fallback>(key: Key, rule: Rule<Value>, fallback: Fallback): Value | Fallback {
    const fromEnvironment = this.#variable(key.variable);
    const raw = fromEnvironment ?? this.#lookUp(key.path);
    if (raw === undefined || raw === null) return fallback;
    const source = fromEnvironment === undefined ? "file" : "environment";
    const value = rule(raw, source);
    if (!(value instanceof Refusal)) return value;
    const path = source === "file" ? key.path : `${key.path} (${key.variable})`;
    this.refuse(path, value, raw);
    return fallback;
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
    if (this.#mistakes.length === 0) return;
    const en = this.#mistakes.map(inEnglish);
    const zh = this.#mistakes.map((mistake, index) =>
      `${en[index]}（应为${spaced(mistake.expected.zh)}）`
    );
    throw new AppError("config.invalid", {
      mistakes: this.#mistakes,
      summary: { zh: zh.join("\n"), en: en.join("\n") },
    });
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
    if (this.#notMappings.has(path)) return;
    this.#notMappings.add(path);
    this.refuse(path, new Refusal({ en: "a mapping of keys to values", zh: "键值映射" }), found);
  }
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
