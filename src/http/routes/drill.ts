import { createRoute, z } from "@hono/zod-openapi";
import { answerJob } from "../answer.ts";
import { checkBackupId } from "../../backup/backup_id.ts";
import { BASE, type HttpApp } from "../environment.ts";
import {
  acceptedSchema,
  drillOutcomeSchema,
  jsonAnswer,
  jsonBody,
  problemAnswer,
  waitQuerySchema,
} from "../schemas.ts";
import type { Services } from "../services.ts";

const drilled = z.object({
  result: z.enum(["passed", "failed", "error"]),
  outcomes: z.array(drillOutcomeSchema).readonly(),
  duration_seconds: z.number(),
}).openapi("DrillResult");

const route = createRoute({
  method: "post",
  path: `${BASE}/drill`,
  operationId: "runDrill",
  tags: ["restore"],
  summary: "恢复演练: 在旁边恢复一次并检查，不触碰书库",
  request: {
    query: waitQuerySchema,
    body: jsonBody(z.object({ backup_id: z.string().nullish() })),
  },
  responses: {
    200: jsonAnswer(drilled, "演练结果"),
    202: jsonAnswer(acceptedSchema, "已开始"),
    404: problemAnswer("备份文件不存在"),
    409: problemAnswer("另一个任务正在运行"),
  },
});

/** `POST drill`: proves that a backup can be restored, without touching the library. */
export function addDrill(app: HttpApp, { manager }: Services): void {
  app.openapi(route, async (c) => {
    const wanted = c.req.valid("json").backup_id;
    const started = await manager.drill({
      ...(wanted && { backupId: checkBackupId(wanted) }),
      actor: c.var.identity.name,
    });
    return await answerJob(c, started, c.req.valid("query").wait);
  });
}
