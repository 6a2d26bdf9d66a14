import { join } from "node:path";
import { removeIfThere } from "../library/folders.ts";
import { areInstalled } from "../measure/is_installed.ts";
import { readProcess, resetPeak } from "../measure/read_process.ts";
import { median, percentile } from "../measure/statistics.ts";
import { BusyLibrary } from "./busy_library.ts";
import { HealthProbe } from "./health_probe.ts";
import { RunningServer } from "./running_server.ts";
import { makeStoredArchive } from "./stored_archive.ts";

/** One figure of the server's. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: "ms" | "MiB" | "MB/s";
  /** What it must stay under; `null` when nothing is promised. */
  readonly limit: number | null;
}

/** What the server is measured with. */
export interface ServerTrial {
  /** A library that may be written to and restored over. */
  readonly library: string;
  /** An empty folder that may be filled. */
  readonly folder: string;
  readonly transferBytes: number;
  readonly listed: number;
  readonly say: (text: string) => void;
}

const UPLOADED = "backup_20260101_000000";
const MIB = 1_048_576;
const SMALL_ARCHIVE = join(
  import.meta.dirname ?? ".",
  "../../fixtures/sooklib/backup_20261122_102110.zip",
);

/** Measures start-up, memory, transfers and the list, and how the library and health fare meanwhile. */
export async function measureServer(trial: ServerTrial): Promise<Figure[]> {
  const store = join(trial.folder, "store");
  await Deno.mkdir(store, { recursive: true });
  const figures: Figure[] = [];
  const note = (name: string, value: number, unit: Figure["unit"], limit: number | null = null) => {
    figures.push({ name, value, unit, limit });
    trial.say(`${name}: ${value.toFixed(1)} ${unit}`);
  };
  await using server = await RunningServer.start(trial.library, store);
  note("start-up to the first answer", server.startMs, "ms");
  await settle();
  const idleBytes = readProcess(server.pid).residentBytes;
  note("resident memory, idle", idleBytes / MIB, "MiB");

  await measureJobs(server, trial, note);
  if (areInstalled(["zip", "curl"])) {
    const size = await measureUpload(server, trial, idleBytes, note);
    await measureDownload(server, UPLOADED, { size, idleBytes }, note);
  }
  await measureList(server, trial, store, note);
  return figures;
}

type Note = (name: string, value: number, unit: Figure["unit"], limit?: number | null) => void;

/** A backup under writes, a validation, a restore, its undoing and a drill, each with health asked all the time. */
async function measureJobs(server: RunningServer, trial: ServerTrial, note: Note): Promise<void> {
  const writer = new BusyLibrary(join(trial.library, "data", "library.db"));
  const id = await withHealth(server, "create", note, async () => {
    const made = await server.ask("POST", "/create", { description: "bench" });
    const { backup_id: backupId } = await made.json();
    return String(backupId);
  });
  const waitsMs = await writer.stop();
  note("WAL writer's commit during create, p99", percentile(waitsMs, 0.99), "ms", 250);
  note("WAL writer's commit during create, worst", Math.max(...waitsMs), "ms");
  await withHealth(server, "validate", note, async () => {
    await (await server.ask("GET", `/validate/${id}`)).body?.cancel();
  });
  await withHealth(server, "restore", note, async () => {
    const order = { backup_id: id, create_snapshot: true };
    await (await server.ask("POST", "/restore", order)).body?.cancel();
  });
  await withHealth(server, "undo", note, async () => {
    await (await server.ask("POST", "/restore/undo", {})).body?.cancel();
  });
  await withHealth(server, "drill", note, async () => {
    await (await server.ask("POST", "/drill", { backup_id: id })).body?.cancel();
  });
}

async function withHealth<T>(
  server: RunningServer,
  job: string,
  note: Note,
  work: () => Promise<T>,
): Promise<T> {
  resetPeak(server.pid);
  const probe = new HealthProbe(server);
  const answer = await work();
  note(`health during ${job}, p99`, percentile(await probe.stop(), 0.99), "ms", 100);
  note(`peak memory of ${job} in the server`, readProcess(server.pid).peakBytes / MIB, "MiB", 256);
  return answer;
}

async function measureDownload(
  server: RunningServer,
  id: string,
  { size, idleBytes }: { size: number; idleBytes: number },
  note: Note,
): Promise<void> {
  await settle();
  resetPeak(server.pid);
  const { seconds } = await server.curl(`/download/${id}`);
  const peak = readProcess(server.pid).peakBytes;
  note(`download of ${Math.round(size / 1e6)} MB`, size / 1e6 / seconds, "MB/s");
  note("memory above idle, download", (peak - idleBytes) / MIB, "MiB", 150);
}

async function measureUpload(
  server: RunningServer,
  trial: ServerTrial,
  idleBytes: number,
  note: Note,
): Promise<number> {
  const path = join(trial.folder, `${UPLOADED}.zip`);
  await makeStoredArchive(path, trial.transferBytes, trial.folder);
  await settle();
  resetPeak(server.pid);
  const { size } = await Deno.stat(path);
  const probe = new HealthProbe(server);
  const { seconds } = await server.curl(`/upload/${UPLOADED}.zip`, "-T", path);
  note("health during upload, p99", percentile(await probe.stop(), 0.99), "ms", 100);
  const peak = readProcess(server.pid).peakBytes;
  note(`upload of ${Math.round(size / 1e6)} MB, checked`, size / 1e6 / seconds, "MB/s");
  note("memory above idle, upload", (peak - idleBytes) / MIB, "MiB", 150);
  await removeIfThere(path);
  return size;
}

async function measureList(
  server: RunningServer,
  trial: ServerTrial,
  store: string,
  note: Note,
): Promise<void> {
  for (let index = 0; index < trial.listed; index++) {
    const day = String(1 + Math.floor(index / 60) % 28).padStart(2, "0");
    const minute = String(index % 60).padStart(2, "0");
    const month = String(1 + Math.floor(index / 1680)).padStart(2, "0");
    await Deno.copyFile(SMALL_ARCHIVE, join(store, `backup_2025${month}${day}_01${minute}00.zip`));
  }
  const ask = async () => {
    const began = performance.now();
    const listed = await (await server.ask("GET", "/list")).json();
    return { ms: performance.now() - began, count: listed.backups?.length ?? listed.length };
  };
  const first = await ask();
  note(`list of ${first.count}, first call`, first.ms, "ms");
  const later: number[] = [];
  for (let call = 0; call < 10; call++) later.push((await ask()).ms);
  note(`list of ${first.count}, later calls`, median(later), "ms", 50);
}

/** Lets garbage and idle threads go before memory is read. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1_500));
}
