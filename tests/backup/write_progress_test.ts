import assert from "node:assert/strict";
import { WriteProgress } from "../../src/backup/write_progress.ts";
import type { JobContext } from "../../src/jobs/types.ts";

/** What a client sees, a line for each phase: its name, the bytes done, the bytes in all. */
function watched(): { progress: WriteProgress; seen: () => string[] } {
  const phases: { name: string; done: number; total: number | null }[] = [];
  const last = () => phases.at(-1) ?? assert.fail("no phase was begun");
  const context: Pick<JobContext, "phase" | "advance" | "reach"> = {
    phase: (name, total = null) => void phases.push({ name, done: 0, total }),
    advance: (bytes) => void (last().done += bytes),
    reach: (done, total = null) => void Object.assign(last(), { done, total }),
  };
  return {
    progress: new WriteProgress(context as JobContext),
    seen: () => phases.map(({ name, done, total }) => `${name} ${done}/${total ?? "?"}`),
  };
}

Deno.test("WriteProgress shows the copy while files are listed and written, then all that was written", () => {
  const { progress, seen } = watched();

  const copying = progress.copying();
  copying(50, 100);
  progress.listed(30);
  progress.wrote(30);
  progress.verified(20);
  copying(100, 100);
  progress.copied(100);
  progress.wrote(100);
  progress.verified(90);
  progress.written();
  progress.verified(20);

  assert.deepEqual(seen(), ["copy_database 100/100", "write_archive 130/130", "verify 130/130"]);
});

Deno.test("WriteProgress shows the listing where it takes longer than the copy", () => {
  const { progress, seen } = watched();

  progress.copying()(100, 100);
  progress.copied(100);
  progress.listed(30);
  progress.wrote(130);

  assert.deepEqual(seen(), ["copy_database 100/100", "list_files 0/?", "write_archive 130/130"]);
});

Deno.test("WriteProgress shows the listing alone where there is no database", () => {
  const { progress, seen } = watched();

  progress.copied(0);
  progress.listed(30);
  progress.wrote(10);

  assert.deepEqual(seen(), ["list_files 0/?", "write_archive 10/30"]);
});
