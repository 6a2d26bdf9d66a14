import type { Result } from "./contest.ts";
import type { Floor } from "./floor.ts";
import type { PhaseTimes } from "./phases.ts";
import type { Figure } from "./server/measure_server.ts";

/** Everything measured on one library. */
export interface LibraryReport {
  readonly name: string;
  readonly databaseBytes: number;
  readonly coverBytes: number;
  readonly covers: number;
  readonly create: readonly Result[];
  readonly validate: readonly Result[];
  readonly restore: readonly Result[];
  readonly phases: PhaseTimes;
  readonly floor: Floor;
}

/** The machine, so that figures can be read years later. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly os: string;
  readonly deno: string;
  /** Load of the last minute, when it began: what else was running. */
  readonly load: number;
}

/** The result of one run of the bench. */
export interface Report {
  readonly date: string;
  readonly machine: Machine;
  readonly rounds: number;
  readonly libraries: readonly LibraryReport[];
  readonly server: readonly Figure[];
}

/** Describes this machine. */
export function describeMachine(): Machine {
  const info = readOr("/proc/cpuinfo", "");
  const { total } = Deno.systemMemoryInfo();
  return {
    cpu: /^model name\s*:\s*(.+)$/m.exec(info)?.[1] ?? Deno.build.arch,
    cores: navigator.hardwareConcurrency,
    memoryBytes: total,
    os: `${Deno.build.os} ${Deno.osRelease()}`,
    deno: Deno.version.deno,
    load: Deno.loadavg()[0] ?? 0,
  };
}

function readOr(path: string, otherwise: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    // Not Linux.
    return otherwise;
  }
}
