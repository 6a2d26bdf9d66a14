import { createRoute, z } from "@hono/zod-openapi";
import { parseUtcTime } from "../../base/clock.ts";
import type { Notice } from "../../base/messages/mod.ts";
import type { HttpApp } from "../environment.ts";
import { jsonAnswer } from "../schemas.ts";
import type { Services } from "../services.ts";

/** Health answers within this time, whatever the disk does. */
const PATIENCE_MS = 500;

const health = z.object({
  status: z.enum(["ok", "warning", "restoring"]),
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
    200: jsonAnswer(health, "正常；status 为 warning 时 reason 说明需要注意什么"),
    503: jsonAnswer(health, "正在完成一次恢复"),
  },
});

/**
 * `GET /api/health`: quick, open to all, and silent about everything but age, version, and what is wrong with the service
 * itself.
 */
export function addHealth(app: HttpApp, services: Services): void {
  const { version, readiness, clock, scheduler, config } = services;
  const newest = newestBackup(services);
  app.openapi(route, async (c) => {
    const madeAt = await newest();
    const age = madeAt === null ? null : Math.max(0, Math.round((clock.now() - madeAt) / 1000));
    const { ready, reason } = readiness();
    const warning = ready
      ? scheduleWarning(scheduler.minutesUnwatched()) ?? configWarning(config)
      : null;
    const body = {
      version,
      last_backup_age_seconds: age,
      reason: (reason ?? warning)?.[c.var.language] ?? null,
    };
    // The service does answer: whoever ends what is not 200 would end a backup under way.
    if (ready) return c.json({ status: warning === null ? "ok" : "warning", ...body }, 200);
    c.header("Retry-After", "10");
    return c.json({ status: "restoring" as const, ...body }, 503);
  });
}

function scheduleWarning(minutes: number | null): Notice | null {
  return minutes === null ? null : {
    zh: `已有 ${minutes} 分钟没有检查备份计划，自动备份可能不会运行；请重启本服务`,
    en:
      `The schedule has not been looked at for ${minutes} minutes, so automatic backups may not run; restart this service`,
  };
}

/** Where it is, is nobody's business here. */
function configWarning({ unreadable }: Services["config"]): Notice | null {
  return unreadable === null ? null : {
    zh: "配置文件无法读取，服务暂且不用它；原因见日志",
    en:
      "The configuration file cannot be read, and the service goes on without it; the log says why",
  };
}

/** Finds when the newest backup was made; a disk that does not answer leaves the last known answer. */
function newestBackup({ manager, log }: Services): () => Promise<number | null> {
  let known: number | null = null;
  let looking: Promise<void> | null = null;
  const look = async () => {
    try {
      const backups = await manager.list();
      const newest = backups.find(({ kind, state, future, other_library }) =>
        kind !== "snapshot" && state === "ok" && !future && !other_library
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
