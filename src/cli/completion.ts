import { EXIT } from "./exit_code.ts";
import { optionsOf } from "./parse_command.ts";
import { usageError } from "./usage_error.ts";
import type { Verb, VerbContext } from "./verb.ts";
import type { Language } from "../base/messages/mod.ts";

/** The executable's name, which the shell completes. */
const PROGRAM = "shuku-backup";

type Shell = (verbs: readonly Verb[], language: Language) => string;

/**
 * Makes `completion`: prints what a shell needs to complete verbs and options.
 *
 * @param verbs Every verb, this one among them once the list is whole.
 */
export function makeCompletionVerb(verbs: () => readonly Verb[]): Verb {
  return {
    name: "completion",
    summary: {
      zh: "输出 bash、zsh 或 fish 的命令补全脚本",
      en: "print a completion script for bash, zsh or fish",
    },
    ids: { name: "bash|zsh|fish", min: 1, max: 1 },
    without: ["config", "root"],
    run: (context) => Promise.resolve(print(context, verbs())),
  };
}

function print(context: VerbContext, verbs: readonly Verb[]): number {
  const name = context.ids[0] ?? "";
  const shell = Object.hasOwn(SHELLS, name) ? SHELLS[name] : undefined;
  if (shell === undefined) {
    throw usageError({
      zh: `没有 ${name} 的补全脚本；可用: ${Object.keys(SHELLS).join(", ")}`,
      en: `There is no completion for ${name}, expected one of ${Object.keys(SHELLS).join(", ")}`,
    });
  }
  const script = shell(verbs, context.terminal.language);
  context.answer({ shell: name, script }, () => context.terminal.print(script));
  return EXIT.done;
}

function optionNames(verb: Verb): string[] {
  return Object.keys(optionsOf(verb)).map((name) => `--${name}`);
}

/** Options after a dash, else files: ids are not asked for, as that would open the store at each key. */
const bash: Shell = (verbs) =>
  [
    "_shuku_backup() {",
    "  local word=${COMP_WORDS[COMP_CWORD]} options",
    "  if ((COMP_CWORD == 1)); then",
    `    COMPREPLY=($(compgen -W "${verbs.map(({ name }) => name).join(" ")}" -- "$word"))`,
    "    return",
    "  fi",
    "  case ${COMP_WORDS[1]} in",
    ...verbs.map((verb) => `    ${verb.name}) options="${optionNames(verb).join(" ")}" ;;`),
    "  esac",
    '  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$word"))',
    '  else COMPREPLY=($(compgen -f -- "$word")); fi',
    "}",
    `complete -o filenames -F _shuku_backup ${PROGRAM}`,
  ].join("\n");

const zsh: Shell = (verbs, language) =>
  [
    `#compdef ${PROGRAM}`,
    "_shuku_backup() {",
    "  local -a verbs=(",
    ...verbs.map(({ name, summary }) => `    ${quoted(`${name}:${summary[language]}`)}`),
    "  )",
    "  if (( CURRENT == 2 )); then _describe verb verbs; return; fi",
    "  case ${words[2]} in",
    ...verbs.map((verb) =>
      `    ${verb.name}) _arguments ${
        Object.entries(optionsOf(verb)).map(([name, { help, type }]) =>
          quoted(
            `--${name}[${help[language].replaceAll(/[[\]:]/g, "\\$&")}]${
              type === "string" ? ":value:_files" : ""
            }`,
          )
        ).join(" ")
      } '*:file:_files' ;;`
    ),
    "  esac",
    "}",
    `compdef _shuku_backup ${PROGRAM}`,
  ].join("\n");

const fish: Shell = (verbs, language) =>
  verbs.flatMap((verb) => [
    `complete -c ${PROGRAM} -n __fish_use_subcommand -f -a ${verb.name} -d ${
      quoted(verb.summary[language])
    }`,
    ...Object.entries(optionsOf(verb)).map(([name, { help, type }]) =>
      `complete -c ${PROGRAM} -n '__fish_seen_subcommand_from ${verb.name}' -l ${name}${
        type === "string" ? " -r" : ""
      } -d ${quoted(help[language])}`
    ),
  ]).join("\n");

const SHELLS: Readonly<Record<string, Shell>> = { bash, zsh, fish };

/** In single quotes, as all three shells read it: the help holds no backslash. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
