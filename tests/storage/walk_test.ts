import assert from "node:assert/strict";
import { join } from "node:path";
import { temporaryName } from "../../src/storage/temporary.ts";
import { walk } from "../../src/storage/walk.ts";
import { makeNamed } from "../helpers/odd_files.ts";
import { run } from "../helpers/run.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

async function paths(root: string, options?: Parameters<typeof walk>[1]): Promise<string[]> {
  return await Array.fromAsync(walk(root, options), ({ relativePath }) => relativePath);
}

async function fill(root: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    await Deno.mkdir(join(root, file, ".."), { recursive: true });
    await Deno.writeTextFile(join(root, file), file);
  }
}

Deno.test("walk() visits files of any depth in one order, whatever order they were made in", async () => {
  await using folder = await tempFolder();
  await fill(folder.path, [
    "b.jpg",
    "封面/红楼梦.jpg",
    "a/z.jpg",
    "a/b/c.jpg",
    "a.jpg",
    "B.jpg",
    "a0",
  ]);

  assert.deepEqual(await paths(folder.path), [
    ...["B.jpg", "a/b/c.jpg", "a/z.jpg", "a.jpg", "a0", "b.jpg", "封面/红楼梦.jpg"],
  ]);
});

Deno.test("walk() reports links and pipes and follows nothing", async () => {
  await using folder = await tempFolder();
  await fill(folder.path, ["inside/file"]);
  await Deno.symlink("/etc", join(folder.path, "link"));
  await Deno.symlink("nowhere", join(folder.path, "broken"));
  await run("mkfifo", [join(folder.path, "pipe")]);

  const found = await Array.fromAsync(
    walk(folder.path),
    ({ relativePath, kind }) => [relativePath, kind],
  );

  assert.deepEqual(found, [
    ["broken", "symlink"],
    ["inside/file", "file"],
    ["link", "symlink"],
    ["pipe", "other"],
  ]);
});

Deno.test("walk() tells size, time, mode and owner", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, "file");
  await Deno.writeTextFile(path, "12345");
  await Deno.chmod(path, 0o640);
  await Deno.utime(path, 1_000_000, 1_000_000);

  const [file] = await Array.fromAsync(walk(folder.path));

  const { uid, gid } = await Deno.stat(path);
  assert.deepEqual(file, {
    relativePath: "file",
    path,
    kind: "file",
    sizeBytes: 5,
    modifiedAt: 1_000_000_000,
    mode: 0o640,
    uid,
    gid,
  });
});

Deno.test("walk() passes over restore staging, our temporaries and what the caller skips", async () => {
  await using folder = await tempFolder();
  await fill(folder.path, [
    ".restore-0123456789abcdef/a",
    "kept",
    "sub/.restore-kept-0123456789abcdef-2/b",
    ".restore-mine/d",
    "sub/c",
    "out/d",
    ".restore-file",
  ]);
  await Deno.writeTextFile(temporaryName(join(folder.path, "kept")), "");

  const found = await paths(folder.path, {
    skip: (relativePath, isFolder) => isFolder && relativePath === "out",
  });

  assert.deepEqual(found, [".restore-file", ".restore-mine/d", "kept", "sub/c"]);
});

Deno.test("walk() tells of what cannot be looked at, and goes on", async () => {
  await using folder = await tempFolder();
  await fill(folder.path, ["a.jpg", "b/\ufffd.jpg", "c.jpg"]);
  await makeNamed(folder.path, String.raw`\377.jpg`);
  await makeNamed(folder.path, String.raw`\377/`);
  await makeNamed(join(folder.path, "b"), String.raw`\377.jpg`);
  const told: string[] = [];

  const found = await paths(folder.path, {
    onUnreadable: (path, reason) => void told.push(`${path} ${reason}`),
  });

  assert.deepEqual(found, ["a.jpg", "b/\ufffd.jpg", "c.jpg"]);
  assert.deepEqual(told.toSorted(), [
    "b/\ufffd.jpg not_utf8",
    "\ufffd.jpg not_utf8",
    "\ufffd/ not_utf8",
  ]);
  await assert.rejects(paths(folder.path), { code: "storage.missing" });
});

Deno.test("walk() leaves out a file that vanishes before its turn", async () => {
  await using folder = await tempFolder();
  // More than are looked up at once.
  const many = Array.from({ length: 200 }, (_, index) => `a/${1000 + index}`);
  await fill(folder.path, [...many, "b/2", "b/3"]);
  const found: string[] = [];

  for await (const { relativePath } of walk(folder.path)) {
    found.push(relativePath);
    if (relativePath !== "a/1000") continue;
    await Deno.remove(join(folder.path, "a/1199"));
    await Deno.remove(join(folder.path, "b"), { recursive: true });
  }

  assert.deepEqual(found, many.slice(0, -1));
});

Deno.test("walk() reports a missing root and stops when its signal is aborted", async () => {
  await using folder = await tempFolder();
  await fill(folder.path, ["a", "b"]);
  const reason = new Error("enough");

  await assert.rejects(paths(join(folder.path, "none")), { code: "storage.missing" });
  await assert.rejects(paths(folder.path, { signal: AbortSignal.abort(reason) }), reason);
});

Deno.test("walk() keeps no record of the files it has passed", async () => {
  await using folder = await tempFolder();
  const folders = 50;
  for (let index = 0; index < folders; index += 1) {
    const path = join(folder.path, String(index).padStart(2, "0"));
    Deno.mkdirSync(path);
    for (let file = 0; file < 1000; file += 1) Deno.writeFileSync(join(path, `${file}.jpg`), EMPTY);
  }
  const { heapUsed: before } = Deno.memoryUsage();
  let peak = 0;
  let count = 0;

  for await (const _file of walk(folder.path)) {
    count += 1;
    if (count % 500 === 0) peak = Math.max(peak, Deno.memoryUsage().heapUsed);
  }

  assert.equal(count, 1000 * folders);
  assert.ok(peak - before < 64 * 1024 * 1024, `${peak - before} bytes more`);
});

const EMPTY = new Uint8Array();
