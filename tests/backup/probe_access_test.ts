import assert from "node:assert/strict";
import { join } from "node:path";
import { probeAccess } from "../../src/backup/probe_access.ts";
import type { Notice } from "../../src/base/messages/mod.ts";
import { giveToNobody } from "../helpers/nobody.ts";
import { makeNamed } from "../helpers/odd_files.ts";
import { run } from "../helpers/run.ts";
import { mountNamespace, mountTest } from "../helpers/mount_namespace.ts";
import { testLibrary } from "../helpers/test_library.ts";

const PROBE = import.meta.resolve("../../src/backup/probe_access.ts");

Deno.test("probeAccess() finds nothing to say of a library that can be written, and leaves nothing", async () => {
  await using library = await testLibrary();
  await Deno.mkdir(library.config.backup.path, { recursive: true });

  // Where this test runs in a container or its temporary files are in memory, that is said, and rightly.
  const notices = await probeAccess(library.config);
  assert.deepEqual(notices.filter(({ en }) => !en.startsWith("The folder of backups ")), []);

  const left = [...Deno.readDirSync(join(library.root, "data"))].map(({ name }) => name);
  assert.deepEqual(left.filter((name) => name.includes("probe")), []);
});

Deno.test("probeAccess() says when there is no database, as with a folder that is not mounted", async () => {
  await using library = await testLibrary();
  const path = join(library.root, "elsewhere", "library.db");
  const config = { ...library.config, database: { ...library.config.database, path } };

  const notices = await probeAccess(config);

  assert.equal(notices.length, 1);
  assert.match(notices[0]?.zh ?? "", /^找不到数据库 .*library\.db；请检查/);
});

Deno.test("probeAccess() names each folder that cannot be written, and the fix", async () => {
  await using library = await testLibrary();
  // Nobody, root included, may make a file there.
  const config = { ...library.config, covers: "/sys/kernel" };

  const notices = (await probeAccess(config)).filter(({ zh }) => zh.startsWith("无法写入"));

  assert.equal(notices.length, 1);
  assert.match(notices[0]?.zh ?? "", /^无法写入 \/sys\/kernel，恢复或备份将失败: .*\$\{PUID\}/);
  assert.match(notices[0]?.en ?? "", /^Cannot write to \/sys\/kernel, .*run as the library's user/);
});

mountTest(
  "probeAccess() says when the backups lie in a container or in memory, and go with it",
  async () => {
    await using library = await testLibrary();
    await using mounts = await mountNamespace();
    const [store, layers] = [join(library.root, "store"), join(library.root, "layers")];
    await Promise.all([store, layers].map((folder) => Deno.mkdir(folder)));
    const config = { ...library.config, backup: { ...library.config.backup, path: store } };
    const look = async () => {
      const [command = "", ...enter] = mounts.enter;
      const code = `import { probeAccess } from "${PROBE}";
      console.log(JSON.stringify(await probeAccess(JSON.parse(Deno.args[0]))));`;
      const program = [Deno.execPath(), "eval", "--no-lock", code, "--", JSON.stringify(config)];
      const { stdout } = await run(command, [...enter, ...program]);
      const notices: { en: string }[] = JSON.parse(stdout);
      return notices.map(({ en }) => en).filter((en) => en.startsWith("The folder of backups "));
    };

    await mounts.mount("-t", "tmpfs", "memory", store);
    const [inMemory = ""] = await look();
    await mounts.unmount(store);
    // In memory, as an overlay's upper layer must not be an overlay itself.
    await mounts.mount("-t", "tmpfs", "memory", layers);
    const [command = "", ...enter] = mounts.enter;
    const folders = ["lower", "upper", "work"].map((name) => join(layers, name));
    await run(command, [...enter, "mkdir", ...folders]);
    const options = `lowerdir=${folders[0]},upperdir=${folders[1]},workdir=${folders[2]}`;
    await mounts.mount("-t", "overlay", "overlay", "-o", options, store);
    const [inContainer = ""] = await look();

    assert.match(inMemory, /is in memory \(tmpfs\)/);
    assert.match(inContainer, /is inside the container and not mounted.*\.\/backups:\/backups/);
  },
);

Deno.test("probeAccess() makes no name in the covers folder, where a library looks for covers", async () => {
  // Of memory: every such file system can do without names.
  await using library = await testLibrary({}, "/dev/shm");
  const { covers } = library.config;
  await Deno.mkdir(library.config.backup.path, { recursive: true });
  using watcher = Deno.watchFs(covers);

  await probeAccess(library.config);
  await Deno.writeTextFile(join(covers, "end.jpg"), "nothing more is looked at");

  const seen = new Set<string>();
  for await (const { kind, paths } of watcher) {
    if (kind === "create") paths.forEach((path) => seen.add(path));
    if (seen.has(join(covers, "end.jpg"))) break;
  }
  assert.deepEqual([...seen], [join(covers, "end.jpg")]);
});

Deno.test("probeAccess() names what a backup would have to leave out", async () => {
  await using library = await testLibrary({ BACKUP_PATH: "backups" });
  const { root, config: { covers } } = library;
  await Deno.mkdir(library.config.backup.path);
  await Deno.writeTextFile(join(root, "config", "secret.yaml"), "a: 1");
  await makeNamed(covers, String.raw`\267\342.jpg`);
  await giveToNobody(root);
  const closed = [join(root, "config", "secret.yaml"), join(covers, "1.jpg"), join(covers, "封面")];
  for (const path of closed) await Deno.chmod(path, 0o000);
  const script = join(import.meta.dirname ?? ".", "..", "helpers", "probe_as_nobody.ts");

  const { stdout } = await run(Deno.execPath(), ["run", "-A", "--no-check", script, root]);

  for (const path of closed) await Deno.chmod(path, 0o755);
  assert.deepEqual(JSON.parse(stdout).map(({ en }: Notice) => en), [
    "The next backup will lack config/secret.yaml, covers/1.jpg, covers/封面/: it cannot be read (EACCES)",
    "The next backup will lack covers/\ufffd\ufffd.jpg: its name is not UTF-8 (GBK, most likely) and cannot be opened; " +
    "rename it, such as by convmv -r -f gbk -t utf8",
  ]);
});
