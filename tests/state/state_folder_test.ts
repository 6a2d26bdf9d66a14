import assert from "node:assert/strict";
import { join } from "node:path";
import { openStateFolder } from "../../src/state/state_folder.ts";
import { smallVolume } from "../helpers/small_volume.ts";
import { tempFolder } from "../helpers/temp_folder.ts";
import { run } from "../helpers/run.ts";

const OLD = {
  ".jobs.jsonl": '\n{"job_id":"1"}\n\n{"job_id":"2"}\n',
  ".jobs.jsonl.1": '\n{"job_id":"0"}\n',
  ".audit.jsonl": '\n{"actor":"admin"}\n',
  ".password.json": '{"hash":"old"}\n',
};

async function oldStore() {
  const folder = await tempFolder();
  for (const [name, text] of Object.entries(OLD)) {
    await Deno.writeTextFile(join(folder.path, name), text, { mode: 0o600 });
  }
  return folder;
}

function readAll(folder: string): Record<string, string> {
  return Object.fromEntries(
    [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile)
      .map(({ name }) => [name, Deno.readTextFileSync(join(folder, name))]),
  );
}

function assertTakenOver(store: string): void {
  const state = readAll(join(store, ".shuku"));
  for (const [name, text] of Object.entries(OLD)) assert.equal(state[name.slice(1)], text, name);
  // For an earlier version that is put back.
  assert.deepEqual(readAll(store), OLD);
}

Deno.test("openStateFolder() takes over what earlier versions kept among the backups, once", async () => {
  await using store = await oldStore();

  const state = await openStateFolder(store.path);
  await Deno.writeTextFile(state.path("jobs.jsonl"), '\n{"job_id":"3"}\n', { append: true });
  await openStateFolder(store.path);

  assert.equal(state.path("jobs.jsonl"), join(store.path, ".shuku", "jobs.jsonl"));
  assert.equal(
    await Deno.readTextFile(state.path("jobs.jsonl")),
    OLD[".jobs.jsonl"] + '\n{"job_id":"3"}\n',
  );
  const { mode } = await Deno.stat(state.path("password.json"));
  assert.equal((mode ?? 0) & 0o777, 0o600);
  assert.equal(((await Deno.stat(join(store.path, ".shuku"))).mode ?? 0) & 0o777, 0o700);
});

Deno.test("openStateFolder() takes over what an earlier version wrote when it was put back for a while", async () => {
  await using store = await oldStore();
  const state = await openStateFolder(store.path);
  await Deno.writeTextFile(state.path("audit.jsonl"), '\n{"actor":"new"}\n', { append: true });
  const later = new Date(Date.now() + 60_000);
  await Deno.writeTextFile(join(store.path, ".audit.jsonl"), '\n{"actor":"late"}\n', {
    append: true,
  });
  await Deno.writeTextFile(join(store.path, ".password.json"), '{"hash":"changed"}\n');
  await Deno.utime(join(store.path, ".password.json"), later, later);

  await openStateFolder(store.path);
  await openStateFolder(store.path);

  const lines = (await Deno.readTextFile(state.path("audit.jsonl"))).split("\n").filter(Boolean);
  assert.deepEqual(lines, ['{"actor":"admin"}', '{"actor":"new"}', '{"actor":"late"}']);
  assert.equal(await Deno.readTextFile(state.path("password.json")), '{"hash":"changed"}\n');
});

Deno.test("openStateFolder() keeps a password that was set here later than the old file's", async () => {
  await using store = await oldStore();
  const state = await openStateFolder(store.path);
  const earlier = new Date(Date.now() - 60_000);
  await Deno.utime(join(store.path, ".password.json"), earlier, earlier);
  await Deno.writeTextFile(state.path("password.json"), '{"hash":"set here"}\n');

  await openStateFolder(store.path);

  assert.equal(await Deno.readTextFile(state.path("password.json")), '{"hash":"set here"}\n');
});

for (
  const point of ["state.copied", "storage.temporary_written", "publish.linked", "state.taken"]
) {
  Deno.test(`openStateFolder(): killed at ${point}, the next start completes it`, async () => {
    // Each file comes by the point; it dies at the first, the second, …
    for (let count = 1; count <= 4; count += 1) {
      await using store = await oldStore();
      const code = `
        import { installFailPoints } from "${import.meta.resolve("../../src/base/fail_point.ts")}";
        import { openStateFolder } from "${import.meta.resolve("../../src/state/state_folder.ts")}";
        let left = ${count};
        installFailPoints((name) => {
          if (name === "${point}" && --left === 0) Deno.kill(Deno.pid, "SIGKILL");
        });
        await openStateFolder(${JSON.stringify(store.path)});`;
      const { code: exit } = await new Deno.Command(Deno.execPath(), {
        args: ["eval", "--no-lock", code],
        stdin: "null",
      }).output();
      assert.ok(exit === 137 || count > 1, `${point} ${count}: ${exit}`);

      await openStateFolder(store.path);

      assertTakenOver(store.path);
    }
  });
}

Deno.test("openStateFolder(): two processes at once take everything over once", async () => {
  await using store = await oldStore();
  const code = `import { openStateFolder } from "${
    import.meta.resolve("../../src/state/state_folder.ts")
  }"; await openStateFolder(${JSON.stringify(store.path)});`;

  await Promise.all([1, 2, 3].map(() => run(Deno.execPath(), ["eval", "--no-lock", code])));

  assertTakenOver(store.path);
});

Deno.test("openStateFolder() finds the old files on a disk that cannot be written", async () => {
  await using volume = await smallVolume(1024 * 1024);
  await Deno.writeTextFile(join(volume.path, ".password.json"), "{}");
  await volume.setReadOnly(true);

  const state = await openStateFolder(volume.path);

  assert.equal(state.path("password.json"), join(volume.path, ".password.json"));
});
