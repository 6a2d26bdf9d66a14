/** Starts a job that never ends, says so, and waits to be killed. */
import { systemClock } from "../../src/base/clock.ts";
import { Lane } from "../../src/jobs/lane.ts";
import { recordingLog } from "./recording_log.ts";

const [folder = "."] = Deno.args;
const lane = new Lane({
  lockPath: `${folder}/.lock`,
  historyPath: `${folder}/.jobs.jsonl`,
  clock: systemClock,
  log: recordingLog(),
});
await lane.start({ kind: "create", actor: "admin" }, () => new Promise<void>(() => {}));
await Deno.stdout.write(new TextEncoder().encode("holding\n"));
