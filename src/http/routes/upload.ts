import { createRoute, z } from "@hono/zod-openapi";
import { localized } from "../answer.ts";
import { BASE, type HttpApp } from "../environment.ts";
import { openFormFile } from "../multipart.ts";
import {
  backupSchema,
  fileSchema,
  forceQuerySchema,
  jsonAnswer,
  problemAnswer,
  streamedBody,
} from "../schemas.ts";
import type { Services } from "../services.ts";

const responses = {
  200: jsonAnswer(
    backupSchema.extend({ message: z.string(), warnings: z.array(z.string()).readonly() })
      .openapi("UploadResult"),
    "备份上传成功",
  ),
  400: problemAnswer("不是 ZIP 或不是备份、不完整、已损坏、制作之后被改动过，或含有不安全的内容"),
  409: problemAnswer("已存在，或另一个上传正在进行"),
  413: problemAnswer("超过上限"),
  507: problemAnswer("磁盘空间不足"),
};

const form = createRoute({
  method: "post",
  path: `${BASE}/upload`,
  operationId: "uploadForm",
  tags: ["backup"],
  summary: "上传备份（multipart/form-data，字段 file）",
  request: {
    query: forceQuerySchema,
    body: streamedBody({
      "multipart/form-data": {
        type: "object",
        properties: { file: fileSchema },
        required: ["file"],
      },
    }),
  },
  responses,
});

const raw = createRoute({
  method: "put",
  path: `${BASE}/upload/{file_name}`,
  operationId: "uploadBackup",
  tags: ["backup"],
  summary: "上传备份（请求体即文件）",
  request: {
    query: forceQuerySchema,
    params: z.object({
      file_name: z.string().max(255).openapi({ param: { name: "file_name", in: "path" } }),
    }),
    body: streamedBody({ "application/zip": fileSchema, "application/octet-stream": fileSchema }),
  },
  responses,
});

/** `POST upload` and `PUT upload/{file_name}`: streamed in, checked whole, then published. */
export function addUpload(app: HttpApp, { manager }: Services): void {
  app.openapi(form, async (c) => {
    const file = await openFormFile(c.req.raw.body, c.req.header("Content-Type"));
    if (file.fileName !== null) c.set("target", file.fileName);
    const uploaded = await manager.upload({
      fileName: file.fileName,
      body: file.body,
      force: c.req.valid("query").force === "true",
      expectedBytes: null,
      actor: c.var.identity.name,
    });
    c.set("target", uploaded.backup_id);
    return c.json(localized(c, uploaded), 200);
  });

  app.openapi(raw, async (c) => {
    const length = Number(c.req.header("Content-Length") ?? NaN);
    const fileName = c.req.valid("param").file_name;
    c.set("target", fileName);
    const uploaded = await manager.upload({
      fileName,
      body: c.req.raw.body ?? new Blob([]).stream(),
      force: c.req.valid("query").force === "true",
      expectedBytes: Number.isSafeInteger(length) ? length : null,
      actor: c.var.identity.name,
    });
    c.set("target", uploaded.backup_id);
    return c.json(localized(c, uploaded), 200);
  });
}

/** Tells whether a path carries a file instead of JSON. */
export function isUploadPath(path: string): boolean {
  return path === `${BASE}/upload` || path.startsWith(`${BASE}/upload/`);
}
