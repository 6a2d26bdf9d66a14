import { systemClock } from "../../src/base/clock.ts";
import type { Clock } from "../../src/base/clock.ts";
import { Catalog } from "../../src/backup/catalog.ts";
import { readOwner } from "../../src/backup/own_library.ts";
import { startCreate } from "../../src/backup/create.ts";
import type { CreateRequest, CreateResult } from "../../src/backup/types.ts";
import type { Config } from "../../src/config/types.ts";
import { Lane } from "../../src/jobs/lane.ts";
import { recordingLog, type RecordingLogger } from "./recording_log.ts";
import type { TestLibrary } from "./test_library.ts";

/** A library's store with the services that backup/ is built from, and no doors. */
export interface TestStore {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: RecordingLogger;
  readonly catalog: Catalog;
  readonly jobs: Lane;
  /** Makes a backup and waits for it. */
  create(request?: Partial<CreateRequest>): Promise<CreateResult>;
}

/** Opens the store of a test library. */
export async function testStore(
  library: TestLibrary,
  options: { clock?: Clock; config?: Config } = {},
): Promise<TestStore> {
  const { clock = systemClock, config = library.config } = options;
  const log = recordingLog();
  const folder = config.backup.path;
  await Deno.mkdir(folder, { recursive: true });
  const catalog = new Catalog({
    folder,
    timeZone: config.timeZone,
    clock,
    log,
    fileMode: config.backup.fileMode,
    owner: () => readOwner(config),
  });
  const jobs = new Lane({
    lockPath: `${folder}/.lock`,
    historyPath: `${folder}/.jobs.jsonl`,
    clock,
    log,
  });
  const store = { config, clock, log, catalog, jobs };
  return {
    ...store,
    create: async (request = {}) =>
      (await startCreate(store, { actor: "test", ...request })).result,
  };
}
