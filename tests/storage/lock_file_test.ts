import assert from "node:assert/strict";
import { join } from "node:path";
import { tryHeartbeatLock } from "../../src/storage/heartbeat_lock.ts";
import { tryLockFile } from "../../src/storage/lock_file.ts";
import { holderPath, readLockHolder } from "../../src/storage/lock_holder.ts";
import { startProgram } from "../helpers/other_program.ts";
import { smallVolume } from "../helpers/small_volume.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

for (
  const [name, tryLock] of [["tryLockFile", tryLockFile], [
    "tryHeartbeatLock",
    tryHeartbeatLock,
  ]] as const
) {
  Deno.test(`${name}() has one holder at a time, who describes itself`, async () => {
    await using folder = await tempFolder();
    const path = join(folder.path, ".lock");
    {
      await using held = await tryLock(path);
      await held?.describe("job 7");

      assert.ok(held !== null);
      assert.equal(await tryLock(path), null);
      assert.equal(await readLockHolder(path), "job 7");
    }
    await using next = await tryLock(path);
    assert.ok(next !== null);
  });
}

Deno.test("readLockHolder() answers null before, the description during and null after", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, ".lock");
  const seen: (string | null)[] = [await readLockHolder(path)];
  {
    await using held = await tryLockFile(path);
    seen.push(await readLockHolder(path));
    await held?.describe("任务 7");
    seen.push(await readLockHolder(path));
    await held?.describe("8");
    seen.push(await readLockHolder(path));
  }
  seen.push(await readLockHolder(path));

  assert.deepEqual(seen, [null, null, "任务 7", "8", null]);
});

Deno.test("tryLockFile() is not disturbed by readers of its holder, however many", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, ".lock");
  let reading = true;
  const readers = Promise.all(Array.from({ length: 64 }, async () => {
    while (reading) await readLockHolder(path);
  }));

  const taken: boolean[] = [];
  for (let round = 0; round < 50; round += 1) {
    await Deno.writeTextFile(holderPath(path), "left by a killed process");
    await using held = await tryLockFile(path);
    await held?.describe(`round ${round}`);
    taken.push(held !== null && await readLockHolder(path) === `round ${round}`);
  }

  reading = false;
  await readers;
  assert.deepEqual(taken.filter((ok) => !ok), []);
});

Deno.test("a reader that stands still in the middle of its look is in nobody's way", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, ".lock");
  await Deno.writeTextFile(holderPath(path), "left by a killed process");
  using looking = await Deno.open(holderPath(path));
  await looking.lock(false);

  await using held = await tryLockFile(path);
  await held?.describe("next");

  assert.ok(held !== null);
  assert.equal(await readLockHolder(path), "next");
});

Deno.test("a lock that cannot be described is held, and let go, all the same", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, ".lock");
  await Deno.mkdir(join(holderPath(path), "in the way"), { recursive: true });
  {
    await using held = await tryLockFile(path);
    await assert.rejects(held?.describe("job 7") ?? Promise.resolve(), { name: "AppError" });
    assert.equal(await tryLockFile(path), null);
  }
  await using next = await tryLockFile(path);
  assert.ok(next !== null);
  assert.deepEqual(
    (await Array.fromAsync(Deno.readDir(folder.path))).map(({ name }) => name).toSorted(),
    [".lock", ".lock.holder"],
  );
});

Deno.test("tryLockFile() has one holder at a time on a read-only file system, too", async (t) => {
  await using volume = await smallVolume(1_048_576);
  const path = join(volume.path, ".lock");
  for (const before of ["never taken", "taken before"]) {
    await t.step(before, async () => {
      if (before === "taken before") await (await tryLockFile(path))?.[Symbol.asyncDispose]();
      await volume.setReadOnly(true);
      {
        await using held = await tryLockFile(path);
        assert.ok(held !== null);
        assert.equal(await tryLockFile(path), null);
      }
      await using next = await tryLockFile(path);
      assert.ok(next !== null);
      await next[Symbol.asyncDispose]();
      await volume.setReadOnly(false);
    });
  }
});

Deno.test("tryLockFile() respects flock(1) and flock(1) respects it", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, ".lock");
  const flock = (): Promise<boolean> =>
    new Deno.Command("flock", { args: ["--nonblock", path, "true"] }).output()
      .then(({ success }) => success);
  {
    await using held = await tryLockFile(path);
    assert.ok(held !== null);
    assert.equal(await flock(), false);
  }
  assert.equal(await flock(), true);

  const holder = new Deno.Command("flock", { args: [path, "cat"], stdin: "piped", stdout: "piped" })
    .spawn();
  const input = holder.stdin.getWriter();
  const output = holder.stdout.getReader();
  await input.write(new TextEncoder().encode("held?"));
  await output.read();

  assert.equal(await tryLockFile(path), null);

  await input.close();
  await output.cancel();
  await holder.status;
  await using held = await tryLockFile(path);
  assert.ok(held !== null);
});

Deno.test("tryLockFile() takes over at once from a holder that was killed", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, ".lock");
  await using program = await startProgram();
  await program.lock(path, "doomed");
  assert.equal(await tryLockFile(path), null);
  assert.equal(await readLockHolder(path), "doomed");

  await program.kill();

  assert.equal(await readLockHolder(path), null);
  await using held = await tryLockFile(path);
  assert.ok(held !== null);
  assert.equal(await readLockHolder(path), null);
});

Deno.test("tryHeartbeatLock() takes over from a holder that fell silent, not from one that beats", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, ".lock");
  await Deno.writeTextFile(`${path}.held`, "a dead process");
  const anHourAgo = (Date.now() - 3_600_000) / 1000;
  await Deno.utime(`${path}.held`, anHourAgo, anHourAgo);

  await using held = await tryHeartbeatLock(path);

  assert.ok(held !== null);
  assert.equal(await tryHeartbeatLock(path), null);
});

Deno.test("tryHeartbeatLock() gives a stale lock to exactly one of many", async () => {
  await using folder = await tempFolder();
  const path = join(folder.path, ".lock");
  await Deno.writeTextFile(`${path}.held`, "a dead process");
  await Deno.utime(`${path}.held`, 0, 0);

  const locks = await Promise.all(Array.from({ length: 10 }, () => tryHeartbeatLock(path)));

  const held = locks.filter((lock) => lock !== null);
  assert.equal(held.length, 1);
  await held[0]?.[Symbol.asyncDispose]();
});

Deno.test("readLockHolder() never catches a holder without its description", async () => {
  await using folder = await tempFolder();
  const path = `${folder.path}/.lock`;
  await using held = await tryLockFile(path);
  await held?.describe("first");
  const seen = new Set<string | null>();
  let writing = true;
  const reading = (async () => {
    while (writing) seen.add(await readLockHolder(path));
  })();

  for (let round = 0; round < 200; round += 1) {
    await held?.describe(round % 2 === 0 ? "a longer description" : "short");
  }
  writing = false;
  await reading;

  const allowed = new Set<string | null>(["first", "a longer description", "short"]);
  assert.deepEqual([...seen].filter((text) => !allowed.has(text)), []);
});
