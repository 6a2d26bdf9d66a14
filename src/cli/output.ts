// deno-lint-ignore-file no-console -- here is where the command line reaches the screen
import { AppError } from "../base/errors.ts";

/**
 * Writes a line to standard output. A reader who went away has heard enough, as the one of `| head`.
 *
 * @throws {AppError} `cli.output_failed`: a full disk, for instance.
 */
export function printLine(text: string): void {
  try {
    console.log(text);
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return;
    const found = error instanceof Error ? error.message : String(error);
    throw new AppError("cli.output_failed", { found }, { cause: error });
  }
}

/** Writes a line to standard error, if that can be: there is nowhere else to say that it cannot. */
export function noteLine(text: string): void {
  try {
    console.error(text);
  } catch {
    // What the command does, and its exit code, must not depend on who listens.
  }
}
