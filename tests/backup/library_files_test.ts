import assert from "node:assert/strict";
import { join } from "node:path";
import { hasCovers, listCovers } from "../../src/backup/library_files.ts";
import { testLibrary } from "../helpers/test_library.ts";

Deno.test("hasCovers() says whether listCovers() would list any", async () => {
  await using library = await testLibrary();
  const folder = join(library.root, "other covers");
  const answer = async () => {
    const listed = (await listCovers(folder)).files.length > 0;
    assert.equal(await hasCovers(folder), listed);
    return listed;
  };

  assert.equal(await answer(), false);
  await Deno.mkdir(join(folder, "a", "b"), { recursive: true });
  assert.equal(await answer(), false);
  await Deno.symlink(join(library.config.covers, "1.jpg"), join(folder, "link.jpg"));
  await Deno.mkdir(join(folder, "@eaDir"));
  await Deno.writeTextFile(join(folder, "@eaDir", "1.jpg"), "a NAS's own");
  assert.equal(await answer(), false);
  await Deno.writeTextFile(join(folder, "a", "b", "1.jpg"), "a picture");
  assert.equal(await answer(), true);
});
