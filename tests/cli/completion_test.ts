import assert from "node:assert/strict";
import { join } from "node:path";
import { VERBS } from "../../src/cli/verbs.ts";
import { run } from "../helpers/run.ts";
import { testCommand } from "../helpers/test_command.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { testLibrary } from "../helpers/test_library.ts";

async function writeScript(shell: string, folder: string): Promise<string> {
  await using library = await testLibrary();
  const { code, json } = await testCommand(library, ["completion", shell, "--json"]);
  assert.equal(code, 0);
  const path = join(folder, `completion.${shell}`);
  await Deno.writeTextFile(path, json.script);
  return path;
}

Deno.test("completion bash: bash completes verbs and options", async () => {
  await using folder = await tempFolder();
  const script = await writeScript("bash", folder.path);
  const complete = async (...words: string[]) => {
    const { stdout } = await run("bash", [
      "-c",
      `source ${script}; COMP_WORDS=(shuku-backup ${words.map((word) => `"${word}"`).join(" ")})
       COMP_CWORD=${words.length}; _shuku_backup; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ]);
    return stdout.trim().split("\n");
  };

  assert.deepEqual(await complete("rest"), ["restore"]);
  assert.deepEqual(await complete("restore", "--dry"), ["--dry-run"]);
  assert.ok((await complete("")).includes("completion"));
});

Deno.test("completion fish: fish completes verbs and options, with what they do", async () => {
  await using folder = await tempFolder();
  const script = await writeScript("fish", folder.path);
  const complete = async (line: string) => {
    const { stdout } = await run("fish", [
      "--no-config",
      "-c",
      `source ${script}; complete -C "${line}"`,
    ]);
    return stdout.trim().split("\n").map((row) => row.split("\t")[0]);
  };

  assert.deepEqual(await complete("shuku-backup rest"), ["restore"]);
  assert.deepEqual(await complete("shuku-backup restore --dry"), ["--dry-run"]);
});

Deno.test("completion zsh: zsh takes the script and knows the function for the program", async () => {
  await using folder = await tempFolder();
  const script = await writeScript("zsh", folder.path);

  const { stdout } = await run("zsh", [
    "-f",
    "-c",
    `autoload -Uz compinit && compinit -D -u && source ${script} &&
     print -r -- \${_comps[shuku-backup]} && functions _shuku_backup`,
  ]);

  assert.match(stdout, /^_shuku_backup\n/);
  for (const { name } of VERBS) assert.match(stdout, new RegExp(`\\(${name}\\)`));
});

Deno.test("completion: another shell is refused by name", async () => {
  await using library = await testLibrary();

  const { code, terminal } = await testCommand(library, ["completion", "csh"]);

  assert.equal(code, 2);
  assert.match(terminal.noted.join("\n"), /csh.*bash, zsh, fish/);
});
