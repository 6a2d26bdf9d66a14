import { createHash } from "node:crypto";
import { join } from "node:path";
import { AppError, isAppError } from "../base/errors.ts";
import type { Notice } from "../base/messages/mod.ts";
import type { Part } from "../config/types.ts";
import { fromOsError, isOsError } from "../storage/os_error.ts";
import { syncFolder } from "../storage/sync_folder.ts";
import { writeAtomic } from "../storage/write_atomic.ts";

/** Where a restore stands; RESTORE.md draws the ways between them. */
export type RestoreState =
  | "planned"
  | "staged"
  | "saved"
  | "committed"
  | "applied"
  | "done"
  | "abandoning"
  | "abandoned"
  | "rolling_back"
  | "rolled_back";

/** The states in which live data may have changed: a stop is completed, not forgotten. */
export const BINDING_STATES: readonly RestoreState[] = [
  "committed",
  "applied",
  "abandoning",
  "rolling_back",
];

/** How the database is to be overwritten, and how to tell afterwards whether it was. */
export interface DatabaseStep {
  readonly live: string;
  readonly staged: string;
  /** Of `staged`, as `readContents()` hashes it. */
  readonly schemaHash: string;
  /** `PRAGMA schema_version` of the live file before; 0 when there is no readable database. */
  readonly schemaVersion: number;
  /** The overwriting was begun; until then nothing that happens to the live file is its doing. */
  readonly isBegun: boolean;
  /** What is overwritten came of the old content. After a resume that started over it may not: to write nothing is no way back then. */
  readonly isLiveOld: boolean;
  /** The live file is no database any more and is overwritten in place. */
  readonly isLiveDamaged: boolean;
  /** There was no live file. */
  readonly wasAbsent: boolean;
  /** The live file was no database any more. */
  readonly wasDamaged: boolean;
  /** What the live file is known by, see `identityOf()`, since the database was written, there or back. */
  readonly writtenTo: string | null;
  /** Permission bits that a new file gets. */
  readonly mode?: number;
  /** A copy of the old content in staging, newer than the snapshot or instead of one. */
  readonly old: string | null;
  /** The way back, once it has begun: what `staged` and the hashes are for the way there. */
  readonly back: {
    readonly staged: string;
    readonly schemaHash: string;
    readonly schemaVersion: number;
    readonly isBegun: boolean;
    /** What is overwritten then is no database any more. */
    readonly isLiveDamaged: boolean;
    /** Copy of what is overwritten then, in the kept folder; `null`: there was nothing. */
    readonly kept: string | null;
    /** What the live database looked like when it was copied, see `markContent()`. */
    readonly keptMark: string | null;
  } | null;
}

/** A part that is a tree of files, swapped one by one. */
export type FilesPart = Extract<Part, "covers" | "extra">;

/** How the files of a part are to be swapped. Their paths are those in the archive, without the part's folder. */
export interface FilesStep {
  readonly part: FilesPart;
  readonly mode: "exact" | "add_missing";
  /** With `exact`: the folders from which files go that the backup lacks; an empty name is all of them. */
  readonly exactIn: readonly string[];
  /** One for each mount. */
  readonly stagings: readonly FilesStaging[];
  /** The backup's ZIP: where a file comes from that was left alone and changed after all. */
  readonly archive: string;
  /** List of the files of the backup. */
  readonly list: string;
  /** List of the files as they were saved before; everything else was added or changed since. */
  readonly record: string;
}

/** A staging folder and the part of the live tree that renames reach from it. */
export interface FilesStaging {
  /** Absolute. */
  readonly path: string;
  /** The files that it is for: the folder that leads to them; empty: all. */
  readonly under: string;
  /** The live folder that `under` means, links resolved. */
  readonly root: string;
}

/** One config file to be replaced. */
export interface ConfigFile {
  readonly name: string;
  /** Where it goes, links resolved. */
  readonly target: string;
  /** `null`: the file goes. */
  readonly staged: string | null;
  /** Copy of what was there; `null` when nothing was. */
  readonly old: string | null;
  /** It is this service's own configuration. */
  readonly isOurs: boolean;
  /** What was there could not be read as a configuration: a person may want to look at it. */
  readonly keepOld?: boolean;
  /** Permission bits that a new file gets. */
  readonly mode?: number;
}

/** What the journal file says. Every path in it is absolute. */
export interface Journal {
  readonly id: string;
  /** Grows with every restore of this library: a journal older than the last one is superseded. */
  readonly sequence: number;
  readonly state: RestoreState;
  readonly backupId: string;
  readonly parts: readonly Part[];
  readonly jobId: string;
  readonly actor: string;
  readonly startedAt: string;
  readonly snapshot: {
    readonly backupId: string;
    readonly archive: string;
    /** It holds the bytes of a database too damaged to copy. */
    readonly raw: boolean;
  } | null;
  /** The staging folder beside the live database. */
  readonly staging: string;
  /** Folders in which, at any depth, staging folders of {@linkcode Journal.files} may lie. */
  readonly filesFolders: readonly string[];
  /** Folders that are made for {@linkcode Journal.files}, the innermost first: they go again with a restore that comes to nothing. */
  readonly madeFolders?: readonly string[];
  /** Folders that the restore which is undone had made: they go when they are empty. */
  readonly unmadeFolders?: readonly string[];
  readonly database: DatabaseStep | null;
  readonly files: readonly FilesStep[];
  readonly config: readonly ConfigFile[];
  /** Parts whose new content is live and durable. */
  readonly applied: readonly Part[];
  /** Parts that are back to their old content. */
  readonly returned: readonly Part[];
  readonly bytes: number;
  /** Failed attempts since the state last changed. */
  readonly tries: number;
  readonly lastError: Notice | null;
  /** Only a person can decide. */
  readonly stuck: boolean;
}

/** What {@linkcode JournalFile.read} found. */
export type JournalReading =
  | { readonly kind: "absent" }
  | { readonly kind: "found"; readonly journal: Journal }
  | { readonly kind: "damaged"; readonly found: string };

const FORMAT = 1;

/** The one file that says how far a restore has come. Small, whole, and on disk before the next step begins. */
export class JournalFile {
  readonly path: string;
  readonly #folder: string;

  /** @param folder The live database's folder. */
  constructor(folder: string) {
    this.#folder = folder;
    this.path = join(folder, ".shuku-restore.json");
  }

  /**
   * Reads the journal; damage is an answer, not an error.
   *
   * @throws {AppError} `storage.*` when the file is there and cannot be read.
   */
  async read(): Promise<JournalReading> {
    let text: string;
    try {
      text = await Deno.readTextFile(this.path);
    } catch (error) {
      if (isOsError(error, "ENOENT")) return { kind: "absent" };
      throw fromOsError(error, this.path);
    }
    return parse(text);
  }

  /** Writes the journal, durable when this returns. */
  async write(journal: Journal): Promise<void> {
    const body = JSON.stringify(journal);
    await writeAtomic(
      this.path,
      JSON.stringify({ format: FORMAT, check: sha256(body), body: journal }, null, 1),
      { mode: 0o600 },
    );
  }

  /** Removes the journal, durably; nothing when there is none. */
  async remove(): Promise<void> {
    try {
      await Deno.remove(this.path);
    } catch (error) {
      if (!isOsError(error, "ENOENT")) throw fromOsError(error, this.path);
    }
    await syncFolder(this.#folder);
  }

  /**
   * Renames a journal that must not be followed, so that nothing is ever lost with it.
   *
   * @param reason Goes into the name, such as `damaged`.
   * @returns The new path.
   */
  async setAside(reason: string): Promise<string> {
    const suffix = crypto.getRandomValues(new Uint8Array(4)).toHex();
    const path = join(this.#folder, `.shuku-restore.${reason}-${suffix}.json`);
    try {
      await Deno.rename(this.path, path);
    } catch (error) {
      throw fromOsError(error, this.path);
    }
    await syncFolder(this.#folder);
    return path;
  }
}

/** A journal open for changes: each is on disk before {@linkcode OpenJournal.update} returns. */
export class OpenJournal {
  readonly #file: JournalFile;
  readonly #onChange: (journal: Journal | null) => void;
  #journal: Journal;

  /** @param onChange Hears each change after it is durable; `null`: the journal is gone. */
  constructor(
    file: JournalFile,
    journal: Journal,
    onChange: (journal: Journal | null) => void = () => {},
  ) {
    this.#file = file;
    this.#journal = journal;
    this.#onChange = onChange;
  }

  /** What the file says. */
  get now(): Journal {
    return this.#journal;
  }

  /** Changes fields, durably. A new state starts a new count of tries. */
  async update(change: Partial<Journal>): Promise<void> {
    const fresh = change.state !== undefined && change.state !== this.#journal.state
      ? { tries: 0, lastError: null, stuck: false }
      : {};
    const next = { ...this.#journal, ...fresh, ...change };
    await this.#file.write(next);
    this.#journal = next;
    this.#onChange(next);
  }

  /** Changes fields in memory alone: notes, when the disk takes none. Never what the next step relies on. */
  remember(change: Pick<Partial<Journal>, "tries" | "lastError" | "stuck">): void {
    this.#journal = { ...this.#journal, ...change };
    this.#onChange(this.#journal);
  }

  /** Removes the file. */
  async remove(): Promise<void> {
    await this.#file.remove();
    this.#onChange(null);
  }
}

/** Names a restore; part of the names of its staging folders. */
export function newRestoreId(): string {
  return crypto.getRandomValues(new Uint8Array(8)).toHex();
}

/** Tells whether an error says that somebody else holds the database: worth another try, whatever it takes. */
export function isBusy(error: unknown): boolean {
  return isAppError(error, "database.busy") ||
    (isAppError(error, "database.timeout") && !isUnstoppable(error));
}

/** Tells whether the failed overwriting of the database may still happen until this process ends. */
export function isUnstoppable(error: unknown): boolean {
  return isAppError(error, "database.timeout") && error.details["unstoppable"] === true;
}

function parse(text: string): JournalReading {
  let value: { format?: unknown; check?: unknown; body?: unknown };
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: "damaged", found: "not JSON" };
    throw error;
  }
  if (value?.format !== FORMAT) {
    return { kind: "damaged", found: `format ${String(value?.format)}, expected ${FORMAT}` };
  }
  if (value.check !== sha256(JSON.stringify(value.body ?? null))) {
    return { kind: "damaged", found: "checksum does not match" };
  }
  return { kind: "found", journal: asOfNow(value.body as Journal | EarlierJournal) };
}

/** What an earlier version wrote: covers were the only files, all below one folder. */
type EarlierJournal = Omit<Journal, "files" | "filesFolders"> & {
  readonly coversFolder: string | null;
  readonly covers:
    | Omit<FilesStep, "part" | "stagings" | "exactIn"> & {
      readonly folder: string;
      readonly stagings: readonly Omit<FilesStaging, "root">[];
    }
    | null;
};

/** So that what an earlier version left unfinished is finished after an upgrade, too. */
function asOfNow(found: Journal | EarlierJournal): Journal {
  const journal = { ...found, database: stepAsOfNow(found.database) };
  if (!("coversFolder" in journal)) return journal;
  const { covers, coversFolder, ...others } = journal;
  const filesFolders = coversFolder === null ? [] : [coversFolder];
  if (covers === null) return { ...others, filesFolders, files: [] };
  const { folder, stagings, ...step } = covers;
  const withRoots = stagings.map((staging) => ({ ...staging, root: join(folder, staging.under) }));
  const now: FilesStep = { ...step, part: "covers", exactIn: [""], stagings: withRoots };
  return { ...others, filesFolders, files: [now] };
}

/** What an earlier version did not write down is taken as it took it. */
function stepAsOfNow(step: DatabaseStep | null): DatabaseStep | null {
  if (step === null) return null;
  return {
    ...step,
    wasDamaged: step.wasDamaged ?? step.isLiveDamaged,
    writtenTo: step.writtenTo ?? null,
    back: step.back === null ? null : {
      ...step.back,
      isLiveDamaged: step.back.isLiveDamaged ?? false,
      keptMark: step.back.keptMark ?? null,
    },
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/**
 * Makes the error for a volume that is not mounted: the staging folder at `path` that the journal names is not
 * there, or it is there and its journal is not.
 */
export function volumeMissing(path: string, missing: "staging" | "journal"): AppError {
  return new AppError("restore.volume_missing", { path, missing });
}
