import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import type { Journal } from "./journal.ts";

/** What a restore is given by the rooms above. */
export interface RestoreHost {
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly configTools: ConfigTools;
  /** Waits; injected so that tests need not. */
  readonly sleep: (ms: number) => Promise<void>;
  /** How long another program's lock on the database is waited for. */
  readonly lockTimeoutMs?: number | undefined;
  /** How long overwriting the database may stand still before the process is ended over it. */
  readonly stallTimeoutMs?: number | undefined;
  /**
   * Ends the process. Called when SQLite can no longer be stopped from applying what was given up: only then is
   * it certain that it never will.
   */
  readonly endProcess: () => void;
  /** Whether this process goes on trying what is left unfinished; a command ends instead. */
  readonly isTriedAgain: () => boolean;
  /** Hears each durable change of the journal; `null`: there is none any more. */
  readonly onJournal: (journal: Journal | null) => void;
  /** The restore has ended, one way or the other: what was held for it may be let go. Repeatable. */
  readonly release: (journal: Journal) => Promise<void>;
}

/** What the room `config/` knows about config files, handed in. */
export interface ConfigTools {
  /** The backup's configuration, with the keys that stay this machine's unless `machineKeys`. */
  readonly adapt: (
    backup: Uint8Array,
    live: Uint8Array | null,
    options: { readonly machineKeys: boolean },
  ) => AdaptedConfig;
  /** Resolves when this service would start with a configuration; rejects with `config.*`. */
  readonly check: (bytes: Uint8Array) => Promise<void>;
  /** What differs between two configurations; secrets masked. */
  readonly diff: (before: Uint8Array | null, after: Uint8Array) => readonly ConfigChange[];
}

/** See {@linkcode ConfigTools.adapt}. */
export interface AdaptedConfig {
  readonly bytes: Uint8Array;
  readonly changed: readonly (ConfigChange & { readonly kept: boolean })[];
  /** What is wrong with the live file, which counts as none: a copy of it is to be kept. */
  readonly liveProblem: Notice | null;
}

/** One key that differs. */
export interface ConfigChange {
  readonly key: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Hears how a restore gets on. */
export interface RestoreProgress {
  phase(name: string, totalBytes?: number | null): void;
  advance(bytes: number): void;
  reach(doneBytes: number, totalBytes?: number | null): void;
  warn(notice: Notice): void;
}

/** For work that nobody watches. */
export const silentProgress: RestoreProgress = {
  phase: () => {},
  advance: () => {},
  reach: () => {},
  warn: () => {},
};
