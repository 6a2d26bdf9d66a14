import { AppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import { usageError } from "./usage_error.ts";
import type { VerbContext } from "./verb.ts";

/**
 * Makes sure that a person means it: `--yes`, or `yes` typed on a terminal.
 *
 * @param word What is to be typed instead of `yes`, where nobody should do it without looking.
 * @throws {AppError} `cli.usage` when nobody can answer and `--yes` is missing; `job.cancelled` when the
 * answer is no.
 */
export async function confirm(
  context: VerbContext,
  question: Notice,
  word = "yes",
): Promise<void> {
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
      zh: `${question.zh} 输入 ${word} 确认: `,
      en: `${question.en} Type ${word} to go on: `,
    }),
    { signal },
  );
  if (answer?.trim().toLowerCase() !== word) throw new AppError("job.cancelled");
}
