import { AppError } from "../base/errors.ts";
import { EXIT } from "./exit_code.ts";
import { usageError } from "./usage_error.ts";
import type { Verb, VerbContext } from "./verb.ts";

/**
 * `password`: sets the password of the built-in login.
 *
 * It is typed twice on a terminal, unseen, or read as one line from standard input; never an argument, which
 * other users of the machine could read.
 */
export const passwordVerb: Verb = {
  name: "password",
  summary: {
    zh: "设置内置登录（用户 admin）的新密码；也可从标准输入读取一行",
    en: "set a new password for the built-in login (user admin); also reads a line from stdin",
  },
  async run(context) {
    const { terminal } = context;
    await using app = await context.open();
    if (app.passwords.isConfigured) {
      throw usageError({
        zh: "密码由 security.admin_password 或 BACKUP_ADMIN_PASSWORD 决定，请在那里修改",
        en: "security.admin_password or BACKUP_ADMIN_PASSWORD decides: change it there",
      });
    }
    await app.passwords.set(await readPassword(context));
    const message = terminal.say({
      zh: "密码已更新，旧令牌全部失效",
      en: "The password is set; tokens issued before no longer work",
    });
    context.answer({ message }, () => terminal.print(message));
    return EXIT.done;
  },
};

async function readPassword({ terminal, signal, json }: VerbContext): Promise<string> {
  if (json || !terminal.canAsk) {
    const line = await terminal.ask("", { signal });
    if (line !== null && line !== "") return line;
    throw usageError({
      zh: "标准输入是空的，应为一行新密码",
      en: "Standard input is empty, expected one line with the new password",
    });
  }
  const ask = async (zh: string, en: string) => {
    const line = await terminal.ask(terminal.say({ zh, en }), { hidden: true, signal });
    if (line === null) throw new AppError("job.cancelled");
    return line;
  };
  const first = await ask("新密码: ", "New password: ");
  const second = await ask("再输入一次: ", "Once more: ");
  if (first === second) return first;
  throw usageError({ zh: "两次输入不同", en: "The two entries differ" });
}
