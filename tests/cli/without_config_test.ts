import assert from "node:assert/strict";
import { join } from "node:path";
import { restoreStory } from "../helpers/restore_story.ts";
import { freePort, type Program, startProgram, until } from "../helpers/program.ts";
import { TEST_KEY, TEST_PASSWORD, testLibrary } from "../helpers/test_library.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

/** What may be where the configuration belongs on a bad day. */
const RUINS: Readonly<Record<string, (path: string) => Promise<void>>> = {
  "a tab": async (path) => {
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, text.replace("\n  port:", "\n\tport:"));
  },
  "nothing": (path) => Deno.remove(path),
  "a folder": async (path) => {
    await Deno.remove(path);
    await Deno.mkdir(path);
  },
  "another encoding": (path) =>
    Deno.writeFile(path, new Uint8Array([0x61, 0xb7, 0xe2, 0xc3, 0xe6])),
};

/** A verb of the product on a library, told of it by variables alone, as a container is. */
function run(root: string, argv: string[], env: Record<string, string> = {}): Program {
  return startProgram(argv, {
    env: {
      CONFIG_PATH: join(root, "config", "config.yaml"),
      LIBRARY_ROOT: root,
      TZ: "Asia/Shanghai",
      ...env,
    },
  });
}

for (const [what, ruin] of Object.entries(RUINS)) {
  Deno.test(`main: with ${what} where the configuration belongs, a backup is listed, checked and restored`, async () => {
    await using story = await restoreStory();
    const { root } = story.library;
    await ruin(story.config.path ?? "");
    const id = story.backupId;

    await using list = run(root, ["list", "--json"]);
    assert.equal(await list.exitCode, 0, await list.stderr);
    assert.deepEqual(
      JSON.parse(await list.stdout).backups.map((b: { backup_id: string }) => b.backup_id),
      [id],
    );
    assert.match(
      await list.stderr,
      /^Warning: Cannot read the configuration .*Going on without it: database/,
    );
    await using validate = run(root, ["validate", id, "--json"]);
    assert.equal(await validate.exitCode, 0, await validate.stderr);
    await using preview = run(root, ["restore", id, "--dry-run", "--json"]);
    assert.equal(await preview.exitCode, 0, await preview.stdout);
    await using restore = run(root, ["restore", id, "--yes", "--json"]);
    assert.equal(await restore.exitCode, 0, await restore.stdout);

    const state = await story.state().catch(() => null);
    const { warnings, restored } = JSON.parse(await restore.stdout);
    assert.deepEqual(restored.slice(0, 2), ["database", "covers"]);
    if (what === "a folder") {
      assert.ok((await Deno.stat(story.config.path ?? "")).isDirectory);
      assert.match(
        warnings.join("\n"),
        /Not restored: .*config\.yaml is a folder, expected a file/,
      );
    } else if (restored.includes("extra")) {
      assert.deepEqual(state, story.backedUp);
    } else {
      // Which extra paths this machine has, only the configuration tells; it is back now, and the rest can follow.
      assert.deepEqual(state, { ...story.backedUp, extra: story.before.extra });
      assert.match(warnings.join("\n"), /These extra files have no place .*restore extra again/);
      await using extra = run(root, ["restore", id, "--includes", "extra", "--yes", "--json"]);
      assert.equal(await extra.exitCode, 0, await extra.stdout);
      assert.deepEqual(await story.state(), story.backedUp);
    }
    // A verb that would need to know more says what is wrong instead.
    await using token = run(root, ["token"]);
    assert.equal(await token.exitCode, what === "a folder" ? 2 : 0, await token.stderr);
  });
}

Deno.test("main: without the configuration the backups are found where they were", async () => {
  await using library = await testLibrary();
  await using elsewhere = await tempFolder();
  const path = library.config.path ?? "";
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, `${text}\nbackup: {backup_path: ${elsewhere.path}/b}\n`);
  await using backup = run(library.root, ["backup", "--json"]);
  assert.equal(await backup.exitCode, 0, await backup.stderr);
  await Deno.remove(path);

  await using list = run(library.root, ["list", "--json"]);

  assert.equal(await list.exitCode, 0, await list.stderr);
  assert.equal(JSON.parse(await list.stdout).total, 1);
  assert.ok((await list.stderr).includes(`${elsewhere.path}/b`));
});

Deno.test("main: without the configuration nothing is made where backups are only supposed to be", async () => {
  await using folder = await tempFolder();

  await using list = run(folder.path, ["list"]);

  assert.equal(await list.exitCode, 1);
  assert.match(await list.stderr, /Cannot find .*data\/backups/);
  assert.deepEqual(await Array.fromAsync(Deno.readDir(folder.path)), []);
});

Deno.test("main: a server comes up without its configuration where there are backups, and restores it", async () => {
  await using story = await restoreStory();
  const port = freePort();
  const path = story.config.path ?? "";
  await RUINS["a tab"]?.(path);
  const env = {
    SERVER_HOST: "127.0.0.1",
    SERVER_PORT: String(port),
    BACKUP_ADMIN_PASSWORD: TEST_PASSWORD,
    LANG: "en_US.UTF-8",
  };

  await using server = run(story.library.root, ["serve"], env);

  const log = await server.firstError(/config\.warning/);
  assert.match(log, /line \d+ is indented with a tab, expected spaces\. Going on without it/);
  const url = `http://127.0.0.1:${port}`;
  await until(() => fetch(`${url}/api/health`).then((r) => r.json()).then(() => true, () => false));
  const health = await (await fetch(`${url}/api/health`, { headers: { "Accept-Language": "en" } }))
    .json();
  assert.deepEqual([health.status, health.reason.includes("cannot be read")], ["warning", true]);
  const login = new URLSearchParams({ username: "admin", password: TEST_PASSWORD });
  const { access_token } =
    await (await fetch(`${url}/api/auth/token`, { method: "POST", body: login })).json();
  const answer = await fetch(`${url}/api/admin/backup/restore`, {
    method: "POST",
    headers: { Authorization: `Bearer ${access_token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ backup_id: story.backupId }),
  });
  assert.equal(answer.status, 200, await answer.text());
  assert.deepEqual(await story.state(), story.backedUp);
  assert.ok((await Deno.readTextFile(path)).includes(TEST_KEY));
});

Deno.test("main: a first start with a wrong configuration is told so, and nothing else begins", async () => {
  await using library = await testLibrary();
  await RUINS["a tab"]?.(library.config.path ?? "");

  await using server = run(library.root, ["serve"], { SERVER_HOST: "127.0.0.1", SERVER_PORT: "0" });

  assert.equal(await server.exitCode, 2);
  assert.match(
    await server.stderr,
    /^Error: Cannot read the configuration file .*line \d+ is indented with a tab/,
  );
});
