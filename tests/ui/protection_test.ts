import assert from "node:assert/strict";
import { judge } from "../../src/ui/protection.js";

const NOW = Date.parse("2026-01-20T04:00:00Z");
const hoursAgo = (hours: number) => new Date(NOW - hours * 3_600_000).toISOString();

const backup = { backup_id: "backup_20260120_090000", kind: "auto", state: "ok", shrunk: false };
const safe = {
  now: NOW,
  restore: null,
  jobs: [],
  backups: [backup],
  scheduler: {
    auto_backup_enabled: true,
    schedule: "0 2 * * *",
    next_run: "2026-01-21T02:00:00+08:00",
    last_run: hoursAgo(3),
    last_status: "成功",
    last_error: null,
  },
  stats: {
    latest_verified: { created_at_utc: hoursAgo(3) },
    free_bytes: 1000,
    predicted_bytes: 100,
    reserve_bytes: 100,
    last_drill: null,
  },
};
const failed = {
  kind: "create",
  state: "failed",
  started_at: hoursAgo(1),
  error: { detail: "disk full" },
};

const cases: readonly (readonly [string, object, string, string])[] = [
  ["all is well", {}, "ok", "status.ok"],
  [
    "nothing is scheduled",
    { scheduler: { ...safe.scheduler, auto_backup_enabled: false } },
    "warn",
    "status.unscheduled",
  ],
  ["there is no backup", { backups: [] }, "danger", "status.none"],
  [
    "the database is not there, whatever else is wrong",
    { stats: { ...safe.stats, library: { database: { state: "missing" } } }, jobs: [failed] },
    "danger",
    "status.database",
  ],
  [
    "the database is there",
    { stats: { ...safe.stats, library: { database: { state: "ok" } } } },
    "ok",
    "status.ok",
  ],
  [
    "none is verified",
    { stats: { ...safe.stats, latest_verified: null } },
    "danger",
    "status.unverified",
  ],
  [
    "the verified one is old",
    { stats: { ...safe.stats, latest_verified: { created_at_utc: hoursAgo(120) } } },
    "danger",
    "status.old",
  ],
  [
    "a weekly schedule may be six days old",
    {
      scheduler: { ...safe.scheduler, schedule: "0 2 * * 0" },
      stats: { ...safe.stats, latest_verified: { created_at_utc: hoursAgo(144) } },
    },
    "ok",
    "status.ok",
  ],
  ["the last run failed", { jobs: [failed] }, "danger", "status.failed"],
  [
    "a later run succeeded",
    { jobs: [{ ...failed, state: "done", started_at: hoursAgo(0) }, failed] },
    "ok",
    "status.ok",
  ],
  [
    "the scheduler remembers a failure from before a restart",
    {
      scheduler: {
        ...safe.scheduler,
        last_status: "失败",
        last_run: hoursAgo(1),
        last_error: "disk full",
      },
    },
    "danger",
    "status.failed",
  ],
  ["space runs out", { stats: { ...safe.stats, free_bytes: 150 } }, "danger", "status.space"],
  [
    "the newest is damaged",
    { backups: [{ ...backup, state: "damaged" }] },
    "danger",
    "status.damaged",
  ],
  ["the newest is shrunk", { backups: [{ ...backup, shrunk: true }] }, "warn", "status.shrunk"],
  [
    "the drill failed",
    { stats: { ...safe.stats, last_drill: { result: "failed", backup_id: "b" } } },
    "danger",
    "status.drill_failed",
  ],
  [
    "a newer backup passed its drill since",
    {
      stats: { ...safe.stats, last_drill: { result: "passed", backup_id: "backup_2" } },
      backups: [backup, { ...backup, drill: { result: "failed", backup_id: "backup_1" } }],
    },
    "ok",
    "status.ok",
  ],
  [
    "only an older backup passed its drill since",
    {
      stats: { ...safe.stats, last_drill: { result: "passed", backup_id: "backup_1" } },
      backups: [{ ...backup, drill: { result: "failed", backup_id: "backup_2" } }],
    },
    "danger",
    "status.drill_failed",
  ],
  [
    "a drill could not be done",
    { stats: { ...safe.stats, last_drill: { result: "error", backup_id: "b" } } },
    "ok",
    "status.ok",
  ],
  [
    "a restore is stuck",
    { restore: { pending: true, stuck: true, reason: "r" } },
    "danger",
    "status.stuck",
  ],
  [
    "a restore is being completed",
    { restore: { pending: true, stuck: false, backup_id: "b" } },
    "warn",
    "status.restoring",
  ],
];

for (const [name, change, level, key] of cases) {
  Deno.test(`judge() when ${name}`, () => {
    const verdict = judge({ ...safe, ...change });

    assert.deepEqual([verdict.level, verdict.key], [level, key]);
  });
}

Deno.test("judge() gives the failure's own sentence", () => {
  assert.equal(judge({ ...safe, jobs: [failed] }).facts.reason, "disk full");
});
