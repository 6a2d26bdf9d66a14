import assert from "node:assert/strict";
import { join } from "node:path";
import { SOOKLIB_ID, SOOKLIB_ZIP, testLibrary } from "../helpers/test_library.ts";
import { testCommand } from "../helpers/test_command.ts";
import { testTerminal } from "../helpers/test_terminal.ts";

const NOBODY = "backup_20000101_000000";

Deno.test("backup, list, validate, pin, delete: a backup's life on the command line", async () => {
  await using library = await testLibrary();

  const made = await testCommand(library, ["backup", "--json", "--description", "升级前"]);
  assert.equal(made.code, 0);
  assert.equal(made.json.success, true);
  assert.deepEqual(made.json.includes, ["database", "covers", "config"]);
  const id: string = made.json.backup_id;

  const listed = await testCommand(library, ["list", "--json"]);
  assert.equal(listed.code, 0);
  assert.equal(listed.json.total, 1);
  assert.equal(listed.json.backups[0].description, "升级前");

  const table = await testCommand(library, ["list"]);
  assert.match(table.terminal.output, new RegExp(`${id}.*manual.*verified +升级前`));

  const valid = await testCommand(library, ["validate", id, "--json"]);
  assert.equal(valid.code, 0);
  assert.equal(valid.json.valid, true);

  assert.equal((await testCommand(library, ["pin", id])).code, 0);
  const refused = await testCommand(library, ["delete", id, "--yes", "--json"]);
  assert.equal(refused.code, 1);
  assert.equal(refused.json.code, "backup.pinned");

  assert.equal((await testCommand(library, ["pin", id, "--off"])).code, 0);
  const deleted = await testCommand(library, ["delete", id, "--yes", "--json"]);
  assert.equal(deleted.code, 0);
  assert.equal(deleted.json.backup_id, id);
  assert.equal((await testCommand(library, ["list", "--json"])).json.total, 0);
});

Deno.test("list: warns of a database that is not where it should be", async () => {
  await using library = await testLibrary();
  await Deno.remove(library.config.database.path);

  const listed = await testCommand(library, ["list"]);
  const made = await testCommand(library, ["backup"]);

  assert.equal(listed.code, 0);
  for (const { terminal } of [listed, made]) {
    assert.match(terminal.noted.join(), /Cannot find the database .*library\.db/);
  }
});

Deno.test("restore: works on a new server, where nobody ever signed in, and prints no token", async () => {
  await using library = await testLibrary();
  const { adminPassword: _, ...secrets } = library.secrets;
  const fresh = { ...library, secrets: { ...secrets, adminPassword: null } };
  for (const one of [fresh, library]) {
    const made = await testCommand(one, ["backup", "--json"]);

    const restored = await testCommand(one, ["restore", made.json.backup_id, "--yes", "--json"]);

    assert.equal(restored.code, 0, JSON.stringify(restored.json));
    assert.equal("restore_token" in restored.json, false);
  }
});

Deno.test("backup: --includes takes some parts", async () => {
  await using library = await testLibrary();

  const made = await testCommand(library, ["backup", "--includes", "config,database", "--json"]);

  assert.deepEqual(made.json.includes, ["database", "config"]);
});

Deno.test("backup: a progress bar on a screen, none in a pipe or with --json", async () => {
  await using library = await testLibrary();
  const screen = testTerminal({ isScreen: true });
  const json = testTerminal({ isScreen: true });

  await testCommand(library, ["backup"], { terminal: screen });
  await testCommand(library, ["backup", "--json"], { terminal: json });

  assert.ok(screen.drawn.some((line) => line !== null && line !== ""), "nothing was drawn");
  assert.equal(screen.drawn.at(-1), null, "the bar is cleared at the end");
  assert.deepEqual(json.drawn, []);
});

for (
  const argv of [
    ["validate"],
    ["restore", "--yes"],
    ["restore", "--dry-run"],
    ["delete", "--yes"],
    [
      "pin",
    ],
    ["drill"],
  ]
) {
  Deno.test(`${argv.join(" ")}: an unknown id is exit 1 with its code`, async () => {
    await using library = await testLibrary();
    const [verb = "", ...rest] = argv;

    for (const id of [NOBODY, "../../etc/passwd"]) {
      const outcome = await testCommand(library, [verb, id, ...rest, "--json"]);
      assert.equal(outcome.code, 1);
      assert.equal(outcome.json.code, "backup.not_found");
    }
  });
}

Deno.test("restore: the preview changes nothing, the restore brings back, --undo takes back", async () => {
  await using library = await testLibrary();
  const cover = join(library.config.covers, "1.jpg");
  const before = await Deno.readFile(cover);
  const { json: { backup_id: id } } = await testCommand(library, ["backup", "--json"]);
  await Deno.writeTextFile(cover, "changed");

  const preview = await testCommand(library, ["restore", id, "--dry-run", "--json"]);
  assert.equal(preview.code, 0);
  assert.equal(preview.json.covers.changed, 1);
  assert.equal(await Deno.readTextFile(cover), "changed");
  const shown = await testCommand(library, ["restore", id, "--dry-run"]);
  assert.match(shown.terminal.output, /Covers: 0 added, 0 removed, 1 changed/);

  const restored = await testCommand(library, ["restore", id, "--yes", "--json"]);
  assert.equal(restored.code, 0, JSON.stringify(restored.json));
  assert.deepEqual(await Deno.readFile(cover), before);
  assert.match(restored.json.snapshot_id, /^backup_/);

  const undone = await testCommand(library, ["restore", "--undo", "--yes", "--json"]);
  assert.equal(undone.code, 0, JSON.stringify(undone.json));
  assert.equal(await Deno.readTextFile(cover), "changed");
});

for (const verb of ["restore", "delete"]) {
  Deno.test(`${verb}: asks on a terminal, needs --yes elsewhere`, async () => {
    await using library = await testLibrary();
    const { json: { backup_id: id } } = await testCommand(library, ["backup", "--json"]);
    await testCommand(library, ["backup"]);

    const nobody = await testCommand(library, [verb, id]);
    assert.equal(nobody.code, 2);
    assert.match(nobody.terminal.noted.join(), /add --yes/);

    const no = testTerminal({ answers: ["no"] });
    assert.equal((await testCommand(library, [verb, id], { terminal: no })).code, 130);
    assert.equal(no.asked.length, 1);
    assert.equal((await testCommand(library, ["list", "--json"])).json.total, 2);

    const yes = testTerminal({ answers: ["yes"] });
    assert.equal((await testCommand(library, [verb, id], { terminal: yes })).code, 0);
  });
}

Deno.test("validate: a damaged backup is exit 1 with every damaged path", async () => {
  await using library = await testLibrary();
  const { json } = await testCommand(library, ["backup", "--json"]);
  using file = await Deno.open(json.file_path, { read: true, write: true });
  await file.seek(json.file_size / 2 | 0, Deno.SeekMode.Start);
  await file.write(new TextEncoder().encode("not what was here"));

  const outcome = await testCommand(library, ["validate", json.backup_id, "--json"]);
  assert.equal(outcome.code, 1);
  assert.equal(outcome.json.valid, false);

  const text = await testCommand(library, ["validate", json.backup_id]);
  assert.match(text.terminal.output, /^Not valid: backup_/);
});

Deno.test("upload: takes in what Sooklib made; a stranger's file is refused", async () => {
  await using library = await testLibrary();

  const taken = await testCommand(library, ["upload", SOOKLIB_ZIP, "--json"]);
  assert.equal(taken.code, 0, JSON.stringify(taken.json));
  assert.equal(taken.json.backup_id, SOOKLIB_ID);

  const again = await testCommand(library, ["upload", SOOKLIB_ZIP, "--json"]);
  assert.deepEqual([again.code, again.json.code], [1, "backup.exists"]);
  const text = await testCommand(library, ["upload", library.config.path ?? "", "--json"]);
  assert.deepEqual([text.code, text.json.code], [1, "upload.not_zip"]);
  const missing = await testCommand(library, ["upload", join(library.root, "none.zip"), "--json"]);
  assert.deepEqual([missing.code, missing.json.code], [1, "storage.missing"]);
  const folder = await testCommand(library, ["upload", library.root, "--json"]);
  assert.deepEqual([folder.code, folder.json.code], [1, "storage.failed"]);
});

Deno.test("drill: rehearses the newest backup", async () => {
  await using library = await testLibrary();
  const { json: { backup_id: id } } = await testCommand(library, ["backup", "--json"]);

  const drill = await testCommand(library, ["drill", "--json"]);
  assert.equal(drill.code, 0, JSON.stringify(drill.json));
  assert.equal(drill.json.result, "passed");
  assert.ok(drill.json.outcomes.some((each: { backup_id: string }) => each.backup_id === id));

  const text = await testCommand(library, ["drill", id]);
  assert.match(text.terminal.output, /^Drill passed: backup_/);
});

Deno.test("token: prints a token and nothing else", async () => {
  await using library = await testLibrary();

  const text = await testCommand(library, ["token", "--minutes", "5"]);
  assert.match(text.terminal.output, /^[\w-]+\.[\w-]+\.[\w-]+$/);

  const { json } = await testCommand(library, ["token", "--json"]);
  assert.equal(json.token_type, "bearer");
});

Deno.test("password: a configured one is changed where it was configured", async () => {
  await using library = await testLibrary();

  const outcome = await testCommand(library, ["password", "--json"]);

  assert.equal(outcome.code, 2);
  assert.match(outcome.json.detail, /security\.admin_password/);
});

Deno.test("list: text from strangers cannot move the cursor", async () => {
  await using library = await testLibrary();
  await testCommand(library, ["backup", "--description", "\u001b[2J\u202eevil\nline"]);

  const text = (await testCommand(library, ["list"])).terminal.output;
  const json = (await testCommand(library, ["list", "--json"])).terminal.output;

  for (const output of [text, json]) {
    // deno-lint-ignore no-control-regex -- these are what must not be there
    assert.doesNotMatch(output, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    assert.match(output, /\\u001b\[2J\\u202eevil/);
  }
});

Deno.test("backup: an interrupted one ends with 130 and leaves no file behind", async () => {
  await using library = await testLibrary();
  const controller = new AbortController();
  const { AppError } = await import("../../src/base/errors.ts");
  controller.abort(new AppError("job.cancelled"));

  const outcome = await testCommand(library, ["backup", "--json"], { signal: controller.signal });

  assert.deepEqual([outcome.code, outcome.json.code], [130, "job.cancelled"]);
  const left = await Array.fromAsync(Deno.readDir(library.config.backup.path), ({ name }) => name);
  assert.deepEqual(left.filter((name) => /\.(zip|db|tmp)/.test(name)), []);
});

Deno.test("delete: the newest verified backup and the last one go only to who types their id", async () => {
  await using library = await testLibrary();
  const make = async () =>
    (await testCommand(library, ["backup", "--includes", "config", "--json"])).json.backup_id;
  const [older, newest] = [await make(), await make()];
  const remove = (id: string, answer: string) =>
    testCommand(library, ["delete", id], { terminal: testTerminal({ answers: [answer] }) });

  const hasty = await remove(newest, "yes");
  const ordinary = await remove(older, "yes");
  const lastOne = await remove(newest, "yes");
  const meant = await remove(newest, newest);

  assert.equal(hasty.code, 130);
  assert.match(hasty.terminal.asked.join(), new RegExp(`newest backup known.*Type ${newest}`));
  assert.equal(ordinary.code, 0);
  assert.equal(lastOne.code, 130);
  assert.match(lastOne.terminal.asked.join(), /the last backup there is/);
  assert.equal(meant.code, 0);
});
