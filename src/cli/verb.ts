/**
 * What a verb of the command line is, and what it is given.
 *
 * @module
 */
import type { Authenticator } from "../auth/admin.ts";
import type { PasswordStore } from "../auth/password.ts";
import type { Manager } from "../backup/types.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { Config } from "../config/types.ts";
import type { Jobs } from "../jobs/types.ts";
import type { Terminal } from "./terminal.ts";

/** The opened application, as the command line sees it: the same objects that HTTP uses. */
export interface CommandApp extends AsyncDisposable {
  /** The checked configuration. */
  readonly config: Config;
  /** The one logger. */
  readonly log: Logger;
  /** Where time comes from. */
  readonly clock: Clock;
  /** The verbs of the product. */
  readonly manager: Manager;
  /** What runs now. */
  readonly jobs: Jobs;
  /** Who may sign in. */
  readonly auth: Pick<Authenticator, "issue">;
  /** The password of the built-in login. */
  readonly passwords: Pick<PasswordStore, "isConfigured" | "prepare" | "set">;
  /** Starts HTTP and the scheduler. */
  startServing(): Promise<Serving>;
}

/** A server that listens. */
export interface Serving {
  /** The address listened on. */
  readonly hostname: string;
  /** The port listened on. */
  readonly port: number;
  /** Settles when the server has stopped. */
  readonly finished: Promise<void>;
}

/** How an application is opened. */
export interface OpenOptions {
  /** `--config`; the environment and the default decide when absent. */
  readonly configPath?: string;
  /** `--root`. */
  readonly root?: string;
  /** A server: it completes an interrupted restore, watches the schedule and says more at start. */
  readonly serve?: boolean;
  /** Goes on without a configuration file that cannot be read; see {@linkcode Verb.worksWithoutConfig}. */
  readonly withoutConfig?: boolean;
  /** Only for the demo: no variable of the environment may lead it to a real library. */
  readonly demo?: {
    readonly hostname: string;
    readonly port: number;
  };
}

/** What the command line needs from the program around it. */
export interface Host {
  /** Where to print and whom to ask. */
  readonly terminal: Terminal;
  /** Aborted by the first interrupt; its reason is `job.cancelled`. */
  readonly signal: AbortSignal;
  /**
   * Reads the configuration and opens the application.
   *
   * @throws {AppError} `config.invalid`, `config.unreadable`.
   */
  open(options: OpenOptions): Promise<CommandApp>;
  /**
   * Reads the configuration alone.
   *
   * @throws {AppError} `config.invalid`, `config.unreadable`.
   */
  readConfig(options: OpenOptions): Promise<Config>;
  /** Adds books to a SQLite library, which is made when it is missing. */
  addSampleBooks(databasePath: string, books: readonly SampleBook[]): Promise<void>;
}

/** A book of the demo. */
export interface SampleBook {
  /** Its title. */
  readonly title: string;
  /** Who wrote it. */
  readonly author: string;
  /** The shelf it stands on. */
  readonly category: string;
  /** File name in the covers folder; `null` when the book has none. */
  readonly coverPath: string | null;
}

/** Who the record of jobs and the audit name for what a command did. */
export const COMMAND_ACTOR = "cli";

/** What a verb is given. */
export interface VerbContext {
  /** Where to print and whom to ask. */
  readonly terminal: Terminal;
  /** Aborted by the first interrupt. */
  readonly signal: AbortSignal;
  /** The program around the verb. */
  readonly host: Host;
  /** Positional arguments, as many as the verb declared. */
  readonly ids: readonly string[];
  /** Print one JSON document instead of text for a person. */
  readonly json: boolean;
  /** A text option, when given. */
  text(name: string): string | undefined;
  /** Tells whether a switch is on. */
  flag(name: string): boolean;
  /** Opens the application with the `--config` and `--root` given. */
  open(options?: OpenOptions): Promise<CommandApp>;
  /** Reads the configuration with the `--config` and `--root` given, and opens nothing. */
  readConfig(): Promise<Config>;
  /** Prints the document as JSON with `--json`, else calls `human`. */
  answer(document: unknown, human: () => void): void;
}

/** An option of a verb. */
export interface VerbOption {
  /** Takes a value, or is a switch. */
  readonly type: "string" | "boolean";
  /** What stands for the value in the help, such as `N`. */
  readonly value?: string;
  /** It names a file or folder: nothing that came along with a copied value is taken for a part of it. */
  readonly isPath?: boolean;
  /** One line for `--help`. */
  readonly help: Notice;
}

/** One verb. */
export interface Verb {
  /** As typed. */
  readonly name: string;
  /** One line for the help. */
  readonly summary: Notice;
  /** Positional arguments: how many, and their name in the help. */
  readonly ids?: { readonly name: string; readonly min: 0 | 1; readonly max: 1 };
  /** Its own options, beside the common ones; one of the same name takes the common one's place. */
  readonly options?: Readonly<Record<string, VerbOption>>;
  /** Of use on the day when the configuration file is gone or ruined: it goes on with what can be found out. */
  readonly worksWithoutConfig?: boolean;
  /** Names of common options that mean nothing to it: it refuses them. */
  readonly without?: readonly string[];
  /**
   * Does what the verb says.
   *
   * @returns The exit code. Errors are reported by the caller.
   */
  run(context: VerbContext): Promise<number>;
}
