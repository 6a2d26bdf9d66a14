import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { ENVIRONMENT_VARIABLES } from "../../src/config/env.ts";
import { copyFolder, TEST_KEY } from "../helpers/test_library.ts";
import { freePort, until } from "../helpers/program.ts";
import { type Block, readBlocks } from "./blocks.ts";
import { startProcess } from "./process.ts";
import { openWorld, type World } from "./world.ts";

/**
 * Every block of both READMEs, run as it is written. What only a reader knows is filled in: the address, the
 * password, the id, the clone; what only another machine has stands in: Docker, systemd's paths.
 */

const PROJECT = join(import.meta.dirname ?? ".", "..", "..");

type Handler = (world: World, code: string) => Promise<void>;

/** One row for each kind of block; what it begins with, and how it is tried. */
const HANDLERS: readonly {
  readonly begins: RegExp;
  readonly language: string;
  readonly run: Handler;
}[] = [
  { language: "sh", begins: /^npx -y deno@/, run: checkFirstCommands },
  { language: "yaml", begins: /^# compose\.yaml/, run: checkCompose },
  { language: "yaml", begins: /^backup:\n +extra_paths/, run: checkExtraPaths },
  { language: "sh", begins: /^# \.env/, run: checkVariables },
  { language: "sh", begins: /^git clone </, run: runInstallation },
  { language: "nginx", begins: /^location /, run: runProxy },
  { language: "ini", begins: /^# \/etc\/systemd\/system\/shuku-backup\.service/, run: runService },
  {
    language: "ini",
    begins: /^# \/etc\/systemd\/system\/shuku-backup-once\.service/,
    run: runOnce,
  },
  {
    language: "ini",
    begins: /^# \/etc\/systemd\/system\/shuku-backup-once\.timer/,
    run: checkTimer,
  },
  { language: "sh", begins: /^# \/etc\/shuku-backup\.env/, run: checkVariables },
  { language: "sh", begins: /^shuku-backup completion/, run: runCompletion },
  { language: "sh", begins: /^# [^\n]*\nexport LIBRARY_ROOT=/, run: runCommands },
  { language: "sh", begins: /^SERVER=/, run: runRequests },
  { language: "", begins: /^backup_20260115_230000\.zip/, run: checkTree },
  { language: "sh", begins: /^docker compose stop/, run: runByHand },
];

for (const name of ["README.md", "README.zh-CN.md"]) {
  Deno.test(`${name}: every block runs as written`, async (t) => {
    const blocks = joined(readBlocks(await Deno.readTextFile(join(PROJECT, name))));
    const tried = new Set<unknown>();
    await using world = await openWorld();
    for (const { language, section, code } of blocks) {
      const [first = ""] = code.split("\n");
      const handler = HANDLERS.find((row) => row.language === language && row.begins.test(code));
      assert.ok(handler, `nobody tries the block ${first} of ${section}`);
      tried.add(handler);
      await t.step(`${section}: ${first}`, () => handler.run(world, code));
    }
    assert.equal(tried.size, HANDLERS.length);
  });
}

/** The second block of commands or requests goes on where the first ended. */
function joined(blocks: readonly Block[]): Block[] {
  const result: Block[] = [];
  for (const block of blocks) {
    const before = result.at(-1);
    const goesOn = before?.section === block.section && before.language === block.language &&
      HANDLERS.every(({ begins }) => !begins.test(block.code));
    if (goesOn) result.splice(-1, 1, { ...before, code: before.code + block.code });
    else result.push(block);
  }
  return result;
}

/** The demo runs already, by the first of them; the second runs this test. */
async function checkFirstCommands(_world: World, code: string): Promise<void> {
  const version = /DENO_VERSION=(\S+)/.exec(await Deno.readTextFile(join(PROJECT, ".ci", "run")));
  const commands = code.trim().split("\n").map((line) => line.replace(/ +#.*/, ""));
  assert.deepEqual(
    commands,
    [`demo`, `test`].map((task) => `npx -y deno@${version?.[1]} task ${task}`),
  );
}

function checkCompose(_world: World, code: string): Promise<void> {
  const { services } = parse(code);
  const { environment, volumes } = services["shuku-backup"];
  for (const variable of Object.keys(environment)) {
    assert.ok((ENVIRONMENT_VARIABLES as readonly string[]).includes(variable), variable);
  }
  const mounted = volumes.map((volume: string) => volume.split(":")[1]);
  assert.deepEqual(mounted, ["/app/data", "/app/covers", "/app/config", environment.BACKUP_PATH]);
  return Promise.resolve();
}

/** The library's extra files, as the configuration takes them. */
async function checkExtraPaths({ scratch, shell, clone }: World, code: string): Promise<void> {
  const root = join(scratch, "extra");
  await copyFolder(join(PROJECT, "tests", "fixtures", "sooklib", "library"), root);
  await Deno.mkdir(join(root, "data", "avatars"));
  await Deno.writeTextFile(join(root, "data", "avatars", "1.png"), "one");
  await Deno.writeTextFile(join(root, "data", "ai.json"), "{}");
  const path = join(root, "config", "config.yaml");
  const text = await Deno.readTextFile(path);
  const rest = text.replace(/^backup:\n(?:[ #].*\n|\n)*/m, "");
  await Deno.writeTextFile(path, `${rest}\n${code}`);

  const made = JSON.parse(
    await shell(`deno task -q backup --json --root '${root}' --config '${path}'`, clone),
  );

  const listed = await shell(`unzip -Z1 '${made.file_path}' 'extra/*'`, clone);
  assert.deepEqual(listed.trim().split("\n").sort(), [
    "extra/data/ai.json",
    "extra/data/avatars/1.png",
  ]);
}

/** No quotes, no comment behind a value: Docker and systemd would take both for a part of it. */
function checkVariables(_world: World, code: string): Promise<void> {
  for (const line of code.trim().split("\n").filter((line) => !line.startsWith("#"))) {
    assert.match(line, /^[A-Z_]+=[^\s"'#]*$/);
  }
  return Promise.resolve();
}

async function runInstallation({ provide, shell, scratch }: World, code: string): Promise<void> {
  const called = join(scratch, "called");
  await provide("docker", `echo "docker $*" >> '${called}'; echo 'password of admin'`);
  await provide("sudo", `"$@"`);
  const owned = code.replace("1000:1000", "$(id -u):$(id -g)");
  const source = join(scratch, "source");
  await shell(
    `git init -q '${source}' && cd '${source}' && git -c user.name=a -c user.email=a@b.c commit -q --allow-empty -m a`,
    scratch,
  );

  await shell(owned.replace(/<[^>]+>/, `'${source}'`), scratch);

  await Deno.stat(join(scratch, "shuku-backup", ".git"));
  await Deno.stat(join(scratch, "backups"));
  const calls = await Deno.readTextFile(called);
  assert.match(calls, /docker compose up -d --build\n/);
}

async function runProxy({ scratch, port, password, shell }: World, code: string): Promise<void> {
  const folder = join(scratch, "nginx");
  await Deno.mkdir(folder);
  const proxy = freePort();
  assert.match(code, /proxy_pass http:\/\/127\.0\.0\.1:8081;/);
  const location = code.replace(":8081", `:${port}`);
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((name) => `${name}_temp_path ${folder}/${name};`).join(" ");
  await Deno.writeTextFile(
    join(folder, "nginx.conf"),
    `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; events {}
     http { access_log off; ${places} server { listen 127.0.0.1:${proxy};\n${location} } }`,
  );
  await using _nginx = startProcess(["nginx", "-p", folder, "-c", join(folder, "nginx.conf")], {
    cwd: folder,
    env: { PATH: `${Deno.env.get("PATH")}:/usr/sbin` },
  });
  const token = await shell(
    `curl -fsS http://127.0.0.1:${port}/api/auth/token -d username=admin -d password=${password} | jq -r .access_token`,
    folder,
  );
  const url = `http://127.0.0.1:${proxy}/api/admin/backup/list`;
  const headers = { Authorization: `Bearer ${token.trim()}` };
  let status = 0;
  await until(async () => {
    try {
      const answer = await fetch(url, { headers });
      await answer.body?.cancel();
      status = answer.status;
      return true;
    } catch (error) {
      // Not listening yet.
      if (error instanceof TypeError) return false;
      throw error;
    }
  });
  assert.equal(status, 200);
}

/** The command of a unit, with the paths of this test and the variables of the README's file. */
async function unitCommand({ clone, scratch, programs }: World, unit: string) {
  const library = join(scratch, "library");
  await copyFolder(join(PROJECT, "tests", "fixtures", "sooklib", "library"), library);
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(unit)?.[1] ?? "";
  assert.equal(value("WorkingDirectory"), "/opt/shuku-backup");
  assert.equal(value("EnvironmentFile"), "/etc/shuku-backup.env");
  for (const name of ["HOME", "DENO_DIR"]) {
    assert.match(value("Environment"), new RegExp(`\\b${name}=`));
  }
  const words = value("ExecStart").replaceAll("/srv/library", library)
    .replace("/usr/local/bin/deno", join(programs, "deno")).split(" ");
  const env = {
    SECRET_KEY: TEST_KEY,
    BACKUP_PATH: join(scratch, "store"),
    TZ: "Asia/Shanghai",
    SERVER_HOST: "127.0.0.1",
    SERVER_PORT: String(freePort()),
  };
  return { words, env, cwd: clone };
}

async function runService(world: World, code: string): Promise<void> {
  const { words, env, cwd } = await unitCommand(world, code);
  await using service = startProcess(words, { env, cwd });
  await service.output(/"event":"service\.started"/);
  const answer = await fetch(`http://127.0.0.1:${env.SERVER_PORT}/api/health`);
  assert.equal((await answer.json()).status, "ok");
}

async function runOnce(world: World, code: string): Promise<void> {
  const { words, env, cwd } = await unitCommand(world, code);
  const variables = Object.entries(env).map(([name, value]) => `${name}='${value}'`).join(" ");
  await world.shell(`env ${variables} ${words.join(" ")}`, cwd);
  const names = [...Deno.readDirSync(env.BACKUP_PATH)].map(({ name }) => name);
  assert.ok(names.some((name) => /^backup_\d+_\d+\.zip$/.test(name)), names.join());
}

function checkTimer(_world: World, code: string): Promise<void> {
  assert.match(code, /^OnCalendar=\*-\*-\* \d\d:\d\d:\d\d$/m);
  return Promise.resolve();
}

async function runCompletion(
  { clone, scratch, provide, shell }: World,
  code: string,
): Promise<void> {
  await provide("shuku-backup", `exec deno task -q --config '${clone}/deno.json' shuku "$@"`);
  const there = code.replaceAll(
    /> (\S+)/g,
    (_all, path: string) => `> '${join(scratch, path.replaceAll("/", "_"))}'`,
  );
  await shell(there, clone);
  const names = [...Deno.readDirSync(scratch)].map(({ name }) => name);
  assert.equal(names.filter((name) => /bash_completion|site-functions|fish/.test(name)).length, 3);
}

async function runCommands({ clone, shell }: World, code: string): Promise<void> {
  await shell(code, clone);
}

async function runRequests({ port, password, scratch, shell }: World, code: string): Promise<void> {
  const folder = join(scratch, "requests");
  await Deno.mkdir(folder);
  const filled = code.replace(/^SERVER=.*$/m, `SERVER=http://127.0.0.1:${port}`)
    .replace(/^PASSWORD='…'/m, `PASSWORD='${password}'`);
  assert.notEqual(filled.indexOf(password), -1);
  // The commands before restored the library: the server hears of its end within seconds.
  const health = `http://127.0.0.1:${port}/api/health`;
  await until(async () => {
    const answer = await fetch(health);
    await answer.body?.cancel();
    return answer.ok;
  });
  await shell(filled, folder);
}

/** A drawing; FORMAT.md and its tests say the same exactly. */
function checkTree(_world: World, code: string): Promise<void> {
  for (
    const path of ["database/library.db", "covers/**", "config/*", "extra/**", "metadata.json"]
  ) {
    assert.ok(code.includes(path), path);
  }
  return Promise.resolve();
}

async function runByHand({ clone, scratch, provide, shell }: World, code: string): Promise<void> {
  await provide("docker", "exit 0");
  const folder = join(scratch, "by-hand");
  const demo = join(clone, ".demo");
  const [library, backups] = [join(folder, "library"), join(demo, "data", "backups")];
  const modes = ["640", "666", "400", "755"];
  await shell(modes.map((mode, n) => `chmod ${mode} covers/${n + 1}.*`).join("; "), demo);
  await shell("LIBRARY_ROOT=.demo CONFIG_PATH=.demo/config/config.yaml deno task -q backup", clone);
  await copyFolder(demo, library);
  const id =
    (await shell(`ls '${backups}' | grep -o '^backup_[0-9_]*' | sort -u | tail -n 1`, folder))
      .trim();
  await copyFolder(backups, join(library, "backups"));
  const listModes = "stat -c '%a %n' covers/* data/library.db config/config.yaml";
  const before = await shell(listModes, library);

  const printed = await shell(code.replaceAll("backup_X", id), library);

  assert.match(printed, /No errors detected/);
  assert.match(printed, /^ok$/m);
  const books = await shell("sqlite3 data/library.db 'SELECT count(*) FROM books'", library);
  assert.ok(Number(books) > 0);
  assert.equal(await shell(listModes, library), before);
  assert.match(before, /^640 covers\/1\./m);
}
