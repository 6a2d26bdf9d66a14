import type { Program } from "../measure/run_measured.ts";

/** Where the contest takes place. */
export interface Ground {
  /** The library to back up. */
  readonly library: string;
  /** An empty folder on the same disk, for one contestant and one round. */
  readonly work: string;
}

/** Ground with an archive of ours on it, for those who read. */
export interface ReadingGround extends Ground {
  /** Folder of backups with one in it. */
  readonly store: string;
  readonly backupId: string;
  /** Path of that backup. */
  readonly archive: string;
}

/** Ground with a library that is to become as the archive. */
export interface RestoringGround extends ReadingGround {
  /** A library with the same database and without covers. */
  readonly target: string;
}

/** Someone who does the same work with another program. */
export interface Contestant {
  readonly name: string;
  /** Programs that must be installed. */
  readonly needs: readonly string[];
  /** Takes minutes to make a backup of gigabytes and would say nothing new there. */
  readonly isSlow?: boolean;
  /** How a backup is made, and where what was made can be weighed. */
  readonly create?: (ground: Ground) => Promise<Creating>;
  readonly validate?: (ground: ReadingGround) => Promise<Program>;
  readonly restore?: (ground: RestoringGround) => Promise<Program>;
}

/** A backup to make. */
export interface Creating extends Program {
  /** The file or folder that holds it. */
  readonly made: string;
}

/** A program that a POSIX shell runs: several steps in one measure. */
export function shell(script: string, env: Record<string, string> = {}): Program {
  return { command: ["sh", "-ec", script], env };
}
