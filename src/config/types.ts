import type { LogLevel } from "../base/log.ts";
import type { Language, Notice } from "../base/messages/mod.ts";

/** What a backup can hold. */
export type Part = "database" | "covers" | "config" | "extra";

/** Every {@linkcode Part}, in the order of an archive. */
export const PARTS: readonly Part[] = ["database", "covers", "config", "extra"];

/** The configuration after reading and checking: every path absolute, every value in range. */
export interface Config {
  /** The file it was read from; `null` when there is none and defaults apply. */
  readonly path: string | null;
  /**
   * Why that file could not be read, and what is used instead; `null` when it was read, or need not be there. Then a
   * backup is never pruned for a count that nobody could read.
   */
  readonly unreadable: Notice | null;
  /** The library's root folder. */
  readonly root: string;
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly trustedProxies: readonly string[];
    readonly maxUploadBytes: number;
  };
  readonly database: {
    readonly path: string;
    /** Folder of Alembic migration scripts; need not exist. */
    readonly migrations: string;
  };
  /** Folder of cover images. */
  readonly covers: string;
  readonly auth: {
    readonly algorithm: "HS256" | "HS384" | "HS512";
    readonly tokenMinutes: number;
    readonly libraryTokens: "all" | "read" | "off";
  };
  readonly logging: {
    readonly level: LogLevel;
    readonly format: "json" | "text";
    readonly language: Language;
  };
  /** IANA name. */
  readonly timeZone: string;
  readonly backup: {
    readonly path: string;
    readonly retentionCount: number;
    readonly snapshotRetentionCount: number;
    readonly autoEnabled: boolean;
    readonly autoSchedule: string;
    /** Empty when drills are off. */
    readonly drillSchedule: string;
    readonly defaultIncludes: readonly Part[];
    /** 0 to 9. */
    readonly compressionLevel: number;
    readonly verifyAfterCreate: boolean;
    readonly stateFile: string;
    /** Bytes that every job must leave free; `null`: 1 GiB or 5 % of the volume, the smaller. */
    readonly reserveBytes: number | null;
    readonly fileMode: number;
    /** More files or folders of the library; absolute, inside the root. `*` and `?` in a name are wildcards. */
    readonly extraPaths: readonly string[];
  };
  /** Things worth telling the administrator at start, each a sentence in both languages. */
  readonly warnings: readonly Notice[];
}

/** Kept apart from {@linkcode Config}, so that printing a configuration can never print them. */
export interface Secrets {
  /** Signs and checks tokens; at least 32 bytes. Shared with the library. */
  readonly signingKey: string;
  /** Password of the built-in login, when configured. */
  readonly adminPassword: string | null;
}
