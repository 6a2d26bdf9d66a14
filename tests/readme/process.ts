import { until } from "../helpers/program.ts";

/** A program that goes on until it is told to stop. */
export interface Process extends AsyncDisposable {
  readonly pid: number;
  /** Resolves with what was printed, on either stream, as soon as it matches. */
  output(pattern: RegExp): Promise<string>;
}

/** Starts a program in a process group of its own, so that what it starts ends with it. */
export function startProcess(
  words: readonly string[],
  options: { cwd: string; env?: Record<string, string> },
): Process {
  const child = new Deno.Command("setsid", {
    args: [...words],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...options,
  }).spawn();
  let text = "";
  let ended = false;
  const gather = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) text += chunk;
  };
  const gathered = [gather(child.stdout), gather(child.stderr)];
  const status = child.status.then(() => {
    ended = true;
  });
  return {
    pid: child.pid,
    output: async (pattern) => {
      await until(() => ended || pattern.test(text));
      if (!pattern.test(text)) throw new Error(`it ended with: ${text}`);
      return text;
    },
    [Symbol.asyncDispose]: async () => {
      if (!ended) Deno.kill(-child.pid, "SIGTERM");
      await Promise.all([status, ...gathered]);
    },
  };
}
