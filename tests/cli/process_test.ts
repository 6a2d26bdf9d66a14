import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { JournalFile } from "../../src/restore/journal.ts";
import { startProgram as startOther } from "../helpers/other_program.ts";
import { freePort, onLibrary, type Program, startProgram, until } from "../helpers/program.ts";
import { restoreStory } from "../helpers/restore_story.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { TEST_PASSWORD, type TestLibrary, testLibrary } from "../helpers/test_library.ts";

/** So much text takes longer to pack than any signal takes to arrive; on disk it takes no room. */
const SLOW_BYTES = 3 * 1024 ** 3;

async function addSlowCover(library: TestLibrary): Promise<void> {
  using file = await Deno.open(join(library.config.covers, "slow.txt"), {
    write: true,
    create: true,
  });
  await file.truncate(SLOW_BYTES);
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder), ({ name }) => name)).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** The archive being written under its temporary name. */
async function isWriting(library: TestLibrary): Promise<boolean> {
  return (await namesIn(library.config.backup.path)).some((name) => /\.zip\..*tmp$/.test(name));
}

function start(library: TestLibrary, argv: string[], env: Record<string, string> = {}): Program {
  const { argv: where, env: base } = onLibrary(library);
  return startProgram([...argv, ...where], { env: { ...base, ...env } });
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/health`);
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Not listening yet.
    return false;
  }
}

async function signIn(url: string, password: string): Promise<string> {
  const response = await fetch(`${url}/api/auth/token`, {
    method: "POST",
    body: new URLSearchParams({ username: "admin", password }),
  });
  return (await response.json()).access_token;
}

Deno.test("main: `backup` works with the permissions of its task and prints one document", async () => {
  await using library = await testLibrary();
  await using program = start(library, ["backup", "--json"]);

  assert.equal(await program.exitCode, 0, await program.stderr);
  assert.equal(JSON.parse(await program.stdout).success, true);
});

Deno.test("main: a failed backup says why once, and logs it besides only when asked to", async () => {
  await using library = await testLibrary();
  await Deno.remove(library.config.database.path);
  await using program = start(library, ["backup"]);

  assert.equal(await program.exitCode, 1);
  assert.match(
    await program.stderr,
    /^Error: Cannot create the backup: [^\n]*library\.db[^\n]*\n$/,
  );
  // Not beside the first: one of the two would find the lane taken.
  await using asked = start(library, ["backup"], { LOG_LEVEL: "INFO" });
  assert.equal(await asked.exitCode, 1);
  assert.match(
    await asked.stderr,
    /"ERROR","event":"backup.failed"[^]*\nError: Cannot create the backup/,
  );
});

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`main: a second ${signal} ends a restore that can no longer be cancelled, and the next command completes it`, async () => {
    await using story = await restoreStory();
    const journal = new JournalFile(dirname(story.config.database.path));
    const stateOf = async () => {
      const reading = await journal.read();
      return reading.kind === "found" ? reading.journal.state : reading.kind;
    };
    await using other = await startOther();
    await other.open(story.config.database.path);
    await other.exec("BEGIN IMMEDIATE");
    await using program = start(story.library, ["restore", story.backupId, "--yes", "--json"]);
    await until(async () => await stateOf() === "committed");

    // Two that arrive at once are one to the kernel: again and again, until the second has been heard.
    let ended = false;
    const exitCode = program.exitCode.finally(() => ended = true);
    await until(() => {
      if (!ended) program.signal(signal);
      return ended;
    });

    assert.equal(await exitCode, code, await program.stderr);
    assert.equal(await program.stdout, "");
    assert.equal(await stateOf(), "committed");
    await other.exec("ROLLBACK");
    await using next = start(story.library, ["list"]);
    assert.equal(await next.exitCode, 0, await next.stderr);
    assert.equal(await stateOf(), "absent");
    assert.deepEqual(await story.state(), story.backedUp);
  });
}

Deno.test("main: `restore --resolve` says why a restore is not finished, and sets a damaged journal aside", async () => {
  await using story = await restoreStory();
  const killed = await story.restoreInChild({ killAt: "restore.committed" });
  assert.ok(killed.killed, killed.stderr);
  const { path } = new JournalFile(dirname(story.config.database.path));
  await Deno.writeTextFile(path, "{");

  await using resume = start(story.library, ["restore", "--resolve", "resume", "--yes"]);
  assert.equal(await resume.exitCode, 1, await resume.stderr);
  assert.match(
    await resume.stdout,
    /not finished: The restore journal .* is damaged .*\(rollback\)/,
  );
  await using rollback = start(story.library, ["restore", "--resolve", "rollback", "--yes"]);
  assert.equal(await rollback.exitCode, 0, await rollback.stderr);

  assert.deepEqual(await story.state(), story.before);
  const left = (await story.leftovers()).toSorted();
  assert.match(left.join(" "), /^\.restore-kept-\w+-staging .*\.shuku-restore\.damaged-/);
});

Deno.test("main: an interrupted backup ends with 130, leaves nothing behind, and blocks nobody", async () => {
  await using library = await testLibrary();
  await addSlowCover(library);
  await using first = start(library, ["backup", "--json"]);
  await until(() => isWriting(library));

  await using second = start(library, ["backup", "--json"]);
  assert.equal(await second.exitCode, 3);
  assert.equal(JSON.parse(await second.stdout).code, "job.busy");

  first.signal("SIGINT");
  assert.equal(await first.exitCode, 130);
  assert.equal(JSON.parse(await first.stdout).code, "job.cancelled");
  assert.deepEqual(
    (await namesIn(library.config.backup.path)).filter((name) => /\.(zip|db|tmp)/.test(name)),
    [],
  );
});

Deno.test("main: `serve` stops on SIGTERM, cancelling its job, with exit 0", async () => {
  await using library = await testLibrary();
  await addSlowCover(library);
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  await using server = start(library, ["serve"], { SERVER_PORT: String(port) });
  await until(() => isHealthy(url));
  const token = await signIn(url, TEST_PASSWORD);
  const response = await fetch(`${url}/api/admin/backup/create?wait=false`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: "{}",
  });
  assert.equal(response.status, 202, await response.text());
  await until(() => isWriting(library));

  server.signal("SIGTERM");

  assert.equal(await server.exitCode, 0, await server.stderr);
  assert.deepEqual(
    (await namesIn(library.config.backup.path)).filter((name) => /\.(zip|db|tmp)/.test(name)),
    [],
  );
});

Deno.test("main: a port in use is a mistake of configuration", async () => {
  await using library = await testLibrary();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using program = start(library, ["serve"], { SERVER_PORT: String(listener.addr.port) });

  assert.equal(await program.exitCode, 2);
  assert.match(
    await program.stderr,
    /Cannot listen on 127\.0\.0\.1:\d+: it is in use; set server\.port/,
  );
});

Deno.test("main: an address that cannot be listened on has a sentence of its own, in time", async () => {
  await using library = await testLibrary();
  const cases: Readonly<Record<string, RegExp>> = {
    "*":
      /server\.host \(SERVER_HOST\): "\*", expected an address to listen on: 0\.0\.0\.0 for every one/,
    "0.0.0.0:8080": /expected an address without a port, which is server\.port/,
    "http://0.0.0.0": /expected an address to listen on: 0\.0\.0\.0/,
    "256.0.0.1": /expected an address to listen on: 0\.0\.0\.0/,
    "nobody.invalid": /Cannot listen on nobody\.invalid:0: there is no host of that name/,
    "192.0.2.1": /Cannot listen on 192\.0\.2\.1:0: this machine has no such address/,
    "fe80::1": /Cannot listen on fe80::1:0: this machine has no such address/,
  };
  for (const [host, sentence] of Object.entries(cases)) {
    await using program = start(library, ["serve"], { SERVER_HOST: host, SERVER_PORT: "0" });
    assert.equal(await program.exitCode, 2, host);
    assert.match(await program.stderr, sentence);
  }
});

Deno.test("main: output that cannot be written is told as that, and changes nothing of what is done", async () => {
  await using library = await testLibrary();
  const { argv, env } = onLibrary(library);
  const run = (verb: string[], redirect: string) =>
    startProgram([...verb, ...argv], { env, redirect });

  for (const verb of [["backup"], ["list", "--json"], ["list", "--help"]]) {
    await using program = run(verb, ">/dev/full");
    assert.equal(await program.exitCode, 1, verb.join(" "));
    assert.equal(
      await program.stderr,
      "Error: Cannot write to standard output: No space left on device (os error 28); " +
        "what the command did is not affected\n",
    );
  }
  await using failed = run(["list", "--nope", "--json"], ">/dev/full");
  assert.equal(await failed.exitCode, 2);
  assert.match(await failed.stderr, /There is no option --nope/);
  await using unheard = run(["list", "--nope"], "2>/dev/full");
  assert.equal(await unheard.exitCode, 2);
  await using left = run(["list", "--json"], "| true");
  assert.equal(await left.stderr, "");
  await using list = run(["list", "--json"], "");
  assert.equal(JSON.parse(await list.stdout).total, 1);
});

Deno.test("main: a server whose log has no room left goes on serving", async () => {
  await using library = await testLibrary();
  const { argv, env } = onLibrary(library);
  const port = freePort();
  const url = `http://127.0.0.1:${port}`;
  await using server = startProgram(["serve", ...argv], {
    env: { ...env, SERVER_PORT: String(port), LOG_LEVEL: "DEBUG" },
    redirect: "2>/dev/full",
  });
  await until(() => isHealthy(url));

  const token = await signIn(url, TEST_PASSWORD);
  const response = await fetch(`${url}/api/admin/backup/create`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: "{}",
  });

  assert.equal(response.status, 200, await response.text());
  server.signal("SIGTERM");
  assert.equal(await server.exitCode, 0);
});

Deno.test("main: an option that would be ignored is refused, with exit 2", async () => {
  await using library = await testLibrary();
  await using folder = await tempFolder();
  await using serve = start(library, ["serve", "--json"]);
  const argv = ["demo", "--root", folder.path, "--config", library.config.path ?? ""];
  await using demo = startProgram(argv, { cwd: folder.path });

  assert.equal(await serve.exitCode, 2);
  assert.match(JSON.parse(await serve.stdout).detail, /--json means nothing to serve/);
  assert.equal(await demo.exitCode, 2);
  assert.match(await demo.stderr, /^Error: .*--config means nothing to demo\n$/);
  assert.deepEqual(await namesIn(folder.path), []);
});

Deno.test("main: every mistake of the configuration is told, with exit 2", async () => {
  await using library = await testLibrary();
  const env = { BACKUP_RETENTION_COUNT: "none", SERVER_PORT: "99999" };
  await using english = start(library, ["list", "--json"], env);
  await using chinese = start(library, ["list"], { ...env, LANG: "zh_CN.UTF-8" });

  assert.equal(await english.exitCode, 2);
  const { code, detail } = JSON.parse(await english.stdout);
  assert.equal(code, "config.invalid");
  assert.match(detail, /backup\.retention_count/);
  assert.match(detail, /server\.port/);
  assert.equal(await chinese.exitCode, 2);
  assert.match(await chinese.stderr, /^错误: 配置有误/);
});

Deno.test("main: an English reader is answered in English, whatever else is unset; a Chinese one in Chinese", async () => {
  await using library = await testLibrary();
  const first = async (env: Record<string, string>) => {
    await using program = start(library, ["list", "--help"], { LANG: "", ...env });
    assert.equal(await program.exitCode, 0, await program.stderr);
    return (await program.stdout).split("\n")[0];
  };

  for (const env of [{}, { LANG: "C.UTF-8" }, { LC_ALL: "en_GB.UTF-8", LANG: "zh_CN.UTF-8" }]) {
    assert.equal(await first(env), "list the backups, newest first", JSON.stringify(env));
  }
  assert.equal(await first({ LC_ALL: "zh_CN.UTF-8" }), "列出备份，最新的在前");
});

Deno.test("main: the first password is told in the reader's language or the configured one, under a key of its own", async () => {
  const firstPassword = async (env: Record<string, string>, yaml: string) => {
    await using library = await testLibrary();
    await Deno.writeTextFile(library.config.path ?? "", yaml, { append: true });
    await using server = start(library, ["serve"], {
      BACKUP_ADMIN_PASSWORD: "",
      SERVER_PORT: String(freePort()),
      LANG: "",
      ...env,
    });
    const lines = (await server.firstError(/service\.started/)).split("\n");
    const line = lines.find((text) => text.includes('"auth.password_generated"')) ?? "{}";
    return JSON.parse(line);
  };

  const english = await firstPassword({}, "");
  assert.match(english.message, /^Made a password .* user admin, password \S{10,}$/);
  assert.equal(english.message.endsWith(english.password), true);
  assert.equal(english.username, "admin");
  const chinese = await firstPassword({ LC_ALL: "zh_CN.UTF-8" }, "");
  assert.match(chinese.message, /^已生成管理密码/);
  const configured = await firstPassword({}, "\nlogging: { language: zh }\n");
  assert.match(configured.message, /^已生成管理密码/);
});

Deno.test("main: `demo` makes a library, serves it with a backup, and stops on Ctrl-C", async () => {
  await using folder = await tempFolder();
  const env = { DATABASE_URL: "/nowhere/else.db", SECRET_KEY: "ignored", BACKUP_PATH: "/nowhere" };
  const root = join(folder.path, "demo");
  for (const isFirst of [true, false]) {
    await using demo = startProgram(["demo", "--json", "--root", root], { env, cwd: folder.path });
    const { url, password, username } = JSON.parse(await demo.firstOutput(/\}\s*$/));

    assert.equal(username, "admin");
    const token = await signIn(url.replace(/\/$/, ""), password);
    const response = await fetch(`${url}api/admin/backup/list`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    const { total, backups } = await response.json();
    assert.equal(total, 1);
    assert.equal(backups[0].rows.books, 108, `first start: ${isFirst}`);
    assert.equal((await namesIn(join(root, "covers"))).length, 116);
    demo.signal("SIGINT");
    assert.equal(await demo.exitCode, 0, await demo.stderr);
  }
});

Deno.test("main: on a terminal a backup draws its progress and a restore asks", async () => {
  await using library = await testLibrary();
  const { argv, env } = onLibrary(library);
  await using backup = startProgram(["backup", ...argv], { env, terminal: true });
  assert.equal(await backup.exitCode, 0, await backup.stdout);
  const text = await backup.stdout;
  assert.ok(text.includes("\u001b[K"), "nothing was redrawn");
  const id = /Backup made: (backup_\d+_\d+)/.exec(text)?.[1] ?? "";

  await using no = startProgram(["restore", id, ...argv], { env, terminal: true, input: "no\n" });
  assert.equal(await no.exitCode, 130);
  assert.match(await no.stdout, /will overwrite the live data\. Type yes to go on/);
  await using yes = startProgram(["restore", id, ...argv], { env, terminal: true, input: "yes\n" });
  assert.equal(await yes.exitCode, 0, await yes.stdout);
  assert.match(await yes.stdout, /Restored: backup_/);
});

Deno.test("main: `password` reads a line from a pipe, and the hash alone is kept", async () => {
  await using library = await testLibrary();
  const { argv, env: { BACKUP_ADMIN_PASSWORD: _, ...env } } = onLibrary(library);
  const phrase = "violet anchors drift slowly";
  await using weak = startProgram(["password", "--json", ...argv], { env, input: "12345678\n" });
  assert.equal(await weak.exitCode, 1);
  assert.equal(JSON.parse(await weak.stdout).code, "auth.weak_password");

  await using program = startProgram(["password", ...argv], { env, input: `${phrase}\n` });
  assert.equal(await program.exitCode, 0, await program.stderr);

  const kept = await Deno.readTextFile(join(library.config.backup.path, ".shuku", "password.json"));
  assert.match(kept, /scrypt/);
  assert.doesNotMatch(kept, /violet/);
});
