/**
 * The one place where the house is put together.
 *
 * @module
 */
import { join } from "node:path";
import { Authenticator } from "./auth/admin.ts";
import { PasswordStore } from "./auth/password.ts";
import { Tickets } from "./auth/tickets.ts";
import { aheadWarnings } from "./backup/ahead.ts";
import { Catalog } from "./backup/catalog.ts";
import { auditedManager } from "./backup/audited_manager.ts";
import { DrillHistory } from "./backup/drill_history.ts";
import { BackupManager } from "./backup/manager.ts";
import { readOwner, strangerWarnings } from "./backup/own_library.ts";
import { probeAccess } from "./backup/probe_access.ts";
import { Restorer } from "./backup/restore.ts";
import { tidyStore } from "./backup/tidy_store.ts";
import { takeSnapshot } from "./backup/take_snapshot.ts";
import type { Manager } from "./backup/types.ts";
import { Uploader } from "./backup/upload.ts";
import { type Clock, systemClock } from "./base/clock.ts";
import { isAppError } from "./base/errors.ts";
import { createLogger, type Logger } from "./base/log.ts";
import { VERSION } from "./base/version.ts";
import { adaptConfig } from "./config/adapt_config.ts";
import { diffConfigFiles } from "./config/diff_config.ts";
import type { Environment } from "./config/env.ts";
import { checkConfigBytes } from "./config/load.ts";
import type { Config, Secrets } from "./config/types.ts";
import { readLibraryUser } from "./database/mod.ts";
import type { HttpApp } from "./http/environment.ts";
import type { Readiness, Services } from "./http/services.ts";
import { Audit } from "./jobs/audit.ts";
import { Lane } from "./jobs/lane.ts";
import { checkSchedule } from "./scheduler/cron.ts";
import { BackupScheduler } from "./scheduler/scheduler.ts";
import { openStateFolder, type StateFolder } from "./state/state_folder.ts";
import { fromOsError } from "./storage/os_error.ts";
import { writeAtomic } from "./storage/write_atomic.ts";

export { findKnownStore, isStore } from "./backup/store.ts";
export { addSampleBooks } from "./database/sample.ts";
export { checkSchedule } from "./scheduler/cron.ts";

/** How the house is opened. */
export interface OpenOptions {
  /** A server: it answers at once, and completes what was interrupted meanwhile. */
  readonly serve?: boolean;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** Whether the log tells of failed jobs, or only whoever started them; default `true`. */
  readonly logFailures?: boolean;
  /** The variables that went into the configuration: a restored one is checked with the same. */
  readonly environment?: Environment;
}

/** A server that listens. */
export interface Serving {
  readonly hostname: string;
  readonly port: number;
  /** Settles when the server has stopped. */
  readonly finished: Promise<void>;
}

/** How long a stopping process waits for its jobs, in milliseconds. */
const STOP_MS = 10_000;

/** What the schedule writes as description. */
const AUTO_DESCRIPTION = "自动备份";

/**
 * Puts the house together over one library.
 *
 * A one-shot command gets its house only after an interrupted restore was looked after; a server answers
 * meanwhile and says so.
 *
 * @throws {AppError} `storage.*` when the folder of backups cannot be made or read.
 */
export async function openApp(
  config: Config,
  secrets: Secrets,
  options: OpenOptions = {},
): Promise<App> {
  const clock = options.clock ?? systemClock;
  const log = options.log ?? createLogger({
    ...config.logging,
    clock,
    failures: options.logFailures ?? true,
    secrets: [secrets.signingKey, secrets.adminPassword ?? ""],
  });
  try {
    // Where nobody could read which folder it is, none is made.
    if (config.unreadable === null) {
      await Deno.mkdir(config.backup.path, { recursive: true, mode: 0o700 });
    } else await Deno.stat(config.backup.path);
  } catch (error) {
    throw fromOsError(error, config.backup.path);
  }
  const state = await openStateFolder(config.backup.path);
  const environment = options.environment ?? {};
  const app = new App(config, secrets, { clock, log, environment, state });
  await app.prepare();
  if (options.serve !== true) await app.settle();
  return app;
}

/**
 * The house: every long-lived thing, built once and handed what it needs.
 *
 * Disposing of it stops them in reverse order: no more requests, no more schedule, jobs brought to a safe point.
 */
export class App implements AsyncDisposable {
  readonly config: Config;
  readonly log: Logger;
  readonly clock: Clock;
  readonly jobs: Lane;
  /** The verbs for the command line and the schedule; what they change is in the audit. */
  readonly manager: Manager;
  readonly scheduler: BackupScheduler;
  readonly auth: Authenticator;
  readonly passwords: PasswordStore;
  readonly audit: Audit;
  readonly #catalog: Catalog;
  readonly #restorer: Restorer;
  readonly #services: Services;
  #http: Promise<HttpApp> | null = null;
  #settling: Promise<void> | null = null;
  #server: Deno.HttpServer<Deno.NetAddr> | null = null;
  #watch: Disposable | null = null;

  /** Use {@linkcode openApp}. */
  constructor(
    config: Config,
    secrets: Secrets,
    { clock, log, environment, state }: {
      clock: Clock;
      log: Logger;
      environment: Environment;
      state: StateFolder;
    },
  ) {
    const passwordPath = state.path("password.json");
    this.config = config;
    this.log = log;
    this.clock = clock;
    this.audit = new Audit({ path: state.path("audit.jsonl"), clock, log });
    this.jobs = new Lane({
      lockPath: join(config.backup.path, ".lock"),
      historyPath: state.path("jobs.jsonl"),
      clock,
      log,
      gate: () => this.#restorer.askGate(),
    });
    this.passwords = new PasswordStore({
      configured: secrets.adminPassword,
      signingKey: secrets.signingKey,
      read: () => readTextOrNull(passwordPath),
      write: (text) => writeAtomic(passwordPath, text, { mode: 0o600 }),
    });
    this.auth = new Authenticator({
      key: secrets.signingKey,
      ...config.auth,
      clock,
      passwords: this.passwords,
      findLibraryUser: (subject) => readLibraryUser(config.database.path, subject),
    });
    this.#catalog = new Catalog({
      folder: config.backup.path,
      timeZone: config.timeZone,
      fileMode: config.backup.fileMode,
      owner: () => readOwner(config),
      clock,
      log,
    });
    this.#restorer = this.#buildRestorer(environment);
    this.scheduler = this.#buildScheduler();
    const manager = this.#buildManager(state);
    this.manager = auditedManager(manager, this.audit);
    this.#services = {
      config,
      log,
      clock,
      manager,
      jobs: this.jobs,
      scheduler: this.scheduler,
      auth: this.auth,
      tickets: new Tickets({ clock }),
      audit: this.audit,
      version: VERSION,
      readiness: () => this.#readiness(),
      askReadiness: async () => {
        await this.#restorer.askGate();
        return this.#readiness();
      },
    };
  }

  /** Reads what was there before: the scheduler's state and an unfinished restore. */
  async prepare(): Promise<void> {
    await this.scheduler.load();
    await this.#restorer.look();
  }

  /**
   * Completes an interrupted restore, then removes what killed jobs left behind; once, however often it is called.
   *
   * Left alone while another process holds the lane: that process does it.
   */
  settle(): Promise<void> {
    return this.#settling ??= this.#settle();
  }

  /** Answers a request, as the server does. */
  async fetch(request: Request, info?: Partial<Deno.ServeHandlerInfo>): Promise<Response> {
    this.#http ??= openDoor(this.#services);
    return await (await this.#http).fetch(request, info ?? {});
  }

  /**
   * Keeps the schedule, listens, and completes an interrupted restore meanwhile: a backup that is due then is postponed.
   *
   * @throws `Deno.errors.AddrInUse`, `Deno.errors.AddrNotAvailable`
   */
  async startServing(): Promise<Serving> {
    const { host, port } = this.config.server;
    const generated = await this.passwords.prepare();
    if (generated !== null) {
      this.log.warn("auth.password_generated", { username: "admin", password: generated });
    }
    await (this.#http ??= openDoor(this.#services));
    // First: whoever is answered finds the schedule kept.
    await this.scheduler.start();
    const { promise: listening, resolve: listen } = Promise.withResolvers<Deno.NetAddr>();
    this.#server = Deno.serve(
      { hostname: host, port, onListen: listen },
      (request, info) => this.fetch(request, info),
    );
    const address = await listening;
    this.log.info("service.started", {
      hostname: address.hostname,
      port: address.port,
      version: VERSION,
    });
    await this.#warnAtStart();
    this.#watch = this.#restorer.watch();
    this.settle().then(() => this.#warnOfStore())
      .catch((error) => this.log.error("service.tidy_failed", { error }));
    return {
      hostname: address.hostname,
      port: address.port,
      finished: this.#server.finished,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closing = this.#server?.shutdown();
    await this.scheduler.shutdown();
    this.#watch?.[Symbol.dispose]();
    const ended = await this.jobs.stop(STOP_MS);
    if (!ended) this.log.warn("service.stop_timed_out", { seconds: STOP_MS / 1000 });
    await this.scheduler.idle();
    await this.#settling?.catch(() => {/* told where it was asked for */});
    await closing;
  }

  async #settle(): Promise<void> {
    await this.#restorer.recover();
    try {
      await this.jobs.hold(async () => {
        await tidyStore({ catalog: this.#catalog, log: this.log });
      }, { brief: true });
    } catch (error) {
      // What cannot be written to can still be read: nothing of it is lost by not being tidied.
      if (!isAppError(error)) throw error;
      if (error.code !== "job.busy") this.log.warn("service.tidy_failed", { error });
    }
  }

  #readiness(): Readiness {
    const refusal = this.#restorer.gate();
    if (refusal === null) return { ready: true, reason: null };
    return { ready: false, reason: this.manager.restoreStatus().reason };
  }

  async #warnAtStart(): Promise<void> {
    for (const notice of this.config.warnings) this.log.warn("config.warning", { notice });
    for (const notice of await probeAccess(this.config)) {
      this.log.warn("access.warning", { notice });
    }
  }

  /** Apart, for the first listing of a store reads what it has not seen before. */
  async #warnOfStore(): Promise<void> {
    const backups = await this.#catalog.list();
    for (const notice of [...strangerWarnings(backups), ...aheadWarnings(backups)]) {
      this.log.warn("store.warning", { notice });
    }
  }

  #buildRestorer(environment: Environment): Restorer {
    const { config, clock, log, jobs } = this;
    const catalog = this.#catalog;
    return new Restorer({
      config,
      clock,
      log,
      jobs,
      catalog,
      configTools: {
        adapt: adaptConfig,
        diff: diffConfigFiles,
        check: async (bytes) =>
          void await checkConfigBytes(bytes, {
            path: config.path,
            root: config.root,
            environment,
            checkSchedule,
            // Whatever kept the key from us is not the backup's fault.
            mayLackKey: config.unreadable !== null,
          }),
      },
      takeSnapshot: (context, request) =>
        takeSnapshot({ config, clock, log, catalog }, context, request),
      withLane: (work, options) => jobs.hold(work, options),
    });
  }

  #buildScheduler(): BackupScheduler {
    const { backup, timeZone } = this.config;
    return new BackupScheduler({
      clock: this.clock,
      log: this.log,
      timeZone,
      stateFile: backup.stateFile,
      configured: {
        enabled: backup.autoEnabled,
        schedule: backup.autoSchedule,
        drillSchedule: backup.drillSchedule,
      },
      runBackup: async () => {
        const request = {
          kind: "auto",
          description: AUTO_DESCRIPTION,
          actor: "scheduler",
        } as const;
        return await (await this.manager.create(request)).result;
      },
      runDrill: async () => await (await this.manager.drill({ actor: "scheduler" })).result,
      hasAutoBackups: async () =>
        (await this.#catalog.list()).some(({ kind, other_library }) =>
          kind === "auto" && !other_library
        ),
    });
  }

  #buildManager(state: StateFolder): BackupManager {
    const { config, clock, log, jobs, scheduler } = this;
    const catalog = this.#catalog;
    return new BackupManager({
      config,
      clock,
      log,
      jobs,
      catalog,
      restorer: this.#restorer,
      uploader: new Uploader({ config, clock, log, jobs, catalog }),
      isAutoEnabled: () => scheduler.getStatus().auto_backup_enabled,
      drills: new DrillHistory({ path: state.path("drills.jsonl"), log }),
    });
  }
}

/** Loaded when it is first needed: a one-shot command has no use for a server. */
async function openDoor(services: Services): Promise<HttpApp> {
  const { createServer } = await import("./http/server.ts");
  return createServer(services);
}

async function readTextOrNull(path: string): Promise<string | null> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw fromOsError(error, path);
  }
}
