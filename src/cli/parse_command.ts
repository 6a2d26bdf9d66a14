import { parseArgs } from "node:util";
import type { AppError } from "../base/errors.ts";
import { findStray } from "../base/find_stray.ts";
import { usageError } from "./usage_error.ts";
import type { Verb, VerbOption } from "./verb.ts";

/** Options that every verb takes. */
const COMMON_OPTIONS: Readonly<Record<string, VerbOption>> = {
  config: {
    type: "string",
    value: "PATH",
    isPath: true,
    help: {
      zh: "配置文件；默认 CONFIG_PATH，其次 config.yaml",
      en: "configuration file; default CONFIG_PATH, then config.yaml",
    },
  },
  root: {
    type: "string",
    value: "DIR",
    isPath: true,
    help: {
      zh: "书库根目录；默认 LIBRARY_ROOT，其次当前目录",
      en: "library root; default LIBRARY_ROOT, then the working directory",
    },
  },
  json: { type: "boolean", help: { zh: "只输出一个 JSON 文档", en: "print one JSON document" } },
  help: { type: "boolean", help: { zh: "显示帮助", en: "show this help" } },
};

/** Every option that a verb takes: its own first, then the common ones that mean something to it. */
export function optionsOf(verb: Verb): Readonly<Record<string, VerbOption>> {
  const common = Object.entries(COMMON_OPTIONS).filter(([name]) => !verb.without?.includes(name));
  // First for the order in the help, last because a verb may say better what a common option means to it.
  return { ...verb.options, ...Object.fromEntries(common), ...verb.options };
}

/** A command line, understood. */
export interface ParsedCommand {
  /** Positional arguments, in their order. */
  readonly ids: readonly string[];
  /** Text options and switches that were given. */
  readonly values: Readonly<Record<string, string | true>>;
}

/**
 * Reads the arguments that follow a verb.
 *
 * @throws {AppError} `cli.usage` for an option the verb does not have, a missing or unexpected value, or the
 * wrong number of positional arguments.
 */
export function parseCommand(verb: Verb, argv: readonly string[]): ParsedCommand {
  const options = optionsOf(verb);
  const { tokens } = parseArgs({
    args: [...argv],
    options: {
      ...Object.fromEntries(Object.entries(options).map(([name, { type }]) => [name, { type }])),
      help: { type: "boolean", short: "h" },
    },
    allowPositionals: true,
    // Our own checks below name the mistake in the reader's language.
    strict: false,
    tokens: true,
  });
  const ids: string[] = [];
  const values: Record<string, string | true> = {};
  for (const token of tokens) {
    if (token.kind === "positional") ids.push(token.value);
    if (token.kind !== "option") continue;
    if (verb.without?.includes(token.name)) throw meaningless(verb, token.rawName);
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    values[token.name] = checkOption(token, option);
  }
  if (values["help"] !== true) checkCount(verb, ids);
  return { ids, values };
}

function checkOption(
  token: { readonly name: string; readonly rawName: string; readonly value?: string | undefined },
  option: VerbOption | undefined,
): string | true {
  const name = token.rawName;
  if (option === undefined) {
    throw usageError({ zh: `没有这个选项: ${name}`, en: `There is no option ${name}` });
  }
  if (option.type === "boolean") {
    if (token.value === undefined) return true;
    throw usageError({ zh: `选项 ${name} 不带值`, en: `Option ${name} takes no value` });
  }
  // Without strict parsing, `--root --json` would make `--json` the value.
  if (token.value === undefined || token.value.startsWith("--")) {
    const value = option.value ?? "VALUE";
    throw usageError({
      zh: `选项 ${name} 缺少值，应为 ${name} ${value}`,
      en: `Option ${name} lacks its value, expected ${name} ${value}`,
    });
  }
  const stray = option.isPath === true ? findStray(token.value) : null;
  if (stray !== null) {
    throw usageError({
      zh: `选项 ${name} 有误: ${stray.found}，应为${stray.expected.zh}`,
      en: `Cannot read ${name}: ${stray.found}, expected ${stray.expected.en}`,
    });
  }
  return token.value;
}

function meaningless(verb: Verb, option: string): AppError {
  return usageError({
    zh: `选项 ${option} 对 ${verb.name} 没有意义`,
    en: `Option ${option} means nothing to ${verb.name}`,
  });
}

function checkCount(verb: Verb, ids: readonly string[]): void {
  const { name = "", min = 0, max = 0 } = verb.ids ?? {};
  if (ids.length < min) {
    throw usageError({
      zh: `${verb.name} 缺少参数 <${name}>`,
      en: `${verb.name} lacks its argument <${name}>`,
    });
  }
  const extra = ids[max];
  if (extra !== undefined) {
    throw usageError({ zh: `多余的参数: ${extra}`, en: `Unexpected argument: ${extra}` });
  }
}
