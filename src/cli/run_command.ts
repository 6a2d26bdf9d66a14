import { isAppError } from "../base/errors.ts";
import { localize } from "../base/messages/mod.ts";
import { visibleText } from "../base/text.ts";
import { VERSION } from "../base/version.ts";
import { describeErrorFully, errorDocument } from "./error_document.ts";
import { EXIT, exitCodeOf } from "./exit_code.ts";
import { programHelp, verbHelp } from "./help_text.ts";
import { parseCommand, type ParsedCommand } from "./parse_command.ts";
import { printWarnings } from "./print_warnings.ts";
import type { Terminal } from "./terminal.ts";
import { usageError } from "./usage_error.ts";
import type { Host, Verb, VerbContext } from "./verb.ts";
import { VERBS } from "./verbs.ts";

/**
 * Runs one command line: the verb's name, its positional arguments and options.
 *
 * Never throws. With `--json` exactly one JSON document goes to standard output, also for a failure;
 * without, a failure is a sentence on standard error.
 *
 * @returns The exit code, as {@linkcode EXIT} has them.
 */
export async function runCommand(argv: readonly string[], host: Host): Promise<number> {
  const { terminal } = host;
  const [name, ...rest] = argv;
  try {
    if (name === undefined) {
      terminal.note(programHelp(VERBS, terminal.language));
      return EXIT.usage;
    }
    if (name === "--help" || name === "-h" || name === "help") {
      terminal.print(programHelp(VERBS, terminal.language));
      return EXIT.done;
    }
    if (name === "--version") {
      terminal.print(VERSION);
      return EXIT.done;
    }
    const verb = findVerb(name);
    const command = parseCommand(verb, rest);
    if (command.values["help"] === true) {
      terminal.print(verbHelp(verb, terminal.language));
      return EXIT.done;
    }
    return await verb.run(contextOf(verb, command, host));
  } catch (error) {
    tell(error, terminal, argv.includes("--json"));
    return exitCodeOf(error);
  }
}

function findVerb(name: string): Verb {
  const verb = VERBS.find((candidate) => candidate.name === name);
  if (verb !== undefined) return verb;
  const names = VERBS.map((candidate) => candidate.name).join(", ");
  throw usageError({
    zh: `没有这个命令: ${name}；可用: ${names}`,
    en: `There is no verb ${name}, expected one of ${names}`,
  });
}

function contextOf(verb: Verb, { ids, values }: ParsedCommand, host: Host): VerbContext {
  const { terminal } = host;
  const text = (name: string) => {
    const value = values[name];
    return value === true ? undefined : value;
  };
  const flag = (name: string) => values[name] === true;
  const json = flag("json");
  const openOptions = () => {
    const [configPath, root] = [text("config"), text("root")];
    return {
      ...(verb.worksWithoutConfig === true ? { withoutConfig: true } : {}),
      ...(configPath === undefined ? {} : { configPath }),
      ...(root === undefined ? {} : { root }),
    };
  };
  return {
    terminal,
    host,
    signal: host.signal,
    ids,
    json,
    text,
    flag,
    open: async (options = {}) => {
      const app = await host.open({ ...openOptions(), ...options });
      const { unreadable } = app.config;
      // A server's log says it.
      if (unreadable !== null && options.serve !== true) printWarnings([unreadable], terminal);
      return app;
    },
    readConfig: () => host.readConfig(openOptions()),
    answer: (document, human) => json ? printJson(document, terminal) : human(),
  };
}

function tell(error: unknown, terminal: Terminal, json: boolean): void {
  try {
    report(error, terminal, json);
  } catch (failed) {
    if (!isAppError(failed, "cli.output_failed")) throw failed;
    report(failed, terminal, false);
    report(error, terminal, false);
  }
}

function report(error: unknown, terminal: Terminal, json: boolean): void {
  terminal.redraw(null);
  // What could not be written there cannot be said there.
  if (json && !isAppError(error, "cli.output_failed")) {
    printJson(errorDocument(error, terminal.language), terminal);
    return;
  }
  const sentence = describeErrorFully(error, terminal.language);
  const lines = sentence.split("\n").map(visibleText).join("\n");
  terminal.note(`${terminal.say({ zh: "错误: ", en: "Error: " })}${lines}`);
}

/** What `visibleText` writes for a control character is also JSON's escape for it. */
function printJson(document: unknown, terminal: Terminal): void {
  const text = JSON.stringify(localize(document, terminal.language), null, 2);
  terminal.print(text.split("\n").map(visibleText).join("\n"));
}
