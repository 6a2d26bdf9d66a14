import assert from "node:assert/strict";
import { type Journal, JournalFile, newRestoreId, OpenJournal } from "../../src/restore/journal.ts";
import { tempFolder } from "../helpers/temp_folder.ts";

function journal(): Journal {
  return {
    id: newRestoreId(),
    sequence: 1,
    state: "planned",
    backupId: "backup_20260101_000000",
    parts: ["database"],
    jobId: "job",
    actor: "test",
    startedAt: "2026-01-01T00:00:00.000Z",
    snapshot: null,
    staging: "/library/data/.restore-x",
    filesFolders: [],
    database: null,
    files: [],
    config: [],
    applied: [],
    returned: [],
    bytes: 1,
    tries: 0,
    lastError: null,
    stuck: false,
  };
}

Deno.test("JournalFile.read() gives back what was written, and nothing when there is none", async () => {
  await using folder = await tempFolder();
  const file = new JournalFile(folder.path);
  const written = journal();

  assert.deepEqual(await file.read(), { kind: "absent" });
  await file.write(written);
  assert.deepEqual(await file.read(), { kind: "found", journal: written });
  await file.remove();
  await file.remove();
  assert.deepEqual(await file.read(), { kind: "absent" });
});

Deno.test("JournalFile.read() takes every changed byte for damage", async () => {
  await using folder = await tempFolder();
  const file = new JournalFile(folder.path);
  const written = journal();
  await file.write(written);
  const bytes = await Deno.readFile(file.path);

  for (let at = 0; at < bytes.length; at += 1) {
    const changed = bytes.slice();
    changed[at] = (changed[at] ?? 0) ^ 1;
    await Deno.writeFile(file.path, changed);
    const reading = await file.read();
    if (reading.kind === "found") assert.deepEqual(reading.journal, written);
  }
  await Deno.writeFile(file.path, bytes.subarray(0, 100));
  assert.equal((await file.read()).kind, "damaged");
  await Deno.writeFile(file.path, new Uint8Array());
  assert.equal((await file.read()).kind, "damaged");
});

Deno.test("OpenJournal.update() counts tries anew in a new state", async () => {
  await using folder = await tempFolder();
  const open = new OpenJournal(new JournalFile(folder.path), journal());

  await open.update({ tries: 2, stuck: true });
  await open.update({ state: "staged" });

  assert.equal(open.now.tries, 0);
  assert.equal(open.now.stuck, false);
});
