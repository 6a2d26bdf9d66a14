import { createRoute, z } from "@hono/zod-openapi";
import { AppError } from "../../base/errors.ts";
import { localized } from "../answer.ts";
import { BASE, type HttpApp } from "../environment.ts";
import { streamJob } from "../event_stream.ts";
import { problemAnswer } from "../schemas.ts";
import type { Services } from "../services.ts";

/** Streams open at once; a browser opens one for each page. */
const STREAM_LIMIT = 64;

const route = createRoute({
  method: "get",
  path: `${BASE}/jobs/{job_id}/events`,
  operationId: "streamJobEvents",
  tags: ["jobs"],
  summary: "任务进度（server-sent events）",
  description: "event: progress 每秒至少一次，event: end 为最后一条；data 是任务的 JSON",
  request: {
    params: z.object({
      job_id: z.string().max(100).openapi({ param: { name: "job_id", in: "path" } }),
    }),
  },
  responses: {
    200: { description: "事件流", content: { "text/event-stream": { schema: z.string() } } },
    404: problemAnswer("任务不存在"),
    429: problemAnswer("事件流过多"),
  },
});

/** `GET jobs/{job_id}/events`: a job's progress as it happens. */
export function addJobEvents(app: HttpApp, { jobs }: Services): void {
  let open = 0;
  app.openapi(route, async (c) => {
    const job = await jobs.get(c.req.valid("param").job_id);
    if (open >= STREAM_LIMIT) {
      throw new AppError("request.too_many_streams", { limit: STREAM_LIMIT });
    }
    open += 1;
    const stream = streamJob(jobs, job, {
      write: (state) => JSON.stringify(localized(c, state)),
      onClose: () => {
        open -= 1;
      },
    });
    return c.body(stream, 200, {
      "Content-Type": "text/event-stream; charset=utf-8",
      "Cache-Control": "no-store, no-transform",
      "X-Accel-Buffering": "no",
    });
  });
}
