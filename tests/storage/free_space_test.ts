import assert from "node:assert/strict";
import { join } from "node:path";
import { checkSpace, readFreeSpace, reserveBytes } from "../../src/storage/free_space.ts";
import { fileSystemName, isRemoteFileSystem } from "../../src/storage/file_system_names.ts";
import { run } from "../helpers/run.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

Deno.test("readFreeSpace() agrees with df on volume and total, for a path that does not exist yet", async () => {
  await using folder = await tempFolder();
  const { stdout } = await run("df", ["--output=target,size,fstype", "-B1", folder.path]);
  const [target, size] = (stdout.split("\n")[1] ?? "").trim().split(/\s+/);

  const space = await readFreeSpace(join(folder.path, "not", "yet", "there"));

  assert.equal(space.volume, target);
  assert.equal(space.totalBytes, Number(size));
  assert.ok(space.freeBytes > 0 && space.freeBytes < space.totalBytes);
  assert.equal(space.isNetwork, false);
});

Deno.test("readFreeSpace() tells volumes apart by their mount points", async () => {
  const space = await readFreeSpace("/dev/shm/nothing/here");

  assert.equal(space.volume, "/dev/shm");
  assert.equal(space.fileSystem, "tmpfs");
});

Deno.test("reserveBytes() is what was configured, else 1 GiB or 5 %, the smaller", () => {
  const space = { volume: "/", freeBytes: 0, fileSystem: "ext4", isNetwork: false };

  assert.equal(reserveBytes({ ...space, totalBytes: 1e13 }, null), 1024 ** 3);
  assert.equal(reserveBytes({ ...space, totalBytes: 1000 }, null), 50);
  assert.equal(reserveBytes({ ...space, totalBytes: 1000 }, 7), 7);
  assert.equal(reserveBytes({ ...space, totalBytes: 1000 }, 0), 0);
});

Deno.test("checkSpace() passes what fits and refuses with the volume's figures", async () => {
  await using folder = await tempFolder();
  const { volume, freeBytes } = await checkSpace(folder.path, 1, { reserveBytes: 0 });

  await assert.rejects(
    checkSpace(folder.path, 10 * freeBytes, { reserveBytes: 5 }),
    (error: Error & { code?: string; details?: Record<string, unknown> }) => {
      assert.equal(error.code, "space.insufficient");
      assert.equal(error.details?.["volume"], volume);
      assert.equal(error.details?.["needed_bytes"], 10 * freeBytes + 5);
      assert.equal(typeof error.details?.["free_bytes"], "number");
      return true;
    },
  );
});

Deno.test("fileSystemName() reads magic numbers, signed ones too", () => {
  assert.equal(fileSystemName(0xef53n), "ext4");
  assert.equal(fileSystemName(BigInt.asIntN(32, 0xff534d42n)), "cifs");
  assert.equal(fileSystemName(0x1234n), "0x1234");
  assert.ok(isRemoteFileSystem(0x6969n));
  assert.ok(!isRemoteFileSystem(0x01021994n));
});
