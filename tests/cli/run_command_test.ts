import assert from "node:assert/strict";
import { runCommand } from "../../src/cli/run_command.ts";
import type { Host } from "../../src/cli/verb.ts";
import { VERBS } from "../../src/cli/verbs.ts";
import { type TestTerminal, testTerminal } from "../helpers/test_terminal.ts";

/** A program in which opening anything is a mistake. */
function closedHost(terminal: TestTerminal): Host {
  return {
    terminal,
    signal: new AbortController().signal,
    open: () => Promise.reject(new Error("opened")),
    readConfig: () => Promise.reject(new Error("not asked for")),
    addSampleBooks: () => Promise.reject(new Error("written")),
  };
}

Deno.test("runCommand() prints the verbs and ends with 2 when none is given", async () => {
  const terminal = testTerminal({ language: "zh" });

  assert.equal(await runCommand([], closedHost(terminal)), 2);

  assert.deepEqual(terminal.printed, []);
  for (const { name } of VERBS) assert.match(terminal.noted.join("\n"), new RegExp(`  ${name} `));
});

Deno.test("runCommand() prints help to standard output, for the program and for each verb", async () => {
  for (const argv of [["--help"], ["help"], ...VERBS.map(({ name }) => [name, "--help"])]) {
    for (const language of ["zh", "en"] as const) {
      const terminal = testTerminal({ language });

      assert.equal(await runCommand(argv, closedHost(terminal)), 0, argv.join(" "));

      assert.match(terminal.output, language === "zh" ? /用法: / : /Usage: /);
      assert.deepEqual(terminal.noted, []);
      const otherTongue = language === "zh" ? /Usage:|show this help/ : /用法|显示/;
      assert.doesNotMatch(terminal.output, otherTongue);
    }
  }
});

Deno.test("runCommand() prints the version", async () => {
  const terminal = testTerminal();

  assert.equal(await runCommand(["--version"], closedHost(terminal)), 0);

  assert.match(terminal.output, /^\d+\.\d+\.\d+$/);
});

Deno.test("runCommand() refuses wrong usage with 2 and a sentence, before anything is opened", async () => {
  const mistakes: readonly (readonly [string[], RegExp])[] = [
    [["make-coffee"], /There is no verb make-coffee, expected one of serve, backup/],
    [["list", "--frce"], /no option --frce/],
    [["list", "extra"], /Unexpected argument: extra/],
    [["validate"], /lacks its argument <backup_id>/],
    [["backup", "--includes", "novels"], /"novels", expected some of database,covers,config/],
    [["backup", "--includes", ","], /expected some of/],
    [["restore"], /one of <backup_id>, --undo and --resolve/],
    [["restore", "backup_1", "--undo"], /one of <backup_id>, --undo and --resolve/],
    [["restore", "backup_1", "--covers-mode", "all"], /expected exact or add_missing/],
    [["restore", "--resolve", "maybe"], /expected resume or rollback/],
    [["token", "--minutes", "0"], /expected an integer from 1/],
    [["token", "--minutes", "1e3"], /expected an integer from 1/],
  ];

  for (const [argv, sentence] of mistakes) {
    const terminal = testTerminal();
    assert.equal(await runCommand(argv, closedHost(terminal)), 2, argv.join(" "));
    assert.match(terminal.noted.join("\n"), sentence);
    assert.deepEqual(terminal.printed, []);
  }
});

Deno.test("runCommand() prints one JSON document for wrong usage with --json", async () => {
  const terminal = testTerminal({ language: "zh" });

  assert.equal(await runCommand(["validate", "--json"], closedHost(terminal)), 2);

  assert.deepEqual(JSON.parse(terminal.output), {
    detail: "validate 缺少参数 <backup_id>",
    code: "cli.usage",
  });
  assert.deepEqual(terminal.noted, []);
});

Deno.test("runCommand() says what broke when something unforeseen did", async () => {
  const terminal = testTerminal();

  assert.equal(await runCommand(["list"], closedHost(terminal)), 1);

  assert.match(terminal.noted.join("\n"), /Error: Internal error.*opened/);
});
