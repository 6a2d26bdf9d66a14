import type { Result } from "./contest.ts";
import type { LibraryReport, Report } from "./report.ts";
import { judge } from "./targets.ts";

const MIB = 1_048_576;

/** Writes a report as Markdown. */
export function renderReport(report: Report): string {
  const { machine } = report;
  const memory = Math.round(machine.memoryBytes / 1024 / MIB);
  const parts = [
    `${report.date}. ${machine.cores} cores (${machine.cpu}), ${memory} GiB, ${machine.os}, ` +
    `Deno ${machine.deno}; load ${machine.load.toFixed(1)} when it began; ` +
    `median of ${report.rounds}, contestants in turn.`,
    ...report.libraries.map(renderLibrary),
  ];
  if (report.server.length > 0) parts.push(renderServer(report));
  return `${parts.join("\n\n")}\n`;
}

function renderLibrary(library: LibraryReport): string {
  const bytes = library.databaseBytes + library.coverBytes;
  const { phases } = library;
  const title = `### ${library.name}: database ${megabytes(library.databaseBytes)}, ` +
    `${library.covers} covers of ${megabytes(library.coverBytes)}`;
  const phaseRows = Object.entries(phases.seconds).filter(([, seconds]) => seconds >= 0.005)
    .map(([name, seconds]) => [
      name,
      seconds.toFixed(2),
      (phases.cpuSeconds[name] ?? 0).toFixed(2),
    ]);
  return [
    title,
    ...(["create", "validate", "restore"] as const).filter((verb) => library[verb].length > 0)
      .map((verb) => renderContest(verb, library[verb], bytes)),
    renderTable(["phase of create", "s", "CPU s"], phaseRows),
    renderFloor(library),
    renderTable(
      ["target", "measured", "limit", ""],
      judge(library).map(({ text, measured, limit }) => [
        text,
        precise(measured),
        precise(limit),
        measured <= limit ? "met" : "**missed**",
      ]),
    ),
  ].join("\n\n");
}

function renderFloor({ floor, create }: LibraryReport): string {
  const speed = (bytes: number | null) => bytes === null ? "?" : `${megabytes(bytes)}/s`;
  const disk = `disk writes ${speed(floor.writeBytesPerSecond)}, reads ` +
    speed(floor.readBytesPerSecond);
  const deflate = `libdeflate -6 on all cores ${speed(floor.deflateBytesPerSecond)}, our own ` +
    `deflate ${speed(floor.ownDeflateBytesPerSecond)}`;
  const { inflate, md5, sha256 } = floor.readBack;
  const back = `reading back on one core: zlib inflates ${speed(inflate)}, MD5 ${speed(md5)}, ` +
    `SHA-256 ${speed(sha256)}`;
  const { createSeconds, verifiedSeconds } = floor;
  if (createSeconds === null || verifiedSeconds === null) {
    return `Floor: ${disk}; ${deflate}; ${back}.`;
  }
  const times = (floorSeconds: number) =>
    `${floorSeconds.toFixed(2)} s (ours: ${
      ((create[0]?.seconds ?? Number.NaN) / floorSeconds).toFixed(2)
    } times that)`;
  return `Floor: ${disk}; ${deflate}; ${back}. Create could take ${times(createSeconds)}; ` +
    `with every byte read back, inflated and hashed on all cores, ${times(verifiedSeconds)}.`;
}

function renderContest(verb: string, results: readonly Result[], bytes: number): string {
  const ours = results[0]?.seconds ?? Number.NaN;
  return renderTable(
    [verb, "s", "MB/s", "times ours", "CPU s", "peak MiB", "made MB"],
    results.map((result) => [
      result.name,
      result.seconds.toFixed(2),
      (bytes / 1e6 / result.seconds).toFixed(0),
      (result.seconds / ours).toFixed(2),
      result.cpuSeconds.toFixed(1),
      (result.peakBytes / MIB).toFixed(0),
      result.madeBytes === null ? "" : (result.madeBytes / 1e6).toFixed(1),
    ]),
  );
}

function renderServer(report: Report): string {
  const rows = report.server.map(({ name, value, unit, limit }) => [
    name,
    `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`,
    limit === null ? "" : `${limit} ${unit}`,
    limit === null ? "" : value < limit ? "met" : "**missed**",
  ]);
  return `### Server\n\n${renderTable(["figure", "measured", "limit", ""], rows)}`;
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((_, index) => index === 0 ? "---" : "---:");
  return [line(head), line(rule), ...rows.map(line)].join("\n");
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

function precise(value: number): string {
  return value < 10 ? value.toFixed(3) : value.toFixed(0);
}
