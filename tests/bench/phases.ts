/**
 * Makes one backup without the doors and prints how long each phase of the job took.
 *
 * Usage: `deno run -A --no-check tests/bench/phases.ts LIBRARY STORE`
 *
 * @module
 */
import { join, resolve } from "node:path";
import { Catalog } from "../../src/backup/catalog.ts";
import { readOwner } from "../../src/backup/own_library.ts";
import { startCreate } from "../../src/backup/create.ts";
import { systemClock } from "../../src/base/clock.ts";
import { loadConfig } from "../../src/config/load.ts";
import { Lane } from "../../src/jobs/lane.ts";
import { recordingLog } from "../helpers/recording_log.ts";
import { readProcess } from "./measure/read_process.ts";
import { print } from "./print.ts";

/** Seconds of each phase, in their order, and the peak of resident memory. */
export interface PhaseTimes {
  readonly seconds: Readonly<Record<string, number>>;
  /** Processor time of each phase, over all threads. */
  readonly cpuSeconds: Readonly<Record<string, number>>;
  readonly totalSeconds: number;
  readonly peakBytes: number;
  readonly fileSize: number;
}

async function main(library: string, store: string): Promise<PhaseTimes> {
  const { config } = await loadConfig({
    configPath: join(library, "config", "config.yaml"),
    root: library,
    workingFolder: library,
    env: { TZ: "Asia/Shanghai", BACKUP_PATH: resolve(store) },
  });
  const log = recordingLog();
  const clock = systemClock;
  const folder = config.backup.path;
  await Deno.mkdir(folder, { recursive: true });
  const { timeZone, backup: { fileMode } } = config;
  const catalog = new Catalog({
    folder,
    timeZone,
    clock,
    log,
    fileMode,
    owner: () => readOwner(config),
  });
  const jobs = new Lane({
    lockPath: join(folder, ".lock"),
    historyPath: join(folder, ".jobs.jsonl"),
    clock,
    log,
  });
  const began = performance.now();
  const { job, result } = await startCreate(
    { config, clock, log, catalog, jobs },
    { actor: "bench" },
  );
  const seconds: Record<string, number> = {};
  const cpuSeconds: Record<string, number> = {};
  let cpu = readProcess(Deno.pid).cpuSeconds;
  let phase = "start";
  let since = began;
  const turn = (next: string) => {
    if (next === phase) return;
    const now = performance.now();
    seconds[phase] = (seconds[phase] ?? 0) + (now - since) / 1000;
    const used = readProcess(Deno.pid).cpuSeconds;
    cpuSeconds[phase] = (cpuSeconds[phase] ?? 0) + used - cpu;
    [phase, since, cpu] = [next, now, used];
  };
  using _watch = jobs.watch(job.job_id, (document) => turn(document.phase));
  const made = await result;
  turn("end");
  return {
    seconds,
    cpuSeconds,
    totalSeconds: (performance.now() - began) / 1000,
    peakBytes: readProcess(Deno.pid).peakBytes,
    fileSize: made.file_size,
  };
}

if (import.meta.main) {
  const [library = "", store = ""] = Deno.args;
  print(JSON.stringify(await main(resolve(library), store), null, 2));
}
