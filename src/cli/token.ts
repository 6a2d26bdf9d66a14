import { EXIT } from "./exit_code.ts";
import { usageError } from "./usage_error.ts";
import type { Verb } from "./verb.ts";

/** `token`: prints an access token for scripts. */
export const tokenVerb: Verb = {
  name: "token",
  summary: { zh: "为脚本签发一个访问令牌", en: "issue an access token for scripts" },
  options: {
    minutes: {
      type: "string",
      value: "N",
      help: {
        zh: "有效分钟数；默认 security.access_token_expire_minutes",
        en: "minutes it is good for; default security.access_token_expire_minutes",
      },
    },
  },
  async run(context) {
    const minutes = readMinutes(context.text("minutes"));
    await using app = await context.open();
    const token = await app.auth.issue(minutes ?? app.config.auth.tokenMinutes);
    context.answer(
      { access_token: token, token_type: "bearer" },
      () => context.terminal.print(token),
    );
    return EXIT.done;
  },
};

function readMinutes(text: string | undefined): number | null {
  if (text === undefined) return null;
  const minutes = Number(text);
  if (/^\d+$/.test(text) && minutes >= 1 && minutes <= MOST_MINUTES) return minutes;
  throw usageError({
    zh: `--minutes 应为 1 到 ${MOST_MINUTES} 的整数: ${text}`,
    en: `Cannot read --minutes: ${text}, expected an integer from 1 to ${MOST_MINUTES}`,
  });
}

/** Ten years. */
const MOST_MINUTES = 5_256_000;
