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
    // A token carries the password's version, so there must be a password.
    const generated = await app.passwords.prepare();
    if (generated !== null) {
      context.terminal.note(context.terminal.say({
        zh: `已生成内置登录（用户 admin）的密码，仅显示这一次: ${generated}`,
        en: `Made a password for the built-in login (user admin), shown only now: ${generated}`,
      }));
    }
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
