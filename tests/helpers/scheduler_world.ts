import { join } from "node:path";
import { BackupScheduler, type SchedulerOptions } from "../../src/scheduler/scheduler.ts";
import { FakeClock } from "./fake_clock.ts";
import { recordingLog } from "./recording_log.ts";
import { tempFolder } from "./temp_folder.ts";

/** Milliseconds between two looks at the clock. */
export const MINUTE = 60_000;

/** What a backup that a test pretends to make answers. */
export const RESULT = {
  backup_id: "backup_20260115_020000",
  file_size: 52_670_136,
  checksum: "5d41402abc4b2a76b9719d911017c592",
  includes: ["database", "covers", "config"] as const,
  file_path: "/backups/backup_20260115_020000.zip",
  description: "自动备份",
};

/** A scheduler's world that outlives the scheduler, as disk and clock do. */
export async function schedulerWorld(start = "2026-01-14T12:00:00Z") {
  const folder = await tempFolder();
  const clock = new FakeClock(start);
  const log = recordingLog();
  const calls = { backup: 0, drill: 0 };
  const behaviour: {
    backup: () => Promise<typeof RESULT>;
    drill: () => Promise<unknown>;
  } = { backup: () => Promise.resolve(RESULT), drill: () => Promise.resolve(null) };
  const stateFile = join(folder.path, "state.json");
  const open = async (
    configured: Partial<SchedulerOptions["configured"]> = {},
    change: Partial<SchedulerOptions> = {},
  ) => {
    const scheduler = new BackupScheduler({
      clock,
      log,
      timeZone: "Asia/Shanghai",
      stateFile,
      configured: { enabled: true, schedule: "0 2 * * *", drillSchedule: "", ...configured },
      runBackup: () => {
        calls.backup += 1;
        return behaviour.backup();
      },
      runDrill: () => {
        calls.drill += 1;
        return behaviour.drill();
      },
      heartbeat: () => {},
      ...change,
    });
    await scheduler.start();
    return scheduler;
  };
  /** Ticks once a minute, waiting for whatever that starts. */
  const pass = async (scheduler: BackupScheduler, minutes: number) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      clock.advance(MINUTE);
      scheduler.tick();
      await scheduler.idle();
    }
  };
  const text = () => log.lines.join("\n");
  return {
    clock,
    log,
    text,
    calls,
    behaviour,
    stateFile,
    open,
    pass,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
