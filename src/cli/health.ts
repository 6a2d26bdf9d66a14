import { visibleText } from "../base/text.ts";
import { EXIT } from "./exit_code.ts";
import type { Verb, VerbContext } from "./verb.ts";

/** How long the server may take, in milliseconds. */
const PATIENCE_MS = 5_000;

/** Addresses to listen on that cannot be called: the server is on this machine then. */
const EVERYWHERE: ReadonlySet<string> = new Set(["", "0.0.0.0", "::", "[::]"]);

/** `health`: asks the running server how it is, at the configured address; for containers and monitors. */
export const healthVerb: Verb = {
  name: "health",
  summary: {
    zh: "询问运行中的服务是否正常：退出码 0 正常，1 不正常",
    en: "ask the running server how it is: exit code 0 well, 1 not",
  },
  async run(context) {
    const { server } = await context.readConfig();
    const url = healthUrl(server.host, server.port);
    try {
      const answer = await fetch(url, {
        headers: { "Accept-Language": context.terminal.language },
        signal: AbortSignal.any([context.signal, AbortSignal.timeout(PATIENCE_MS)]),
      });
      const text = await answer.text();
      context.answer(parsed(text), () => context.terminal.print(visibleText(text)));
      return answer.ok ? EXIT.done : EXIT.failed;
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      return unreachable(context, url, error);
    }
  },
};

function healthUrl(host: string, port: number): string {
  const called = EVERYWHERE.has(host) ? "127.0.0.1" : host;
  return `http://${called.includes(":") ? `[${called}]` : called}:${port}/api/health`;
}

/** Refused, silent, or not permitted: the monitor hears of each alike, with the reason. */
function isUnreachable(error: unknown): error is Error {
  return error instanceof TypeError || error instanceof Deno.errors.NotCapable ||
    (error instanceof DOMException && error.name === "TimeoutError");
}

function unreachable(context: VerbContext, url: string, error: Error): number {
  const sentence = context.terminal.say({
    zh: `无法连接 ${url}：服务没有运行，或监听在别处（${error.name}）`,
    en: `Cannot reach ${url}: the server does not run, or listens elsewhere (${error.name})`,
  });
  context.answer(
    { status: "unreachable", url, detail: sentence },
    () => context.terminal.note(sentence),
  );
  return EXIT.failed;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // Another program listens there.
    return { status: "unknown", detail: text.slice(0, 200) };
  }
}
