import assert from "node:assert/strict";
import { join } from "node:path";
import { AppError } from "../../src/base/errors.ts";
import { installFailPoints } from "../../src/base/fail_point.ts";
import { run } from "../helpers/run.ts";
import { libraryToken, openTestApp, type TestApp } from "../helpers/test_app.ts";
import { testLibrary } from "../helpers/test_library.ts";

/** Something that went wrong, and what the administrator reads about it. */
interface Trouble {
  readonly name: string;
  /** Reserves more than any disk has. */
  readonly reserveBytes?: number;
  readonly cause?: (test: TestApp) => Promise<void>;
  readonly status: number;
  readonly says: RegExp;
  readonly advises: RegExp;
}

const TROUBLES: readonly Trouble[] = [
  {
    name: "no space",
    reserveBytes: Number.MAX_SAFE_INTEGER / 2,
    status: 507,
    says: /^磁盘空间不足: .*需要 .*可用 /,
    advises: /请删除旧备份或清理磁盘后重试/,
  },
  {
    name: "a missing database",
    cause: ({ library }) => Deno.remove(library.config.database.path),
    status: 500,
    says: /^创建备份失败: 找不到数据库 .*library\.db/,
    advises: /请检查 database\.url 与目录挂载/,
  },
  {
    name: "a database that is none",
    cause: ({ library }) => overwrite(library.config.database.path, 0, 100),
    status: 500,
    says: /^创建备份失败: .*library\.db 不是 SQLite 数据库/,
    advises: /请检查 database\.url，或用一个有效的备份恢复/,
  },
  {
    name: "a damaged database",
    cause: ({ library }) => overwrite(library.config.database.path, 4096, 8192),
    status: 500,
    says: /^创建备份失败: 数据库 .*library\.db 已损坏/,
    advises: /请用一个有效的备份恢复/,
  },
  {
    name: "a backup folder whose disk is gone",
    cause: async ({ call, library }) => {
      await call("POST", "create", { json: {} });
      await Deno.remove(library.config.backup.path, { recursive: true });
      await Deno.mkdir(library.config.backup.path);
    },
    status: 500,
    says: /^创建备份失败: 备份目录 .* 是空的/,
    advises: /磁盘可能没有挂载。确认目录无误后删除 .* 再试/,
  },
];

Deno.test("a backup that cannot be made says why, in a sentence of its own, and what to do", async (t) => {
  for (const { name, reserveBytes, cause, status, says, advises } of TROUBLES) {
    await t.step(name, async () => {
      await using test = await openTestApp({
        configure: (config) => ({
          ...config,
          backup: { ...config.backup, ...reserveBytes === undefined ? {} : { reserveBytes } },
        }),
      });
      // Signed with the admin claim: the users table may be what is broken.
      const as = { token: await libraryToken({ sub: "somebody", role: "admin" }) };
      await cause?.(test);

      const answer = await test.call("POST", "create", { json: {}, as });

      assert.equal(answer.status, status, JSON.stringify(answer.body));
      assert.match(answer.body.detail, says);
      assert.match(answer.body.detail, advises);
      const told = test.log.lines.filter((line) =>
        // Where the disk is gone, the audit on it cannot be written either.
        line.includes("ERROR") && !line.includes("audit.unsaved")
      );
      assert.equal(told.length, 1, told.join("\n"));
      assert.match(told[0] ?? "", /创建备份失败/);
    });
  }
});

Deno.test("a backup folder without permission says so, and what to do", async () => {
  await using library = await testLibrary({ BACKUP_PATH: "backups" });
  await Deno.chmod(library.root, 0o755);
  await Deno.mkdir(library.config.backup.path, { mode: 0o500 });
  const script = join(import.meta.dirname ?? ".", "..", "helpers", "create_as_nobody.ts");
  const path = library.config.path ?? "";

  const { stdout } = await run(Deno.execPath(), [
    "run",
    "-A",
    "--no-check",
    script,
    path,
    library.root,
  ]);

  const { detail } = JSON.parse(stdout);
  assert.match(detail, /^创建备份失败: 没有权限访问 .*backups/);
  assert.match(detail, /请检查目录权限，并让本服务与书库使用同一用户/);
});

Deno.test("a damaged backup says so when it is validated and when it is restored, and what to do", async () => {
  await using test = await openTestApp();
  const { body: { backup_id } } = await test.call("POST", "create", { json: {} });
  await overwrite(join(test.library.config.backup.path, `${backup_id}.zip`), 3000, 3100);

  const validated = await test.call("GET", `validate/${backup_id}`);
  const restored = await test.call("POST", "restore", { json: { backup_id } });

  assert.equal(validated.body.valid, false);
  assert.match(validated.body.error, /^备份文件损坏: .*请改用其他备份，并检查磁盘/);
  assert.equal(restored.status, 400);
  assert.match(restored.body.detail, /^备份验证失败: 备份文件损坏: .*请改用其他备份/);
});

// How long a lock is waited for, and that nothing changes, is in the tests of database/ and restore/.
Deno.test("a locked database says so, and a failed restore names the snapshot to go back to", async () => {
  await using test = await openTestApp();
  const { body: { backup_id } } = await test.call("POST", "create", { json: {} });
  const { path } = test.library.config.database;
  const lockedAt = (name: string) =>
    atFailPoint(name, () => {
      throw new AppError("database.busy", { path, waited_seconds: 60 });
    });

  const created = await (async () => {
    using _locked = lockedAt("create.copied");
    return await test.call("POST", "create", { json: { includes: ["database"] } });
  })();
  using _locked = lockedAt("restore.old_copied");
  const restored = await test.call("POST", "restore", { json: { backup_id } });

  const locked =
    /数据库 .*library\.db 正被其他程序锁定，等待 \d+ 秒后放弃；请稍后重试，或先停止书库/;
  assert.match(created.body.detail, new RegExp(`^创建备份失败: ${locked.source}`));
  assert.match(restored.body.detail, new RegExp(`^恢复备份失败: ${locked.source}`));
  assert.ok(restored.body.detail.endsWith(`，可以使用快照回滚: ${restored.body.snapshot_id}`));
});

/** Does something when a moment comes, until disposed of. */
function atFailPoint(moment: string, action: () => void): Disposable {
  installFailPoints((name) => {
    if (name === moment) action();
  });
  return { [Symbol.dispose]: () => installFailPoints(null) };
}

async function overwrite(path: string, start: number, end: number): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes.fill(0x55, start, end);
  await Deno.writeFile(path, bytes);
}
