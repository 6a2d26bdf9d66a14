import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { createArchive } from "../../src/archive/write.ts";
import { startDrill } from "../../src/backup/drill.ts";
import type { DrillOutcome } from "../../src/backup/types.ts";
import { systemClock } from "../../src/base/clock.ts";
import { type RestoreStory, restoreStory } from "../helpers/restore_story.ts";

async function everyFile(folder: string): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) names.push(...await everyFile(path));
    else if (!/-(?:wal|shm)$/.test(path)) names.push(path);
  }
  return names.toSorted();
}

async function drill(story: RestoreStory, backupId?: string) {
  const recorded: DrillOutcome[] = [];
  const services = {
    config: story.config,
    clock: systemClock,
    log: story.house.log,
    catalog: story.house.catalog,
    jobs: story.house.jobs,
    recordDrill: (outcome: DrillOutcome) => Promise.resolve(void recorded.push(outcome)),
  };
  const request = backupId === undefined ? {} : { backupId };
  const { result } = await startDrill(services, { actor: "test", ...request });
  return { result: await result, recorded };
}

Deno.test("Restorer.preview() tells what would change and changes nothing", async () => {
  await using story = await restoreStory();
  story.sql("UPDATE users SET password_hash = 'another' WHERE is_admin = 1");
  const before = await story.state();
  const files = await everyFile(story.library.root);

  const preview = await story.house.restorer.preview({ backupId: story.backupId, actor: "test" });

  assert.deepEqual(await story.state(), before);
  assert.deepEqual(await everyFile(story.library.root), files);
  assert.equal(preview.allowed, true, JSON.stringify(preview.refusals));
  assert.deepEqual(preview.tables.find(({ name }) => name === "books"), {
    name: "books",
    before: 100,
    after: 200,
  });
  assert.deepEqual(preview.covers, {
    added: 2,
    removed: 1,
    changed: 1,
    unchanged: 40 - 1,
    first: { added: ["2.jpg", "封面/红楼梦.jpg"], removed: ["new/one.jpg"], changed: ["1.jpg"] },
  });
  assert.deepEqual(preview.config, [
    { key: "scanner.interval", before: "60", after: "3600", kept: false },
  ]);
  assert.equal(preview.schema?.direction, "same");
  assert.equal(preview.admins?.password_changed.length, 1);
  assert.ok(
    preview.space.length > 0 &&
      preview.space.every(({ needed_bytes: needed, reserve_bytes }) =>
        reserve_bytes > 0 && needed > reserve_bytes && needed - reserve_bytes < 100 * 1024 ** 2
      ),
  );
});

Deno.test("Restorer.preview() says why a restore would be refused", async () => {
  await using story = await restoreStory();
  story.sql("UPDATE alembic_version SET version_num = '20250101'");
  const request = { backupId: story.backupId, actor: "test" };

  const refused = await story.house.restorer.preview(request);
  const forced = await story.house.restorer.preview({ ...request, force: true });

  assert.equal(refused.allowed, false);
  assert.deepEqual(refused.refusals.map(({ force }) => force), [true]);
  assert.equal(forced.allowed, true);
});

Deno.test("startDrill() passes a sound backup and leaves nothing behind", async () => {
  await using story = await restoreStory();
  const before = await story.state();

  const { result, recorded } = await drill(story);

  assert.equal(result.result, "passed", JSON.stringify(result));
  assert.deepEqual(recorded, result.outcomes);
  const { drill: outcome } = await story.house.catalog.get(story.backupId);
  assert.equal(outcome?.result, "passed");
  assert.deepEqual(await story.state(), before);
  for await (const { name } of Deno.readDir(story.config.backup.path)) {
    assert.doesNotMatch(name, /scratch/);
  }
});

Deno.test("startDrill() fails a damaged backup, and one whose rows are not those recorded", async () => {
  await using story = await restoreStory();
  const { file_path } = await story.house.catalog.get(story.backupId);
  const bytes = await Deno.readFile(file_path);
  const damaged = join(dirname(file_path), "backup_20260101_000000.zip");
  await Deno.writeFile(damaged, bytes.map((byte, index) => index === 5000 ? byte ^ 1 : byte));
  const other = join(dirname(file_path), "backup_20260102_000000.zip");
  await using writer = await createArchive(other, { level: 1, timeZone: "UTC" });
  await writer.add({
    path: "database/library.db",
    modifiedAt: 0,
    source: { file: join("tests", "fixtures", "sooklib", "library", "data", "library.db") },
  });
  const metadata = { backup_id: "x", includes: ["database"], rows: { books: 7 } };
  const source = new TextEncoder().encode(JSON.stringify(metadata));
  await writer.add({ path: "metadata.json", modifiedAt: 0, source });
  await writer.finish();

  const first = await drill(story, "backup_20260101_000000");
  const second = await drill(story, "backup_20260102_000000");

  assert.equal(first.result.result, "failed");
  assert.equal(second.result.result, "failed");
  assert.match(second.result.outcomes[0]?.detail?.en ?? "", /books: 200 ≠ 7/);
});

Deno.test("Restorer.preview() warns of a page size that needs the library stopped, and of no other", async (t) => {
  await using story = await restoreStory();
  for (
    const [pages, mode, warned] of [
      [4096, "WAL", false],
      [8192, "WAL", true],
      [8192, "DELETE", false],
    ] as const
  ) {
    await t.step(`${pages} ${mode}`, async () => {
      story.sql(`PRAGMA journal_mode = DELETE; PRAGMA page_size = ${pages}; VACUUM;
        PRAGMA journal_mode = ${mode}`);

      const { warnings, allowed } = await story.house.restorer.preview({
        backupId: story.backupId,
        actor: "test",
      });

      assert.equal(allowed, true);
      const told = warnings.filter(({ en }) =>
        /pages of 4096 bytes, the live one of 8192/.test(en)
      );
      assert.equal(told.length, warned ? 1 : 0, JSON.stringify(warnings));
      assert.ok(told.every(({ zh }) => /请先停止书库/.test(zh)));
    });
  }
});
