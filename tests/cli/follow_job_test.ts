import assert from "node:assert/strict";
import { join } from "node:path";
import { progressLine } from "../../src/cli/follow_job.ts";
import { phaseName } from "../../src/cli/phase_name.ts";
import { textWidth } from "../../src/cli/text_width.ts";
import type { JobDocument } from "../../src/jobs/types.ts";
import { testTerminal } from "../helpers/test_terminal.ts";

const JOB: JobDocument = {
  job_id: "job_1",
  kind: "create",
  state: "running",
  phase: "write_archive",
  done_bytes: 512 * 1024,
  total_bytes: 1024 * 1024,
  bytes_per_second: 256 * 1024,
  eta_seconds: 2,
  started_at: "2026-01-15T15:00:00.000Z",
  finished_at: null,
  backup_id: null,
  file_name: null,
  actor: "cli",
  cancellable: true,
  error: null,
  warnings: [],
};

Deno.test("progressLine() shows phase, share, bytes, rate and what is left", () => {
  assert.equal(
    progressLine(JOB, testTerminal()),
    "Writing the archive [######......] 50% 512.0 KB / 1.00 MB 256.0 KB/s 2 s left",
  );
  assert.match(progressLine(JOB, testTerminal({ language: "zh" })), /^写入备份文件 \[.*还需 2 秒$/);
});

Deno.test("progressLine() says only what is known, and fits on a screen", () => {
  const unknown = { ...JOB, total_bytes: null, bytes_per_second: null, eta_seconds: null };
  assert.equal(progressLine(unknown, testTerminal()), "Writing the archive 512.0 KB");
  const over = { ...JOB, done_bytes: 9 * 1024 * 1024 };
  assert.match(progressLine(over, testTerminal()), /\] 100%/);

  const hostile = { ...JOB, phase: "\u001b[2J".repeat(100) };
  const line = progressLine(hostile, testTerminal());
  assert.ok(textWidth(line) < 80, `${textWidth(line)} columns`);
  assert.ok(!line.includes("\u001b"));
});

Deno.test("phaseName() has words for every phase that the product enters", async () => {
  const phases = new Set<string>();
  for (const room of ["backup", "restore", "jobs"]) {
    const folder = join(import.meta.dirname ?? ".", "..", "..", "src", room);
    for await (const { name } of Deno.readDir(folder)) {
      if (!name.endsWith(".ts")) continue;
      const text = await Deno.readTextFile(join(folder, name));
      for (const [, phase = ""] of text.matchAll(/\.phase\(\s*"(\w+)"/g)) phases.add(phase);
    }
  }

  assert.ok(phases.size > 5);
  for (const phase of phases) {
    assert.notEqual(phaseName(phase).en, phase, `${phase} has no words`);
  }
  assert.deepEqual(phaseName("snapshot_copy_database"), {
    zh: "快照: 复制数据库",
    en: "Snapshot: Copying the database",
  });
});
