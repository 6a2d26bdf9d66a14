import { AppError } from "../base/errors.ts";
import type { Language, Notice } from "../base/messages/mod.ts";
import { noteLine, printLine } from "./output.ts";

/** The person at the other end, or the script. Tests hand in another. */
export interface Terminal {
  /** The language of whoever reads. */
  readonly language: Language;
  /** Standard output is a screen: a progress bar makes sense. */
  readonly isScreen: boolean;
  /** Somebody can answer a question. */
  readonly canAsk: boolean;
  /** Chooses the reader's language. */
  say(notice: Notice): string;
  /** Writes a line to standard output. The text is printed as it is: make strangers' text visible first. */
  print(text: string): void;
  /** Writes a line to standard error. */
  note(text: string): void;
  /** Redraws the line at the cursor; `null` clears it. Does nothing where there is no screen. */
  redraw(text: string | null): void;
  /**
   * Asks a question and returns the line typed, or `null` at the end of input.
   *
   * @param options `hidden`: what is typed does not appear. `signal`: gives up waiting.
   */
  ask(
    question: string,
    options?: { readonly hidden?: boolean; readonly signal?: AbortSignal },
  ): Promise<string | null>;
}

/** The terminal this process was started in. */
export function systemTerminal(language: Language): Terminal {
  const isScreen = Deno.stdout.isTerminal();
  return {
    language,
    isScreen,
    canAsk: isScreen && Deno.stdin.isTerminal(),
    say: (notice) => notice[language],
    print: printLine,
    note: noteLine,
    redraw: (text) => {
      if (isScreen) write(`\r${text ?? ""}\u001b[K`);
    },
    ask: async (question, { hidden = false, signal } = {}) => {
      write(question);
      const conceal = hidden && Deno.stdin.isTerminal();
      const line = await (conceal ? readHidden(signal) : readLine(signal));
      if (conceal) write("\n");
      return line;
    },
  };
}

function write(text: string): void {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) rest = rest.subarray(Deno.stdout.writeSync(rest));
}

async function readLine(signal?: AbortSignal): Promise<string | null> {
  const bytes: number[] = [];
  for await (const byte of typedBytes(signal)) {
    if (byte === LINE_FEED) return new TextDecoder().decode(new Uint8Array(bytes)).trimEnd();
    bytes.push(byte);
  }
  return bytes.length === 0 ? null : new TextDecoder().decode(new Uint8Array(bytes)).trimEnd();
}

/** In raw mode the terminal no longer edits the line or turns Ctrl-C into a signal: both are done here. */
async function readHidden(signal?: AbortSignal): Promise<string | null> {
  Deno.stdin.setRaw(true);
  try {
    const bytes: number[] = [];
    for await (const byte of typedBytes(signal)) {
      if (byte === CTRL_C) throw new AppError("job.cancelled");
      if (byte === CTRL_D && bytes.length === 0) return null;
      if (byte === LINE_FEED || byte === CARRIAGE_RETURN) break;
      if (byte === BACKSPACE || byte === DELETE) eraseCharacter(bytes);
      else bytes.push(byte);
    }
    return new TextDecoder().decode(new Uint8Array(bytes));
  } finally {
    Deno.stdin.setRaw(false);
  }
}

/** Removes one UTF-8 character, which may be several bytes. */
function eraseCharacter(bytes: number[]): void {
  let byte = bytes.pop();
  while (byte !== undefined && (byte & 0xc0) === 0x80) byte = bytes.pop();
}

async function* typedBytes(signal?: AbortSignal): AsyncGenerator<number> {
  const byte = new Uint8Array(1);
  while (true) {
    const read = await abortable(Deno.stdin.read(byte), signal);
    if (read === null || byte[0] === undefined) return;
    yield byte[0];
  }
}

function abortable<Value>(promise: Promise<Value>, signal?: AbortSignal): Promise<Value> {
  if (signal === undefined) return promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  return Promise.race([promise, aborted])
    .finally(() => signal.removeEventListener("abort", abort));
}

const CTRL_C = 3;
const CTRL_D = 4;
const BACKSPACE = 8;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const DELETE = 127;
