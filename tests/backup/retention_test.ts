import assert from "node:assert/strict";
import { decideRetention } from "../../src/backup/retention.ts";
import { backupRecord } from "../helpers/backup_record.ts";

const NOW = Date.parse("2026-02-01T00:00:00Z");
const RULES = {
  retentionCount: 2,
  snapshotRetentionCount: 1,
  inUse: new Set<string>(),
  now: NOW,
  libraryId: "library-one",
};

/** Newest first: day 10, 9, 8 … */
function backups(...changes: Parameters<typeof backupRecord>[1][]) {
  return changes.map((change, index) => backupRecord(10 - index, change));
}

function deleted(list: ReturnType<typeof backups>, rules = RULES): string[] {
  return decideRetention(list, rules).filter(({ action }) => action === "delete")
    .map(({ backup_id }) => backup_id.slice(13, 15));
}

Deno.test("decideRetention() keeps the newest manual and auto backups, counted together", () => {
  const list = backups({ kind: "auto" }, { kind: "manual" }, { kind: "auto" }, { kind: "manual" });

  assert.deepEqual(deleted(list), ["08", "07"]);
});

Deno.test("decideRetention() counts snapshots apart", () => {
  const list = backups({ kind: "snapshot" }, {}, { kind: "snapshot" }, {}, {});

  assert.deepEqual(deleted(list), ["08", "06"]);
});

Deno.test("decideRetention() never touches uploaded, pinned and used backups", () => {
  const list = backups({}, {}, { kind: "uploaded" }, { pinned: true }, {}, {});
  const inUse = new Set([list[4]?.backup_id ?? ""]);

  assert.deepEqual(deleted(list, { ...RULES, inUse }), ["05"]);
});

Deno.test("decideRetention() keeps the newest verified backup however old it is", () => {
  const unverified = { verified_at: null };
  const list = backups(unverified, unverified, unverified, {}, {});

  assert.deepEqual(deleted(list), ["08", "06"]);
});

Deno.test("decideRetention() does not let damaged backups push out good ones", () => {
  const damaged = { state: "damaged" as const };
  const list = backups(damaged, damaged, {}, {}, {});

  assert.deepEqual(deleted(list), ["06"]);
});

Deno.test("decideRetention() keeps the last complete backup while something is missing from later ones", () => {
  const incomplete = { incomplete: true };
  const partial = { includes: ["config" as const] };
  const changes = [incomplete, partial, incomplete, incomplete, {}, {}];

  assert.deepEqual(deleted(backups(...changes)), ["08", "07", "05"]);
  assert.equal(decideRetention(backups(...changes), RULES)[4]?.reason, "newest_complete");
  assert.deepEqual(deleted(backups({}, ...changes)), ["08", "07", "06", "05", "04"]);
});

Deno.test("decideRetention() removes nothing while the clock is earlier than the newest backups", () => {
  const list = backups({}, {}, {}, {}, {}, {});

  for (const now of ["2026-01-05T00:00:00Z", "2026-01-09T12:00:00Z", "1970-01-01T00:00:00Z"]) {
    assert.deepEqual(deleted(list, { ...RULES, now: Date.parse(now) }), [], now);
  }
});

Deno.test("decideRetention() goes on beside a backup dated years ahead, which stays and takes nobody's place", () => {
  const strange = backupRecord(1, {
    backup_id: "backup_20360301_020000",
    created_at_utc: "2036-03-01T02:00:00.000Z",
  });
  const list = [...backups({ verified_at: null }, {}, {}, {}), strange];

  const decisions = decideRetention(list, RULES);

  assert.deepEqual(decisions.map(({ reason }) => reason), [
    "within_count",
    "newest_verified",
    "over_count",
    "over_count",
    "future",
  ]);
});

Deno.test("decideRetention() lets no date of an uploaded backup stop it", () => {
  const uploaded = backupRecord(1, {
    kind: "uploaded",
    created_at_utc: "2026-02-01T10:00:00.000Z",
  });

  assert.deepEqual(deleted([uploaded, ...backups({}, {}, {})]), ["08"]);
});

Deno.test("decideRetention() gives every backup a reason in both languages", () => {
  const decisions = decideRetention(backups({}, {}, {}), RULES);

  assert.deepEqual(decisions.map(({ reason }) => reason), [
    "newest_verified",
    "within_count",
    "over_count",
  ]);
  for (const { detail } of decisions) assert.ok(detail.zh !== "" && detail.en !== "");
});
