import { createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { checkBackupId } from "../../backup/backup_id.ts";
import type { Download } from "../../backup/types.ts";
import { httpTime } from "../../base/clock.ts";
import { AppError, isAppError } from "../../base/errors.ts";
import { allowsRange, matchesEtag, parseRange } from "../byte_range.ts";
import { BASE, type HttpApp, type HttpEnv } from "../environment.ts";
import { relativeUrl } from "../relative_url.ts";
import { backupPathSchema, fileSchema, jsonAnswer, problemAnswer } from "../schemas.ts";
import type { Services } from "../services.ts";

const file = createRoute({
  method: "get",
  path: `${BASE}/download/{backup_id}`,
  operationId: "downloadBackup",
  tags: ["backup"],
  summary: "下载备份文件，可续传",
  description:
    "令牌也可放在 ?token= 中；?ticket= 是 POST download/{backup_id}/ticket 给出的一次性链接",
  request: {
    params: backupPathSchema,
    query: z.object({ token: z.string().optional(), ticket: z.string().optional() }),
  },
  responses: {
    200: { description: "ZIP 文件", content: { "application/zip": { schema: fileSchema } } },
    206: { description: "其中一段", content: { "application/zip": { schema: fileSchema } } },
    304: { description: "未改变" },
    404: problemAnswer("备份文件不存在"),
    416: problemAnswer("范围超出文件大小"),
  },
});

const ticket = createRoute({
  method: "post",
  path: `${BASE}/download/{backup_id}/ticket`,
  operationId: "makeDownloadTicket",
  tags: ["backup"],
  summary: "取得一次性下载链接",
  request: { params: backupPathSchema },
  responses: {
    200: jsonAnswer(
      z.object({
        url: z.string().openapi({ description: "相对于本次请求的地址", format: "uri-reference" }),
        expires_in: z.number(),
      }),
      "链接",
    ),
    404: problemAnswer("备份文件不存在"),
  },
});

/** `GET` and `HEAD download/{backup_id}`, `POST download/{backup_id}/ticket`. */
export function addDownload(app: HttpApp, { manager, tickets }: Services): void {
  app.openapi(file, async (c) => {
    const backupId = checkBackupId(c.req.valid("param").backup_id);
    const shown = c.var.identity === undefined ? c.req.valid("query").ticket ?? "" : null;
    const download = await open(backupId, shown);
    try {
      if (shown !== null) {
        const method = c.req.method === "HEAD" ? "HEAD" : "GET";
        const isRange = c.req.header("Range") !== undefined;
        tickets.redeem(shown, { backupId, etag: download.etag, method, isRange });
      }
      return await answerFile(c, download);
    } catch (error) {
      await download[Symbol.asyncDispose]();
      throw error;
    }
  });

  app.openapi(ticket, async (c) => {
    const backupId = checkBackupId(c.req.valid("param").backup_id);
    await using download = await manager.openDownload(backupId);
    const issued = tickets.issue(backupId, download.etag);
    const link = `${BASE}/download/${backupId}?ticket=${encodeURIComponent(issued.ticket)}`;
    const url = relativeUrl(c, link);
    return c.json({ url, expires_in: issued.expiresIn }, 200);
  });

  /** A stranger with a made-up ticket learns nothing about which backups exist. */
  async function open(backupId: string, shownTicket: string | null): Promise<Download> {
    try {
      return await manager.openDownload(backupId);
    } catch (error) {
      if (shownTicket === null || !isAppError(error, "backup.not_found")) throw error;
      throw new AppError("auth.invalid_ticket", {}, { cause: error });
    }
  }
}

/** Answers with the file, a range of it, its headers alone or 304; takes over the open file. */
async function answerFile(c: Context<HttpEnv>, download: Download): Promise<Response> {
  const { size, etag, modifiedAt, backup } = download;
  const headers: Record<string, string> = {
    "Content-Type": "application/zip",
    "Content-Disposition": `attachment; filename="${backup.file_name}"`,
    "Accept-Ranges": "bytes",
    "ETag": etag,
    "Last-Modified": httpTime(modifiedAt),
    "Cache-Control": "no-store, no-transform",
  };
  const close = () => download[Symbol.asyncDispose]();
  if (matchesEtag(c.req.header("If-None-Match"), etag)) {
    await close();
    return new Response(null, { status: 304, headers });
  }
  // A range is defined for GET alone: HEAD describes the whole file.
  if (c.req.method === "HEAD") {
    await close();
    return new Response(null, { headers: { ...headers, "Content-Length": String(size) } });
  }
  const asked = allowsRange(c.req.header("If-Range"), etag, modifiedAt)
    ? parseRange(c.req.header("Range"), size)
    : "all";
  if (asked === "unsatisfiable") {
    throw new AppError("backup.range_not_satisfiable", { size });
  }
  const { start, end } = asked === "all" ? { start: 0, end: size - 1 } : asked;
  if (asked !== "all") headers["Content-Range"] = `bytes ${start}-${end}/${size}`;
  headers["Content-Length"] = String(end - start + 1);
  if (size === 0) await close();
  const body = size === 0 ? null : download.stream(start, end);
  return new Response(body, { status: asked === "all" ? 200 : 206, headers });
}
