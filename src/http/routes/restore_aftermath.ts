import { createRoute, z } from "@hono/zod-openapi";
import { answerJob, localized } from "../answer.ts";
import { BASE, type HttpApp } from "../environment.ts";
import {
  acceptedRestoreSchema,
  jsonAnswer,
  jsonBody,
  problemAnswer,
  restoreResultSchema,
  restoreStatusSchema,
  waitQuerySchema,
} from "../schemas.ts";
import { makeRestoreToken } from "../restore_token.ts";
import type { Services } from "../services.ts";

const undo = createRoute({
  method: "post",
  path: `${BASE}/restore/undo`,
  operationId: "undoRestore",
  tags: ["restore"],
  summary: "撤销最近一次恢复，回到恢复前的快照",
  request: { query: waitQuerySchema },
  responses: {
    200: jsonAnswer(restoreResultSchema, "已撤销"),
    202: jsonAnswer(acceptedRestoreSchema, "已开始"),
    409: problemAnswer("没有可以撤销的恢复，或另一个任务正在运行"),
    500: problemAnswer("恢复失败"),
    507: problemAnswer("磁盘空间不足"),
  },
});

const resolve = createRoute({
  method: "post",
  path: `${BASE}/restore/resolve`,
  operationId: "resolveRestore",
  tags: ["restore"],
  summary: "决定一个停住的恢复: 继续完成或回滚",
  request: { body: jsonBody(z.object({ action: z.enum(["resume", "rollback"]) })) },
  responses: {
    200: jsonAnswer(restoreStatusSchema, "恢复的状态"),
    409: problemAnswer("没有等待处理的恢复"),
  },
});

const status = createRoute({
  method: "get",
  path: `${BASE}/restore/status`,
  operationId: "getRestoreStatus",
  tags: ["restore"],
  summary: "是否有恢复等待完成",
  responses: { 200: jsonAnswer(restoreStatusSchema, "恢复的状态") },
});

/** `POST restore/undo`, `POST restore/resolve`, `GET restore/status`: what may follow a restore. */
export function addRestoreAftermath(app: HttpApp, services: Services): void {
  const { manager } = services;
  app.openapi(undo, async (c) => {
    const { name, jobId } = c.var.identity;
    // A restore's own token must not undo what somebody else restored since.
    const ofJob = jobId === null ? {} : { ofJob: jobId };
    const started = await manager.undoRestore({ actor: name, ...ofJob });
    if (jobId !== null) c.var.restoreTokens.undoStarted(jobId, started.job.job_id);
    return await answerJob(
      c,
      started,
      c.req.valid("query").wait,
      (jobId) => makeRestoreToken(services, jobId),
    );
  });

  app.openapi(resolve, async (c) => {
    const { action } = c.req.valid("json");
    const outcome = await manager.resolveRestore({ action, actor: c.var.identity.name });
    return c.json(localized(c, outcome), 200);
  });

  app.openapi(status, (c) => c.json(localized(c, manager.restoreStatus()), 200));
}
