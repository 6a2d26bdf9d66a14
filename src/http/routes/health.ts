import { createRoute, z } from "@hono/zod-openapi";
import { parseUtcTime } from "../../base/clock.ts";
import type { HttpApp } from "../environment.ts";
import { jsonAnswer } from "../schemas.ts";
import type { Services } from "../services.ts";

/** Health answers within this time, whatever the disk does. */
const PATIENCE_MS = 500;

const health = z.object({
  status: z.enum(["ok", "restoring"]),
  version: z.string(),
  last_backup_age_seconds: z.number().nullable(),
  reason: z.string().nullable(),
}).openapi("Health");

const route = createRoute({
  method: "get",
  path: "/api/health",
  operationId: "getHealth",
  tags: ["service"],
  summary: "健康检查，无需令牌",
  security: [],
  responses: {
    200: jsonAnswer(health, "正常"),
    503: jsonAnswer(health, "正在完成一次恢复"),
  },
});

/** `GET /api/health`: quick, open to all, and silent about everything but age and version. */
export function addHealth(app: HttpApp, services: Services): void {
  const { version, readiness, clock } = services;
  const newest = newestBackup(services);
  app.openapi(route, async (c) => {
    const madeAt = await newest();
    const age = madeAt === null ? null : Math.max(0, Math.round((clock.now() - madeAt) / 1000));
    const { ready, reason } = readiness();
    const body = {
      version,
      last_backup_age_seconds: age,
      reason: reason === null ? null : reason[c.var.language],
    };
    if (ready) return c.json({ status: "ok" as const, ...body }, 200);
    c.header("Retry-After", "10");
    return c.json({ status: "restoring" as const, ...body }, 503);
  });
}

/** Finds when the newest backup was made; a disk that does not answer leaves the last known answer. */
function newestBackup({ manager, log }: Services): () => Promise<number | null> {
  let known: number | null = null;
  let looking: Promise<void> | null = null;
  const look = async () => {
    try {
      const backups = await manager.list();
      const newest = backups.find(({ kind, state, future }) =>
        kind !== "snapshot" && state === "ok" && !future
      );
      known = newest === undefined ? null : parseUtcTime(newest.created_at_utc);
    } catch (error) {
      log.warn("health.list_failed", { error });
    } finally {
      looking = null;
    }
  };
  return async () => {
    looking ??= look();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS);
    });
    await Promise.race([looking, late]);
    clearTimeout(timer);
    return known;
  };
}
