import assert from "node:assert/strict";

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
