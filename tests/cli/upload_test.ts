import assert from "node:assert/strict";
import { join } from "node:path";
import { onLibrary } from "../helpers/program.ts";
import { testCommand } from "../helpers/test_command.ts";
import { SOOKLIB_ZIP, testLibrary } from "../helpers/test_library.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const ROOT = join(import.meta.dirname ?? ".", "..", "..");

Deno.test("upload: says which folders a program sees that may read only what is mounted", async () => {
  await using library = await testLibrary({ BACKUP_PATH: "backups" });
  await using elsewhere = await tempFolder();
  const file = join(elsewhere.path, "backup.zip");
  await Deno.copyFile(SOOKLIB_ZIP, file);
  const { argv, env } = onLibrary(library);
  const cache = Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "/root", ".cache", "deno");

  // As the container's entry point runs it.
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--no-check", "--cached-only", "--allow-sys", "--allow-env"],
      `--allow-read=${library.root},${ROOT},${cache}`,
      `--allow-write=${library.root}`,
      ...[join(ROOT, "src", "main.ts"), "upload", file, "--json", ...argv],
    ],
    env: { ...env, LANG: "en_US.UTF-8", BACKUP_PATH: "backups" },
    stdin: "null",
  }).output();

  const answer = JSON.parse(new TextDecoder().decode(stdout));
  assert.deepEqual([code, answer.code], [1, "storage.missing"]);
  assert.deepEqual(answer.folders.toSorted(), [
    join(library.root, "backups"),
    join(library.root, "config"),
    join(library.root, "covers"),
    join(library.root, "data"),
  ]);
  assert.match(answer.detail, /sees the folders .*covers.*only what is mounted/);
});

Deno.test("upload: no limit that is made for strangers holds for who sits at the machine", async () => {
  await using library = await testLibrary();
  const server = { ...library.config.server, maxUploadBytes: 1000 };
  const limited = { ...library, config: { ...library.config, server } };

  const taken = await testCommand(limited, ["upload", SOOKLIB_ZIP, "--json"]);

  assert.equal(taken.code, 0, JSON.stringify(taken.json));
});
