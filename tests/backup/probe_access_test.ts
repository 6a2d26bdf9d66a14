import assert from "node:assert/strict";
import { join } from "node:path";
import { probeAccess } from "../../src/backup/probe_access.ts";
import { testLibrary } from "../helpers/test_library.ts";

Deno.test("probeAccess() finds nothing to say of a library that can be written, and leaves nothing", async () => {
  await using library = await testLibrary();
  await Deno.mkdir(library.config.backup.path, { recursive: true });

  assert.deepEqual(await probeAccess(library.config), []);

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
