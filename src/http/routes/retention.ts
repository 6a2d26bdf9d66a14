import { createRoute, z } from "@hono/zod-openapi";
import { localized } from "../answer.ts";
import { BASE, type HttpApp } from "../environment.ts";
import { jsonAnswer, jsonBody, pendingRemovalSchema } from "../schemas.ts";
import type { Services } from "../services.ts";

const ids = z.array(z.string()).readonly();

const decision = z.object({
  backup_id: z.string(),
  action: z.enum(["keep", "delete"]),
  reason: z.string(),
  detail: z.string(),
  file_size: z.number(),
  waits_until: z.string().nullable(),
}).openapi("RetentionDecision");

const preview = createRoute({
  method: "get",
  path: `${BASE}/retention/preview`,
  operationId: "previewRetention",
  tags: ["backup"],
  summary: "下次清理会保留和删除哪些备份，及其原因",
  responses: {
    200: jsonAnswer(
      z.object({
        backups: z.array(decision).readonly(),
        pending: pendingRemovalSchema.nullable(),
      }),
      "逐个说明，以及等待确认的清理",
    ),
  },
});

const confirm = createRoute({
  method: "post",
  path: `${BASE}/retention/confirm`,
  operationId: "confirmRetention",
  tags: ["backup"],
  summary: "立即清理所列备份中超过保留数量的",
  request: { body: jsonBody(z.object({ backup_ids: z.array(z.string()).max(10_000) })) },
  responses: { 200: jsonAnswer(z.object({ removed: ids, kept: ids }), "已清理的与保留的") },
});

/** `GET retention/preview`: what the next pruning keeps and deletes, and why; `POST retention/confirm`: do it now. */
export function addRetention(app: HttpApp, { manager }: Services): void {
  app.openapi(preview, async (c) => {
    return c.json(localized(c, await manager.previewRetention()), 200);
  });

  app.openapi(confirm, async (c) => {
    const { backup_ids } = c.req.valid("json");
    const options = { actor: c.var.identity.name };
    return c.json(await manager.confirmRetention(backup_ids, options), 200);
  });
}
