import assert from "node:assert/strict";
import { join } from "node:path";
import { tempFolder } from "../helpers/temp_folder.ts";
import { TextLineStream } from "../helpers/text_lines.ts";

/** Registers the real heartbeat, prints a line per beat, stops at the third and must then end by itself. */
const PROGRAM = `
  import { cronHeartbeat } from ${
  JSON.stringify(new URL("../../src/scheduler/heartbeat.ts", import.meta.url).href)
};
  const aborted = new AbortController();
  aborted.abort();
  cronHeartbeat(() => console.log("never"), aborted.signal);
  const first = new AbortController();
  const second = new AbortController();
  let beats = 0;
  cronHeartbeat(() => console.log("first"), first.signal);
  first.abort();
  cronHeartbeat(() => {
    beats += 1;
    console.log("beat " + beats);
    if (beats === 3) second.abort();
  }, second.signal);
`;

Deno.test("cronHeartbeat() beats through Deno.cron until it is aborted, and can be registered again", async () => {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--unstable-cron", "-A", "-"],
    env: { DENO_CRON_TEST_SCHEDULE_OFFSET: "20" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(PROGRAM));
  await writer.close();

  const { code, stdout, stderr } = await child.output();

  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  assert.deepEqual(lines.filter((line) => line !== "first"), ["beat 1", "beat 2", "beat 3"]);
});

const SOURCE = new URL("../../src/", import.meta.url).href;

/** Keeps a schedule with both of the product's heartbeats, and ends when its backup was made. */
const KEEPER = `
  import { systemClock } from "${SOURCE}base/clock.ts";
  import { createLogger } from "${SOURCE}base/log.ts";
  import { cronHeartbeat, steadyHeartbeat } from "${SOURCE}scheduler/heartbeat.ts";
  import { BackupScheduler } from "${SOURCE}scheduler/scheduler.ts";
  const scheduler = new BackupScheduler({
    clock: systemClock,
    log: createLogger({ level: "ERROR", format: "text", language: "en", clock: systemClock }),
    timeZone: "UTC",
    stateFile: Deno.args[0],
    configured: { enabled: true, schedule: "0 10 * * *", drillSchedule: "" },
    runBackup: () => {
      console.log("backup at " + new Date(systemClock.now()).toISOString().slice(0, 13));
      scheduler.shutdown();
      return Promise.reject(new Error("not made here"));
    },
    runDrill: () => Promise.resolve(),
    heartbeat: (tick, signal) => {
      cronHeartbeat(tick, signal);
      steadyHeartbeat(tick, signal, 50);
    },
  });
  await scheduler.start();
  console.log("started");
  // The heartbeats keep no process alive, the server does.
  const serving = setInterval(() => {
    if (!scheduler.getStatus().running) clearInterval(serving);
  }, 50);
`;

Deno.test("the schedule is kept although the clock was set back by a day", async () => {
  await using folder = await tempFolder();
  const clockFile = join(folder.path, "clock");
  await Deno.writeTextFile(clockFile, "@2026-05-02 10:00:30\n");
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--unstable-cron",
      "-A",
      "-",
      `${folder.path}/state.json`,
    ],
    env: {
      TZ: "UTC",
      LD_PRELOAD: await faketimeLibrary(),
      FAKETIME_TIMESTAMP_FILE: clockFile,
      FAKETIME_NO_CACHE: "1",
      // Nobody can set that clock.
      DONT_FAKE_MONOTONIC: "1",
    },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stderr = new Response(child.stderr).text();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(KEEPER));
  await writer.close();

  const lines: string[] = [];
  for await (const line of child.stdout.pipeThrough(new TextLineStream())) {
    lines.push(line);
    if (line === "started") await Deno.writeTextFile(clockFile, "@2026-05-01 09:59:58\n");
  }

  assert.equal((await child.status).success, true, await stderr);
  assert.deepEqual(lines, ["started", "backup at 2026-05-01T10"]);
});

async function faketimeLibrary(): Promise<string> {
  const args = ["-f", "+0", "printenv", "LD_PRELOAD"];
  const { stdout } = await new Deno.Command("faketime", { args }).output();
  return new TextDecoder().decode(stdout).trim();
}
