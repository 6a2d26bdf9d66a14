import { createRoute, z } from "@hono/zod-openapi";
import { answerJob } from "../answer.ts";
import { checkBackupId } from "../../backup/backup_id.ts";
import { BASE, type HttpApp } from "../environment.ts";
import {
  acceptedSchema,
  backupPathSchema,
  jsonAnswer,
  partSchema,
  problemAnswer,
  waitQuerySchema,
} from "../schemas.ts";
import type { Services } from "../services.ts";

const validated = z.object({
  valid: z.boolean(),
  backup_id: z.string(),
  includes: z.array(partSchema).readonly(),
  file_size: z.number().int(),
  checksum: z.string(),
  error: z.string().optional(),
  damaged: z.array(z.string()).readonly().optional(),
  damage: z.array(z.enum(["archive", "changed", "checksum", "database", "metadata"])).readonly()
    .optional(),
  verified_at: z.string().nullable(),
  warnings: z.array(z.string()).readonly(),
}).openapi("ValidateResult");

const route = createRoute({
  method: "get",
  path: `${BASE}/validate/{backup_id}`,
  operationId: "validateBackup",
  tags: ["backup"],
  summary: "验证备份完整性",
  request: { params: backupPathSchema, query: waitQuerySchema },
  responses: {
    200: jsonAnswer(validated, "验证结果；损坏时列出每个损坏的路径"),
    202: jsonAnswer(acceptedSchema, "已开始"),
    404: problemAnswer("备份文件不存在"),
    409: problemAnswer("另一个任务正在运行"),
  },
});

/** `GET validate/{backup_id}`: reads the whole backup again; damage is an answer, not an error. */
export function addValidate(app: HttpApp, { manager }: Services): void {
  app.openapi(route, async (c) => {
    const backupId = checkBackupId(c.req.valid("param").backup_id);
    const started = await manager.validate(backupId, { actor: c.var.identity.name });
    return await answerJob(c, started, c.req.valid("query").wait);
  });
}
