import { createRoute, z } from "@hono/zod-openapi";
import { localized } from "../answer.ts";
import { BASE, type HttpApp } from "../environment.ts";
import { cutPage } from "../list_page.ts";
import { backupSchema, jsonAnswer } from "../schemas.ts";
import type { Services } from "../services.ts";

const route = createRoute({
  method: "get",
  path: `${BASE}/list`,
  operationId: "listBackups",
  tags: ["backup"],
  summary: "获取备份列表，最新在前；不给 limit 时返回全部",
  request: {
    query: z.object({
      limit: z.coerce.number().int().min(1).max(1000).optional(),
      cursor: z.string().max(200).optional().openapi({ description: "上一页的 next_cursor" }),
    }),
  },
  responses: {
    200: jsonAnswer(
      z.object({
        backups: z.array(backupSchema).readonly(),
        total: z.number().int().openapi({ description: "全部备份的数量" }),
        next_cursor: z.string().nullable().optional().openapi({
          description: "仅在给出 limit 时；最后一页为 null",
        }),
        not_shown: z.array(z.object({ file_name: z.string(), detail: z.string() })).readonly()
          .optional().openapi({
            description: "备份目录中像备份而未列出的文件，及其原因；没有时不出现",
          }),
      }),
      "备份；损坏的也在其中",
    ),
  },
});

/** `GET list`: every backup, newest first, damaged ones too; in pages when asked. */
export function addList(app: HttpApp, { manager }: Services): void {
  app.openapi(route, async (c) => {
    const backups = await manager.list();
    const query = c.req.valid("query");
    const { items, nextCursor } = cutPage(backups, query);
    const notShown = manager.notShown();
    // The library's own page knows two keys: more come only where there is something to say.
    const body = {
      backups: localized(c, items),
      total: backups.length,
      ...query.limit === undefined ? {} : { next_cursor: nextCursor },
      ...notShown.length === 0 ? {} : { not_shown: localized(c, notShown) },
    };
    return c.json(body, 200);
  });
}
