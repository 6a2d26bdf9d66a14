import { createRoute, z } from "@hono/zod-openapi";
import { answerJob } from "../answer.ts";
import { BASE, type HttpApp } from "../environment.ts";
import {
  acceptedSchema,
  descriptionSchema,
  includesSchema,
  jsonAnswer,
  jsonBody,
  partSchema,
  pendingRemovalSchema,
  problemAnswer,
  waitQuerySchema,
} from "../schemas.ts";
import type { Services } from "../services.ts";

const created = z.object({
  success: z.literal(true),
  backup_id: z.string(),
  file_path: z.string(),
  file_size: z.number().int(),
  checksum: z.string(),
  includes: z.array(partSchema).readonly(),
  description: z.string(),
  verified_at: z.string().nullable(),
  missing_covers: z.array(z.string()).readonly(),
  incomplete: z.boolean(),
  missing_covers_count: z.number().int(),
  warnings: z.array(z.string()).readonly(),
  removed: z.array(z.string()).readonly(),
  pending_removal: pendingRemovalSchema.nullable(),
}).openapi("CreateResult");

const route = createRoute({
  method: "post",
  path: `${BASE}/create`,
  operationId: "createBackup",
  tags: ["backup"],
  summary: "创建备份",
  request: {
    query: waitQuerySchema,
    body: jsonBody(z.object({
      includes: includesSchema,
      description: descriptionSchema.nullish().transform((text) => text ?? undefined),
    })),
  },
  responses: {
    200: jsonAnswer(created, "备份已创建"),
    202: jsonAnswer(acceptedSchema, "已开始"),
    409: problemAnswer("另一个任务正在运行"),
    500: problemAnswer("创建备份失败"),
    507: problemAnswer("磁盘空间不足"),
  },
});

/** `POST create`: makes a backup. */
export function addCreate(app: HttpApp, { manager }: Services): void {
  app.openapi(route, async (c) => {
    const { includes, description } = c.req.valid("json");
    const started = await manager.create({
      ...(includes && { includes }),
      ...(description !== undefined && { description }),
      actor: c.var.identity.name,
    });
    return await answerJob(c, started, c.req.valid("query").wait);
  });
}
