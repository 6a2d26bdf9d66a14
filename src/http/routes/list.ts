import { createRoute, z } from "@hono/zod-openapi";
import { localized } from "../answer.ts";
import { BASE, type HttpApp } from "../environment.ts";
import { backupSchema, jsonAnswer } from "../schemas.ts";
import type { Services } from "../services.ts";

const route = createRoute({
  method: "get",
  path: `${BASE}/list`,
  operationId: "listBackups",
  tags: ["backup"],
  summary: "获取备份列表，最新在前",
  responses: {
    200: jsonAnswer(
      z.object({ backups: z.array(backupSchema).readonly(), total: z.number().int() }),
      "全部备份；损坏的也在其中",
    ),
  },
});

/** `GET list`: every backup, newest first, damaged ones too. */
export function addList(app: HttpApp, { manager }: Services): void {
  app.openapi(route, async (c) => {
    const backups = localized(c, await manager.list());
    return c.json({ backups, total: backups.length }, 200);
  });
}
