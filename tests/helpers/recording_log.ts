import type { Logger } from "../../src/base/log.ts";
import { createLogger, type LogLevel } from "../../src/base/log.ts";
import { systemClock } from "../../src/base/clock.ts";

/** A logger that keeps its lines for the test to look at. */
export interface RecordingLogger extends Logger {
  readonly lines: string[];
}

/** Makes a {@linkcode RecordingLogger}; every level by default. */
export function recordingLog(level: LogLevel = "DEBUG", secrets: string[] = []): RecordingLogger {
  const lines: string[] = [];
  const log = createLogger({
    level,
    format: "text",
    language: "zh",
    clock: systemClock,
    secrets,
    write: (line) => lines.push(line),
  });
  return { ...log, lines };
}
