import { createRoute, z } from "@hono/zod-openapi";
import { localized } from "../answer.ts";
import { BASE, type HttpApp } from "../environment.ts";
import { jsonAnswer, jsonBody, problemAnswer } from "../schemas.ts";
import type { Services } from "../services.ts";

const schedulerStatus = z.object({
  running: z.boolean(),
  auto_backup_enabled: z.boolean(),
  schedule: z.string(),
  next_run: z.string().nullable().openapi({ example: "2026-01-16T02:00:00+08:00" }),
  last_run: z.string().nullable(),
  last_status: z.enum(["未运行", "成功", "失败"]),
  last_error: z.string().nullable(),
  drill_schedule: z.string(),
  next_drill: z.string().nullable(),
  time_zone: z.string(),
  retry_at: z.string().nullable(),
}).openapi("SchedulerStatus");

/** An empty one is as wrong as any other expression: 400, not 422. */
const schedule = z.string().max(200).openapi({ example: "0 3 * * *" });

const status = createRoute({
  method: "get",
  path: `${BASE}/scheduler/status`,
  operationId: "getSchedulerStatus",
  tags: ["scheduler"],
  summary: "获取调度器状态",
  responses: { 200: jsonAnswer(schedulerStatus, "状态") },
});

const enable = createRoute({
  method: "post",
  path: `${BASE}/scheduler/enable`,
  operationId: "enableAutoBackup",
  tags: ["scheduler"],
  summary: "启用自动备份；请求体可省略",
  request: { body: jsonBody(z.object({ schedule: schedule.nullish() })) },
  responses: {
    200: jsonAnswer(z.object({ message: z.string(), status: schedulerStatus }), "已启用"),
    400: problemAnswer("无效的 Cron 表达式"),
  },
});

const disable = createRoute({
  method: "post",
  path: `${BASE}/scheduler/disable`,
  operationId: "disableAutoBackup",
  tags: ["scheduler"],
  summary: "禁用自动备份",
  responses: {
    200: jsonAnswer(z.object({ message: z.string(), status: schedulerStatus }), "已禁用"),
  },
});

const change = createRoute({
  method: "put",
  path: `${BASE}/scheduler/schedule`,
  operationId: "changeSchedule",
  tags: ["scheduler"],
  summary: "更新备份计划: 分 时 日 月 星期",
  request: { body: jsonBody(z.object({ schedule })) },
  responses: {
    200: jsonAnswer(
      z.object({ message: z.string(), schedule: z.string(), status: schedulerStatus }),
      "已更新",
    ),
    400: problemAnswer("无效的 Cron 表达式"),
  },
});

const next = createRoute({
  method: "get",
  path: `${BASE}/scheduler/next`,
  operationId: "listNextRuns",
  tags: ["scheduler"],
  summary: "一个计划接下来的五次执行时间",
  request: { query: z.object({ schedule }) },
  responses: {
    200: jsonAnswer(
      z.object({ schedule: z.string(), next_runs: z.array(z.string()), time_zone: z.string() }),
      "执行时间",
    ),
    400: problemAnswer("无效的 Cron 表达式"),
  },
});

const trigger = createRoute({
  method: "post",
  path: `${BASE}/scheduler/trigger`,
  operationId: "triggerBackup",
  tags: ["scheduler"],
  summary: "立即执行一次备份任务，不影响定时计划",
  responses: {
    200: jsonAnswer(
      z.object({
        success: z.boolean(),
        message: z.string(),
        backup_id: z.string().optional(),
        file_size: z.number().int().optional(),
        checksum: z.string().optional(),
        includes: z.array(z.string()).readonly().optional(),
        file_path: z.string().optional(),
        description: z.string().optional(),
      }),
      "执行结果；失败也是 200，success 为 false",
    ),
    409: problemAnswer("另一个任务正在运行"),
  },
});

/** The schedule: what it is, when it runs next, and changing it. */
export function addScheduler(app: HttpApp, { scheduler, config }: Services): void {
  app.openapi(status, (c) => c.json(localized(c, scheduler.getStatus()), 200));

  app.openapi(enable, async (c) => {
    const wanted = c.req.valid("json").schedule ?? undefined;
    const now = await scheduler.enableAutoBackup(wanted);
    return c.json({ message: "自动备份已启用", status: localized(c, now) }, 200);
  });

  app.openapi(disable, async (c) => {
    const now = await scheduler.disableAutoBackup();
    return c.json({ message: "自动备份已禁用", status: localized(c, now) }, 200);
  });

  app.openapi(change, async (c) => {
    const wanted = c.req.valid("json").schedule;
    const now = await scheduler.updateSchedule(wanted);
    return c.json({
      message: "备份计划已更新",
      schedule: now.schedule,
      status: localized(c, now),
    }, 200);
  });

  app.openapi(next, (c) => {
    const wanted = c.req.valid("query").schedule;
    const runs = scheduler.nextRuns(wanted, 5);
    return c.json({ schedule: wanted, next_runs: runs, time_zone: config.timeZone }, 200);
  });

  app.openapi(trigger, async (c) => {
    return c.json(localized(c, await scheduler.triggerBackupNow()), 200);
  });
}
