import { createRoute, z } from "@hono/zod-openapi";
import { localized } from "../answer.ts";
import { BASE, type HttpApp } from "../environment.ts";
import { drillOutcomeSchema, jsonAnswer, partSchema, pendingRemovalSchema } from "../schemas.ts";
import type { Services } from "../services.ts";

const stats = z.object({
  total_backups: z.number().int(),
  total_size: z.number().int(),
  total_size_mb: z.number(),
  backup_dir: z.string(),
  retention_count: z.number().int(),
  auto_backup_enabled: z.boolean(),
  latest_backup: z.object({
    backup_id: z.string(),
    created_at: z.string(),
    file_size_mb: z.number(),
  }).nullable(),
  free_bytes: z.number(),
  total_bytes: z.number(),
  reserve_bytes: z.number(),
  snapshot_count: z.number().int(),
  latest_verified: z.object({
    backup_id: z.string(),
    created_at_utc: z.string(),
    verified_at: z.string(),
  }).nullable(),
  predicted_bytes: z.number(),
  last_drill: drillOutcomeSchema.nullable(),
  pending_removal: pendingRemovalSchema.nullable(),
  other_libraries: z.array(z.object({
    library_id: z.string(),
    backups: z.number().int(),
    bytes: z.number(),
  })).readonly(),
  time_zone: z.string(),
  library: z.object({
    database: z.object({
      state: z.enum(["ok", "missing", "folder", "empty", "not_sqlite", "damaged", "unreadable"]),
      path: z.string(),
      detail: z.string().nullable(),
    }),
    parts: z.array(partSchema).readonly(),
  }),
  history: z.array(z.object({
    created_at_utc: z.string(),
    file_size: z.number(),
    free_bytes: z.number().nullable(),
  })).readonly(),
}).openapi("Stats");

const route = createRoute({
  method: "get",
  path: `${BASE}/stats`,
  operationId: "getStats",
  tags: ["backup"],
  summary: "获取备份统计信息",
  responses: { 200: jsonAnswer(stats, "统计") },
});

/** `GET stats`: counts, sizes and room. */
export function addStats(app: HttpApp, { manager, scheduler }: Services): void {
  app.openapi(route, async (c) => {
    const document = await manager.stats();
    const enabled = scheduler.getStatus().auto_backup_enabled;
    return c.json({ ...localized(c, document), auto_backup_enabled: enabled }, 200);
  });
}
