import type { Language } from "../../src/base/messages/mod.ts";
import type { Terminal } from "../../src/cli/terminal.ts";

/** A terminal that remembers what was printed and answers from a list. */
export interface TestTerminal extends Terminal {
  readonly printed: string[];
  readonly noted: string[];
  readonly drawn: (string | null)[];
  readonly asked: string[];
  /** Everything on standard output, as one text. */
  readonly output: string;
}

/** Makes a {@linkcode TestTerminal}; nobody answers unless `answers` are given. */
export function testTerminal(
  options: { language?: Language; isScreen?: boolean; answers?: readonly string[] } = {},
): TestTerminal {
  const { language = "en", isScreen = false } = options;
  const answers = [...options.answers ?? []];
  const printed: string[] = [];
  const noted: string[] = [];
  const asked: string[] = [];
  const drawn: (string | null)[] = [];
  return {
    language,
    isScreen,
    canAsk: options.answers !== undefined,
    printed,
    noted,
    drawn,
    asked,
    get output() {
      return printed.join("\n");
    },
    say: (notice) => notice[language],
    print: (text) => void printed.push(text),
    note: (text) => void noted.push(text),
    redraw: (text) => void (isScreen && drawn.push(text)),
    ask: (question) => {
      asked.push(question);
      return Promise.resolve(answers.shift() ?? null);
    },
  };
}
