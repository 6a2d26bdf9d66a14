import { AppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import { usageError } from "./usage_error.ts";
import type { VerbContext } from "./verb.ts";

/**
 * Makes sure that a person means it: `--yes`, or `yes` typed on a terminal.
 *
 * @throws {AppError} `cli.usage` when nobody can answer and `--yes` is missing; `job.cancelled` when the
 * answer is no.
 */
export async function confirm(context: VerbContext, question: Notice): Promise<void> {
  if (context.flag("yes")) return;
  const { terminal, signal } = context;
  if (context.json || !terminal.canAsk) {
    throw usageError({
      zh: "这里没有人可以确认，请加上 --yes",
      en: "Nobody can be asked here: add --yes",
    });
  }
  const answer = await terminal.ask(
    terminal.say({
      zh: `${question.zh} 输入 yes 确认: `,
      en: `${question.en} Type yes to go on: `,
    }),
    { signal },
  );
  if (answer?.trim().toLowerCase() !== "yes") throw new AppError("job.cancelled");
}
