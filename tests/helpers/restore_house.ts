import { join } from "node:path";
import { type Clock, systemClock } from "../../src/base/clock.ts";
import { Catalog } from "../../src/backup/catalog.ts";
import { readOwner } from "../../src/backup/own_library.ts";
import { startCreate } from "../../src/backup/create.ts";
import { Restorer, type RestorerServices } from "../../src/backup/restore.ts";
import { takeSnapshot } from "../../src/backup/take_snapshot.ts";
import type { CreateRequest, CreateResult } from "../../src/backup/types.ts";
import { adaptConfig } from "../../src/config/adapt_config.ts";
import { diffConfigFiles } from "../../src/config/diff_config.ts";
import { checkConfigBytes } from "../../src/config/load.ts";
import type { Config } from "../../src/config/types.ts";
import { Lane } from "../../src/jobs/lane.ts";
import { recordingLog, type RecordingLogger } from "./recording_log.ts";

/** Everything a restore needs, over one library, without the doors. */
export interface RestoreHouse {
  readonly config: Config;
  readonly log: RecordingLogger;
  readonly catalog: Catalog;
  readonly jobs: Lane;
  readonly restorer: Restorer;
  /** Makes a backup and waits for it. */
  create(request?: Partial<CreateRequest>): Promise<CreateResult>;
}

/** Builds a {@linkcode RestoreHouse}. */
export async function restoreHouse(
  config: Config,
  overrides: Partial<RestorerServices> & { clock?: Clock } = {},
): Promise<RestoreHouse> {
  const clock = overrides.clock ?? systemClock;
  const log = recordingLog();
  const folder = config.backup.path;
  await Deno.mkdir(folder, { recursive: true });
  const { timeZone } = config;
  const { fileMode } = config.backup;
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
    gate: () => restorer.askGate(),
  });
  const services = { config, clock, log, catalog, jobs };
  const restorer: Restorer = new Restorer({
    ...services,
    configTools: {
      adapt: adaptConfig,
      check: async (bytes) => {
        await checkConfigBytes(bytes, { path: config.path, root: config.root, environment: {} });
      },
      diff: diffConfigFiles,
    },
    takeSnapshot: (context, request) => takeSnapshot(services, context, request),
    withLane: (work, options) => jobs.hold(work, options),
    ...overrides,
  });
  return {
    config,
    log,
    catalog,
    jobs,
    restorer,
    create: async (request = {}) =>
      (await startCreate(services, { actor: "test", ...request })).result,
  };
}
