import assert from "node:assert/strict";
import { isAppError } from "../../src/base/errors.ts";
import { describeError } from "../../src/base/messages/mod.ts";
import { verbHelp } from "../../src/cli/help_text.ts";
import { parseCommand } from "../../src/cli/parse_command.ts";
import type { Verb } from "../../src/cli/verb.ts";

const SOME_VERB: Verb = {
  name: "restore",
  summary: { zh: "", en: "" },
  ids: { name: "backup_id", min: 1, max: 1 },
  options: {
    force: { type: "boolean", help: { zh: "", en: "" } },
    includes: { type: "string", value: "PARTS", help: { zh: "", en: "" } },
  },
  run: () => Promise.resolve(0),
};

Deno.test("parseCommand() takes ids and options in any order", () => {
  const expected = {
    ids: ["backup_1"],
    values: { force: true, includes: "covers", root: "/srv" },
  };

  for (
    const argv of [
      ["backup_1", "--force", "--includes", "covers", "--root=/srv"],
      ["--includes=covers", "--root", "/srv", "--force", "backup_1"],
    ]
  ) {
    const { ids, values } = parseCommand(SOME_VERB, argv);
    assert.deepEqual({ ids, values }, expected);
  }
});

Deno.test("parseCommand() takes everything behind -- as it stands", () => {
  assert.deepEqual(parseCommand(SOME_VERB, ["--", "--force"]).ids, ["--force"]);
});

Deno.test("parseCommand() takes no path that something came along with, such as quotes", () => {
  for (const [option, value] of [["--root", '"/srv"'], ["--config", "/srv/c.yaml\r"]] as const) {
    assert.throws(() => parseCommand(SOME_VERB, ["backup_1", option, value]), (error) => {
      assert(isAppError(error, "cli.usage"));
      assert.match(
        describeError(error, "en"),
        /^Cannot read --\w+: .*, expected \/srv.* without the /,
      );
      assert.match(describeError(error, "zh"), /^选项 --\w+ 有误: .*，应为不带/);
      return true;
    });
  }
});

Deno.test("parseCommand() asks for no id with --help", () => {
  assert.equal(parseCommand(SOME_VERB, ["--help"]).values["help"], true);
  assert.equal(parseCommand(SOME_VERB, ["-h"]).values["help"], true);
});

const MISTAKES: readonly (readonly [string[], RegExp, RegExp])[] = [
  [["id", "--frce"], /没有这个选项: --frce/, /There is no option --frce/],
  [["id", "-x"], /没有这个选项: -x/, /There is no option -x/],
  [["id", "--__proto__"], /没有这个选项/, /There is no option/],
  [["id", "--force=1"], /--force 不带值/, /--force takes no value/],
  [["id", "--includes"], /--includes 缺少值/, /expected --includes PARTS/],
  [["id", "--includes", "--json"], /--includes 缺少值/, /expected --includes PARTS/],
  [[], /restore 缺少参数 <backup_id>/, /restore lacks its argument <backup_id>/],
  [["one", "two"], /多余的参数: two/, /Unexpected argument: two/],
  [["one", "\u001b[2J"], /多余的参数: \\u001b\[2J/, /\\u001b\[2J/],
];

Deno.test("parseCommand() refuses a common option that means nothing to the verb", () => {
  const verb: Verb = { ...SOME_VERB, without: ["json"] };

  assert.throws(() => parseCommand(verb, ["id", "--json"]), (error) => {
    assert.ok(isAppError(error, "cli.usage"));
    assert.match(describeError(error, "zh"), /--json 对 restore 没有意义/);
    assert.match(describeError(error, "en"), /--json means nothing to restore/);
    return true;
  });
  assert.doesNotMatch(verbHelp(verb, "en"), /--json/);
  assert.match(verbHelp(SOME_VERB, "en"), /--json/);
});

for (const [argv, zh, en] of MISTAKES) {
  Deno.test(`parseCommand() names the mistake in ${JSON.stringify(argv)}`, () => {
    assert.throws(() => parseCommand(SOME_VERB, argv), (error) => {
      assert.ok(isAppError(error, "cli.usage"));
      assert.match(describeError(error, "zh"), zh);
      assert.match(describeError(error, "en"), en);
      return true;
    });
  });
}
