import { addSampleBooks, openApp } from "../../src/app.ts";
import { runCommand } from "../../src/cli/run_command.ts";
import { recordingLog } from "./recording_log.ts";
import type { TestLibrary } from "./test_library.ts";
import { type TestTerminal, testTerminal } from "./test_terminal.ts";

/** How a command of a test ended. */
export interface CommandOutcome {
  readonly code: number;
  readonly terminal: TestTerminal;
  // deno-lint-ignore no-explicit-any -- tests look at whatever came
  readonly json: any;
}

/** Runs a command line over a test library, in this process; every run opens the product anew. */
export async function testCommand(
  library: TestLibrary,
  argv: readonly string[],
  options: { terminal?: TestTerminal; signal?: AbortSignal } = {},
): Promise<CommandOutcome> {
  const { terminal = testTerminal(), signal = new AbortController().signal } = options;
  const code = await runCommand(argv, {
    terminal,
    signal,
    open: ({ serve = false }) =>
      openApp(library.config, library.secrets, { log: recordingLog(), serve }),
    readConfig: () => Promise.resolve(library.config),
    addSampleBooks,
  });
  const json = argv.includes("--json") && terminal.printed.length === 1
    ? JSON.parse(terminal.output)
    : undefined;
  return { code, terminal, json };
}
