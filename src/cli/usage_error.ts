import { AppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";

/** Makes the error for a command line that cannot be understood; it ends the process with 2. */
export function usageError({ zh, en }: Notice): AppError {
  return new AppError("cli.usage", { zh, en });
}
