import type { Notice } from "../base/messages/mod.ts";

/** Gives a job's phase its name for a person; a phase without one is shown as it is. */
export function phaseName(phase: string): Notice {
  return NAMES.get(phase) ?? { zh: phase, en: phase };
}

const NAMES: ReadonlyMap<string, Notice> = new Map([
  ["starting", { zh: "准备", en: "Starting" }],
]);
