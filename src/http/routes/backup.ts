import { createRoute, z } from "@hono/zod-openapi";
import type { TypedResponse } from "hono";
import { localized } from "../answer.ts";
import { BASE, type HttpApp } from "../environment.ts";
import {
  backupDetailSchema,
  backupPathSchema,
  backupSchema,
  descriptionSchema,
  flagSchema,
  jsonAnswer,
  jsonBody,
  problemAnswer,
} from "../schemas.ts";
import type { Services } from "../services.ts";
import { checkBackupId } from "../../backup/backup_id.ts";

const path = `${BASE}/{backup_id}`;

const detail = createRoute({
  method: "get",
  path,
  operationId: "getBackup",
  tags: ["backup"],
  summary: "查看一个备份及其中的每个文件",
  request: { params: backupPathSchema },
  responses: { 200: jsonAnswer(backupDetailSchema, "备份"), 404: problemAnswer("备份文件不存在") },
});

const remove = createRoute({
  method: "delete",
  path,
  operationId: "deleteBackup",
  tags: ["backup"],
  summary: "删除备份",
  request: { params: backupPathSchema },
  responses: {
    200: jsonAnswer(z.object({ message: z.string(), backup_id: z.string() }), "备份已删除"),
    404: problemAnswer("备份文件不存在"),
    409: problemAnswer("已固定或正在使用"),
  },
});

const update = createRoute({
  method: "patch",
  path,
  operationId: "updateBackup",
  tags: ["backup"],
  summary: "固定或取消固定备份，修改描述",
  request: {
    params: backupPathSchema,
    body: jsonBody(z.object({
      pinned: flagSchema,
      description: descriptionSchema.nullish().transform((text) => text ?? undefined),
    })),
  },
  responses: { 200: jsonAnswer(backupSchema, "备份"), 404: problemAnswer("备份文件不存在") },
});

/**
 * `GET`, `PATCH` and `DELETE {backup_id}`: one backup.
 *
 * To be added after every other route of one segment: this one would take their place.
 */
export function addBackup(app: HttpApp, { manager }: Services): void {
  app.openapi(detail, async (c) => {
    const backupId = checkBackupId(c.req.valid("param").backup_id);
    const { files, ...document } = await manager.get(backupId);
    const fields = JSON.stringify(localized(c, document));
    c.header("Content-Type", "application/json");
    const answer: Response = c.body(ReadableStream.from(streamed(fields, files.json())));
    return answer as Response & TypedResponse<z.infer<typeof backupDetailSchema>, 200, "json">;
  });

  app.openapi(remove, async (c) => {
    const backupId = checkBackupId(c.req.valid("param").backup_id);
    await manager.remove(backupId, { actor: c.var.identity.name });
    return c.json({ message: "备份已删除", backup_id: backupId }, 200);
  });

  app.openapi(update, async (c) => {
    const backupId = checkBackupId(c.req.valid("param").backup_id);
    const { pinned, description } = c.req.valid("json");
    const change = {
      ...(pinned !== undefined && { pinned }),
      ...(description !== undefined && { description }),
    };
    const backup = await manager.update(backupId, change, { actor: c.var.identity.name });
    return c.json(localized(c, backup), 200);
  });
}

/** Adds the list of files to a document as JSON, a piece at a time: it may be larger than all else that the server holds. */
async function* streamed(
  document: string,
  files: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  yield encoder.encode(document.replace(/\}$/, ',"files":'));
  yield* files;
  yield encoder.encode("}");
}
