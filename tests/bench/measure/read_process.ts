import { existsSync as exists } from "node:fs";

/** What a process and its children use. */
export interface ProcessUse {
  /** Sum of the high marks of resident memory. */
  readonly peakBytes: number;
  /** Sum of resident memory now. */
  readonly residentBytes: number;
  readonly cpuSeconds: number;
}

/** Ticks of the kernel's clock in a second, on every Linux there is today. */
const TICKS = 100;
const NOTHING: ProcessUse = { peakBytes: 0, residentBytes: 0, cpuSeconds: 0 };

/** Reads from `/proc` what a process and those it started use; zeros where there is no `/proc` or process. */
export function readProcess(pid: number): ProcessUse {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return childrenOf(pid).map(readProcess).reduce(add, {
      peakBytes: kibibytes(status, "VmHWM"),
      residentBytes: kibibytes(status, "VmRSS"),
      // Fields 14 to 17: its own and its waited-for children's time.
      cpuSeconds: readSeconds(pid, [11, 12, 13, 14]),
    });
  } catch {
    // It ended while being read: what was seen before counts.
    return NOTHING;
  }
}

/** Reads what the ended children of this process, and theirs, have used; 0 where there is no `/proc`. */
export function readChildrenSeconds(): number {
  return exists("/proc/self/stat") ? readSeconds("self", [13, 14]) : 0;
}

function readSeconds(pid: number | "self", fields: readonly number[]): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  // The name may hold spaces; what follows it does not.
  const values = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields.reduce((sum, index) => sum + Number(values[index] ?? 0), 0) / TICKS;
}

/** Sets the high mark of a process's memory back to what it holds now. */
export function resetPeak(pid: number): void {
  Deno.writeTextFileSync(`/proc/${pid}/clear_refs`, "5");
}

function childrenOf(pid: number): number[] {
  return Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).split(" ")
    .filter((text) => text.trim() !== "").map(Number);
}

function kibibytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) * 1024;
}

function add(left: ProcessUse, right: ProcessUse): ProcessUse {
  return {
    peakBytes: left.peakBytes + right.peakBytes,
    residentBytes: left.residentBytes + right.residentBytes,
    cpuSeconds: left.cpuSeconds + right.cpuSeconds,
  };
}
