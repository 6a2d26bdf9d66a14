import { createRoute, z } from "@hono/zod-openapi";
import { BASE, type HttpApp } from "../environment.ts";
import { jsonAnswer } from "../schemas.ts";
import type { Services } from "../services.ts";

const row = z.object({
  at: z.string(),
  actor: z.string(),
  action: z.string(),
  target: z.string().nullable(),
  result: z.enum(["ok", "refused", "failed"]),
  detail: z.string().nullable(),
  peer: z.string().nullable(),
}).openapi("AuditRow");

const route = createRoute({
  method: "get",
  path: `${BASE}/audit`,
  operationId: "listAudit",
  tags: ["service"],
  summary: "审计: 谁在何时做了什么，结果如何",
  request: { query: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(200) }) },
  responses: { 200: jsonAnswer(z.object({ audit: z.array(row).readonly() }), "最新在前") },
});

/** `GET audit`: who did what, newest first. */
export function addAudit(app: HttpApp, { audit }: Services): void {
  app.openapi(route, async (c) => {
    return c.json({ audit: await audit.list({ limit: c.req.valid("query").limit }) }, 200);
  });
}
