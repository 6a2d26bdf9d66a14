import assert from "node:assert/strict";
import { join } from "node:path";
import { describeError } from "../../src/base/messages/mod.ts";
import { DatabaseSurvey } from "../../src/database/survey.ts";
import { startProgram } from "../helpers/other_program.ts";
import { makeDatabase } from "../helpers/sample_database.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

Deno.test("DatabaseSurvey tells what lies where the database should be", async () => {
  await using folder = await tempFolder();
  const at = (name: string) => join(folder.path, name);
  makeDatabase(at("sound.db"), { journalMode: "wal" });
  await Deno.mkdir(at("folder.db"));
  await Deno.writeTextFile(at("empty.db"), "");
  await Deno.writeTextFile(at("text.db"), "我不是数据库。".repeat(500));
  const bytes = await Deno.readFile(at("sound.db"));
  await Deno.writeFile(at("damaged.db"), bytes.fill(0xa5, 100, 3000));
  await Deno.symlink("loop.db", at("loop.db"));

  for (
    const [name, state, sentence] of [
      ["sound.db", "ok", null],
      ["none.db", "missing", /found beside it: damaged\.db, sound\.db/],
      ["none/library.db", "missing", /there is no folder .*none\)/],
      ["sound.db/library.db", "missing", /Cannot find the database/],
      ["folder.db", "folder", /container runtime makes one/],
      ["empty.db", "empty", /an empty file/],
      ["text.db", "not_sqlite", /is not a SQLite database/],
      ["damaged.db", "damaged", /is damaged/],
      ["loop.db", "unreadable", /ELOOP/],
    ] as const
  ) {
    const found = await new DatabaseSurvey(at(name)).look();

    assert.equal(found.state, state, name);
    if (sentence === null) assert.equal(found.error, null);
    else assert.match(describeError(found.error, "en"), sentence, name);
  }
});

Deno.test("DatabaseSurvey says of an empty folder that its volume may not be mounted", async () => {
  await using folder = await tempFolder();

  const { error } = await new DatabaseSurvey(join(folder.path, "library.db")).look();

  assert.match(describeError(error, "zh"), /是空的，数据卷可能未挂载/);
});

Deno.test("DatabaseSurvey looks again when the file changed, and waits for nobody", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "library.db");
  const survey = new DatabaseSurvey(path);
  const states = [(await survey.look()).state];
  await using program = await startProgram();

  makeDatabase(path);
  states.push((await survey.look()).state);
  await program.open(path);
  await program.exec("BEGIN EXCLUSIVE");
  const now = new Date();
  await Deno.utime(path, now, now);
  states.push((await survey.look()).state);
  await program.exec("ROLLBACK");
  await Deno.writeTextFile(path, "我不是数据库。".repeat(500));
  states.push((await survey.look()).state);
  await Deno.remove(path);
  states.push((await survey.look()).state);

  assert.deepEqual(states, ["missing", "ok", "ok", "not_sqlite", "missing"]);
});
