import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { FileListWriter } from "../../src/restore/file_list.ts";
import { stagingOf } from "../../src/restore/file_places.ts";
import { makeFileStagings } from "../../src/restore/file_stagings.ts";
import type { FilesStep } from "../../src/restore/journal.ts";
import { returnFiles } from "../../src/restore/return_files.ts";
import { settleFiles } from "../../src/restore/settle_files.ts";
import { markCommitted } from "../../src/restore/staging.ts";
import { swapFiles } from "../../src/restore/swap_files.ts";
import { walk } from "../../src/storage/walk.ts";
import { isThere, makeNamed } from "../helpers/odd_files.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

const ID = "0123456789abcdef";
const GBK = String.raw`\267\342.jpg`;

async function writeFiles(folder: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.writeTextFile(join(folder, path), text);
  }
}

async function listFiles(path: string, files: Record<string, string>): Promise<string> {
  using writer = await FileListWriter.create(path);
  for (const [name, text] of Object.entries(files)) {
    const sha256 = createHash("sha256").update(text).digest("hex");
    await writer.add({ path: name, size: new TextEncoder().encode(text).length, sha256 });
  }
  await writer.finish();
  return path;
}

async function readFiles(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { relativePath, path, kind } of walk(folder)) {
    files[relativePath] = kind === "symlink" ? "a link" : await Deno.readTextFile(path);
  }
  return files;
}

/** Stages `backup` inside `folder`, where `live` is what was saved before. */
async function stage(
  folder: string,
  live: Record<string, string>,
  backup: Record<string, string>,
  mode: FilesStep["mode"] = "exact",
): Promise<FilesStep> {
  await writeFiles(folder, live);
  const stagings = await makeFileStagings({ path: folder, under: "" }, {
    restoreId: ID,
    mayHold: () => true,
    signal: new AbortController().signal,
  });
  const [{ path }] = [stagingOf(stagings, "x")];
  await writeFiles(join(path, "covers"), backup);
  await markCommitted(path);
  return {
    part: "covers",
    mode,
    exactIn: [""],
    stagings,
    archive: "",
    list: await listFiles(join(path, "covers.list"), backup),
    record: await listFiles(join(path, "saved.list"), live),
  };
}

Deno.test("swapFiles() makes the folder exactly the backup, and returnFiles() exactly what it was", async () => {
  await using folder = await tempFolder();
  const live = { "a.jpg": "old a", "gone/b.jpg": "old b", "folder/c.jpg": "c", "file": "a file" };
  const backup = { "a.jpg": "new a", "folder": "now a file", "file/d.jpg": "now in a folder" };
  const step = await stage(folder.path, live, backup);

  await swapFiles(step, ID);
  assert.deepEqual(await readFiles(folder.path), backup);
  await swapFiles(step, ID);
  assert.deepEqual(await readFiles(folder.path), backup, "done twice");

  await returnFiles(step, ID);
  assert.deepEqual(await readFiles(folder.path), live);
  await returnFiles(step, ID);
  assert.deepEqual(await readFiles(folder.path), live, "returned twice");

  await swapFiles(step, ID);
  assert.deepEqual(await readFiles(folder.path), backup, "there again");
  assert.deepEqual(await settleFiles(step, ID), []);
});

Deno.test("swapFiles() adds what is missing and touches nothing else when asked to", async () => {
  await using folder = await tempFolder();
  const step = await stage(
    folder.path,
    { "a.jpg": "mine", "extra.jpg": "mine too" },
    { "a.jpg": "other", "b.jpg": "added" },
    "add_missing",
  );

  await swapFiles(step, ID);

  assert.deepEqual(await readFiles(folder.path), {
    "a.jpg": "mine",
    "b.jpg": "added",
    "extra.jpg": "mine too",
  });
});

Deno.test("swapFiles() leaves symbolic links alone and names what is behind them", async () => {
  await using folder = await tempFolder();
  await using elsewhere = await tempFolder();
  await writeFiles(elsewhere.path, { "c.jpg": "not ours" });
  const step = await stage(folder.path, {}, { "link.jpg": "x", "linked/c.jpg": "y", "d.jpg": "z" });
  await Deno.symlink(join(elsewhere.path, "c.jpg"), join(folder.path, "link.jpg"));
  await Deno.symlink(elsewhere.path, join(folder.path, "linked"));

  const { behindLinks } = await swapFiles(step, ID);

  assert.deepEqual(behindLinks.toSorted(), ["link.jpg", "linked/c.jpg"]);
  assert.deepEqual(await readFiles(elsewhere.path), { "c.jpg": "not ours" });
  assert.deepEqual(await readFiles(folder.path), {
    "d.jpg": "z",
    "link.jpg": "a link",
    "linked": "a link",
  });
});

Deno.test("swapFiles() keeps the mode of a replaced cover", async () => {
  await using folder = await tempFolder();
  const step = await stage(folder.path, { "a.jpg": "old" }, { "a.jpg": "new", "b.jpg": "new" });
  await Deno.chmod(join(folder.path, "a.jpg"), 0o604);

  await swapFiles(step, ID);

  assert.equal((await Deno.stat(join(folder.path, "a.jpg"))).mode ?? 0, 0o100604);
  assert.equal((await Deno.stat(join(folder.path, "b.jpg"))).mode ?? 0, 0o100644);
});

Deno.test("settleFiles() keeps what no record holds", async () => {
  await using folder = await tempFolder();
  const step = await stage(folder.path, { "a.jpg": "saved", "b.jpg": "saved" }, { "c.jpg": "new" });
  await Deno.writeTextFile(join(folder.path, "b.jpg"), "changed since");

  await swapFiles(step, ID);
  const kept = await settleFiles(step, ID);

  assert.deepEqual(kept, ["b.jpg"]);
  const path = join(folder.path, `.restore-kept-${ID}`, "b.jpg");
  assert.equal(await Deno.readTextFile(path), "changed since");
  assert.deepEqual(await readFiles(folder.path), { "c.jpg": "new" });
});

Deno.test("swapFiles() refuses when a staging is not there", async () => {
  await using folder = await tempFolder();
  const step = await stage(folder.path, { "a.jpg": "old" }, { "a.jpg": "new" });
  await Deno.remove(join(step.stagings[0]?.path ?? "", "committed"));

  await assert.rejects(swapFiles(step, ID), /restore\.volume_missing/);
  assert.deepEqual(await readFiles(folder.path), { "a.jpg": "old" });
});

Deno.test("swapFiles() done again leaves what the library put where an extra had gone", async () => {
  await using folder = await tempFolder();
  const step = await stage(folder.path, { "extra.jpg": "old" }, { "a.jpg": "a" });
  await swapFiles(step, ID);
  await writeFiles(folder.path, { "extra.jpg": "the library's" });

  const { kept } = await swapFiles(step, ID);

  assert.deepEqual(await readFiles(folder.path), { "a.jpg": "a", "extra.jpg": "the library's" });
  assert.deepEqual(kept, []);
});

Deno.test("swapFiles() takes an extra out that a return was killed over, between its two steps", async () => {
  await using folder = await tempFolder();
  const step = await stage(folder.path, { "extra.jpg": "old" }, { "a.jpg": "a" });
  await swapFiles(step, ID);
  const old = join(stagingOf(step.stagings, "extra.jpg").path, "old", "extra.jpg");
  await Deno.link(old, join(folder.path, "extra.jpg"));

  await swapFiles(step, ID);

  assert.deepEqual(await readFiles(folder.path), { "a.jpg": "a" });
  assert.equal(await Deno.readTextFile(old), "old");
});

Deno.test("what a folder in the way holds unseen is kept with it, on the way there and back", async () => {
  for (const isUndone of [false, true]) {
    await using folder = await tempFolder();
    const { path } = folder;
    await Deno.mkdir(join(path, "a.jpg"));
    await makeNamed(join(path, "a.jpg"), GBK, "nobody can say its name");
    const step = await stage(path, { "a.jpg/seen.jpg": "seen" }, { "a.jpg": "a" });
    await swapFiles(step, ID);

    const kept = isUndone ? await returnFiles(step, ID) : await settleFiles(step, ID);

    assert.deepEqual(kept, ["a.jpg"]);
    assert.ok(await isThere(join(path, `.restore-kept-${ID}`, "a.jpg"), GBK));
    const live = isUndone ? { "a.jpg/seen.jpg": "seen" } : { "a.jpg": "a" };
    assert.deepEqual(await readFiles(path), live);
  }
});

Deno.test("swapFiles() leaves alone what a NAS keeps among the covers, and what nobody can name", async () => {
  await using folder = await tempFolder();
  const step = await stage(folder.path, { "gone.jpg": "old" }, { "1.jpg": "new" });
  await writeFiles(folder.path, { "@eaDir/1.jpg": "thumbnail" });
  await makeNamed(folder.path, GBK);

  await swapFiles(step, ID);

  const left = [...Deno.readDirSync(folder.path)].map(({ name }) => name).toSorted();
  assert.deepEqual(left, [`.restore-${ID}`, "1.jpg", "@eaDir", "\ufffd\ufffd.jpg"]);
});
