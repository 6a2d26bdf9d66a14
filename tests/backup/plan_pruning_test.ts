import assert from "node:assert/strict";
import { planPruning, type PruningState } from "../../src/backup/plan_pruning.ts";
import { decideRetention } from "../../src/backup/retention.ts";
import { backupRecord } from "../helpers/backup_record.ts";

const HOUR = 3_600_000;
const NOTHING: PruningState = { pruned_at: null, waiting: {} };

type Backups = ReturnType<typeof backupRecord>[];

function plan(
  backups: Backups,
  state: PruningState,
  options: { now: string; keep?: number; keepSnapshots?: number },
) {
  const now = Date.parse(options.now);
  const decisions = decideRetention(backups, {
    retentionCount: options.keep ?? 2,
    snapshotRetentionCount: options.keepSnapshots ?? 1,
    inUse: new Set(),
    now,
    libraryId: "library-one",
  });
  const { remove, waiting } = planPruning(backups, decisions, state, { now, madeNow: 1 });
  return { remove: remove.map(dayOf), waiting: Object.keys(waiting).map(dayOf), state: waiting };
}

function dayOf(id: string): number {
  return Number(id.slice(13, 15));
}

/** Newest first. */
function days(...list: number[]): Backups {
  return list.map((day) => backupRecord(day));
}

Deno.test("planPruning() removes one for one, with nothing or the last pruning remembered", () => {
  const backups = days(10, 9, 8);
  const remembered = { pruned_at: "2026-01-09T02:01:00.000Z", waiting: {} };

  for (const state of [NOTHING, remembered]) {
    assert.deepEqual(plan(backups, state, { now: "2026-01-10T02:01:00Z" }).remove, [8]);
  }
});

Deno.test("planPruning() makes up for prunings that were left out", () => {
  const state = { pruned_at: "2026-01-08T12:00:00.000Z", waiting: {} };

  const { remove } = plan(days(10, 9, 8, 7), state, { now: "2026-01-10T02:01:00Z" });

  assert.deepEqual(remove, [7, 8]);
});

Deno.test("planPruning() holds what is more than was made, for a day, then removes it, oldest first", () => {
  const state = { pruned_at: "2026-01-09T02:01:00.000Z", waiting: {} };

  const first = plan(days(10, 9, 8, 7, 6), state, { now: "2026-01-10T02:01:00Z" });
  const held = { ...state, waiting: first.state };
  const soon = plan(days(10, 9, 8, 7, 6), held, { now: "2026-01-10T14:00:00Z" });
  const nextDay = plan(days(11, 10, 9, 8, 7, 6), held, { now: "2026-01-11T02:00:30Z" });

  assert.deepEqual(first.remove, []);
  assert.deepEqual(first.waiting, [8, 7, 6]);
  assert.deepEqual(soon.remove, []);
  assert.deepEqual(soon.state, first.state);
  assert.deepEqual(nextDay.remove, [6, 7, 8, 9]);
  assert.deepEqual(nextDay.waiting, []);
});

Deno.test("planPruning() forgets what is no longer over the count", () => {
  const state = {
    pruned_at: "2026-01-09T02:01:00.000Z",
    waiting: { backup_20260108_020000: "2026-01-09T02:01:00.000Z" },
  };
  const pinned = days(10, 9, 8, 7).map((backup, at) =>
    at === 2 ? { ...backup, pinned: true } : backup
  );

  const { remove, waiting } = plan(pinned, state, { now: "2026-01-10T02:01:00Z" });

  assert.deepEqual([remove, waiting], [[7], []]);
});

Deno.test("planPruning() counts snapshots apart: those of three restores go together", () => {
  const snapshots = [10, 9, 8, 7].map((day) => backupRecord(day, { kind: "snapshot" }));
  const backups = [backupRecord(11), ...snapshots.slice(0, 3), backupRecord(6), snapshots[3]];
  const state = { pruned_at: "2026-01-07T12:00:00.000Z", waiting: {} };

  const { remove } = plan(backups.filter((one) => one !== undefined), state, {
    now: "2026-01-11T02:01:00Z",
  });

  assert.deepEqual(remove, [7, 8, 9]);
});

Deno.test("planPruning() begins the waiting anew where it was noted under a clock ahead of this one", () => {
  const now = "2026-01-10T02:01:00.000Z";
  const later = new Date(Date.parse(now) + 24 * HOUR * 365).toISOString();
  const ids = ["backup_20260108_020000", "backup_20260107_020000"];
  const state = { pruned_at: later, waiting: Object.fromEntries(ids.map((id) => [id, later])) };

  const { remove, state: waiting } = plan(days(10, 9, 8, 7), state, { now });

  assert.deepEqual(remove, []);
  assert.deepEqual(waiting, Object.fromEntries(ids.map((id) => [id, now])));
});
