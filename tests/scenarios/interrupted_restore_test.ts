import assert from "node:assert/strict";
import { dirname } from "node:path";
import { JournalFile } from "../../src/restore/journal.ts";
import { startProgram as startOther } from "../helpers/other_program.ts";
import { freePort, onLibrary, startProgram, until } from "../helpers/program.ts";
import { type RestoreStory, restoreStory } from "../helpers/restore_story.ts";
import { TEST_PASSWORD } from "../helpers/test_library.ts";

Deno.test("a server that completes a restore is not healthy and takes no change until the journal says done", async () => {
  await using story = await restoreStory();
  const child = await story.restoreInChild({ killAt: "restore.committed" });
  assert.ok(child.killed, child.stderr);
  // As long as another program holds the database, the restore cannot be completed.
  await using other = await startOther();
  await other.open(story.config.database.path);
  await other.exec("BEGIN IMMEDIATE");

  await using server = await startServer(story);
  const seen = new Set<number>();
  for (let look = 0; look < 20; look += 1) seen.add((await server.health()).status);
  const { body: schedule } = await server.ask("GET", "scheduler/status");
  const created = await server.ask("POST", "create");
  const deleted = await server.ask("DELETE", story.backupId);
  await other.exec("ROLLBACK");
  await until(async () => {
    const { status } = await server.health();
    seen.add(status);
    if (status === 200) assert.equal(await isUnfinished(story), false);
    return status === 200;
  });

  assert.deepEqual([...seen], [503, 200]);
  assert.equal(schedule.running, true);
  for (const { status, body } of [created, deleted]) {
    assert.deepEqual([status, body.code], [503, "restore.in_progress"]);
  }
  assert.deepEqual(await story.state(), story.backedUp);
});

Deno.test("what a killed command left of a restore is seen by whoever asks for something next", async (t) => {
  await using original = await restoreStory();
  await t.step("of a running server", async () => {
    await using story = await original.clone();
    await using server = await startServer(story);
    await until(async () => (await server.health()).status === 200);

    const child = await story.restoreInChild({ killAt: "restore.database_applied" });
    const asked = await Promise.all([
      server.ask("POST", "create"),
      server.ask("DELETE", story.backupId),
      server.ask("POST", "scheduler/trigger"),
    ]);

    assert.ok(child.killed, child.stderr);
    for (const { status, body } of asked) {
      assert.deepEqual([status, body.code], [503, "restore.in_progress"], JSON.stringify(body));
    }
    await until(async () => !await isUnfinished(story));
    assert.deepEqual(await story.state(), story.backedUp);
  });
  await t.step("of the command line", async () => {
    await using story = await original.clone();
    const child = await story.restoreInChild({ killAt: "restore.database_applied" });
    assert.ok(child.killed, child.stderr);
    const { argv, env } = onLibrary(story.library);

    await using backup = startProgram(["backup", "--json", ...argv], { env });

    assert.equal(await backup.exitCode, 0, await backup.stderr);
    assert.deepEqual(await story.state(), story.backedUp);
  });
});

Deno.test("Restorer.askGate() knows at once what another process left behind, and a job asks it", async () => {
  await using story = await restoreStory();
  const { restorer } = story.house;
  assert.equal(await restorer.askGate(), null);

  const child = await story.restoreInChild({ killAt: "restore.database_applied" });

  assert.ok(child.killed, child.stderr);
  assert.equal((await restorer.askGate())?.code, "restore.in_progress");
  await assert.rejects(story.house.create(), { code: "restore.in_progress" });
  await restorer.recover();
  assert.equal(await restorer.askGate(), null);
});

async function isUnfinished(story: RestoreStory): Promise<boolean> {
  const reading = await new JournalFile(dirname(story.config.database.path)).read();
  return reading.kind === "damaged" ||
    (reading.kind === "found" && reading.journal.state !== "done");
}

/** The product serving a story's library. */
async function startServer(story: RestoreStory) {
  const { argv, env } = onLibrary(story.library);
  const port = freePort();
  const address = `http://127.0.0.1:${port}/api`;
  const server = startProgram(["serve", ...argv], { env: { ...env, SERVER_PORT: String(port) } });
  const health = async () => {
    const response = await fetch(`${address}/health`);
    return { status: response.status, body: await response.json() };
  };
  await until(() => health().then(() => true, () => false));
  const form = new URLSearchParams({ username: "admin", password: TEST_PASSWORD });
  const { access_token } =
    await (await fetch(`${address}/auth/token`, { method: "POST", body: form }))
      .json();
  return {
    health,
    ask: async (method: string, path: string) => {
      const response = await fetch(`${address}/admin/backup/${path}`, {
        method,
        headers: { Authorization: `Bearer ${access_token}` },
      });
      return { status: response.status, body: await response.json() };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
