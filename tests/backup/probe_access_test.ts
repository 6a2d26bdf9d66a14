import assert from "node:assert/strict";
import { join } from "node:path";
import { probeAccess } from "../../src/backup/probe_access.ts";
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

  const notices = await probeAccess(config);

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
