import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { startValidate } from "../../src/backup/validate.ts";
import { dyingDisk } from "../helpers/dying_disk.ts";
import { isThere, makeNamed } from "../helpers/odd_files.ts";
import { run } from "../helpers/run.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { testLibrary } from "../helpers/test_library.ts";
import { testStore } from "../helpers/test_store.ts";

const GBK = String.raw`\267\342\303\346.jpg`;

/** Makes a backup after `prepare`, proves that it is sound, and gives what it says of itself. */
async function backUp(prepare: (covers: string, root: string) => Promise<void>) {
  await using library = await testLibrary({ BACKUP_PATH: "backups" });
  const { config, root } = library;
  await prepare(config.covers, root);
  const store = await testStore(library);
  const made = await store.create();
  const { valid } = await (await startValidate(store, made.backup_id, { actor: "test" })).result;
  assert.equal(valid, true);
  const { left_out = [], left_out_count, files } = await store.catalog.sidecar(made.backup_id);
  const names = await Array.fromAsync(files, ({ path }) => path);
  const record = await store.catalog.get(made.backup_id);
  assert.equal(record.incomplete, made.incomplete);
  const inside = await run("unzip", ["-p", made.file_path, "metadata.json"]);
  const { incomplete = false } = JSON.parse(inside.stdout);
  assert.equal(incomplete, made.incomplete);
  await Deno.remove(store.catalog.sidecarPath(made.backup_id));
  const rebuilt = await store.catalog.sidecar(made.backup_id);
  assert.deepEqual([rebuilt.left_out ?? [], rebuilt.left_out_count], [left_out, left_out_count]);
  const warnings = made.warnings.map(({ en }) => en).join("\n");
  return { ...made, warnings, left_out, left_out_count, names };
}

async function write(...paths: string[]): Promise<void> {
  for (const path of paths) {
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, path);
  }
}

Deno.test("a backup of an ordinary library is complete and says nothing", async () => {
  const made = await backUp(() => Promise.resolve());

  assert.deepEqual([made.incomplete, made.warnings, made.left_out], [false, "", []]);
});

Deno.test("names that one file system takes for the same cost the second of them", async () => {
  const made = await backUp(async (covers) => {
    const names = ["abc", "ABC/1.jpg", "meſſe.jpg", "messe.jpg", "İ.jpg", "i̇.jpg"];
    names.push(
      "é.jpg".normalize("NFC"),
      "é.jpg".normalize("NFD"),
      "ß.jpg",
      "ss.jpg",
      "ΛΟΓΟΣ",
      "λογος",
    );
    await write(...names.map((name) => join(covers, name)));
  });

  const lost = made.left_out.map(({ path, reason }) => `${reason} ${path}`).toSorted();
  assert.deepEqual(
    lost,
    [
      "same_name covers/abc",
      "same_name covers/İ.jpg",
      "same_name covers/λογος",
      "same_name covers/meſſe.jpg",
      `same_name covers/${"é.jpg".normalize("NFC")}`,
    ].toSorted(),
  );
  for (const { path } of made.left_out) assert.ok(made.warnings.includes(path), path);
  assert.equal(made.incomplete, true);
  for (const name of ["ABC/1.jpg", "messe.jpg", "ß.jpg", "ss.jpg", "i̇.jpg"]) {
    assert.ok(made.names.includes(`covers/${name}`), name);
  }
});

Deno.test("names that no reader should accept cost themselves, in every part", async () => {
  const made = await backUp(async (covers, root) => {
    await write(
      join(covers, "back\\slash.jpg"),
      join(covers, "line\nbreak.jpg"),
      join(covers, "bell\x07.jpg"),
      join(covers, "..hidden", "fine.jpg"),
      join(covers, ".restore-mine", "1.jpg"),
      join(covers, "-dash .jpg "),
      join(root, "config", "a\\b.yaml"),
      join(root, "config", "Config.yaml"),
      join(root, "alembic", "versions", "tab\t.py"),
    );
  });

  assert.deepEqual(
    made.left_out.map(({ path }) => path).toSorted(),
    [
      "config/Config.yaml",
      "config/a\\b.yaml",
      "covers/.restore-mine/1.jpg",
      "covers/back\\slash.jpg",
      "covers/bell\x07.jpg",
      "covers/line\nbreak.jpg",
      "database/alembic/versions/tab\t.py",
    ].toSorted(),
  );
  assert.match(made.warnings, /Not backed up: .*covers\/bell\\u0007\.jpg, .*too long or holds/);
  assert.ok(made.names.includes("covers/..hidden/fine.jpg"));
  assert.ok(made.names.includes("covers/-dash .jpg "));
});

Deno.test("a cover whose name is not UTF-8 is named, and so is a folder of them", async () => {
  const made = await backUp(async (covers, root) => {
    await makeNamed(covers, GBK, "a picture");
    await makeNamed(covers, String.raw`\267\342/`);
    await makeNamed(covers, String.raw`\267\342/inside.jpg`);
    await makeNamed(join(covers, "封面"), String.raw`\377.jpg`);
    await makeNamed(join(root, "config"), String.raw`\377.yaml`);
    await write(join(covers, "\ufffd.jpg"));
    await makeNamed(covers, String.raw`\376.jpg`);
  });

  assert.deepEqual(made.left_out.toSorted((a, b) => a.path < b.path ? -1 : 1), [
    { path: "config/\ufffd.yaml", reason: "not_utf8" },
    { path: "covers/封面/\ufffd.jpg", reason: "not_utf8" },
    { path: "covers/\ufffd.jpg", reason: "not_utf8" },
    { path: "covers/\ufffd\ufffd/", reason: "not_utf8" },
    { path: "covers/\ufffd\ufffd\ufffd\ufffd.jpg", reason: "not_utf8" },
  ]);
  assert.match(made.warnings, /Not backed up: .*covers\/\ufffd\ufffd\/.* is not UTF-8 .* convmv/);
  assert.ok(made.names.includes("covers/\ufffd.jpg"), "a name that only looks so is a name");
});

Deno.test("covers of which none has a name in UTF-8 do not vanish silently", async () => {
  const made = await backUp(async (covers) => {
    await Deno.remove(covers, { recursive: true });
    await Deno.mkdir(covers);
    await makeNamed(covers, GBK, "a picture");
    assert.ok(await isThere(covers, GBK));
  });

  assert.deepEqual(made.includes, ["database", "config"]);
  assert.equal(made.incomplete, true);
  assert.match(made.warnings, /covers\/\ufffd{4}\.jpg/);
});

Deno.test("what a file system or a NAS keeps for itself is no part of the library", async () => {
  const folders = ["lost+found", "System Volume Information", "$RECYCLE.BIN", "@eaDir", "#recycle"];
  folders.push(".Trash-1000", "#snapshot", ".snapshot", "封面/@eaDir", "封面/.Trashes");

  const made = await backUp(async (covers) => {
    await write(...folders.map((folder) => join(covers, folder, "1.jpg")));
    await write(join(covers, "lost+found.jpg"), join(covers, "recycle", "1.jpg"));
  });

  assert.deepEqual([made.incomplete, made.warnings], [false, ""]);
  for (const folder of folders) assert.ok(!made.names.includes(`covers/${folder}/1.jpg`), folder);
  assert.ok(made.names.includes("covers/lost+found.jpg"));
  assert.ok(made.names.includes("covers/recycle/1.jpg"));
});

Deno.test("links and pipes are named, and are no reason to call the backup incomplete", async () => {
  const made = await backUp(async (covers) => {
    await Deno.symlink("/etc/hostname", join(covers, "link.jpg"));
    await run("mkfifo", [join(covers, "封面", "pipe")]);
  });

  assert.equal(made.incomplete, false);
  assert.match(made.warnings, /Not backed up: covers\/link\.jpg: a symbolic link is not followed/);
  assert.match(made.warnings, /Not backed up: covers\/封面\/pipe: a pipe, socket or device/);
});

Deno.test("a backup of covers alone of which none can be carried says why there is none", async () => {
  await using library = await testLibrary();
  const { covers } = library.config;
  await Deno.remove(covers, { recursive: true });
  await write(join(covers, "back\\slash.jpg"));
  const store = await testStore(library);

  const failed = store.create({ includes: ["covers"] });

  await assert.rejects(failed, { code: "backup.nothing_to_back_up" });
  assert.deepEqual(await store.catalog.list(), []);
});

Deno.test("files and folders that this user may not read cost themselves only", async () => {
  await using library = await testLibrary({ BACKUP_PATH: "backups" });
  const { root, config: { covers, path } } = library;
  await Deno.chmod(root, 0o755);
  await Deno.mkdir(library.config.backup.path);
  await Deno.chmod(library.config.backup.path, 0o777);
  await write(join(covers, "private", "1.jpg"), join(covers, "unsearchable", "1.jpg"));
  await write(join(root, "config", "secret.yaml"));
  const closed = [join(covers, "1.jpg"), join(root, "config", "secret.yaml")];
  closed.push(join(covers, "private"), join(root, "alembic", "versions"));
  for (const name of closed) await Deno.chmod(name, 0o000);
  await Deno.chmod(join(covers, "unsearchable"), 0o444);
  const script = join(import.meta.dirname ?? ".", "..", "helpers", "create_as_nobody.ts");

  const words = ["run", "-A", "--no-check", script, path ?? "", root, "own"];
  const { stdout } = await run(Deno.execPath(), words);

  for (const name of closed) await Deno.chmod(name, 0o755);
  await Deno.chmod(join(covers, "unsearchable"), 0o755);
  const made = JSON.parse(stdout);
  assert.deepEqual([made.success, made.incomplete], [true, true], stdout);
  assert.notEqual(made.verified_at, null);
  const named = made.warnings.join("\n");
  for (const name of ["1.jpg", "private/", "unsearchable/1.jpg"]) {
    assert.match(named, new RegExp(`未备份 .*covers/${name}.*: 无法读取 \\(EACCES\\)`));
  }
  assert.match(named, /config\/secret\.yaml/);
  assert.match(named, /database\/alembic\/versions\//);
  const names = (await run("unzip", ["-Z1", made.file_path])).stdout;
  assert.match(names, /^covers\/2\.jpg$/m);
});

Deno.test("a large cover that the disk cannot read to its end costs itself only", async () => {
  await using scratch = await tempFolder();
  const { path } = scratch;
  await write(join(path, "disk", "a.jpg"), join(path, "disk", "z.jpg"));
  await Deno.writeFile(join(path, "m.bmp"), new Uint8Array(20_000_000).fill(1));
  await using disk = await dyingDisk(join(path, "disk"), join(path, "m.bmp"), 12_000_000);
  assert.throws(() => Deno.readFileSync(join(disk.path, "m.bmp")), /os error 5/);
  await using library = await testLibrary({ BACKUP_PATH: "backups" });
  const store = await testStore(library, { config: { ...library.config, covers: disk.path } });

  const made = await store.create();

  const { valid } = await (await startValidate(store, made.backup_id, { actor: "test" })).result;
  assert.equal(valid, true);
  await run("unzip", ["-tq", made.file_path]);
  const { left_out, files } = await store.catalog.sidecar(made.backup_id);
  assert.deepEqual(left_out, [{ path: "covers/m.bmp", reason: "EIO" }]);
  const names = await Array.fromAsync(files, ({ path }) => path);
  const covers = names.filter((name) => name.startsWith("covers/"));
  assert.deepEqual(covers, ["covers/a.jpg", "covers/z.jpg"]);
});
