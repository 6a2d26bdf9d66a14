import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path";
import { isTemporaryName, removeLeftovers, temporaryName } from "../../src/storage/temporary.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

Deno.test("temporaryName() is hidden, unique, in the same folder and recognised", () => {
  const one = temporaryName("/data/backup_1.zip");
  const other = temporaryName("/data/backup_1.zip");

  assert.notEqual(one, other);
  assert.equal(dirname(one), "/data");
  assert.match(basename(one), /^\.shuku-[0-9a-f]{16}\.backup_1\.zip\.tmp$/);
  assert.ok(isTemporaryName(basename(one)));
});

Deno.test("temporaryName() fits into a file name however long the final one is", async () => {
  await using folder = await tempFolder();
  const longest = join(folder.path, "书".repeat(85));

  const temporary = temporaryName(longest);
  await Deno.writeTextFile(temporary, "");

  assert.ok(isTemporaryName(basename(temporary)));
  assert.ok(!basename(temporary).includes("\ufffd"));
});

Deno.test("isTemporaryName() leaves other people's files alone", () => {
  for (
    const name of ["a.tmp", ".shuku-x.a.tmp", ".shuku-0123456789abcdef.tmp", "backup.zip", ".shuku"]
  ) {
    assert.ok(!isTemporaryName(name), name);
  }
  for (const suffix of ["", "-journal", "-wal", "-shm"]) {
    assert.ok(isTemporaryName(`.shuku-0123456789abcdef.library.db.tmp${suffix}`), suffix);
  }
});

Deno.test("removeLeftovers() removes what we left and nothing else", async () => {
  await using folder = await tempFolder();
  const ours = temporaryName(join(folder.path, "library.db"));
  const kept = [join(folder.path, "backup.zip"), join(folder.path, "notes.tmp")];
  for (const path of [ours, `${ours}-journal`, ...kept]) await Deno.writeTextFile(path, "x");
  await Deno.mkdir(temporaryName(join(folder.path, "folder")));

  const removed = await removeLeftovers(folder.path);

  assert.deepEqual(removed.sort(), [basename(ours), `${basename(ours)}-journal`].sort());
  assert.equal((await Array.fromAsync(Deno.readDir(folder.path))).length, 3);
});

Deno.test("removeLeftovers() finds nothing in a folder that is not there", async () => {
  assert.deepEqual(await removeLeftovers("/no/such/folder"), []);
});
