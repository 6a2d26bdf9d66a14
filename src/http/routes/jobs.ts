import { createRoute, z } from "@hono/zod-openapi";
import { localized } from "../answer.ts";
import { BASE, type HttpApp } from "../environment.ts";
import { jobSchema, jsonAnswer, problemAnswer } from "../schemas.ts";
import type { Services } from "../services.ts";

const params = z.object({
  job_id: z.string().max(100).openapi({ param: { name: "job_id", in: "path" } }),
});

const list = createRoute({
  method: "get",
  path: `${BASE}/jobs`,
  operationId: "listJobs",
  tags: ["jobs"],
  summary: "任务列表，最新在前",
  responses: { 200: jsonAnswer(z.object({ jobs: z.array(jobSchema).readonly() }), "任务") },
});

const one = createRoute({
  method: "get",
  path: `${BASE}/jobs/{job_id}`,
  operationId: "getJob",
  tags: ["jobs"],
  summary: "查看一个任务",
  request: { params },
  responses: { 200: jsonAnswer(jobSchema, "任务"), 404: problemAnswer("任务不存在") },
});

const cancel = createRoute({
  method: "post",
  path: `${BASE}/jobs/{job_id}/cancel`,
  operationId: "cancelJob",
  tags: ["jobs"],
  summary: "取消任务",
  request: { params },
  responses: {
    200: jsonAnswer(jobSchema, "任务"),
    404: problemAnswer("任务不存在"),
    409: problemAnswer("已过可取消的阶段"),
  },
});

/** `GET jobs`, `GET jobs/{job_id}`, `POST jobs/{job_id}/cancel`. */
export function addJobs(app: HttpApp, { jobs }: Services): void {
  app.openapi(list, async (c) => c.json({ jobs: localized(c, await jobs.list()) }, 200));

  app.openapi(
    one,
    async (c) => c.json(localized(c, await jobs.get(c.req.valid("param").job_id)), 200),
  );

  app.openapi(cancel, async (c) => {
    const jobId = c.req.valid("param").job_id;
    await jobs.get(jobId);
    return c.json(localized(c, jobs.cancel(jobId)), 200);
  });
}
