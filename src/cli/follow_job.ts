import { humanBytes, visibleText } from "../base/text.ts";
import type { JobDocument, StartedJob } from "../jobs/types.ts";
import { phaseName } from "./phase_name.ts";
import type { Terminal } from "./terminal.ts";
import { cutText } from "./text_width.ts";
import type { CommandApp, VerbContext } from "./verb.ts";

/** Waits for a job, with a progress bar when a person looks at a screen. Rejects with the job's error. */
export async function followJob<Result>(
  { terminal, json }: Pick<VerbContext, "terminal" | "json">,
  app: Pick<CommandApp, "jobs">,
  { job, result }: StartedJob<Result>,
): Promise<Result> {
  if (json || !terminal.isScreen) return await result;
  using _watch = app.jobs.watch(job.job_id, (now) => {
    if (now.state === "running") terminal.redraw(progressLine(now, terminal));
  });
  try {
    return await result;
  } finally {
    terminal.redraw(null);
  }
}

/** Draws one line: the phase, a bar, how much of how much, how fast and how long still. */
export function progressLine(job: JobDocument, terminal: Pick<Terminal, "say">): string {
  const { done_bytes: done, total_bytes: total, bytes_per_second: rate, eta_seconds: eta } = job;
  const share = total === null || total === 0 ? null : Math.min(1, done / total);
  const parts = [visibleText(terminal.say(phaseName(job.phase)))];
  if (share !== null) {
    const filled = Math.round(share * BAR_COLUMNS);
    parts.push(`[${"#".repeat(filled)}${".".repeat(BAR_COLUMNS - filled)}]`);
    parts.push(`${Math.floor(share * 100)}%`);
  }
  if (done > 0) parts.push(humanBytes(done) + (total === null ? "" : ` / ${humanBytes(total)}`));
  if (rate !== null) parts.push(`${humanBytes(rate)}/s`);
  if (eta !== null) parts.push(terminal.say({ zh: `还需 ${eta} 秒`, en: `${eta} s left` }));
  return cutText(parts.join(" "), LINE_COLUMNS);
}

const BAR_COLUMNS = 12;
/** A line longer than the screen would wrap, and redrawing would leave pieces of it behind. */
const LINE_COLUMNS = 79;
