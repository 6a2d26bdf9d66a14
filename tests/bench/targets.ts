import type { Result } from "./contest.ts";
import { infoZip } from "./contestants/info_zip.ts";
import { original } from "./contestants/original.ts";
import { ours } from "./contestants/ours.ts";
import { restic } from "./contestants/restic.ts";
import type { LibraryReport } from "./report.ts";

/** A promise about a ratio, and what was measured. */
export interface Target {
  readonly text: string;
  readonly measured: number;
  /** Met when `measured` is at most this. */
  readonly limit: number;
}

const MIB = 1_048_576;

/** What was promised of one library, with what was measured; only of contestants that ran. */
export function judge(report: LibraryReport): Target[] {
  const { create, validate, restore } = report;
  const targets: Target[] = [];
  const ratio = (
    text: string,
    limit: number,
    [left, right]: readonly [number | null | undefined, number | null | undefined],
  ) => {
    if (left && right) targets.push({ text, measured: left / right, limit });
  };
  const time = (results: readonly Result[], name: string) => find(results, name)?.seconds;
  ratio("create: time / original's", 1 / 4, [
    time(create, ours.name),
    time(create, original.name),
  ]);
  ratio("create: time / restic's first backup", 1.5, [
    time(create, ours.name),
    time(create, restic.name),
  ]);
  ratio("archive: bytes / original's", 1.01, [
    find(create, ours.name)?.madeBytes,
    find(create, original.name)?.madeBytes,
  ]);
  ratio("validate: time / unzip -t", 1, [
    time(validate, ours.name),
    time(validate, infoZip.name),
  ]);
  ratio("restore: time / unzip + .backup", 1, [
    time(restore, ours.name),
    time(restore, infoZip.name),
  ]);
  for (const [verb, results] of Object.entries({ create, validate, restore })) {
    const peak = find(results, ours.name)?.peakBytes;
    if (peak === undefined) continue;
    targets.push({ text: `${verb}: peak memory, MiB`, measured: peak / MIB, limit: 256 });
  }
  return targets;
}

function find(results: readonly Result[], name: string): Result | undefined {
  return results.find((result) => result.name === name);
}
