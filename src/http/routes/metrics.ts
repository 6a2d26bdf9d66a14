import { isLoopback } from "../../auth/peer_address.ts";
import { parseUtcTime } from "../../base/clock.ts";
import { connectedAddress } from "../middleware/reader.ts";
import { bearerToken } from "../middleware/authenticate.ts";
import type { HttpApp } from "../environment.ts";
import { type Metric, writeMetrics } from "../write_metrics.ts";
import type { Services } from "../services.ts";

/** `GET /metrics`: for Prometheus, with an administrator's token or from this machine itself. */
export function addMetrics(app: HttpApp, services: Services): void {
  app.get("/metrics", async (c) => {
    // A proxy on this machine speaks for others: what it forwards is not local.
    const isForwarded = c.req.header("X-Forwarded-For") !== undefined ||
      c.req.header("Forwarded") !== undefined;
    if (isForwarded || !isLoopback(connectedAddress(c.env))) {
      const token = bearerToken(c.req.header("Authorization"));
      c.set("identity", await services.auth.authenticate(token));
    }
    const text = writeMetrics(await gather(services));
    return c.text(text, 200, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" });
  });
}

async function gather(services: Services): Promise<Metric[]> {
  const { manager, jobs, scheduler, version, readiness } = services;
  const [stats, backups, runs] = await Promise.all([manager.stats(), manager.list(), jobs.list()]);
  const status = scheduler.getStatus();
  const made = backups.filter(({ kind, future, other_library }) =>
    kind !== "snapshot" && !future && !other_library
  );
  const gauge = (name: string, help: string, value: number | null, labels = {}): Metric => ({
    name: `shuku_backup_${name}`,
    help,
    value,
    labels,
  });
  return [
    gauge("info", "Version of the service.", 1, { version }),
    gauge("ready", "0 while a restore is being completed.", readiness().ready ? 1 : 0),
    gauge("backups", "Backups in the store.", stats.total_backups),
    gauge("snapshots", "Snapshots taken before restores.", stats.snapshot_count),
    gauge(
      "damaged",
      "Backups known to be damaged.",
      backups.filter(({ state }) => state === "damaged").length,
    ),
    gauge("size_bytes", "Bytes of all backups.", stats.total_size),
    gauge("free_bytes", "Bytes free on the store's volume.", stats.free_bytes),
    gauge("volume_bytes", "Bytes of the store's volume.", stats.total_bytes),
    gauge(
      "last_success_timestamp_seconds",
      "When the newest backup was made.",
      seconds(made[0]?.created_at_utc),
    ),
    gauge(
      "last_verified_timestamp_seconds",
      "When the newest verified backup was verified.",
      seconds(stats.latest_verified?.verified_at),
    ),
    gauge("job_running", "1 while a job runs.", runs.some(isRunning) ? 1 : 0),
    gauge("auto_backup_enabled", "1 when the schedule is on.", status.auto_backup_enabled ? 1 : 0),
    gauge(
      "last_scheduled_run_failed",
      "1 when the last scheduled or triggered run failed.",
      status.last_status === "失败" ? 1 : 0,
    ),
    gauge(
      "next_run_timestamp_seconds",
      "When the schedule runs next.",
      seconds(status.next_run),
    ),
    gauge(
      "last_drill_passed",
      "1 when the last restore drill passed, 0 when it did not.",
      stats.last_drill === null ? null : stats.last_drill.result === "passed" ? 1 : 0,
    ),
    gauge(
      "last_drill_timestamp_seconds",
      "When the last restore drill was done.",
      seconds(stats.last_drill?.at),
    ),
  ];
}

function isRunning(job: { state: string }): boolean {
  return job.state === "running";
}

function seconds(time: string | null | undefined): number | null {
  const instant = time === null || time === undefined ? null : parseUtcTime(time);
  return instant === null ? null : instant / 1000;
}
