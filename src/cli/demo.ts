import { resolve } from "node:path";
import { generatePassword } from "../auth/password.ts";
import { growSampleLibrary, makeSampleLibrary, type SampleLibrary } from "./demo/sample_library.ts";
import { serveUntil, startServing } from "./serve.ts";
import {
  COMMAND_ACTOR,
  type OpenOptions,
  type Serving,
  type Verb,
  type VerbContext,
} from "./verb.ts";

/** `demo`: makes a sample library, serves it on this machine only, and says how to sign in. */
export const demoVerb: Verb = {
  name: "demo",
  summary: {
    zh: "生成示例书库并启动服务，仅本机可访问",
    en: "make a sample library and serve it, on this machine only",
  },
  options: {
    root: {
      type: "string",
      value: "DIR",
      isPath: true,
      help: {
        zh: "示例书库的文件夹；默认 .demo",
        en: "folder of the sample library; default .demo",
      },
    },
  },
  // The sample library brings its own.
  without: ["config"],
  async run(context) {
    const root = resolve(context.text("root") ?? ".demo");
    const library = await makeSampleLibrary(root, context.host.addSampleBooks);
    const access = {
      hostname: "127.0.0.1",
      port: findFreePort("127.0.0.1", FIRST_PORT),
    };
    // A new one at each start: it is printed below, and only its hash is kept, for commands beside the server.
    const password = generatePassword();
    const options = { configPath: library.configPath, root, demo: access };
    if (library.isNew) await makeFirstBackup(context, options, library);
    const app = await context.host.open({ ...options, serve: true });
    return await serveUntil(context.signal, app, async () => {
      await app.passwords.set(password);
      const serving = await startServing(app);
      greet(context, serving, password, library);
      return serving;
    });
  },
};

async function makeFirstBackup(
  context: VerbContext,
  options: OpenOptions,
  library: SampleLibrary,
): Promise<void> {
  await using app = await context.host.open(options);
  const description = context.terminal.say({
    zh: "演示：之后书库又添了几本书，可预览恢复看看会改变什么",
    en: "Demo: books were added since; preview a restore to see what would change",
  });
  const { result } = await app.manager.create({
    description,
    actor: COMMAND_ACTOR,
    signal: context.signal,
  });
  await result;
  await growSampleLibrary(library, context.host.addSampleBooks);
}

function greet(
  context: VerbContext,
  { port }: Serving,
  password: string,
  library: SampleLibrary,
): void {
  const url = `http://127.0.0.1:${port}/`;
  const { root, configPath } = library;
  const facts = { url, username: "admin", password, root, config: configPath };
  const variables = `export LIBRARY_ROOT='${root}' CONFIG_PATH='${configPath}'`;
  context.answer(facts, () => {
    const { terminal } = context;
    terminal.print(terminal.say({
      zh: `
示例书库已就绪
  打开    ${url}
  用户    admin
  密码    ${password}
  文件    ${root}
  命令行  ${variables}
按 Ctrl-C 停止；删除上面的文件夹即可重来
`,
      en: `
The sample library is ready
  open      ${url}
  user      admin
  password  ${password}
  files     ${root}
  commands  ${variables}
Ctrl-C stops it; delete that folder to start afresh
`,
    }));
  });
}

/** Finds the first port from `first` on that nobody listens on. */
function findFreePort(hostname: string, first: number): number {
  for (let port = first; port < first + PORTS_TO_TRY; port++) {
    try {
      using _listener = Deno.listen({ hostname, port });
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  return 0;
}

const FIRST_PORT = 8080;
const PORTS_TO_TRY = 50;
