import { createRoute, z } from "@hono/zod-openapi";
import type { RestoreRequest } from "../../backup/types.ts";
import { answerJob, localized } from "../answer.ts";
import { checkBackupId } from "../../backup/backup_id.ts";
import { BASE, type HttpApp } from "../environment.ts";
import {
  acceptedRestoreSchema,
  flagSchema,
  includesSchema,
  jsonAnswer,
  jsonBody,
  problemAnswer,
  restoreResultSchema,
  waitQuerySchema,
} from "../schemas.ts";
import { makeRestoreToken } from "../restore_token.ts";
import type { Services } from "../services.ts";
import { restorePreviewSchema } from "../restore_preview_schema.ts";

const restoreBody = z.object({
  backup_id: z.string(),
  includes: includesSchema,
  create_snapshot: flagSchema,
  covers_mode: z.enum(["exact", "add_missing"]).nullish(),
  machine_keys: flagSchema,
  force: flagSchema,
  library_stopped: flagSchema,
  upgrade_schema: flagSchema,
}).openapi("RestoreRequest");

const start = createRoute({
  method: "post",
  path: `${BASE}/restore`,
  operationId: "restoreBackup",
  tags: ["restore"],
  summary: "恢复备份",
  request: { query: waitQuerySchema, body: jsonBody(restoreBody) },
  responses: {
    200: jsonAnswer(restoreResultSchema, "已恢复"),
    202: jsonAnswer(acceptedRestoreSchema, "已开始"),
    400: problemAnswer("备份验证失败"),
    404: problemAnswer("备份文件不存在"),
    409: problemAnswer("另一个任务正在运行，或需要 force"),
    500: problemAnswer("恢复备份失败"),
    507: problemAnswer("磁盘空间不足"),
  },
});

const preview = createRoute({
  method: "post",
  path: `${BASE}/restore/preview`,
  operationId: "previewRestore",
  tags: ["restore"],
  summary: "预览恢复会改变什么，不作任何改动",
  request: { body: jsonBody(restoreBody) },
  responses: {
    200: jsonAnswer(restorePreviewSchema, "预览"),
    404: problemAnswer("备份文件不存在"),
  },
});

/** `POST restore` and `POST restore/preview`. */
export function addRestore(app: HttpApp, services: Services): void {
  const { manager } = services;
  app.openapi(start, async (c) => {
    const request = requestOf(c.req.valid("json"), c.var.identity.name);
    c.set("target", request.backupId);
    const started = await manager.restore(request);
    return await answerJob(
      c,
      started,
      c.req.valid("query").wait,
      (jobId) => makeRestoreToken(services, jobId),
    );
  });

  app.openapi(preview, async (c) => {
    const request = requestOf(c.req.valid("json"), c.var.identity.name);
    return c.json(localized(c, await manager.previewRestore(request)), 200);
  });
}

function requestOf(body: z.output<typeof restoreBody>, actor: string): RestoreRequest {
  return {
    backupId: checkBackupId(body.backup_id),
    ...(body.includes && { includes: body.includes }),
    ...(body.create_snapshot !== undefined && { createSnapshot: body.create_snapshot }),
    ...(body.covers_mode && { coversMode: body.covers_mode }),
    ...(body.machine_keys !== undefined && { machineKeys: body.machine_keys }),
    ...(body.force !== undefined && { force: body.force }),
    ...(body.library_stopped !== undefined && { libraryStopped: body.library_stopped }),
    ...(body.upgrade_schema !== undefined && { upgradeSchema: body.upgrade_schema }),
    actor,
  };
}
