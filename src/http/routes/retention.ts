import { createRoute, z } from "@hono/zod-openapi";
import { localized } from "../answer.ts";
import { BASE, type HttpApp } from "../environment.ts";
import { jsonAnswer } from "../schemas.ts";
import type { Services } from "../services.ts";

const decision = z.object({
  backup_id: z.string(),
  action: z.enum(["keep", "delete"]),
  reason: z.string(),
  detail: z.string(),
  file_size: z.number(),
}).openapi("RetentionDecision");

const route = createRoute({
  method: "get",
  path: `${BASE}/retention/preview`,
  operationId: "previewRetention",
  tags: ["backup"],
  summary: "下次清理会保留和删除哪些备份，及其原因",
  responses: { 200: jsonAnswer(z.object({ backups: z.array(decision).readonly() }), "逐个说明") },
});

/** `GET retention/preview`: what the next pruning keeps and deletes, and why. */
export function addRetention(app: HttpApp, { manager }: Services): void {
  app.openapi(route, async (c) => {
    return c.json({ backups: localized(c, await manager.previewRetention()) }, 200);
  });
}
